//! Restarts before every answer of every dialogue: each dialogue continues and ends as it would
//! have without the restart.

use std::collections::BTreeSet;

use vakhta::testing::people::Role;

use super::walker::Walker;
use super::{HOSTILE, furnish, nothing_is_given_up};
use crate::cards::jpeg;
use crate::harness::{Stage, run};

/// Every question that can be open, by the words of its row. A new dialogue must be added here and
/// tested below.
const EVERY: [&str; 21] = [
    "add how-long",
    "add where",
    "add who",
    "batch_of",
    "broadcast ready",
    "broadcast text",
    "card consent",
    "card description",
    "card name",
    "card packaged",
    "card photo",
    "find_cards",
    "part description",
    "part name",
    "part packaged",
    "part photo",
    "question days",
    "question find",
    "question note",
    "settings zone",
    "table shown",
];

/// The fields that tell which question it is.
const TAGS: [&str; 7] = [
    "add",
    "broadcast",
    "card",
    "part",
    "question",
    "settings",
    "table",
];

enum Act {
    Says(&'static str),
    /// Presses a button of this kind.
    Presses(&'static str),
    SendsPhoto(u8),
}

use Act::{Presses, Says, SendsPhoto};

/// A table with one new row.
const TABLE: &[u8] = b"site,username\ngithub,tabled\n";

/// A dialogue: the way to its first question, the steps, and the condition that must hold at the
/// end.
struct Dialogue {
    way: &'static [&'static str],
    acts: &'static [Act],
    then: &'static str,
}

const DIALOGUES: [Dialogue; 13] = [
    Dialogue {
        way: &["/add"],
        acts: &[Says("restarted"), Says("github"), Says("31")],
        then: "SELECT count(*) = 1 FROM account WHERE username = 'restarted' AND site = 'github' AND period_days = 31",
    },
    Dialogue {
        way: &[
            "/list restarted",
            "watch:card:N:mine:N:fN",
            "watch:ask-days:N:mine:N:fN",
        ],
        acts: &[Says("12")],
        then: "SELECT period_days = 43 FROM account WHERE username = 'restarted'",
    },
    Dialogue {
        way: &[
            "/list restarted",
            "watch:card:N:mine:N:fN",
            "watch:ask-note:N:mine:N:fN",
        ],
        acts: &[Says("a note to keep")],
        then: "SELECT note = 'a note to keep' FROM account WHERE username = 'restarted'",
    },
    Dialogue {
        way: &["/list", "watch:find:mine:N"],
        acts: &[Says("the word sought")],
        then: "SELECT count(*) = 1 FROM search WHERE words = 'the word sought'",
    },
    Dialogue {
        way: &["/settings", "set:zones"],
        acts: &[Says("Asia/Tokyo")],
        then: "SELECT zone = 'Asia/Tokyo' FROM chat WHERE id = 3000",
    },
    Dialogue {
        way: &["/admin", "admin:broadcast"],
        acts: &[
            Says("words for everybody"),
            Presses("admin:broadcast-send:N"),
        ],
        then: "SELECT count(*) = 1 FROM broadcast",
    },
    Dialogue {
        way: &["/admin", "cards:add"],
        acts: &[
            SendsPhoto(21),
            Says("A thing"),
            Says("What it is"),
            SendsPhoto(22),
            Presses("cards:save:N"),
        ],
        then: "SELECT count(*) = 1 FROM card WHERE name = 'A thing' AND description = 'What it is' AND packaged <> ''",
    },
    Dialogue {
        way: &["/admin", "cards:list:N", "cards:find"],
        acts: &[Says("A thing")],
        then: "SELECT count(*) = 0 FROM dialogue WHERE chat_id = 3000",
    },
    Dialogue {
        way: &[
            "/admin",
            "cards:list:N",
            "cards:card:N",
            "cards:edit:N",
            "cards:edit:N:name",
        ],
        acts: &[Says("Another thing")],
        then: "SELECT count(*) = 1 FROM card WHERE name = 'Another thing'",
    },
    Dialogue {
        way: &[
            "/admin",
            "cards:list:N",
            "cards:card:N",
            "cards:edit:N",
            "cards:edit:N:description",
        ],
        acts: &[Says("It is otherwise")],
        then: "SELECT count(*) = 1 FROM card WHERE description = 'It is otherwise'",
    },
    Dialogue {
        way: &[
            "/admin",
            "cards:list:N",
            "cards:card:N",
            "cards:edit:N",
            "cards:edit:N:photo",
        ],
        acts: &[SendsPhoto(23)],
        then: "SELECT count(*) = 0 FROM dialogue WHERE chat_id = 3000",
    },
    Dialogue {
        way: &[
            "/admin",
            "cards:list:N",
            "cards:card:N",
            "cards:edit:N",
            "cards:edit:N:packaged",
        ],
        acts: &[SendsPhoto(24)],
        then: "SELECT count(*) = 0 FROM dialogue WHERE chat_id = 3000",
    },
    Dialogue {
        way: &[
            "/admin",
            "cards:list:N",
            "cards:card:N",
            "cards:batches:N",
            "cards:batch-add:N",
        ],
        acts: &[Says("summer 7")],
        then: "SELECT count(*) = 7 FROM card_code WHERE batch = 'summer'",
    },
];

async fn is_true(t: &Stage, sql: &'static str) -> bool {
    let asked = t
        .app()
        .db()
        .read(move |c| Ok(c.query_row(sql, [], |row| row.get(0))?));
    asked.await.unwrap()
}

/// Which question is open.
async fn asked(walker: &Walker, t: &Stage) -> Option<String> {
    let step = walker.row(t).await?;
    let tag = TAGS
        .iter()
        .find_map(|tag| Some(format!("{tag} {}", step.get(*tag)?.as_str()?)));
    Some(tag.unwrap_or_else(|| step.keys().next().unwrap().clone()))
}

#[test]
fn a_restart_in_the_middle_of_every_dialogue_loses_nothing() {
    run(async |mut t| {
        furnish(&mut t).await;
        let person = t.telegram.person(3000, HOSTILE[1], "en");
        person.knows_bot();
        let mut walker = Walker::new(person, Role::Owner);
        walker.settle(&t).await;
        let mut every = BTreeSet::new();
        // A table begins with a file, the others with a command.
        walker.sends(&t, "a.csv", TABLE).await;
        every.extend(asked(&walker, &t).await);
        t.stop().await;
        t.start().await;
        assert!(walker.press(&t, "watch:apply:N").await);
        let added = "SELECT count(*) = 1 FROM account WHERE username = 'tabled'";
        assert!(is_true(&t, added).await);
        for dialogue in &DIALOGUES {
            let way: Vec<String> = dialogue.way.iter().map(|of| (*of).to_owned()).collect();
            assert!(
                walker.go(&t, &way).await,
                "{:?}: {:?}",
                dialogue.way,
                walker.kinds()
            );
            for act in dialogue.acts {
                let open = asked(&walker, &t).await;
                every.insert(
                    open.unwrap_or_else(|| panic!("nothing is asked after {:?}", dialogue.way)),
                );
                t.stop().await;
                t.start().await;
                match act {
                    Says(text) => walker.writes(&t, text).await,
                    Presses(kind) => assert!(walker.press(&t, kind).await, "{kind}"),
                    SendsPhoto(n) => walker.sends_photo(&t, &jpeg(*n)).await,
                }
            }
            assert!(
                is_true(&t, dialogue.then).await,
                "{:?}: {}",
                dialogue.way,
                dialogue.then
            );
            assert_eq!(asked(&walker, &t).await, None, "{:?}", dialogue.way);
        }
        assert_eq!(every, EVERY.map(str::to_owned).into());
        nothing_is_given_up(&t).await;
        t
    });
}
