//! The control of one shape of names: a random name of this shape must be missing.
//!
//! [`super::controls`] vouches for plain names only. A site may show a page for every name with a
//! hyphen, so it is asked for a random one. It may cut names at a dot or at a length, or strip
//! dots, so it is first asked for names that such a site takes for known ones
//! ([`Site::known_like`]).
//!
//! # Invariants
//! - A shape is vouched for only after a random name of it was missing.
//! - A shape for which the site's pattern allows no random name is left to the site's controls.

use super::controls::{TRIES, is_no_answer, says_nobody};
use crate::slices::watch::probe::Probe;
use crate::slices::watch::site::{Shape, Site, Username};
use crate::slices::watch::verdict::Inconclusive;

/// The progress of a shape's control.
#[derive(Debug)]
pub(super) struct AlikeControl {
    shape: Shape,
    /// An account of this shape, as the model for random names.
    model: String,
    /// Groups of changed known names, the next one last. Of each group one must be missing.
    known: Vec<Vec<Username>>,
    /// One of those was missing, and it had the very shape.
    is_vouched: bool,
    /// A name was refused or taken, so the next ones are close to the model.
    is_close: bool,
    tries: u32,
    said: Option<Result<(), Inconclusive>>,
}

impl AlikeControl {
    pub(super) fn new(site: &Site, model: &str) -> Self {
        Self {
            shape: Shape::of(model),
            model: model.to_owned(),
            known: site.known_like(model),
            is_vouched: false,
            is_close: false,
            tries: 0,
            said: None,
        }
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// What the site said of the shape; none if another name must be asked for.
    pub(super) fn said(&self) -> Option<Result<(), Inconclusive>> {
        self.said
    }

    /// The name to ask for next; none if the result is known.
    pub(super) fn next_name(&mut self, site: &Site) -> Option<Username> {
        if self.said.is_some() {
            return None;
        }
        if let Some(known) = self.known.last().and_then(|group| group.last()) {
            return Some(known.clone());
        }
        let name = site.random_like(&self.model, self.is_close);
        if name.is_none() {
            self.said = Some(Ok(()));
        }
        name
    }

    /// Takes the outcome of the probe of the last name.
    pub(super) fn hear(&mut self, site: &Site, probe: &Probe) {
        self.tries += 1;
        let is_nobody = says_nobody(site, probe);
        match probe.outcome {
            Err(why) if !is_nobody && is_no_answer(probe, why) => self.doubt(why),
            _ if self.known.is_empty() => self.hear_random(is_nobody, probe),
            Ok(_) if !is_nobody => self.hear_another(),
            _ => self.hear_known(is_nobody),
        }
    }

    /// A changed known name is there. Somebody may have it, unless all of its group are there.
    fn hear_another(&mut self) {
        self.tries = 0;
        let group = self.known.last_mut();
        if group.is_none_or(|group| group.pop().is_none() || group.is_empty()) {
            self.said = Some(Err(Inconclusive::NamesAlike));
        }
    }

    /// A changed known name is not there, or the site takes it for no name. So the site neither
    /// cuts nor strips.
    fn hear_known(&mut self, is_nobody: bool) {
        self.tries = 0;
        let name = self.known.pop().and_then(|mut group| group.pop());
        let is_of_shape = name.is_some_and(|name| Shape::of(name.as_str()) == self.shape);
        self.is_vouched |= is_nobody && is_of_shape;
        // It may be too long for the site.
        self.is_close |= !is_nobody;
        if self.known.is_empty() && self.is_vouched {
            self.said = Some(Ok(()));
        }
    }

    fn hear_random(&mut self, is_nobody: bool, probe: &Probe) {
        if is_nobody {
            self.said = Some(Ok(()));
        } else if probe.outcome.is_ok() && !self.shape.is_crowded() {
            self.said = Some(Err(Inconclusive::NamesAlike));
        } else {
            // It is too long for the site, or somebody has it.
            self.is_close = true;
            self.doubt(Inconclusive::NamesAlike);
        }
    }

    fn doubt(&mut self, why: Inconclusive) {
        if self.tries >= TRIES {
            self.said = Some(Err(why));
        }
    }
}

#[cfg(test)]
#[path = "tests/alike.rs"]
mod tests;
