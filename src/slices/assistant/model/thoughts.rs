//! Tells a model's thoughts from its answer where both come as one text.
//!
//! Many endpoints pass on what a model thinks between tags at the start of the text. Some leave out
//! the opening tag, because it was part of the prompt.
//!
//! # Invariants
//!
//! - The result does not depend on how the text is split.
//! - A tag within the answer is part of the answer.
//! - What is held back has a limit.

/// The tags that enclose thoughts, in small letters.
const TAGS: [(&str, &str); 9] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("◁think▷", "◁/think▷"),
    ("[think]", "[/think]"),
];

/// An answer that begins with more white space than this has no thoughts before it.
const HELD_LIMIT: usize = 1024;

#[derive(Debug, Default)]
enum Place {
    /// Only white space and perhaps a part of a tag so far.
    #[default]
    Start,
    /// In thoughts that end with this tag.
    Thoughts(&'static str),
    Answer,
}

/// The filter, between two portions of the text.
#[derive(Debug, Default)]
pub(super) struct ThoughtFilter {
    place: Place,
    held: String,
    pub(super) has_thoughts: bool,
}

impl ThoughtFilter {
    /// Appends to `answer` what of these words belongs to the answer.
    pub(super) fn take(&mut self, words: &str, answer: &mut String) {
        self.held.push_str(words);
        loop {
            match self.place {
                Place::Start => {
                    let begun = self.held.trim_start();
                    let opened = TAGS.iter().find(|(open, _)| begins_with(begun, open));
                    if let Some((open, close)) = opened {
                        let thoughts = self.held.len() - begun.len() + open.len();
                        self.held.drain(..thoughts);
                        self.place = Place::Thoughts(close);
                        self.has_thoughts = true;
                        continue;
                    }
                    let may_open = TAGS.iter().any(|(open, _)| begins_with(open, begun));
                    if may_open && self.held.len() <= HELD_LIMIT {
                        return;
                    }
                    self.place = Place::Answer;
                    if self.has_thoughts {
                        self.held.drain(..self.held.len() - begun.len());
                    }
                }
                Place::Thoughts(close) => {
                    let Some(end) = find(&self.held, close) else {
                        let kept = self.held.len().saturating_sub(close.len() - 1);
                        let kept = self.held.ceil_char_boundary(kept);
                        self.held.drain(..kept);
                        return;
                    };
                    self.held.drain(..end + close.len());
                    self.place = Place::Start;
                }
                Place::Answer => {
                    answer.push_str(&self.held);
                    self.held.clear();
                    return;
                }
            }
        }
    }

    /// The text is over: what was held back is part of the answer after all, and what stands before
    /// a closing tag without an opening one is not.
    pub(super) fn end(&mut self, answer: &mut String) {
        if let Place::Start = self.place
            && !self.has_thoughts
        {
            answer.push_str(&std::mem::take(&mut self.held));
        }
        if !self.has_thoughts
            && let Some(rest) = after_thoughts(answer)
        {
            self.has_thoughts = true;
            *answer = rest.to_owned();
        }
    }
}

/// The text after a closing tag with no opening tag before it, if the tag has a line to itself or
/// follows the end of a sentence. An answer that only names the tag has it elsewhere.
fn after_thoughts(text: &str) -> Option<&str> {
    let is_blank = |line: Option<&str>| line.is_some_and(|line| line.trim().is_empty());
    let closed = TAGS.iter().flat_map(|(open, close)| {
        let splits = finds(text, close).filter_map(|at| text.split_at_checked(at));
        splits.filter_map(move |(thoughts, rest)| Some((open, thoughts, rest.get(close.len()..)?)))
    });
    let ends = closed.filter(|(_, thoughts, rest)| {
        let is_alone = is_blank(thoughts.rsplit('\n').next()) && is_blank(rest.split('\n').next());
        // A quote or a bracket alone may quote the tag itself.
        let sentence = thoughts.trim_end().trim_end_matches(['"', '»', ')']);
        is_alone || sentence.ends_with(['.', '!', '?', '…', '。'])
    });
    let (open, thoughts, rest) = ends.min_by_key(|(_, thoughts, _)| thoughts.len())?;
    find(thoughts, open).is_none().then(|| rest.trim_start())
}

/// Compares without regard to capital letters.
fn begins_with(text: &str, start: &str) -> bool {
    let begun = text.as_bytes().get(..start.len());
    begun.is_some_and(|begun| begun.eq_ignore_ascii_case(start.as_bytes()))
}

fn find(text: &str, tag: &str) -> Option<usize> {
    finds(text, tag).next()
}

fn finds(text: &str, tag: &str) -> impl Iterator<Item = usize> {
    let windows = text.as_bytes().windows(tag.len()).enumerate();
    let found = windows.filter(move |(_, window)| window.eq_ignore_ascii_case(tag.as_bytes()));
    found.map(|(at, _)| at)
}

#[cfg(test)]
#[path = "tests/thoughts.rs"]
mod tests;
