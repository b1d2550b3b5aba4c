//! A site of a hostile scene: which names it shows a page for, and its answers.

use std::collections::HashSet;

use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::probe::Probe;
use crate::slices::watch::run::lane::PlannedProbe;
use crate::slices::watch::site::{Site, SiteRule};
use crate::slices::watch::verdict::{AnswerHeaders, SiteAnswer, is_redirect, judge};

/// Accounts that exist, one of each shape, and accounts that do not. Each site has those of them
/// that it allows.
pub(super) const THERE: [&str; 14] = [
    "annabell9",
    "mr.smith",
    "mr-smith",
    "mr_smith",
    "MrSmith",
    "4chan99",
    "1234567",
    "_smith",
    "анна",
    "Анна.К-9",
    "abq",
    "averyveryverylongname26xyz",
    "X.y-Z_9",
    "mr-smith.9",
];
pub(super) const NOT_THERE: [&str; 14] = [
    "nobody77x",
    "no.body",
    "no-body",
    "no_body",
    "NoBody",
    "7nobody",
    "7654321",
    "_nobody",
    "никто",
    "Никто.Н-7",
    "nqz",
    "averyveryverylongnobody26x",
    "N.o-B_7",
    "no-body.7",
];

/// Others' accounts, which signs or the length alone tell from those above.
const OTHERS: [&str; 16] = [
    "mrsmith",
    "mrsmith.9",
    "smith",
    "nobody",
    "nobody.7",
    "X.yZ_9",
    "Xy-Z_9",
    "N.oB_7",
    "mrsmith9",
    "nobody7",
    "XyZ9",
    "NoB7",
    "averyveryverylongname26xy",
    "averyveryverylongnob",
    "averyveryverylo",
    ".-9",
];

/// How a site lies about names.
#[derive(Clone, Copy)]
pub(super) enum Scene {
    Honest,
    /// A page for every name with one of these characters.
    AnyWith(fn(char) -> bool),
    /// A page for every name that this is true of.
    Any(fn(&str) -> bool),
    /// A name is cut at the first of these, and the rest is looked up.
    CutsAt(char),
    /// A name is looked up without these, or without these around it.
    Strips(fn(char) -> bool),
    Trims(char),
    /// Only so many characters of a name are looked up.
    CutsAfter(usize),
    /// After this many answers, this answer to everybody.
    Flips(usize, Sighting),
}

impl Scene {
    /// A name as the site reads it.
    pub(super) fn read(self, name: &str) -> String {
        match self {
            Self::Strips(what) => name.replace(what, ""),
            Self::Trims(sign) => name.trim_matches(sign).to_owned(),
            Self::CutsAfter(length) => name.chars().take(length).collect(),
            Self::CutsAt(sign) => name.split(sign).next().unwrap_or(name).to_owned(),
            _ => name.to_owned(),
        }
    }
}

pub(super) struct World<'a> {
    site: &'a Site,
    scene: Scene,
    there: HashSet<&'a str>,
    answers: usize,
}

impl<'a> World<'a> {
    pub(super) fn new(site: &'a Site, scene: Scene) -> Self {
        Self {
            site,
            scene,
            there: THERE.into(),
            answers: 0,
        }
    }

    fn exists(&self, name: &str) -> bool {
        let is_there = |name: &str| {
            let mut known = self.site.controls().iter();
            self.there.contains(name) || known.any(|known| known.as_str() == name)
        };
        match self.scene {
            Scene::AnyWith(what) if name.contains(what) => true,
            Scene::Any(what) if what(name) => true,
            Scene::CutsAt(sign) => {
                let rest = name.split(sign).next().unwrap_or(name);
                let is_cut = rest != name;
                // What a cut leaves of the accounts' names is there.
                is_there(rest) || is_cut && ["mr", "no", "no-body", "X", "N"].contains(&rest)
            }
            Scene::Strips(_) | Scene::Trims(_) | Scene::CutsAfter(_) => {
                let rest = self.scene.read(name);
                let mut known = self.site.controls().iter();
                // Known names are read in the same way.
                is_there(&rest)
                    || known.any(|known| self.scene.read(known.as_str()) == rest)
                    || rest != name && OTHERS.contains(&&*rest)
            }
            Scene::Flips(after, to) if self.answers >= after => to == Sighting::Exists,
            _ => is_there(name),
        }
    }

    pub(super) fn probe(&mut self, planned: &PlannedProbe) -> Probe {
        let rule = match self.exists(planned.name.as_str()) {
            true => self.site.exists(),
            false => self.site.missing(),
        };
        self.answers += 1;
        let answer = answer(self.site, planned, rule);
        Probe {
            outcome: judge(self.site, &answer),
            retry_after: None,
            status: Some(answer.status),
        }
    }
}

/// The answer that one side of a site's rules describes.
fn answer(site: &Site, planned: &PlannedProbe, rule: &SiteRule) -> SiteAnswer {
    let (text, any) = (rule.text.join(" "), rule.any_text.first());
    let status = rule.status.first().or(rule.bare.first()).copied().unwrap();
    SiteAnswer {
        url: site.probe_request(&planned.name).unwrap().url,
        status,
        headers: AnswerHeaders::default(),
        location: is_redirect(status).then(|| "/somewhere-else".to_owned()),
        body: format!("a page {text} {}", any.map_or("", String::as_str)),
    }
}
