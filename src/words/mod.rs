//! Enums whose values have a word: in the database, the configuration, buttons and keys of texts.
//!
//! # Invariants
//! - A stored word is never renamed: old rows still hold it.
//! - Every value has one word, every word one value.

mod callbacks;

pub(crate) use callbacks::{Data, Part, callbacks, yes_or_no};

/// Declares an enum with a word for each value.
///
/// ```ignore
/// words! {
///     /// What an admin says of a mass change.
///     pub enum Decision {
///         /// The accounts are found.
///         Apply = "apply",
///         /// The accounts are checked again.
///         Discard = "discard",
///     }
/// }
/// ```
///
/// The enum gets `WORDS` (every word with its value, in the order of the declaration), `word()` and
/// `from_word()`.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $visible:vis enum $name:ident {
            $($(#[$value_doc:meta])* $value:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visible enum $name { $($(#[$value_doc])* $value),+ }

        impl $name {
            /// Every word with its value.
            $visible const WORDS: &'static [(&'static str, Self)] =
                &[$(($word, Self::$value)),+];

            /// The word of this value.
            #[must_use]
            $visible const fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// The value of a word.
            #[must_use]
            $visible fn from_word(word: &str) -> Option<Self> {
                let (_, value) = Self::WORDS.iter().find(|(name, _)| *name == word)?;
                Some(*value)
            }
        }

        impl $crate::words::Part<'_> for $name {
            fn take(data: &mut $crate::words::Data<'_>) -> Option<Self> {
                data.word().and_then(Self::from_word)
            }

            fn put(&self, words: &mut Vec<String>) {
                words.push(self.word().to_owned());
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
#[path = "tests/words.rs"]
mod tests;
