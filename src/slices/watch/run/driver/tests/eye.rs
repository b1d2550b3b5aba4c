//! News that another eye sees before anybody hears it.

use std::collections::HashMap;
use std::sync::Mutex;

use futures_util::future::BoxFuture;

use super::*;
use crate::slices::watch::model::account::{AccountState, Until};
use crate::slices::watch::run::eye::{Eye, EyeSaid};

const SITE: &str = "watched";

/// Says what the test wants, and remembers whom it was asked about.
#[derive(Debug, Default)]
struct Told {
    says: Mutex<HashMap<String, EyeSaid>>,
    asked: Mutex<Vec<(String, String)>>,
}

impl Told {
    fn say(&self, name: &str, said: EyeSaid) {
        self.says.lock().unwrap().insert(name.to_owned(), said);
    }

    fn asked(&self) -> Vec<(String, String)> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.sort();
        asked
    }
}

impl Eye for Told {
    fn site(&self) -> &'static str {
        SITE
    }

    fn look(&self, username: String, identity: String) -> BoxFuture<'_, EyeSaid> {
        let says = self.says.lock().unwrap();
        let said = says.get(&username).cloned().unwrap_or(EyeSaid::Blind);
        self.asked.lock().unwrap().push((username, identity));
        Box::pin(async { said })
    }
}

fn seen(identity: &str) -> EyeSaid {
    EyeSaid::Exists {
        identity: identity.to_owned(),
    }
}

async fn world() -> (World, Arc<Told>) {
    let mut world = World::new(&[SITE.to_owned(), "other".to_owned()], "min_gap = \"0s\"").await;
    let eye = Arc::new(Told::default());
    world.driver.parts.eyes = Eyes::new([Arc::clone(&eye) as Arc<dyn Eye>]);
    (world, eye)
}

/// State and reason of each account, by name.
async fn states(world: &World) -> HashMap<String, (AccountState, String)> {
    let accounts = world.accounts().await.into_iter();
    accounts
        .map(|one| (one.username, (one.state, one.reason)))
        .collect()
}

/// The history of an account, the newest first: what, and its detail.
async fn history(world: &World, name: &str) -> Vec<(String, String)> {
    let name = name.to_owned();
    let read = world.db.read(move |c| {
        let sql = "SELECT what, detail FROM transition JOIN account ON account.id = account_id
                   WHERE username = ?1 AND run_id IS NOT NULL ORDER BY transition.id DESC";
        let mut statement = c.prepare(sql)?;
        let rows = statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    });
    read.await.unwrap()
}

#[tokio::test]
async fn news_is_told_only_if_the_other_eye_agrees_or_is_blind() {
    let (mut world, eye) = world().await;
    let names = ["agreed", "denied", "blind", "hidden", "nobody"];
    world.add(SITE, names.map(str::to_owned).into_iter()).await;
    world
        .add("other", ["elsewhere".to_owned()].into_iter())
        .await;
    for name in ["agreed", "denied", "blind", "hidden"] {
        world.site.set(SITE, name, site::Behaviour::Exists);
    }
    world
        .site
        .set("other", "elsewhere", site::Behaviour::Exists);
    eye.say("agreed", seen("7"));
    eye.say("denied", EyeSaid::Missing);
    eye.say("hidden", EyeSaid::Restricted);
    world.run().await;

    let asked =
        ["agreed", "blind", "denied", "hidden"].map(|name| (name.to_owned(), String::new()));
    assert_eq!(
        eye.asked(),
        asked,
        "only news is looked at, and only at its site"
    );
    let states = states(&world).await;
    let is = |name: &str, state, reason: &str| {
        assert_eq!(states[name], (state, reason.to_owned()), "{name}");
    };
    is("agreed", AccountState::Done, "");
    is("denied", AccountState::Pending, "eyes-disagree");
    is("blind", AccountState::Done, "");
    // A restricted account is there.
    is("hidden", AccountState::Done, "");
    is("nobody", AccountState::Pending, "");
    is("elsewhere", AccountState::Done, "");
}

#[tokio::test]
async fn a_name_that_changed_hands_is_told_as_such() {
    let (mut world, eye) = world().await;
    world.add(SITE, ["ann".to_owned()].into_iter()).await;
    let write = world
        .db
        .write(|tx| store::set_until(tx, NOW, OWNER, 1, Until::Found, Until::Change).map(drop));
    write.await.unwrap();
    world.run().await;

    world.site.set(SITE, "ann", site::Behaviour::Exists);
    eye.say("ann", seen("7"));
    world.run().await;
    assert_eq!(history(&world, "ann").await, [("found".into(), "".into())]);
    assert_eq!(eye.asked(), [("ann".into(), String::new())]);

    world.site.set(SITE, "ann", site::Behaviour::Missing);
    eye.say("ann", EyeSaid::Restricted);
    world.run().await;
    assert_eq!(
        states(&world).await["ann"].1,
        "restricted",
        "hidden is not gone"
    );
    eye.say("ann", EyeSaid::Missing);
    world.run().await;
    assert_eq!(history(&world, "ann").await[0].0, "gone");
    assert_eq!(
        eye.asked()[0],
        ("ann".into(), "7".into()),
        "the identity is known"
    );

    world.site.set(SITE, "ann", site::Behaviour::Exists);
    eye.say("ann", seen("8"));
    world.run().await;
    assert_eq!(
        history(&world, "ann").await[0],
        ("other".into(), "7".into())
    );
    let told = world.db.read(|c| {
        let sql = "SELECT html FROM outbox WHERE chat_id = ?1 ORDER BY id DESC LIMIT 1";
        Ok(c.query_row(sql, [OWNER], |row| row.get::<_, String>(0))?)
    });
    let told = told.await.unwrap();
    assert!(told.contains("Аккаунт появился"), "{told}");
    assert!(told.contains("Имя теперь у другого владельца"), "{told}");
}
