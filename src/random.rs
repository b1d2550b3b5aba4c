//! Secrets and names that nobody can guess, from the system's source of randomness.

use ring::rand::{SecureRandom as _, SystemRandom};

/// So many random bytes.
///
/// # Errors
/// When the system gives none.
pub(crate) fn bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    Ok(bytes)
}

/// So many random bytes, as two hexadecimal digits each.
///
/// # Errors
/// When the system gives none.
pub(crate) fn hex<const N: usize>() -> anyhow::Result<String> {
    Ok(to_hex(&bytes::<N>()?))
}

/// Bytes as two hexadecimal digits each.
#[must_use]
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
