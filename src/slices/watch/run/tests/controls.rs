//! Control probes, as tables: what each sequence of answers says about a site.

use super::*;
use crate::slices::watch::site::entry::SiteEntry;

const NOW: UnixMs = UnixMs(1_790_000_000_000);

/// A site with further lines.
fn site(more: &str) -> Site {
    let entry = format!(
        "key = \"a\"\nurl = \"https://a.example/{{name}}\"\n\
         exists = {{ status = [200], text = [\"profile\"] }}\nmissing = {{ status = [404] }}\n{more}"
    );
    let entry: SiteEntry = toml::from_str(&entry).unwrap();
    entry.into_site(false).unwrap()
}

/// A site with these known names.
fn knowing(names: &[&str]) -> Site {
    let mut entry: SiteEntry = toml::from_str(
        "key = \"a\"\nurl = \"https://a.example/{name}\"\nexists = { status = [200] }\nmissing = { status = [404] }",
    )
    .unwrap();
    entry.foreign = Some(crate::slices::watch::site::entry::Foreign {
        body_mark: "{account}",
        known: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Default::default()
    });
    entry.into_site(false).unwrap()
}

fn seen(sighting: Sighting) -> Probe {
    Probe {
        outcome: Ok(sighting),
        retry_after: None,
        status: Some(200),
    }
}

fn answered(status: u16, why: Inconclusive) -> Probe {
    Probe {
        outcome: Err(why),
        retry_after: None,
        status: Some(status),
    }
}

/// Answers every control probe with the next of these. Returns the final result and the names that
/// were probed.
fn play(site: &Site, probes: &[Probe]) -> (ControlsSaid, Vec<String>) {
    let mut standing = ControlStanding::default();
    let mut asked = Vec::new();
    let mut said = ControlsSaid::More;
    for probe in probes {
        let Some(name) = standing.due(site, &Controls::default(), NOW) else {
            break;
        };
        assert!(standing.waits());
        asked.push(name.as_str().to_owned());
        said = standing.hear(site, probe, NOW);
        assert!(!standing.waits());
    }
    (said, asked)
}

#[test]
fn a_well_site_costs_two_probes_in_fifteen_minutes() {
    let site = site("control = \"known\"");
    let (exists, missing) = (seen(Sighting::Exists), seen(Sighting::Missing));
    let (said, asked) = play(&site, &[exists, missing, missing]);
    assert_eq!(said, ControlsSaid::Well);
    assert_eq!((asked.len(), asked[0].as_str()), (2, "known"));

    let mut controls = Controls::default();
    controls.note_well(site.key(), NOW);
    let minutes = |n: u64| NOW.plus(Duration::from_secs(60 * n));
    for (now, is_asked) in [
        (NOW, false),
        (minutes(14), false),
        (minutes(15), true),
        // After the clock was set back, the age of the result is unknown.
        (NOW.minus(Duration::from_secs(1)), true),
    ] {
        let name = ControlStanding::default().due(&site, &controls, now);
        assert_eq!(name.is_some(), is_asked, "{now:?}");
    }
    // A longer run probes again.
    let mut standing = ControlStanding::default();
    assert!(standing.due(&site, &controls, NOW).is_none());
    assert!(
        standing
            .due(&site, &Controls::default(), minutes(15))
            .is_some()
    );
}

#[test]
fn controls_that_are_judged_wrongly_say_how() {
    let site = site("control = \"known\"");
    let (exists, missing) = (seen(Sighting::Exists), seen(Sighting::Missing));
    let unclear = answered(200, Inconclusive::NoRuleMatches);
    for (probes, fault) in [
        (vec![missing], ControlFault::KnownMissing),
        (vec![unclear], ControlFault::KnownUnclear),
        (vec![exists, exists], ControlFault::RandomFound),
        (vec![exists, unclear], ControlFault::RandomUnclear),
    ] {
        assert_eq!(play(&site, &probes).0, ControlsSaid::Failed(fault));
    }
}

#[test]
fn a_control_without_an_answer_is_asked_three_times() {
    let site = site("control = \"known\"");
    let (exists, missing) = (seen(Sighting::Exists), seen(Sighting::Missing));
    let busy = answered(429, Inconclusive::RateLimited);
    let gone = Probe::without_answer(Inconclusive::Connect);
    for (probes, said) in [
        (
            vec![busy, gone, exists, gone, busy, missing],
            ControlsSaid::Well,
        ),
        (
            vec![busy, busy, gone],
            ControlsSaid::Unseen(Inconclusive::Connect),
        ),
        (
            vec![exists, gone, gone, busy],
            ControlsSaid::Unseen(Inconclusive::RateLimited),
        ),
        (
            vec![busy, missing],
            ControlsSaid::Failed(ControlFault::KnownMissing),
        ),
    ] {
        let (heard, asked) = play(&site, &probes);
        assert_eq!((heard, asked.len()), (said, probes.len()));
    }
}

#[test]
fn one_known_name_that_is_gone_does_not_stop_a_site_that_knows_others() {
    let site = knowing(&["one", "two"]);
    let (exists, missing) = (seen(Sighting::Exists), seen(Sighting::Missing));
    let (said, asked) = play(&site, &[missing, exists, missing]);
    assert_eq!(
        (said, &asked[..2]),
        (ControlsSaid::Well, &["one".into(), "two".into()][..])
    );
    let (said, _) = play(&site, &[missing, missing]);
    assert_eq!(said, ControlsSaid::Failed(ControlFault::KnownMissing));
    // An inconclusive probe of one name does not excuse another name that is missing.
    let busy = answered(429, Inconclusive::RateLimited);
    let (said, _) = play(&site, &[missing, busy]);
    assert_eq!(said, ControlsSaid::Failed(ControlFault::KnownMissing));
}

#[test]
fn a_site_is_vouched_for_by_the_controls_it_has() {
    let (exists, missing) = (seen(Sighting::Exists), seen(Sighting::Missing));
    let unnamed = site("");
    assert_eq!(play(&unnamed, &[missing]).0, ControlsSaid::Well);
    assert_eq!(
        play(&unnamed, &[exists]).0,
        ControlsSaid::Failed(ControlFault::RandomFound)
    );
    // No random name is valid here.
    let narrow = site("control = \"known\"\nname_pattern = \"known|other\"");
    let (said, asked) = play(&narrow, &[exists, exists]);
    assert_eq!((said, asked.len()), (ControlsSaid::Well, 1));
    let none = site("name_pattern = \"known|other\"");
    assert_eq!(play(&none, &[]).1.len(), 0);
    let nothing_due = ControlStanding::default().due(&none, &Controls::default(), NOW);
    assert!(nothing_due.is_none());
}

#[test]
fn a_status_that_is_no_evidence_is_enough_for_a_random_name_only_where_it_is_all_there_is() {
    let forbidden = answered(403, Inconclusive::Forbidden);
    let exists = seen(Sighting::Exists);
    let mut entry: SiteEntry = toml::from_str(
        "key = \"a\"\nurl = \"https://a.example/{name}\"\ncontrol = \"known\"\n\
         exists = { status = [200], text = [\"profile\"] }\nmissing = { status = [404], text = [\"nobody\"] }",
    )
    .unwrap();
    entry.missing.bare = vec![410];
    let by_status = entry.into_site(false).unwrap();
    let gone = answered(410, Inconclusive::EmptyBody);
    assert_eq!(play(&by_status, &[exists, gone]).0, ControlsSaid::Well);
    // Here 404 needs a text, and the text was missing.
    let bare = answered(404, Inconclusive::NoRuleMatches);
    assert_eq!(
        play(&by_status, &[exists, bare]).0,
        ControlsSaid::Failed(ControlFault::RandomUnclear)
    );
    let probes = [exists, forbidden, forbidden, forbidden];
    assert_eq!(
        play(&by_status, &probes).0,
        ControlsSaid::Unseen(Inconclusive::Forbidden)
    );
    let hosts = "key = \"a\"\nurl = \"https://{name}.a.example/\"\ncontrol = \"known\"\n\
                 exists = { status = [200] }\nmissing = { status = [404] }";
    let hosts: SiteEntry = toml::from_str(hosts).unwrap();
    let hosts = hosts.into_site(false).unwrap();
    let no_address = Probe::without_answer(Inconclusive::Dns);
    assert_eq!(play(&hosts, &[exists, no_address]).0, ControlsSaid::Well);
    let nowhere = play(&hosts, &[no_address, no_address, no_address]).0;
    assert_eq!(nowhere, ControlsSaid::Unseen(Inconclusive::Dns));
}
