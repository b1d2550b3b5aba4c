//! The pictures in the documentation, drawn from the real program's output.
//!
//! `VAKHTA_DRAW_PICTURES=1 cargo test --test it pictures` draws them. That needs Debian's
//! `chromium`, `poppler-utils`, `fonts-roboto-unhinted` and `fonts-noto-color-emoji`.
//!
//! # Invariants
//! - Without that variable the tests only compare: they need no browser and no fonts.
//! - Each source is the same on every machine and on every day.

#![expect(
    clippy::indexing_slicing,
    reason = "every colour of a picture has its place in the palette"
)]

mod kept;
mod paper;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use vakhta::testing::clock::DAY;
use vakhta::testing::demo::{Behaviour, ChatMessage, ModelReply, world};
use vakhta::testing::people::{self, Role};
use vakhta::testing::slices::cards::code::Code;
use vakhta::testing::slices::watch::store::{self, NewAccount};

use crate::cards::make;
use crate::chat::{Client, with_assistant};
use crate::harness::{ADMIN, LIMIT, START, Stage, run, run_with};
use kept::is_current;
use paper::{Document, STYLE, WIDTH, browser, shoot};

/// The owner of the accounts.
const OWNER: i64 = 7;

/// The next tick is five minutes after [`START`].
const TICKS: &str = "schedule = \"0 40 18 * * *\"\nper_site = 3";

/// The duration of one probe by the stage's clock. The run over the demo's accounts ends just
/// before the next tick.
const PROBE: Duration = Duration::from_millis(1_723);

async fn chat_is_current(name: &str, chat: &Document) {
    let source = chat.source();
    let source: Vec<&[u8]> = source.iter().map(Vec::as_slice).collect();
    is_current(name, &source, async |path| chat.draw(path).await).await;
}

/// Lets an admin see a run over the accounts of the demo.
async fn see_run(t: &mut Stage, language: &str) -> Vec<Arc<ChatMessage>> {
    let person = t.user(OWNER, "Ева", language).await;
    let accounts = world::accounts(&t.site, OWNER);
    let began = t.clock.now().minus(DAY * 9);
    let seed = t.app().db().write(move |tx| {
        people::set_role(tx, OWNER, Role::Admin)?;
        for account in &accounts {
            store::add(tx, began, account)?;
        }
        Ok(())
    });
    seed.await.unwrap();
    t.stop().await;
    let clock = t.clock.clone();
    t.site.on_request(Box::new(move || clock.advance(PROBE)));
    t.reconfigure("run_at_start = false", "run_at_start = true");
    let language = format!("[telegram]\nlanguage = \"{language}\"");
    t.reconfigure("[telegram]", &language);
    t.start().await;
    t.heard(person.id(), "⏭").await;
    let mut messages = t.telegram.messages(person.id());
    // The scheduler uses the machine's clock, so in that minute of the day another run follows.
    let end = messages
        .iter()
        .position(|message| message.text.contains("⏭"));
    messages.truncate(end.unwrap() + 1);
    messages
}

#[test]
fn the_chat_of_a_run_is_as_drawn() {
    for (picture, language) in [("run", "ru"), ("run.en", "en")] {
        run_with(TICKS, async |mut t| {
            let messages = see_run(&mut t, language).await;
            let chat = Document::chat(messages.iter().map(Arc::as_ref));
            chat_is_current(picture, &chat).await;
            t
        });
    }
}

/// Checks all accounts and waits for the end of the run. Nobody is told of it.
async fn check_quietly(t: &Stage, panel: &ChatMessage) {
    t.callback_for_note(&t.admin, panel, "Проверить все сейчас")
        .await;
    t.once(
        "SELECT NOT EXISTS (SELECT 1 FROM check_request WHERE run_id IS NULL)
         AND NOT EXISTS (SELECT 1 FROM run WHERE state = 'running')",
    )
    .await;
}

/// Accounts of one owner at different sites. The note of the first one is made up.
async fn add_a_few(t: &Stage) {
    let now = t.clock.now();
    let seed = t.app().db().write(move |tx| {
        for (site, name, note) in [
            ("github", "octocat", "клиент Иванов, договор 118"),
            ("instagram", "maria.118", ""),
            ("vk", "anna_072", ""),
            ("telegram", "gleb_015", ""),
        ] {
            let account = NewAccount {
                note: note.to_owned(),
                ..NewAccount::new(OWNER, site, name, 30)
            };
            store::add(tx, now, &account)?;
        }
        Ok(())
    });
    seed.await.unwrap();
}

#[test]
fn the_card_of_an_account_is_as_drawn() {
    run_with("notify = \"news\"", async |t| {
        let eva = t.user(OWNER, "Ева", "ru").await;
        add_a_few(&t).await;
        t.site.set("instagram", "maria.118", Behaviour::Exists);
        let panel = t.ask(&t.admin, "/admin").await;
        for (hours, octocat) in [
            (1, Behaviour::Missing),
            (14, Behaviour::Missing),
            (9, Behaviour::ServerError),
            (16, Behaviour::Missing),
            (8, Behaviour::Missing),
        ] {
            t.clock.advance(Duration::from_secs(hours * 60 * 60));
            t.site.set("github", "octocat", octocat);
            check_quietly(&t, &panel).await;
        }
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        let card = t.callback(&eva, &card, "+7 дн.").await;
        chat_is_current("account", &Document::chat([&*list, &*card])).await;
        t
    });
}

/// Accounts added over a month; most were found after a while.
async fn wait_for_a_month(t: &Stage) {
    let seed = t.app().db().write(|tx| {
        for n in 0..48_u32 {
            let added = START.minus(DAY * (45 - n * 7 % 44));
            let account = NewAccount::new(OWNER, "github", &format!("user_{n:02}"), 90);
            store::add(tx, added, &account)?;
            let found = added.plus(DAY * (3 + n * 5 % 17));
            if n % 5 > 0 && found < START {
                tx.execute(
                    "UPDATE account SET state = 'done', done_at = ?1 WHERE username = ?2",
                    (found.0, &account.username),
                )?;
            }
        }
        Ok(())
    });
    seed.await.unwrap();
}

#[test]
fn a_chart_is_as_drawn() {
    run(async |t| {
        let eva = t.user(OWNER, "Ева", "ru").await;
        wait_for_a_month(&t).await;
        let status = t.ask(&eva, "/status").await;
        eva.skips_unread();
        eva.presses(&status, "watch:chart:mine").unwrap();
        let chart = eva.next_reply(LIMIT).await.unwrap();
        chat_is_current("chart", &Document::chat([&*chart])).await;
        t
    });
}

/// The codes of the printed batch.
const CODES: [&str; 12] = [
    "CDV38Y2AVFTC1E98NY",
    "DYRQF11J720XMMVV3T",
    "C3GCRV9364823TDQ5M",
    "5M6T2TX42P6F58HPGB",
    "VPYR22907Y2B21V309",
    "JVA4JA6421V1HZMSHP",
    "167DWFKE9RSM5492X8",
    "19SFM4CHMVYDZF06BJ",
    "61DD6982AA33RZ7T9H",
    "DNAE30KGTCWZMGHJNV",
    "Y3GS33KBJEEGT1MD6A",
    "XJ6060348R5P7YSZSD",
];

/// Gives the things of the only batch known codes.
async fn give_codes(t: &Stage) {
    let set = t.app().db().write(|tx| {
        for (serial, code) in (1..).zip(CODES) {
            let code = Code::read(code)?;
            let changed = tx.execute(
                "UPDATE card_code SET code = ?1 WHERE batch <> '' AND serial = ?2",
                (code.as_str(), serial),
            )?;
            assert_eq!(changed, 1, "there is a thing no. {serial}");
        }
        Ok(())
    });
    set.await.unwrap();
}

#[test]
fn labels_are_as_drawn() {
    run(async |mut t| {
        t.stop().await;
        let cards = "[cards]\nenabled = true\nbase_url = \"https://brand.example/v\"\n[sites]";
        t.reconfigure("[sites]", cards);
        t.start().await;
        let (screen, _) = make(&t, "Сумка", "Кожа").await;
        let batches = t.callback(&t.admin, &screen, "Партии").await;
        t.callback(&t.admin, &batches, "Новая партия").await;
        let n = CODES.len();
        let batches = t.ask(&t.admin, &format!("осень {n}")).await;
        let batch = t.callback(&t.admin, &batches, "осень").await;
        give_codes(&t).await;
        let labels = t.callback(&t.admin, &batch, "Этикетки").await;
        let labels = t.callback(&t.admin, &labels, "30 мм").await;
        t.admin.skips_unread();
        t.admin.presses(&labels, "A4 300 dpi").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let pdf = sent.file.clone().unwrap().bytes;
        is_current(
            "labels",
            &[pdf.as_slice(), STYLE.as_bytes()],
            async |path| {
                let sheet = top_of_sheet(&pdf);
                Document::sheet(sheet).draw(path).await;
            },
        )
        .await;
        t
    });
}

/// The labels on an A4 sheet, as poppler renders them at 200 dpi.
fn top_of_sheet(pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (
        folder.path().join("labels.pdf"),
        folder.path().join("sheet"),
    );
    std::fs::write(&from, pdf).unwrap();
    let done = Command::new("pdftoppm")
        .args(["-png", "-singlefile", "-r", "200"])
        .args(["-x", "0", "-y", "0", "-W", "1654", "-H", "820"])
        .args([&from, &to])
        .status();
    let done = done.expect("labels are drawn with pdftoppm (Debian: poppler-utils)");
    assert!(done.success());
    std::fs::read(to.with_extension("png")).unwrap()
}

const QUESTION: &str = "Что сегодня нашлось и где были ошибки?";

/// An answer as a model writes it.
const ANSWER: &str = "Сегодня нашлось **12** аккаунтов из 137:\n\n\
    - Instagram: 4\n- VK: 3\n- Telegram: 3\n- GitHub: 2\n\n\
    Посмотреть не удалось **5** аккаунтов: три на GitHub, по одному на Telegram и VK. \
    Для них ничего не изменилось, следующая проверка в `18:40`.";

#[test]
fn the_page_is_as_drawn_in_light_and_dark() {
    run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let choice = json!({ "message": { "content": ANSWER }, "finish_reason": "stop" });
        let event = json!({ "choices": [choice] });
        model.set(ModelReply::Raw(format!("data: {event}\n\n").into_bytes()));
        let client = Client::of(&t, ADMIN).await;
        let served = client.bare(Method::GET, "/?lang=ru").send().await.unwrap();
        // The document names its style and scripts by digest.
        let document = served.text().await.unwrap();
        for scheme in ["light", "dark"] {
            let parts = [document.as_str(), QUESTION, ANSWER, scheme].map(str::as_bytes);
            let draw = async |path: &Path| draw_page(&t, &client, scheme, path).await;
            is_current(&format!("page-{scheme}"), &parts, draw).await;
        }
        t
    });
}

/// Signs in, asks, and takes a picture of the answer.
async fn draw_page(t: &Stage, client: &Client, scheme: &str, path: &Path) {
    let mut page = browser("ru").await;
    page.scheme(scheme).await;
    let address = t.app().http().unwrap();
    page.go(&format!("http://{address}/#{}", client.token))
        .await;
    page.until("document.body.dataset.signedIn === 'true'")
        .await;
    page.types(QUESTION).await;
    page.presses_enter().await;
    page.reads("#log article:last-child .answer", "18:40").await;
    page.until("document.getElementById('phase').textContent === ''")
        .await;
    shoot(&mut page, (WIDTH, 540), path).await;
    page.ends().await;
}
