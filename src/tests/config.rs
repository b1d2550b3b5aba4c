//! Tests of `config.rs`.

use super::*;
use secrecy::ExposeSecret as _;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Problems> {
    Config::load(&Source {
        path: "/etc/vakhta/bot.toml".into(),
        text: text.to_owned(),
        environment: environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    })
}

#[test]
fn the_shipped_file_holds_exactly_the_defaults() {
    let shipped = load(include_str!("../../bot.toml"), &[]).unwrap();
    let empty = load("", &[]).unwrap();
    assert_eq!(format!("{shipped:?}"), format!("{empty:?}"));
}

#[test]
fn paths_are_relative_to_the_file_and_keys_can_be_overridden() {
    let config = load(
        "[database]\npath = \"data/v.db\"\n[watch]\nworkers = 5",
        &[
            ("WATCH_WORKERS", "7"),
            ("TELEGRAM_TOKEN", "1:abc"),
            ("TELEGRAM_ADMINS", "1, 2"),
        ],
    )
    .unwrap();
    assert_eq!(config.database, Path::new("/etc/vakhta/data/v.db"));
    assert_eq!(config.watch.workers, 7);
    assert_eq!(config.people.admins, [1, 2]);
    let token = config.telegram.token.unwrap();
    assert_eq!(token.expose_secret(), "1:abc");
    assert!(!format!("{token:?}").contains("abc"));
}

#[test]
fn the_assistants_key_comes_from_the_environment_alone() {
    let given = [
        ("ASSISTANT_API_KEY", " sk-abc\n"),
        ("ASSISTANT_WORKERS", "9"),
    ];
    let config = load("[assistant]\nenabled = true", &given).unwrap();
    let key = config.assistant.endpoint.key.clone().unwrap();
    assert_eq!(key.expose_secret(), "sk-abc");
    assert!(!format!("{config:?}").contains("sk-abc"));
    assert_eq!(config.assistant.workers, 9);
    let text = "[assistant]\napi_key = \"sk-abc\"\nurl = \"https://a:b@c.example\"\nmodel = \"\"\ntimeout = \"5m\"";
    let problems = load(text, &[("ASSISTANT_API_KEY", "sk abc")]).unwrap_err();
    let text: Vec<&str> = problems.iter().collect();
    assert_eq!(text.len(), 5, "{text:#?}");
    assert!(!text.join("").contains("sk-abc"));
}

#[test]
fn every_problem_is_named_at_once() {
    let problems = load(
        "[telegram]\ntoken = \"1:abc\"\napi_url = \"ftp://x\"\n[watch]\nworkers = 1000\nschedule = \"*/5 * * * *\"\n\
             time_zone = \"Mars\"\n[sights]\nx = 1",
        &[("LOG_LEVEL", "shouting")],
    )
    .unwrap_err();
    let text: Vec<&str> = problems.iter().collect();
    for key in [
        "telegram.token",
        "telegram.api_url",
        "watch.workers",
        "watch.schedule",
        "watch.time_zone",
        "log.level",
        "[sights]",
    ] {
        assert!(
            text.iter().any(|line| line.starts_with(key)),
            "{key} is not named in {text:#?}"
        );
    }
    assert_eq!(text.len(), 7, "{text:#?}");
    assert!(!text.join("").contains("1:abc"));
}

#[test]
fn a_token_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "1:secret\n").unwrap();
    let text = format!("[telegram]\ntoken_file = {path:?}");
    let set = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    // Read by anybody, or changed by a group.
    for mode in [0o644, 0o604, 0o666, 0o660, 0o601] {
        set(mode);
        let problems = load(&text, &[]).unwrap_err();
        assert!(
            problems.iter().any(|line| line.contains("chmod 600")),
            "{mode:o}"
        );
    }
    // As orchestrators mount secrets for a group of the process.
    for mode in [0o600, 0o400, 0o640, 0o440] {
        set(mode);
        let token = load(&text, &[]).unwrap().telegram.token.unwrap();
        assert_eq!(token.expose_secret(), "1:secret", "{mode:o}");
    }
    // Of a group that is not ours.
    const SOMEBODY: u32 = 4_711;
    if std::os::unix::fs::chown(&path, None, Some(SOMEBODY)).is_ok() {
        set(0o440);
        load(&text, &[]).unwrap_err();
        set(0o400);
        load(&text, &[]).unwrap();
    }
}

#[test]
fn a_misspelt_section_is_suggested_and_a_variable_of_an_orchestrator_is_none_of_ours() {
    let environment = [("WATHC_WORKERS", "5"), ("PORT", "tcp://10.0.0.1:80")];
    let service = ("SERVICE_HOST", "10.0.0.1");
    let environment = [environment[0], environment[1], service];
    let problems = load("[telegramm]\nadmins = [1]", &environment).unwrap_err();
    let lines: Vec<&str> = problems.iter().collect();
    assert_eq!(
        lines,
        [
            "[telegramm]: there is no such section; did you mean [telegram]?",
            "VAKHTA_WATHC_WORKERS: there is no section [wathc]; did you mean VAKHTA_WATCH_WORKERS?",
        ]
    );
    load("", &environment[1..]).unwrap();
}

#[test]
fn the_password_of_a_proxy_is_a_secret_without_its_escapes() {
    use secrecy::ExposeSecret as _;
    let read = |address| password(address).map(|found| found.expose_secret().to_owned());
    let proxy = read("http://ann:p%40ss+w%25rd@proxy.example:3128");
    assert_eq!(proxy.as_deref(), Some("p@ss+w%rd"));
    assert_eq!(read("socks5://proxy.example:1080"), None);
    assert_eq!(read("proxy.example"), None);
}

#[test]
fn accounts_need_a_registration_and_say_so() {
    let config = load("[mtproto]\nenabled = true", &[]).unwrap();
    assert!(config.mtproto.missing().unwrap().contains("api_id"));
    let with_id = "[mtproto]\nenabled = true\napi_id = 7";
    let config = load(with_id, &[]).unwrap();
    assert!(config.mtproto.missing().unwrap().contains("api_hash"));
    let environment = [("MTPROTO_API_HASH", "abcdef"), ("SECRETS_KEY", "0011")];
    let config = load(with_id, &environment).unwrap();
    assert_eq!(config.mtproto.missing(), None);
    let secrets: Vec<&str> = config.secrets().map(|one| one.expose_secret()).collect();
    assert_eq!(secrets, ["abcdef", "0011"]);
    let debug = format!("{config:?}");
    assert!(!debug.contains("abcdef") && !debug.contains("0011"));
    let problems = load("[mtproto]\napi_hash = \"abcdef\"", &[]).unwrap_err();
    assert!(
        problems
            .iter()
            .any(|line| line.contains("VAKHTA_MTPROTO_API_HASH"))
    );
}

#[test]
fn a_file_of_data_centres_is_read_and_its_faults_are_named_without_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("centres.toml");
    let text = format!("[mtproto]\ndatacenters = {file:?}");
    let read = |content: &str| {
        std::fs::write(&file, content).unwrap();
        load(&text, &[])
    };
    let key = "ab".repeat(256);
    let entry =
        format!("[[datacenter]]\nid = 4\naddress = \"127.0.0.1:443\"\nauth_key = \"{key}\"");
    let config = read(&entry).unwrap();
    assert_eq!(config.mtproto.datacenters[0].auth_key, Some([0xab; 256]));
    assert!(!format!("{config:?}").contains(&key));
    for (wrong, said) in [
        (entry.replace(":443", ""), "address"),
        (entry.replace("id = 4", "id = 4\nname = 5"), "name"),
        (entry.replace(&key, "abab"), "auth_key of data centre 4"),
        (
            entry.replace("auth_key", "public_key"),
            "public_key of data centre 4",
        ),
        (String::new(), "datacenter"),
    ] {
        let problems = read(&wrong).unwrap_err();
        let line = problems.iter().next().unwrap();
        assert!(line.contains(said), "{said}: {line}");
        assert!(!line.contains("abab"), "{line}");
    }
}
