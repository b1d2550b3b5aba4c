//! Tests of `slices/watch/site/pattern.rs`.

use super::*;
use crate::slices::watch::site::entry::SiteEntry;

#[test]
fn a_site_keeps_only_the_text_until_a_name_is_judged() {
    let entry: SiteEntry = toml::from_str(
        "key = \"demo\"\nurl = \"https://demo.example/{name}\"\nname_pattern = \"[a-z]+\"\ncontrol = \"eva\"\n\
         exists = { status = [200] }\nmissing = { status = [404] }",
    )
    .unwrap();
    let site = entry.into_site(false).unwrap();
    let pattern = site.name_pattern.as_ref().unwrap();
    assert!(pattern.compiled.get().is_none());

    assert_eq!(pattern.check("eva"), Ok(()));
    let refused = UsernameProblem::Pattern("[a-z]+".to_owned());
    assert_eq!(pattern.check("Eva"), Err(refused));
    assert!(pattern.compiled.get().is_some());
}

#[test]
fn a_pattern_is_read_by_itself_before_it_stands_among_ours() {
    let told = |source| NamePattern::parse(source, false).unwrap_err().to_string();
    assert!(told("a[").contains("position 2"), "{}", told("a["));
    assert!(told("a)(?:b").contains("position 1"), "{}", told("a)(?:b"));
}

#[test]
fn a_searched_pattern_has_its_own_anchors() {
    let mut searched = NamePattern::parse("^[a-z]", true).unwrap();
    searched.rest();
    assert_eq!(searched.check("eva9"), Ok(()));
}
