//! Shared by walkers of one kind: buttons seen, pressed and still to press, and where each leads.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use vakhta::testing::demo::ChatMessage;

/// How many buttons to press among those that do the same for different objects (such as sites and
/// zones), or lead back to another screen.
pub(super) const VARIANTS: usize = 3;

#[derive(Default)]
pub(super) struct Known {
    /// Every button seen, by its kind.
    pub(super) found: BTreeSet<String>,
    /// Buttons that were pressed.
    pub(super) pressed: BTreeSet<String>,
    /// Buttons that were gone before anybody could press them.
    pub(super) lost: BTreeSet<String>,
    /// Ways that end with a button nobody has pressed yet, and how often each was tried in vain.
    pub(super) ahead: VecDeque<(Vec<String>, usize)>,
    /// The buttons below what each button showed.
    pub(super) leads: BTreeMap<String, BTreeSet<String>>,
    /// Ways that begin a dialogue, by its step.
    pub(super) dialogues: BTreeMap<String, Vec<String>>,
    /// Faults found.
    pub(super) wrong: Vec<String>,
}

/// Letters of a question's public id, which differs each time.
const NAME: usize = 32;

/// The kind of a button: its data, with `N` for every number and question id.
pub(super) fn kind(data: &str) -> String {
    let mut kind = String::new();
    let (data, name) = match data.rsplit_once(':') {
        Some((data, name)) if name.len() == NAME => (data, ":N"),
        _ => (data, ""),
    };
    for c in data.chars() {
        if !c.is_ascii_digit() {
            kind.push(c);
        } else if !kind.ends_with('N') {
            kind.push('N');
        }
    }
    kind + name
}

/// Whether a button is below an answer, which stays in the chat: no screen was left for it.
pub(super) fn is_of_answer(kind: &str) -> bool {
    kind.starts_with("ask:")
}

/// A button's action without its object: its first two words.
fn family(kind: &str) -> Option<(&str, &str)> {
    let (room, rest) = kind.split_once(':')?;
    let (action, _) = rest.split_once(':')?;
    Some((room, action))
}

impl Known {
    pub(super) fn see(&mut self, way: &[String], screen: &ChatMessage) {
        for button in screen.buttons() {
            let Some(kind) = button.data.as_deref().map(kind) else {
                continue;
            };
            let known = self
                .ahead
                .iter_mut()
                .find(|(way, _)| way.last() == Some(&kind));
            if let Some((longer, _)) = known.filter(|(known, _)| known.len() > way.len() + 1) {
                *longer = [way, std::slice::from_ref(&kind)].concat();
            }
            if let Some(last) = way.last() {
                self.leads
                    .entry(last.clone())
                    .or_default()
                    .insert(kind.clone());
            }
            let of_family = |other: &&String| family(other) == family(&kind);
            let enough =
                family(&kind).is_some() && self.found.iter().filter(of_family).count() >= VARIANTS;
            if !enough && self.found.insert(kind.clone()) {
                let mut way = way.to_vec();
                way.push(kind);
                self.ahead.push_back((way, 0));
            }
        }
    }

    /// A way to continue: a command, what this screen has, or the shortest.
    pub(super) fn next(&mut self, screen: Option<&ChatMessage>) -> Option<(Vec<String>, usize)> {
        let cost = |way: &[String]| {
            let last = way.last().map(String::as_str).unwrap_or_default();
            let here = screen.is_some_and(|screen| button(screen, last).is_some());
            if here { 2 } else { way.len() * 2 - 1 }
        };
        let ways = self.ahead.iter().enumerate();
        let (place, _) = ways.min_by_key(|(_, (way, tries))| cost(way) + tries * 4)?;
        self.ahead.remove(place)
    }

    /// Screens from which no button leads home. Under an answer none has to.
    pub(super) fn dead_ends(&self) -> Vec<&String> {
        let mut good: BTreeSet<&str> = BTreeSet::from(["bot:home"]);
        loop {
            let more: Vec<&str> = self
                .leads
                .iter()
                .filter(|(kind, leads)| {
                    !good.contains(kind.as_str())
                        && leads
                            .iter()
                            .any(|to| good.contains(to.as_str()) || is_of_answer(to))
                })
                .map(|(kind, _)| kind.as_str())
                .collect();
            if more.is_empty() {
                break;
            }
            good.extend(more);
        }
        let all = self.leads.keys();
        all.filter(|kind| !good.contains(kind.as_str())).collect()
    }
}

/// The data of the button of this kind under a message.
pub(super) fn button(message: &ChatMessage, of: &str) -> Option<String> {
    let buttons = message.buttons().into_iter();
    buttons
        .filter_map(|button| button.data)
        .find(|data| kind(data) == of)
}
