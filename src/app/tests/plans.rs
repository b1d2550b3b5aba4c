//! No background statement may cost more as tables grow; checked by query plans. Covers a start,
//! answers, two runs and their news, a broadcast, and pruning.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::slices::build;
use crate::app::*;
use crate::clock::testing::NOW;
use crate::config::Source;
use crate::db::plans::{self, Place};
use crate::demo::model::KEY;
use crate::demo::{
    Behaviour, ModelReply, Person, PretendModel, PretendSite, PretendTelegram, world,
};
use crate::i18n::Lang;
use crate::retention;
use crate::slices::assistant::shutdown;

const LIMIT: Duration = Duration::from_secs(20);
const ADMIN: i64 = 100;
const OWNER: i64 = 7;

async fn says(person: &Person, text: &str) {
    person.skips_unread();
    person.writes(text);
    person.next_reply(LIMIT).await.unwrap();
}

async fn hears(telegram: &PretendTelegram, chat: i64, text: &str, times: usize) {
    let heard = |telegram: &PretendTelegram| {
        let messages = telegram.messages(chat);
        messages
            .iter()
            .filter(|m| m.from_bot && m.text.contains(text))
            .count()
            >= times
    };
    telegram.wait_until(text, LIMIT, heard).await.unwrap();
}

#[tokio::test]
async fn nothing_reads_more_the_more_there_is() {
    let telegram = PretendTelegram::start().await.unwrap();
    let site = PretendSite::start().await.unwrap();
    let model = PretendModel::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("sites.toml"),
        world::catalogue(&site.url()),
    )
    .unwrap();
    let schedule = &*world::QUIET_SCHEDULE;
    let text = format!(
        "[telegram]\napi_url = \"{}\"\nadmins = [{ADMIN}]\naccess = \"open\"\n[database]\npath = \"t.db\"\n\
         [watch]\nschedule = \"{schedule}\"\nrun_at_start = false\nmin_gap = \"0s\"\nconfirm_delay = \"0s\"\n\
         [sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n[cards]\nenabled = true\n\
         [assistant]\nenabled = true\nurl = \"{}\"\n",
        telegram.api_url(),
        model.url()
    );
    let source = Source {
        path: folder.path().join("bot.toml"),
        text,
        environment: [
            ("TELEGRAM_TOKEN".to_owned(), telegram.token().to_owned()),
            ("ASSISTANT_API_KEY".to_owned(), KEY.to_owned()),
        ]
        .into(),
    };
    let config = Config::load(&source).unwrap();
    let catalogue = Arc::new(load_catalogue(&config.watch).unwrap());
    let kept = build(&config, catalogue, &Options::bot(false))
        .slices
        .kept();
    let options = Options {
        clock: Clock::set_to(NOW),
        ..Options::bot(false)
    };
    let app = App::start(config, options).await.unwrap();
    let db = app.db().clone();
    plans::listen_to_all(&db).await;

    let (admin, owner) = (
        telegram.person(ADMIN, "A", "en"),
        telegram.person(OWNER, "O", "en"),
    );
    says(&admin, "/start").await;
    says(&owner, "/start").await;
    says(&owner, "/add octocat github\nhubot github\ngone github").await;
    site.set("github", "octocat", Behaviour::Exists);
    for run in 1..=2 {
        let panel = admin.writes("/admin");
        admin.presses_forged(panel, "run:check");
        hears(&telegram, ADMIN, "finished", run).await;
    }
    hears(&telegram, OWNER, "octocat", 1).await;
    model.set(ModelReply::Held);
    model.hold(true);
    says(&owner, "/ask why?").await;
    hears(&telegram, OWNER, "You …", 1).await;
    model.hold(false);
    hears(&telegram, OWNER, "That is all I know", 1).await;
    shutdown::end_open_questions(&db, &Clock::set_to(NOW), Lang::En)
        .await
        .unwrap();
    let once = CancellationToken::new();
    once.cancel();
    retention::run(kept, db.clone(), Clock::set_to(NOW), once).await;
    let statements = plans::heard()
        .into_iter()
        .map(|sql| (sql, String::new()))
        .collect();
    let faults = db.write(move |tx| Ok(plans::faults(tx, &statements, Place::Program)));
    let (faults, _) = faults.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    drop(db);
    app.run_until(std::future::ready(())).await;
}
