//! The pattern for a site's user names.
//!
//! At rest, only the pattern's text is kept. A compiled pattern takes a hundred times as much
//! memory, and most sites of a large catalogue are never used. The pattern is compiled once when
//! its entry is read, so that a bad pattern is refused there. It is compiled again when the first
//! name is checked.

use std::fmt;
use std::sync::OnceLock;

use fancy_regex::{Expr, Regex, RegexBuilder};

use super::UsernameProblem;

/// A pattern with look-around or back references may take this many steps per name before it counts
/// as too hard.
const BACKTRACK_LIMIT: usize = 100_000;

/// Maximum size of a compiled pattern in bytes: enough for every Unicode class, but not for nested
/// counts of thousands.
const SIZE_LIMIT: usize = 4 << 20;

/// A pattern that compiles.
#[derive(Clone)]
pub(super) struct NamePattern {
    source: String,
    is_searched: bool,
    compiled: OnceLock<Regex>,
}

impl NamePattern {
    /// Our own patterns match whole names. Patterns of foreign files are searched for and bring
    /// their own anchors.
    ///
    /// # Errors
    /// The compiler's message, if the pattern is invalid or takes too much memory.
    pub(super) fn parse(source: &str, is_searched: bool) -> Result<Self, Box<fancy_regex::Error>> {
        // Compiled on its own first, so that the error names the right position and no parenthesis
        // of the pattern closes ours.
        Expr::parse_tree(source)?;
        let compiled = compile(source, is_searched)?;
        Ok(Self {
            source: source.to_owned(),
            is_searched,
            compiled: OnceLock::from(compiled),
        })
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Frees the compiled pattern until the next name is checked.
    pub(super) fn rest(&mut self) {
        self.compiled.take();
    }

    /// Checks a name against the pattern.
    ///
    /// # Errors
    /// If the name does not match, or the pattern takes too many steps to tell.
    pub(super) fn check(&self, name: &str) -> Result<(), UsernameProblem> {
        let regex = self
            .compiled()
            .map_err(|_| UsernameProblem::PatternTooHard)?;
        match regex.is_match(name) {
            Ok(true) => Ok(()),
            Ok(false) => Err(UsernameProblem::Pattern(self.source.clone())),
            Err(_) => Err(UsernameProblem::PatternTooHard),
        }
    }

    fn compiled(&self) -> Result<&Regex, Box<fancy_regex::Error>> {
        if let Some(regex) = self.compiled.get() {
            return Ok(regex);
        }
        let regex = compile(&self.source, self.is_searched)?;
        Ok(self.compiled.get_or_init(|| regex))
    }
}

impl fmt::Debug for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamePattern").field(&self.source).finish()
    }
}

fn compile(source: &str, is_searched: bool) -> Result<Regex, Box<fancy_regex::Error>> {
    let whole;
    let pattern = if is_searched {
        source
    } else {
        whole = format!(r"\A(?:{source})\z");
        &whole
    };
    let regex = RegexBuilder::new(pattern)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .build()?;
    Ok(regex)
}

#[cfg(test)]
#[path = "tests/pattern.rs"]
mod tests;
