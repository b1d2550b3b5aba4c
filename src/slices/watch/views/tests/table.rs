//! Tests of `slices/watch/views/table.rs`.

use super::*;
use crate::slices::watch::model::config::BrokenEntries;

fn read_text(text: &str) -> Table {
    let catalogue = Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse).unwrap();
    read(&catalogue, text, 7, 30)
}

#[test]
fn tables_of_spreadsheets_are_understood() {
    let text = "\u{feff}Site;Username;Days;Until;Note\r\nGitHub;octocat;9;gone;'=1+1\r\nvk;\"durov\";;;\r\n";
    assert!(is_table(text) && !is_table("durov vk\nsite username"));
    let table = read_text(text);
    assert!(table.problems.is_empty(), "{:?}", table.problems);
    let octocat = NewAccount {
        until: Until::Gone,
        note: "=1+1".to_owned(),
        ..NewAccount::new(7, "github", "octocat", 9)
    };
    assert_eq!(
        table.accounts,
        [(2, octocat), (3, NewAccount::new(7, "vk", "durov", 30))]
    );
}

#[test]
fn every_bad_row_is_named_by_its_line() {
    let table = read_text(
        "site,username,days,until\r\ngithub,octocat,9,\r\nnowhere,x,1,\ngithub,a b,1,\ngithub,ok,zero,\ngithub,,,\ngithub,ok,1,never\n",
    );
    let lines: Vec<u64> = table.problems.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7]);
    assert_eq!(table.accounts.len(), 1);
    assert_eq!(
        read_text("name,where\nx,y\n").problems,
        [
            (1, LineProblem::NoColumn("site")),
            (1, LineProblem::NoColumn("username"))
        ]
    );
}

#[test]
fn emptied_rows_are_no_rows_and_excels_own_line_is_understood() {
    let rows = "Site;Username;Days\r\ngithub;octocat;9\r\n;;;;\r\n ; ;\r\n\r\nvk;durov;\r\n;;\r\n";
    for (start, line) in [
        ("", 2),
        ("sep=;\r\n", 3),
        ("sep=;;;;\n", 3),
        ("\u{feff}\"SEP=;\"\r\n", 3),
    ] {
        let text = format!("{start}{rows}");
        assert!(is_table(&text), "{text}");
        let table = read_text(&text);
        assert_eq!(table.problems, [], "{text}");
        let lines: Vec<u64> = table.accounts.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [line, line + 4], "{text}");
    }
    // The line decides, not the commas in the rows.
    let table = read_text("sep=|\nsite|username|note\ngithub|octocat|a, b, c, d\n||\nvk||\n");
    assert_eq!(table.accounts.len(), 1);
    assert_eq!(table.problems, [(5, LineProblem::NoCell("username"))]);
    assert_eq!(
        read_text("sep=;\nname;where\n").problems.first(),
        Some(&(2, LineProblem::NoColumn("site")))
    );
}
