//! Tests of `exchange.rs`.

use super::*;
use crate::demo::{PretendDatacenter, WireFault};

/// A data centre, where it is, and the key that it should have.
async fn pretend() -> (PretendDatacenter, SocketAddr, PublicKey) {
    let pretend = PretendDatacenter::start().await.unwrap();
    let key = PublicKey::from_pem(pretend.public_key()).unwrap();
    let address = pretend.address(2).unwrap();
    (pretend, address, key)
}

#[tokio::test]
async fn a_key_is_agreed_with_a_data_centre_that_proves_itself() {
    let (pretend, address, key) = pretend().await;
    let one = exchange(address, &key).await.unwrap();
    let other = exchange(address, &key).await.unwrap();
    assert_ne!(one, other);
    assert_eq!(pretend.calls("set_client_DH_params"), 2);
    assert_eq!(pretend.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_data_centre_with_another_key_is_not_trusted() {
    let (_pretend, address, key) = pretend().await;
    let other = PublicKey {
        modulus: key.modulus + 2_u8,
        ..key
    };
    let error = exchange(address, &other).await.unwrap_err();
    assert!(matches!(error, ExchangeError::Distrusted(_)), "{error}");
}

#[tokio::test]
async fn every_step_may_end_with_the_connection_or_in_garbage() {
    let (pretend, address, key) = pretend().await;
    for step in [
        "connect",
        "req_pq_multi",
        "req_DH_params",
        "set_client_DH_params",
    ] {
        for fault in [
            WireFault::HangUp,
            WireFault::Status(-429),
            WireFault::Garbage,
        ] {
            if step == "connect" && matches!(fault, WireFault::Garbage) {
                continue;
            }
            pretend.fail_next(step, 1, fault.clone());
            let error = exchange(address, &key).await.unwrap_err();
            assert!(
                matches!(error, ExchangeError::Call(_)),
                "{step} {fault:?}: {error}"
            );
        }
    }
    exchange(address, &key).await.unwrap();
}

#[tokio::test]
async fn both_forms_of_a_key_are_read_and_others_refused() {
    let (_pretend, _, key) = pretend().await;
    let newer = "-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA04Q5HCIv+qfbPGnI9vLC\n\
KNytk7E+skNAbDPd/LisxxX2CYc7gbgjqxRXuiafyoklLdvnUfgatkqyvd2x4tjp\n\
NWYN1ZrlWPLL+PHHaS3suL6JQy+LNnPUCDrTqgsyvxRV48/ZmEEpxiy2jDeI1hWr\n\
2SNn9RdRLPq2RxbKEZqoB7dbVqoubXjEfdeLPxjzrWqk/xBtC9sDrr2+5YFl2tvy\n\
SgiabbshDtBZRCKjSnjdWLDIIy6BABwWu0me+RQ3Sq9v90cGbKFx5rSgiVDQDtTS\n\
TaR7gXPqBrpBDCr6AgnIXNhUDrMIVboPc0pXrz3yFZyqzFdZ6vRaHvgPjAbNn0a1\n\
8wIDAQAB\n\
-----END PUBLIC KEY-----\n";
    assert_eq!(PublicKey::from_pem(newer).unwrap(), key);
    for wrong in [
        "",
        "-----BEGIN RSA PUBLIC KEY-----\nMIIBCgKCAQEA04Q5\n-----END RSA PUBLIC KEY-----",
        "not base64!",
        // A key of 512 bits.
        "MEgCQQC6jxr7FlJ5dbv8b1H3l0wCz7Zb7qfPhS1rxIeFyWfLhz5l5lZVg3rZfTt1rYQ2ZpYt4fRkVqg0mVnZ3f0T\
         AgMBAAE=",
    ] {
        assert!(PublicKey::from_pem(wrong).is_err(), "{wrong}");
    }
}
