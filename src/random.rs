//! Unguessable secrets and names, from the system's source of randomness.

use ring::rand::{SecureRandom as _, SystemRandom};

/// # Errors
/// When the system's source of randomness fails.
pub(crate) fn bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    Ok(bytes)
}

/// `N` random bytes, as two hexadecimal digits each.
///
/// # Errors
/// When the system's source of randomness fails.
pub(crate) fn hex<const N: usize>() -> anyhow::Result<String> {
    Ok(to_hex(&bytes::<N>()?))
}

#[must_use]
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
