//! The known word that a misspelt one probably means: for keys, variables and commands.

/// The nearest of the known words; none if all of them are too far away. Capitals, hyphens and
/// underscores make no difference, and two swapped letters are one mistake.
#[must_use]
pub(crate) fn meant<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |word: &str| word.to_lowercase().replace(['-', '_'], "");
    let typed = plain(typed);
    known
        .into_iter()
        .map(|word| (word, plain(word)))
        .map(|(word, plain)| {
            // Short words resemble each other by chance.
            let most = plain.chars().count().max(typed.chars().count()) / 3;
            (word, strsim::damerau_levenshtein(&typed, &plain), most)
        })
        .filter(|(_, mistakes, most)| mistakes <= &(*most).min(MOST))
        .min_by_key(|(_, mistakes, _)| *mistakes)
        .map(|(word, ..)| word)
}

/// More mistakes than these make another word.
const MOST: usize = 2;

#[cfg(test)]
#[path = "tests/suggest.rs"]
mod tests;
