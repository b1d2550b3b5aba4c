//! Tests of sealing and of the key file.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const PURPOSE: Purpose<'_> = Purpose {
    what: "thing",
    whose: "7",
};

fn config(folder: &Path) -> SecretsConfig {
    SecretsConfig::new(None, None, &folder.join("vakhta.db"))
}

#[test]
fn a_value_opens_only_as_what_it_was_sealed_for() {
    let keys = Keyring::random();
    let sealed = keys.seal(PURPOSE, b"the value").unwrap();
    assert!(!sealed.stored().windows(5).any(|part| part == b"value"));
    assert_eq!(*keys.open_sealed(PURPOSE, &sealed).unwrap(), b"the value");
    for (what, whose) in [("thing", "8"), ("thin", "g7"), ("other", "7")] {
        let opened = keys.open_sealed(Purpose { what, whose }, &sealed);
        assert_eq!(opened.unwrap_err(), OpenError::Broken);
    }
}

#[test]
fn another_key_is_told_from_a_broken_value() {
    let (keys, others) = (Keyring::random(), Keyring::random());
    let sealed = keys.seal(PURPOSE, b"x").unwrap();
    let opened = others.open_sealed(PURPOSE, &sealed);
    assert_eq!(opened.unwrap_err(), OpenError::OtherKey);
    for at in 0..sealed.stored().len() {
        let mut bytes = sealed.stored().to_vec();
        bytes[at] ^= 1;
        assert!(
            keys.open_sealed(PURPOSE, &Sealed::from_stored(bytes))
                .is_err()
        );
        let short = sealed.stored()[..at].to_vec();
        let opened = keys.open_sealed(PURPOSE, &Sealed::from_stored(short));
        assert_eq!(opened.unwrap_err(), OpenError::Broken);
    }
}

#[test]
fn the_key_file_is_made_once_and_only_for_us() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    assert!(Keyring::open(&config, false).is_err());
    let sealed = Keyring::open(&config, true)
        .unwrap()
        .seal(PURPOSE, b"x")
        .unwrap();
    let mode = config.file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = Keyring::open(&config, true).unwrap();
    assert_eq!(*again.open_sealed(PURPOSE, &sealed).unwrap(), b"x");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_key_file_that_is_no_safe_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    Keyring::open(&config, true).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    std::fs::rename(&config.file, &elsewhere).unwrap();
    symlink(&elsewhere, &config.file).unwrap();
    let error = format!("{:#}", Keyring::open(&config, true).unwrap_err());
    assert!(error.contains("symlink"), "{error}");
    std::fs::remove_file(&config.file).unwrap();
    std::fs::copy(&elsewhere, &config.file).unwrap();
    std::fs::set_permissions(&config.file, PermissionsExt::from_mode(0o604)).unwrap();
    let error = format!("{:#}", Keyring::open(&config, true).unwrap_err());
    assert!(error.contains("others can read it"), "{error}");
    std::fs::set_permissions(&config.file, PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(&config.file, "abc").unwrap();
    let error = format!("{:#}", Keyring::open(&config, true).unwrap_err());
    assert!(error.contains("64 hexadecimal digits"), "{error}");
    assert!(!error.contains("abc"), "{error}");
}

#[test]
fn the_environment_may_give_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("vakhta.db");
    let given = SecretString::from("ab".repeat(32));
    let config = SecretsConfig::new(Some(given), None, &database);
    Keyring::open(&config, false).unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let wrong = SecretsConfig::new(Some(SecretString::from("xyzzy")), None, &database);
    let error = format!("{:#}", Keyring::open(&wrong, false).unwrap_err());
    assert!(!error.contains("xyzzy"), "{error}");
}

#[test]
fn a_rotation_may_die_at_any_point() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let keys = Keyring::open(&config, true).unwrap();
    let sealed = keys.seal(PURPOSE, b"x").unwrap();
    let former = folder.path().join("vakhta.key.old");

    // Killed after the link: the key is not exchanged yet.
    std::fs::hard_link(&config.file, &former).unwrap();
    let keys = Keyring::open(&config, false).unwrap();
    assert_eq!(*keys.open_sealed(PURPOSE, &sealed).unwrap(), b"x");

    // Killed after the exchange, before anything is sealed anew.
    let rotation = rotate(&config).unwrap();
    assert!(rotation.keys.reseal(PURPOSE, &sealed).unwrap().is_some());
    drop(rotation);
    let keys = Keyring::open(&config, false).unwrap();
    assert_eq!(*keys.open_sealed(PURPOSE, &sealed).unwrap(), b"x");

    // Killed after the values are sealed anew: the same rotation goes on, with the same key.
    let rotation = rotate(&config).unwrap();
    assert!(rotation.is_resumed);
    let anew = keys.reseal(PURPOSE, &sealed).unwrap().unwrap();
    assert_eq!(rotation.keys.reseal(PURPOSE, &anew).unwrap(), None);
    rotation.finish().unwrap();
    let keys = Keyring::open(&config, false).unwrap();
    assert_eq!(*keys.open_sealed(PURPOSE, &anew).unwrap(), b"x");
    let opened = keys.open_sealed(PURPOSE, &sealed);
    assert_eq!(opened.unwrap_err(), OpenError::OtherKey);
    assert!(!former.exists());
}
