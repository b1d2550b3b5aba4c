//! Tells faults of the storage from faults of a request.

use rusqlite::ErrorCode;

use super::DbError;

/// True for a fault of the storage: the request itself is sound, so its caller must retry instead
/// of giving up.
#[must_use]
pub(crate) fn is_storage_fault(err: &anyhow::Error) -> bool {
    if let Some(err) = err.downcast_ref::<DbError>() {
        return !matches!(err, DbError::Panicked);
    }
    err.chain().any(|cause| {
        cause
            .downcast_ref::<rusqlite::Error>()
            .and_then(rusqlite::Error::sqlite_error_code)
            .is_some_and(|code| {
                matches!(
                    code,
                    ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                        | ErrorCode::CannotOpen
                        | ErrorCode::ReadOnly
                        | ErrorCode::OutOfMemory
                )
            })
    })
}
