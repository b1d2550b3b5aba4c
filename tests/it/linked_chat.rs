//! A person's own Telegram account: linked in the chat, guarded, and an eye of the watch.

use std::sync::Arc;

use vakhta::testing::clock::DAY;
use vakhta::testing::demo::datacenter::{API_HASH, API_ID};
use vakhta::testing::demo::{
    Behaviour, ChatMessage, PretendDatacenter, PretendTelegram, Subscriber,
};

use crate::harness::{ADMIN, LIMIT, Stage, run};
use crate::process;
use crate::watch::{add, check_all};

const PHONE: &str = "+79990000001";
const PASSWORD: &str = "a long secret sentence";

/// Switches linked accounts on, against pretend data centres with one subscriber.
async fn with_accounts(t: &mut Stage) -> PretendDatacenter {
    let centres = PretendDatacenter::start().await.unwrap();
    centres.subscribe(Subscriber::new(1001, PHONE, "Анна"));
    std::fs::write(t.folder.path().join("centres.toml"), centres.file()).unwrap();
    t.stop().await;
    let section = format!(
        "[mtproto]\nenabled = true\napi_id = {API_ID}\ndatacenters = \"centres.toml\"\n[sites]"
    );
    t.reconfigure("[sites]", &section);
    t.environment
        .insert("MTPROTO_API_HASH".to_owned(), API_HASH.to_owned());
    t.start().await;
    centres
}

/// What a QR picture says.
fn code_of(message: &ChatMessage) -> Option<String> {
    let file = message.file.as_ref()?;
    let picture = image::load_from_memory(&file.bytes).ok()?.into_luma8();
    let side = picture.width() as usize;
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        picture
            .as_raw()
            .get(y * side + x)
            .copied()
            .unwrap_or(u8::MAX)
    });
    let (_, code) = seen.detect_grids().first()?.decode().ok()?;
    Some(code)
}

/// The admin links the account by the QR code in the chat; returns the message that showed it.
async fn link(t: &Stage, centres: &PretendDatacenter) -> Arc<ChatMessage> {
    let panel = t.ask(&t.admin, "/admin").await;
    let list = t.callback(&t.admin, &panel, "Аккаунты Telegram").await;
    let waits = t.callback(&t.admin, &list, "Привязать по QR").await;
    let shown = |telegram: &PretendTelegram| telegram.message(ADMIN, waits.message_id);
    let has_code =
        |telegram: &PretendTelegram| shown(telegram).is_some_and(|m| code_of(&m).is_some());
    t.telegram
        .wait_until("the code of the login", LIMIT, has_code)
        .await
        .unwrap();
    let picture = shown(&t.telegram).unwrap();
    assert!(
        picture.text.contains("Подключить устройство"),
        "{}",
        picture.text
    );
    centres.scan(&code_of(&picture).unwrap(), PHONE).unwrap();
    let linked = t.heard(ADMIN, "Аккаунт Анна привязан").await;
    assert_eq!(
        linked.message_id, picture.message_id,
        "one message shows it all"
    );
    assert_eq!(code_of(&linked), None, "the code is gone");
    linked
}

/// Links the account and lets the watch use it.
async fn link_for_watch(t: &Stage, centres: &PretendDatacenter) {
    link(t, centres).await;
    let panel = t.ask(&t.admin, "/admin").await;
    let list = t.callback(&t.admin, &panel, "Аккаунты Telegram").await;
    let card = t.callback(&t.admin, &list, "Анна").await;
    t.callback(&t.admin, &card, "Смотреть за аккаунтами").await;
    t.once("SELECT watch_with FROM telegram_account").await;
}

#[test]
fn a_new_device_is_told_and_ended_by_its_button_and_a_logout_is_told() {
    run(async |mut t| {
        // The bot's messages of before are edited anew after a restart.
        t.expect_refusals();
        let centres = with_accounts(&mut t).await;
        link(&t, &centres).await;
        t.once("SELECT count(*) = 1 FROM telegram_care WHERE knows_devices")
            .await;
        centres.pass_time(DAY);
        let stranger = centres.add_device(PHONE, "Чужой телефон").unwrap();
        t.stop().await;
        t.start().await;
        let notice = t.heard(ADMIN, "Новое устройство в аккаунте Анна").await;
        assert!(notice.text.contains("Чужой телефон"), "{}", notice.text);
        t.admin
            .presses(&notice, "Завершить это устройство")
            .unwrap();
        let is_ended = |_: &PretendTelegram| {
            let devices = centres.devices(PHONE);
            devices.iter().all(|device| device.hash != stranger)
        };
        t.telegram
            .wait_until("the end of the device", LIMIT, is_ended)
            .await
            .unwrap();
        let screen = t.heard(ADMIN, "Устройства аккаунта Анна").await;
        assert!(!screen.text.contains("Чужой телефон"), "{}", screen.text);
        centres.log_out_all(PHONE);
        t.stop().await;
        t.start().await;
        t.heard(ADMIN, "Бот больше не в аккаунте Анна").await;
        assert_eq!(centres.complaints(), Vec::<String>::new());
        t
    });
}

#[test]
fn news_of_the_site_telegram_is_told_only_if_the_account_sees_it_too() {
    run(async |mut t| {
        t.expect_refusals();
        let centres = with_accounts(&mut t).await;
        centres.subscribe(Subscriber::named(5_001, "both_see", "Both"));
        let eva = t.user(7, "Ева", "ru").await;
        let names = [
            ("both_see", Behaviour::Exists),
            ("page_only", Behaviour::Exists),
        ];
        link_for_watch(&t, &centres).await;
        add(&t, &eva, "telegram", &names).await;
        check_all(&t).await;
        t.once("SELECT count(*) = 1 FROM account WHERE username = 'both_see' AND state = 'done' AND identity = '5001'")
            .await;
        t.once("SELECT count(*) = 1 FROM account JOIN look ON look.account_id = account.id WHERE username = 'page_only' AND account.state = 'pending' AND look.reason = 'eyes-disagree'")
            .await;
        assert_eq!(centres.calls("contacts.resolveUsername"), 2);
        assert_eq!(centres.complaints(), Vec::<String>::new());
        t
    });
}

#[test]
fn a_name_that_somebody_else_took_is_told_as_such() {
    run(async |mut t| {
        t.expect_refusals();
        let centres = with_accounts(&mut t).await;
        let eva = t.user(7, "Ева", "ru").await;
        link_for_watch(&t, &centres).await;
        add(&t, &eva, "telegram", &[("ann_name", Behaviour::Missing)]).await;
        let until = t.app().db().write(|tx| {
            tx.execute("UPDATE account SET until = 'change'", ())?;
            Ok(())
        });
        until.await.unwrap();
        check_all(&t).await;

        centres.subscribe(Subscriber::named(5_001, "ann_name", "Ann"));
        t.site.set("telegram", "ann_name", Behaviour::Exists);
        check_all(&t).await;
        t.once("SELECT identity = '5001' FROM account").await;

        let nameless = Subscriber {
            usernames: Vec::new(),
            ..Subscriber::named(5_001, "ann_name", "Ann")
        };
        centres.subscribe(nameless);
        t.site.set("telegram", "ann_name", Behaviour::Missing);
        check_all(&t).await;
        t.once("SELECT count(*) = 1 FROM transition WHERE what = 'gone'")
            .await;

        centres.subscribe(Subscriber::named(5_002, "ann_name", "Another"));
        t.site.set("telegram", "ann_name", Behaviour::Exists);
        check_all(&t).await;
        t.heard(7, "Имя теперь у другого владельца").await;
        assert_eq!(centres.complaints(), Vec::<String>::new());
        t
    });
}

#[test]
fn a_code_that_is_written_into_the_chat_is_void() {
    run(async |mut t| {
        let _centres = with_accounts(&mut t).await;
        // A login by phone is open; the page began it.
        let begin = t.app().db().write(|tx| {
            tx.execute(
                "INSERT INTO telegram_login (public_id, person_id, way, step, expires_at, started_at)
                 VALUES ('00112233445566778899aabbccddeeff', ?1, 'phone', 'code', ?2, ?2)",
                (ADMIN, crate::harness::START.0),
            )?;
            Ok(())
        });
        begin.await.unwrap();
        let said = t.ask(&t.admin, "1234-5").await;
        assert!(
            said.text.contains("Этот код больше не действует"),
            "{}",
            said.text
        );
        t.once("SELECT count(*) = 0 FROM telegram_login WHERE ended_at IS NULL")
            .await;
        t.once("SELECT count(*) = 0 FROM telegram_errand").await;
        t
    });
}

#[test]
fn switched_off_there_is_nothing_of_it() {
    run(async |t| {
        let panel = t.ask(&t.admin, "/admin").await;
        assert!(panel.button("Аккаунты Telegram").is_none());
        for command in ["/status", "/privacy"] {
            let said = t.ask(&t.admin, command).await;
            assert!(!said.text.contains("ккаунты Telegram: "), "{}", said.text);
            assert!(!said.text.contains("привязанном аккаунте"), "{}", said.text);
        }
        t
    });
}

/// Pixels of a module when a code is read from a terminal.
const SCALE: usize = 4;

/// What the last QR code in the output of a terminal says.
fn code_in_terminal(text: &str) -> Option<String> {
    let is_block = |c: char| "█▀▄ ".contains(c);
    let is_row = |line: &&str| line.chars().count() > 20 && line.chars().all(is_block);
    let rows: Vec<Vec<char>> = text
        .lines()
        .filter(is_row)
        .map(|l| l.chars().collect())
        .collect();
    let width = rows.last()?.len();
    let rows = rows.get(rows.len().checked_sub(width.div_ceil(2))?..)?;
    let side = width * SCALE;
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        let (x, y) = (x / SCALE, y / SCALE);
        let is_light = match rows.get(y / 2).and_then(|row| row.get(x)) {
            Some('█') => true,
            Some('▀') => y.is_multiple_of(2),
            Some('▄') => !y.is_multiple_of(2),
            _ => false,
        };
        u8::from(is_light) * u8::MAX
    });
    let (_, code) = seen.detect_grids().first()?.decode().ok()?;
    Some(code)
}

#[test]
fn the_terminal_links_and_unlinks_while_no_bot_runs() {
    process::run(async |ground| {
        let centres = PretendDatacenter::start().await.unwrap();
        centres.subscribe(Subscriber::new(1001, PHONE, "Анна"));
        centres
            .set_password(PHONE, Some((PASSWORD, "dog")))
            .unwrap();
        ground.write("centres.toml", &centres.file());
        let off = ground.vakhta(&["telegram", "link"]).finish().await;
        assert!(
            off.demand(2).stderr.contains("mtproto.enabled"),
            "{}",
            off.stderr
        );
        ground.configure(&format!(
            "[mtproto]\nenabled = true\napi_id = {API_ID}\ndatacenters = \"centres.toml\""
        ));
        ground.write("password", &format!("wrong\n{PASSWORD}\n"));
        let telegram = |arguments: &[&str]| {
            let arguments = [&["telegram"], arguments].concat();
            ground
                .vakhta(&arguments)
                .env("VAKHTA_MTPROTO_API_HASH", API_HASH)
        };
        let password = ground.path("password");
        let link = telegram(&["link"]).stdin(password).start();
        let code = link.shown("a QR code", code_in_terminal).await;
        centres.scan(&code, PHONE).unwrap();
        let end = link.end(LIMIT).await;
        assert_eq!(end.demand(0).stdout, "account 1 is linked: Анна");
        assert!(end.stderr.contains("hint: dog") && !end.stderr.contains(PASSWORD));
        let listed = telegram(&["list", "--json"]).finish().await;
        let listed: serde_json::Value = serde_json::from_str(&listed.demand(0).stdout).unwrap();
        assert_eq!(listed[0]["state"], "linked", "{listed}");
        let devices = telegram(&["devices", "1", "--json"]).finish().await;
        let devices: serde_json::Value = serde_json::from_str(&devices.demand(0).stdout).unwrap();
        assert_eq!(devices[0]["is_this"], true, "{devices}");

        let bot = ground
            .vakhta(&["run"])
            .env("VAKHTA_MTPROTO_API_HASH", API_HASH);
        let bot = bot.start();
        bot.logged("Initial run completed").await;
        for arguments in [&["unlink", "1"][..], &["link"], &["devices", "1"]] {
            let refused = telegram(arguments).finish().await;
            assert!(
                refused.demand(1).stderr.contains("the bot is running"),
                "{}",
                refused.stderr
            );
        }
        telegram(&["list"]).finish().await.demand(0);
        bot.stop().await;
        telegram(&["unlink", "77"]).finish().await.demand(1);
        telegram(&["unlink", "1"]).finish().await.demand(0);
        assert_eq!(ground.number("SELECT count(*) FROM telegram_account"), 0);
        assert!(centres.devices(PHONE).is_empty(), "Telegram was told");
        assert_eq!(centres.complaints(), Vec::<String>::new());
    });
}

#[test]
fn the_doctor_says_what_linking_lacks_and_where_the_key_is() {
    process::run(async |ground| {
        let centres = PretendDatacenter::start().await.unwrap();
        ground.write("centres.toml", &centres.file());
        ground.configure(&format!(
            "[mtproto]\nenabled = true\napi_id = {API_ID}\ndatacenters = \"centres.toml\""
        ));
        let without = ground.vakhta(&["doctor"]).finish().await;
        let said = &without.demand(1).stdout;
        assert!(said.contains("FAIL mtproto"), "{said}");
        assert!(said.contains("VAKHTA_MTPROTO_API_HASH"), "{said}");
        let doctor = || {
            let doctor = ground.vakhta(&["doctor"]);
            doctor.env("VAKHTA_MTPROTO_API_HASH", API_HASH).finish()
        };
        let said = doctor().await.stdout;
        assert!(
            said.contains("v.db") && said.contains("ok   mtproto   on; "),
            "{said}"
        );
        assert!(said.contains("vakhta.key will be made"), "{said}");
        assert!(!ground.path("vakhta.key").exists());
        ground.write("vakhta.key", "not a key");
        let said = doctor().await.stdout;
        assert!(said.contains("FAIL mtproto"), "{said}");
    });
}
