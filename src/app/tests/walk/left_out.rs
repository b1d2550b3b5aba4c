//! The program with each slice left out in turn: it starts, answers, walks through all screens, and
//! stops.

use std::time::Duration;

use super::{ADMIN, NOW, Walk, built, furnish};
use crate::app::{App, Options, Outcome};
use crate::clock::Clock;
use crate::config::{Config, Source};
use crate::db::testing::Store;
use crate::demo::PretendTelegram;
use crate::demo::model::KEY;

/// Enough on a loaded machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The slices by name; the router's own slice cannot be left out.
fn slices() -> Vec<&'static str> {
    let built = built("", &[]).1;
    let names = built.slices.iter().map(|slice| slice.about().name);
    names.filter(|name| *name != "bot").collect()
}

#[tokio::test]
async fn every_screen_is_there_with_each_slice_left_out() {
    let store = Store::new();
    let db = &store.db;
    db.write(furnish).await.unwrap();
    for slice in slices() {
        let walked = db.write(move |tx| Walk::without(tx, &[ADMIN], slice));
        let walk = walked.await.unwrap();
        assert!(
            walk.refused.is_empty(),
            "without {slice}: {:#?}",
            walk.refused
        );
        assert!(walk.stuck.is_empty(), "without {slice}: {:#?}", walk.stuck);
        assert!(walk.seen.len() > 10, "without {slice}: {:?}", walk.seen);
    }
}

#[tokio::test]
async fn the_program_runs_with_each_slice_left_out() {
    for slice in slices() {
        let telegram = PretendTelegram::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let source = Source {
            path: folder.path().join("bot.toml"),
            text: format!(
                "[telegram]\napi_url = \"{}\"\nadmins = [{ADMIN}]\n[database]\npath = \"t.db\"\n\
                 [watch]\nrun_at_start = false\n[cards]\nenabled = true\n\
                 [assistant]\nenabled = true\nurl = \"http://127.0.0.1:9\"\n\
                 [mtproto]\nenabled = true\napi_id = 1\n",
                telegram.api_url(),
            ),
            environment: [
                ("TELEGRAM_TOKEN".to_owned(), telegram.token().to_owned()),
                ("ASSISTANT_API_KEY".to_owned(), KEY.to_owned()),
                ("MTPROTO_API_HASH".to_owned(), "0".repeat(32)),
            ]
            .into(),
        };
        let options = Options {
            clock: Clock::set_to(NOW),
            without: vec![slice],
            ..Options::bot(false)
        };
        let app = App::start(Config::load(&source).unwrap(), options).await;
        let admin = telegram.person(ADMIN, "A", "en");
        for command in ["/start", "/help", "/admin", "/list", "/settings", "why?"] {
            admin.writes(command);
            let reply = admin.next_reply(LIMIT).await;
            reply.unwrap_or_else(|err| panic!("{command} without {slice}: {err:#}"));
        }
        let ended = app.unwrap().run_until(std::future::ready(())).await;
        assert_eq!(ended, Outcome::Stopped, "without {slice}");
    }
}
