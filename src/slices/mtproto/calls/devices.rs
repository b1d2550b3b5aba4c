//! The sessions of an account, and the end of one.

use grammers_tl_types::{enums, functions, types};

use super::names::moment;
use crate::slices::mtproto::context::internal;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{Device, Refusal};
use crate::slices::mtproto::store;

/// # Errors
/// Why the devices cannot be listed.
pub(crate) async fn devices(line: &Line) -> Result<Vec<Device>, Refusal> {
    let answer = line
        .invoke(&functions::account::GetAuthorizations {})
        .await?;
    let enums::account::Authorizations::Authorizations(answer) = answer;
    let list = answer.authorizations.into_iter();
    Ok(list
        .map(|enums::Authorization::Authorization(one)| device(one))
        .collect())
}

fn device(one: types::Authorization) -> Device {
    let join = |parts: [String; 2]| parts.join(" ").trim().to_owned();
    Device {
        hash: one.hash,
        model: one.device_model,
        system: join([one.platform, one.system_version]),
        app: join([one.app_name, one.app_version]),
        country: one.country,
        ip: one.ip,
        created_at: moment(one.date_created),
        active_at: moment(one.date_active),
        is_this: one.current,
    }
}

/// # Errors
/// Why the device goes on.
pub(crate) async fn end_device(line: &Line, hash: i64) -> Result<(), Refusal> {
    // 0 is our own session; that is what logging out is for.
    if hash == 0 {
        return Err(Refusal::Unknown("device"));
    }
    let request = functions::account::ResetAuthorization { hash };
    line.invoke(&request).await?;
    Ok(())
}

/// Logs out, then removes the account, also if Telegram cannot be reached. True if Telegram knows.
///
/// # Errors
/// When the account is still stored.
pub(crate) async fn log_out(line: &Line) -> Result<bool, Refusal> {
    let told = match line.invoke(&functions::auth::LogOut {}).await {
        Ok(_) => true,
        // It was logged out already.
        Err(error) => matches!(Refusal::from(error), Refusal::NotLinked(_)),
    };
    line.hang_up();
    let id = line.id;
    let write = line.context.db.write(move |tx| store::remove(tx, id));
    write
        .await
        .map_err(|err| internal("an account was not removed", &err))?;
    Ok(told)
}
