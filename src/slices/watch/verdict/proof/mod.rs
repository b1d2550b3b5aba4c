//! Proof for sites whose rule does not say what an account looks like: a page counts as an
//! account's only if it is like that of a known name and unlike those of names that nobody has.
//!
//! The controls give those pages. What the known page has and nobody's page lacks is demanded of an
//! account: the places where it repeats the name, and its tags, classes and keys. Where the two
//! hardly differ, the whole page must be like the known one. Without a known page, an account's
//! page must repeat the name where nobody's does not.
//!
//! # Invariants
//! - Nothing but prints of pages is kept, a few kilobytes for each site.
//! - A page that resembles neither control proves nothing.

mod prints;
mod traits;

use prints::Prints;
pub use traits::Traits;

/// Pages of nobody that are remembered: one for each shape of name, and a few older ones.
const NOBODIES: usize = 6;

/// With fewer differences between the controls, the whole page is compared.
const FEW: usize = 3;

/// What the controls of a site look like.
#[derive(Debug, Default)]
pub struct Proof {
    known: Option<Traits>,
    nobody: Vec<Traits>,
}

impl Proof {
    /// Takes the page of a known name.
    pub fn hear_known(&mut self, page: Traits) {
        self.known = Some(page);
    }

    /// Takes the page of a name that nobody has.
    pub fn hear_nobody(&mut self, page: Traits) {
        if self.nobody.len() >= NOBODIES {
            self.nobody.remove(0);
        }
        self.nobody.push(page);
    }

    /// True if a page is that of an account.
    #[must_use]
    pub fn is_account(&self, page: &Traits) -> bool {
        let Some(known) = &self.known else {
            return self.is_named(page);
        };
        let echoes = known
            .echoes
            .without(&self.of_nobody(|nobody| &nobody.echoes))
            .without(&self.of_nobody(|nobody| &nobody.false_echoes));
        let addresses = echoes.within(&known.addresses);
        // Addresses repeat the name as it is; elsewhere people may be called otherwise.
        let wanted = if addresses.is_empty() {
            &echoes
        } else {
            &addresses
        };
        if 2 * page.echoes.common(wanted) < wanted.len() {
            return false;
        }
        let marks = known.marks.without(&self.of_nobody(|nobody| &nobody.marks));
        let own = marks.len() + echoes.len();
        if own < FEW {
            let texts = match echoes.is_empty() {
                true => &known.texts.without(&self.of_nobody(|nobody| &nobody.texts)),
                false => &known.texts,
            };
            return page.is_alike(known, texts);
        }
        let hits = page.marks.common(&marks) + page.echoes.common(&echoes);
        let theirs = self.of_nobody(|nobody| &nobody.marks).without(&known.marks);
        let misses = page.marks.common(&theirs);
        // The control is often a famous account, whose page has more than most.
        3 * hits >= own && hits * theirs.len() >= misses * own
    }

    /// True if a page is that of a name that nobody has, as far as such pages are known.
    #[must_use]
    pub fn is_nobody(&self, page: &Traits) -> bool {
        let is_it = |nobody: &Traits| match &self.known {
            Some(known) => page.is_alike(nobody, &nobody.texts.without(&known.texts)),
            None => page.is_alike(nobody, &nobody.texts),
        };
        self.nobody.is_empty() || self.nobody.iter().any(is_it)
    }

    /// True if the page repeats the name in a title or an address, where nobody's page does not,
    /// and is not nobody's page otherwise.
    fn is_named(&self, page: &Traits) -> bool {
        let echoes = page.addresses.clone().and(&page.titles);
        let is_echoed = !echoes
            .without(&self.of_nobody(|nobody| &nobody.echoes))
            .is_empty();
        is_echoed
            && !self
                .nobody
                .iter()
                .any(|nobody| page.has_shape_of(nobody, 9))
    }

    fn of_nobody(&self, part: fn(&Traits) -> &Prints) -> Prints {
        let parts = self.nobody.iter().map(part);
        parts.fold(Prints::default(), |all, part| all.and(part))
    }
}

#[cfg(test)]
mod tests;
