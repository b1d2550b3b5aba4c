//! Controls of shapes, as tables: what each sequence of answers says about names of a shape.

use super::*;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::entry::SiteEntry;

fn site() -> Site {
    let entry = "key = \"a\"\nurl = \"https://a.example/{name}\"\ncontrol = \"known\"\n\
         exists = { status = [200], text = [\"profile\"] }\nmissing = { status = [404] }";
    let entry: SiteEntry = toml::from_str(entry).unwrap();
    entry.into_site(false).unwrap()
}

fn probe(outcome: Result<Sighting, Inconclusive>) -> Probe {
    Probe {
        outcome,
        retry_after: None,
        status: Some(200),
    }
}

const EXISTS: Result<Sighting, Inconclusive> = Ok(Sighting::Exists);
const MISSING: Result<Sighting, Inconclusive> = Ok(Sighting::Missing);
const UNCLEAR: Result<Sighting, Inconclusive> = Err(Inconclusive::NoRuleMatches);
const BUSY: Result<Sighting, Inconclusive> = Err(Inconclusive::RateLimited);
const ALIKE: Result<(), Inconclusive> = Err(Inconclusive::NamesAlike);

#[test]
fn a_shape_is_vouched_for_by_a_name_that_is_missing() {
    let site = site();
    for (model, answers, said) in [
        ("mr.smith", vec![MISSING, MISSING], Ok(())),
        ("mr.smith", vec![EXISTS], ALIKE),
        ("Mr-Smith_9", vec![MISSING, MISSING, EXISTS], ALIKE),
        ("Mr-Smith_9", vec![MISSING; 4], Ok(())),
        ("mr.smith", vec![BUSY, MISSING, MISSING], Ok(())),
        // The known name with a sign in it: somebody may have one, but not all.
        ("mr.smith", vec![MISSING, EXISTS, EXISTS, MISSING], Ok(())),
        ("mr.smith", vec![MISSING, EXISTS, EXISTS, EXISTS], ALIKE),
        // So with long names, which a site may cut.
        ("averyverylongname", vec![MISSING], Ok(())),
        ("averyverylongname", vec![EXISTS, EXISTS, EXISTS], ALIKE),
        ("mr.smith", vec![BUSY, EXISTS], ALIKE),
        (
            "mr.smith",
            vec![BUSY, BUSY, BUSY],
            Err(Inconclusive::RateLimited),
        ),
        // The known name with a tail may be longer than the site allows.
        ("mr.smith", vec![UNCLEAR, MISSING], Ok(())),
        ("mr.smith", vec![UNCLEAR, UNCLEAR, MISSING], Ok(())),
        ("mr.smith", vec![UNCLEAR, UNCLEAR, EXISTS], ALIKE),
        ("mr.smith", vec![UNCLEAR; 5], ALIKE),
        // So may the random name be.
        ("MrSmith", vec![UNCLEAR, MISSING], Ok(())),
        // Short names and numbers may be taken.
        ("abc", vec![EXISTS, EXISTS, MISSING], Ok(())),
        ("1234567", vec![EXISTS, MISSING], Ok(())),
        ("abc", vec![EXISTS, EXISTS, EXISTS], ALIKE),
        ("MrSmith", vec![EXISTS], ALIKE),
    ] {
        let mut control = AlikeControl::new(&site, model);
        for answer in &answers {
            assert_eq!(control.said(), None, "{model} {answers:?}");
            control.next_name(&site).unwrap();
            control.hear(&site, &probe(*answer));
        }
        assert_eq!(control.said(), Some(said), "{model} {answers:?}");
        assert_eq!(control.next_name(&site), None);
    }
}

#[test]
fn a_name_is_cut_and_stripped_at_each_of_its_signs() {
    let site = site();
    let mut control = AlikeControl::new(&site, "Mr-Smith_9-x");
    let starts = |start: &'static str| move |name: &str| name.starts_with(start);
    let strips = |sign| move |name: &str| name.replace(sign, "") == "known";
    let checks: [&dyn Fn(&str) -> bool; 4] = [
        &starts("known_"),
        &strips('_'),
        &starts("known-"),
        &strips('-'),
    ];
    for is_it in checks {
        let name = control.next_name(&site).unwrap();
        assert!(is_it(name.as_str()), "{name}");
        // Without an answer, it is asked for again.
        control.hear(&site, &probe(BUSY));
        assert_eq!(control.next_name(&site), Some(name));
        control.hear(&site, &probe(MISSING));
    }
    // None has a capital at the start, but one has the shape.
    assert_eq!(control.said(), Some(Ok(())));
}
