//! The numbers of the pretend data centre: its RSA key, and the group in which keys are agreed.

use std::sync::LazyLock;

use num_bigint::BigUint;

use super::crypto::{part, sha1};

/// The public half of the pretend's own key, for the file of data centres.
pub(super) const PUBLIC_KEY: &str = "\
-----BEGIN RSA PUBLIC KEY-----\n\
MIIBCgKCAQEA04Q5HCIv+qfbPGnI9vLCKNytk7E+skNAbDPd/LisxxX2CYc7gbgj\n\
qxRXuiafyoklLdvnUfgatkqyvd2x4tjpNWYN1ZrlWPLL+PHHaS3suL6JQy+LNnPU\n\
CDrTqgsyvxRV48/ZmEEpxiy2jDeI1hWr2SNn9RdRLPq2RxbKEZqoB7dbVqoubXjE\n\
fdeLPxjzrWqk/xBtC9sDrr2+5YFl2tvySgiabbshDtBZRCKjSnjdWLDIIy6BABwW\n\
u0me+RQ3Sq9v90cGbKFx5rSgiVDQDtTSTaR7gXPqBrpBDCr6AgnIXNhUDrMIVboP\n\
c0pXrz3yFZyqzFdZ6vRaHvgPjAbNn0a18wIDAQAB\n\
-----END RSA PUBLIC KEY-----\n";

/// Of the pretend's own key; it is public and protects nothing.
const MODULUS: &str = "\
    d384391c222ffaa7db3c69c8f6f2c228dcad93b13eb243406c33ddfcb8acc715f609873b81b823ab1457ba26\
    9fca89252ddbe751f81ab64ab2bdddb1e2d8e935660dd59ae558f2cbf8f1c7692decb8be89432f8b3673d408\
    3ad3aa0b32bf1455e3cfd9984129c62cb68c3788d615abd92367f517512cfab64716ca119aa807b75b56aa2e\
    6d78c47dd78b3f18f3ad6aa4ff106d0bdb03aebdbee58165dadbf24a089a6dbb210ed0594422a34a78dd58b0\
    c8232e81001c16bb499ef914374aaf6ff747066ca171e6b4a08950d00ed4d24da47b8173ea06ba410c2afa02\
    09c85cd8540eb30855ba0f734a57af3df2159caacc5759eaf45a1ef80f8c06cd9f46b5f3";
const PRIVATE_EXPONENT: &str = "\
    17e0d0ebaea658f733264e50ec23faac4f415f2f7ec2f419a53d73bd90819cd60b590705be3eb1f421cf478a\
    0db6f92593d843f47a7c5580f84dbbe5d594a43b2d82b94f0bbe2f66bc7b5b0632338ba5a2ec4d453b87f6f3\
    58e4c5490f5907ec2c542e1de49959307a093949bed562799868278092deef8cbd58c2c61afe0624c5e44325\
    d484b08382da46c1ef046c2c6f252a4948fd6812c9edd0985091a4bfddd13b7201544016a8ca33b801bbd3eb\
    560a791f2405e0e105b6203953ae23062800b9faa0cf32b765197a13ac70e609ea984036b7fc0d04f11d3fd0\
    e1360e58bc7c01bb8a2b795b6c651eee00aba67e5ccf4126a7498fee6594c9876267a119";

/// The prime that Telegram itself uses; clients may insist on it.
const PRIME: &str = "\
    c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d2\
    2530f4dbfa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc97465129693284\
    54f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a69581\
    1051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d\
    169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850c\
    e929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b";

/// The generator that Telegram itself uses.
pub(super) const GENERATOR: u32 = 3;

/// Two primes whose product a client has to take apart.
pub(super) const FACTORS: (u32, u32) = (1_229_739_323, 1_402_015_859);

/// The group of the key exchange and of passwords.
pub(super) static GROUP: LazyLock<BigUint> = LazyLock::new(|| number(PRIME));
static RSA: LazyLock<(BigUint, BigUint)> =
    LazyLock::new(|| (number(MODULUS), number(PRIVATE_EXPONENT)));

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_default()
}

/// A number in 256 bytes.
pub(super) fn wide(number: &BigUint) -> [u8; 256] {
    let bytes = number.to_bytes_be();
    let mut wide = vec![0; 256_usize.saturating_sub(bytes.len())];
    wide.extend(bytes);
    part(&wide, 0)
}

/// By which clients tell the pretend's key.
pub(super) fn fingerprint() -> i64 {
    use grammers_tl_types::Serializable as _;
    let modulus = RSA.0.to_bytes_be().to_bytes();
    let exponent = vec![1_u8, 0, 1].to_bytes();
    i64::from_le_bytes(part(&sha1(&[&modulus, &exponent]), 12))
}

/// Undoes a client's RSA; `None` for a number beyond the modulus.
pub(super) fn decrypt(encrypted: &[u8]) -> Option<[u8; 256]> {
    let (modulus, exponent) = &*RSA;
    let encrypted = BigUint::from_bytes_be(encrypted);
    (encrypted < *modulus).then(|| wide(&encrypted.modpow(exponent, modulus)))
}
