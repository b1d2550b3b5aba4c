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
