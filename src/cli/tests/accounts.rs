//! Tests of `cli/accounts.rs`.

use super::*;
use crate::slices::watch::model::config::BrokenEntries;

fn parse_text(text: &str) -> Result<Vec<NewAccount>, Vec<String>> {
    let catalogue = Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse).unwrap();
    accounts_of_csv(&catalogue, text, 7, 30)
}

#[test]
fn sites_go_by_key_or_name_and_repeats_count_once() {
    let text = "site,username,days\ngithub,octocat,9\nGitHub,torvalds,\ngithub,octocat,9\n";
    let accounts = parse_text(text).unwrap();
    let shown: Vec<_> = accounts
        .iter()
        .map(|a| (a.site.as_str(), a.username.as_str(), a.period_days))
        .collect();
    assert_eq!(
        shown,
        [("github", "octocat", 9), ("github", "torvalds", 30)]
    );
    assert_eq!(
        parse_text("site;username\ngithub;octocat\n").unwrap().len(),
        1
    );
}

#[test]
fn every_bad_row_is_named_by_its_line() {
    let text = "site,username,days\ngithub,octocat,9\nnowhere,x,1\ngithub,a b,1\ngithub,ok,zero\n";
    let problems = parse_text(text).unwrap_err();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    for (problem, line) in problems.iter().zip(["line 3", "line 4", "line 5"]) {
        assert!(problem.starts_with(line), "{problem}");
    }
    assert!(parse_text("name,where\nx,y\n").is_err());
}
