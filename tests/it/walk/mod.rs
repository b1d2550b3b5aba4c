//! A scripted user that presses every button, as owner, admin and user, in Russian and in English.
//!
//! The walker knows no screens: it begins with the menu's commands and follows the buttons it
//! finds, so a new screen needs no change here. Buttons that differ only in numbers count as one.
//! Dangerous ones are pressed, too; a walker that loses its rights gets them back for the next way.

mod files;
mod known;
mod restarts;
mod together;
mod walker;
mod ways_back;

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures_util::future::join_all;
use vakhta::testing::demo::{Behaviour, ModelReply};
use vakhta::testing::i18n::{Lang, label};
use vakhta::testing::people::Role;
use vakhta::testing::slices::cards::photo::Photos;
use vakhta::testing::slices::cards::store as cards;
use vakhta::testing::slices::cards::store::NewCard;

use self::known::Known;
use self::walker::{Walker, leads_back};
use crate::cards::jpeg;
use crate::chat::with_assistant;
use crate::harness::{ADMIN, Stage, run};

/// Hostile names for people and sites.
const HOSTILE: [&str; 5] = [
    "<b>Ева & Ко",
    "\u{202e}evil\u{200f} شخص",
    "👩‍👩‍👧‍👦🏳️‍🌈🧿",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "\"a\" &amp; 'b' </code>",
];

/// The number of people of one kind who walk together. A chat gets one message per second, so one
/// person would take minutes.
const TOGETHER: usize = 4;

/// People of one kind walk through everything; returns what they have learned.
async fn walk_as(t: &Stage, first_id: i64, role: Role, language: &str) -> Known {
    let known = RefCell::new(Known::default());
    let mut walkers = Vec::new();
    for (n, name) in (0..).zip(HOSTILE).take(TOGETHER) {
        let person = t.telegram.person(first_id + n, name, language);
        person.knows_bot();
        walkers.push(Walker::new(person, role));
    }
    let menu = t.telegram.menu("default", "").unwrap();
    let commands = menu.iter().filter_map(|entry| entry["command"].as_str());
    for command in commands.chain(["admin", "ask <b>почему?"]) {
        let way = vec![format!("/{command}")];
        known.borrow_mut().ahead.push_back((way, 0));
    }
    join_all(walkers.into_iter().map(|walker| walker.walk(t, &known))).await;
    known.into_inner()
}

/// Cards, some with hostile names.
async fn cards(t: &Stage) {
    let database = t.folder.path().join("test.db");
    let photo = Photos::of(&database).keep(&jpeg(7)).unwrap();
    let now = t.clock.now();
    let make = t.app().db().write(move |tx| {
        for name in HOSTILE {
            let card = NewCard {
                owner_id: ADMIN,
                name: name.to_owned(),
                description: name.repeat(30),
                photo: photo.clone(),
                packaged: photo.clone(),
            };
            let id = cards::add(tx, now, &card)?;
            cards::add_batch(tx, id, name, 50)?;
        }
        Ok(())
    });
    make.await.unwrap();
}

/// Strangers who wait, idle members, and a site with a difficult name.
async fn furnish(t: &mut Stage) {
    t.stop().await;
    let path = t.folder.path().join("sites.toml");
    let sites = std::fs::read_to_string(&path).unwrap();
    let hostile = sites.replace("name = \"VK\"", "name = '<i>Сайт & \"Ко\" </b> שלום 🧿'");
    assert_ne!(sites, hostile);
    std::fs::write(&path, hostile).unwrap();
    t.reconfigure("[sites]", "[cards]\nenabled = true\n[sites]");
    t.start().await;
    cards(t).await;
    for (id, name) in (500..).zip(HOSTILE.iter().cycle()).take(25) {
        if id % 3 == 0 {
            let stranger = t.telegram.person(id, name, "ru");
            t.ask(&stranger, "/start").await;
        } else {
            let person = t.user(id, name, "ru").await;
            t.ask(&person, "/start").await;
        }
    }
    for name in HOSTILE {
        t.site.set("github", name, Behaviour::Exists);
    }
}

async fn nothing_is_given_up(t: &Stage) {
    let dead = t.app().db().read(|c| {
        let sql =
            "SELECT group_concat(problem, '; ') FROM outbox WHERE state IN ('dead', 'unconfirmed')";
        Ok(c.query_row(sql, [], |row| row.get::<_, Option<String>>(0))?)
    });
    assert_eq!(dead.await.unwrap(), None);
}

/// Continues every dialogue after a restart before each answer: the bot still knows its question.
async fn restart_in(t: &mut Stage, dialogues: &BTreeMap<String, Vec<String>>) {
    let person = t.telegram.person(1010, HOSTILE[0], "ru");
    person.knows_bot();
    let mut walker = Walker::new(person, Role::Owner);
    let lost = label(Lang::Ru, "assistant-thinking");
    for (step, way) in dialogues {
        assert!(walker.go(t, way).await, "{way:?}");
        assert_eq!(walker.step(t).await.as_ref(), Some(step), "{way:?}");
        for text in [HOSTILE[0], "octocat", "github", "30"] {
            let Some(before) = walker.step(t).await else {
                break;
            };
            t.stop().await;
            t.start().await;
            walker.writes(t, text).await;
            let answer = walker.screen.as_ref().unwrap();
            assert_ne!(answer.text, lost, "{before}: {text}");
            let is_asked = walker.step(t).await.is_some();
            assert!(!is_asked || leads_back(answer), "{before}: {}", answer.text);
        }
        walker.writes(t, "/cancel").await;
    }
}

#[test]
fn every_button_answers_and_every_screen_leads_home() {
    run(async |mut t| {
        furnish(&mut t).await;
        let model = with_assistant(&mut t, "most_open = 1000").await;
        model.set(ModelReply::Hang);
        let kinds = [
            (1000, Role::Owner, "ru"),
            (1100, Role::Owner, "en"),
            (1200, Role::Admin, "ru"),
            (1300, Role::Admin, "en"),
            (1400, Role::User, "ru"),
            (1500, Role::User, "en"),
        ];
        let walks = kinds.map(|(first, role, language)| walk_as(&t, first, role, language));
        let mut dialogues = BTreeMap::new();
        for (known, of) in join_all(walks).await.into_iter().zip(kinds) {
            assert_eq!(known.wrong, Vec::<String>::new(), "{of:?}");
            assert_eq!(known.dead_ends(), Vec::<&String>::new(), "{of:?}");
            let missed: Vec<_> = known.lost.difference(&known.pressed).collect();
            assert!(known.pressed.contains("ask:again:N"), "{:?}", known.pressed);
            let enough = known.pressed.len() > 30 && missed.len() * 10 <= known.pressed.len();
            assert!(
                enough,
                "{of:?}: not pressed {missed:?} beside {:?}",
                known.pressed
            );
            dialogues.extend(known.dialogues);
        }
        assert!(dialogues.len() >= 2, "{dialogues:?}");
        restart_in(&mut t, &dialogues).await;
        nothing_is_given_up(&t).await;
        t
    });
}
