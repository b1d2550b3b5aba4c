//! What a button of the cards means: its data, written and read back.

mod labels;

use std::fmt;

pub(crate) use self::labels::LabelsAct;
use crate::slices::cards::card::{CardPart, CodeState};
use crate::slices::cards::store::AlarmDecision;

/// The longest data before a searched text, in bytes.
pub(super) const FOUND_PREFIX_LIMIT: usize = "cards:found:99999:".len();

/// A button of the cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardCallback<'a> {
    Add,
    Back,
    Skip,
    /// Saves the card whose dialogue began at a moment, in unix milliseconds.
    Save(i64),
    /// A page of the active cards.
    List(usize),
    /// A page of the inactive cards.
    Inactive(usize),
    Find,
    /// A page of the cards with a text in their name.
    Found(usize, &'a str),
    Stats,
    Chart,
    CardsTable,
    /// All scans as a table.
    ScansTable,
    /// Makes a code belong to the person who presses. For everybody.
    Claim(i64),
    /// Something about one card.
    Card(i64, CardAct<'a>),
}

/// What a button does with one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardAct<'a> {
    Show,
    /// The card as everybody sees it.
    Preview,
    Qr(QrFormat),
    /// The parts that can be changed.
    Edit,
    EditPart(CardPart),
    /// Removes the second photo, if it is still the one that the button names.
    RemovePackaged(&'a str),
    Scans,
    ScansTable,
    Labels(LabelsAct),
    Batches,
    AddBatch,
    /// Something about one batch, which its first code names.
    Batch(i64, BatchAct),
    /// Something about one code.
    Code(i64, CodeAct),
    /// Makes the card active or inactive.
    Switch(bool),
}

/// What a button does with one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchAct {
    Show,
    /// The codes. Without a page, the first one.
    Units(Option<usize>),
    Table,
    Labels(LabelsAct),
}

/// What a button does with one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeAct {
    Show,
    Set(CodeState),
    /// Takes the code from the person who has claimed it.
    Free,
    Qr(QrFormat),
    Decide(AlarmDecision),
}

/// The picture of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QrFormat {
    Png,
    Svg,
}

impl<'a> CardCallback<'a> {
    pub(crate) fn parse(data: &'a str) -> Option<Self> {
        let data = data.strip_prefix("cards:")?;
        let (action, rest) = split(data);
        let callback = match action {
            "add" => Self::Add,
            "back" => Self::Back,
            "skip" => Self::Skip,
            "save" => Self::Save(rest.parse().ok()?),
            "list" => Self::List(page(rest)),
            "off-list" => Self::Inactive(page(rest)),
            "find" => Self::Find,
            "found" => {
                let (at, text) = split(rest);
                Self::Found(page(at), text)
            }
            "stats" => Self::Stats,
            "chart" => Self::Chart,
            "cards-csv" => Self::CardsTable,
            "scans-all" => Self::ScansTable,
            "claim" => Self::Claim(rest.parse().ok()?),
            action => {
                let (id, rest) = split(rest);
                Self::Card(id.parse().ok()?, CardAct::parse(action, rest)?)
            }
        };
        Some(callback)
    }

    /// The card that a button is about, even where the rest of the data means nothing.
    pub(super) fn card_of(data: &str) -> Option<i64> {
        data.split(':').nth(2)?.parse().ok()
    }
}

impl fmt::Display for CardCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cards:")?;
        match self {
            Self::Add => f.write_str("add"),
            Self::Back => f.write_str("back"),
            Self::Skip => f.write_str("skip"),
            Self::Save(begun) => write!(f, "save:{begun}"),
            Self::List(page) => write!(f, "list:{page}"),
            Self::Inactive(page) => write!(f, "off-list:{page}"),
            Self::Find => f.write_str("find"),
            Self::Found(page, text) => write!(f, "found:{page}:{text}"),
            Self::Stats => f.write_str("stats"),
            Self::Chart => f.write_str("chart"),
            Self::CardsTable => f.write_str("cards-csv"),
            Self::ScansTable => f.write_str("scans-all"),
            Self::Claim(code) => write!(f, "claim:{code}"),
            Self::Card(id, act) => act.write(f, *id),
        }
    }
}

impl From<CardCallback<'_>> for String {
    fn from(callback: CardCallback<'_>) -> Self {
        callback.to_string()
    }
}

impl<'a> CardAct<'a> {
    fn parse(action: &str, rest: &'a str) -> Option<Self> {
        let act = match (action, rest) {
            ("card", _) => Self::Show,
            ("show", _) => Self::Preview,
            ("qr", format) => Self::Qr(QrFormat::parse(format)?),
            ("edit", "") => Self::Edit,
            ("edit", what) => match what.strip_prefix("unpackaged:") {
                Some(seen) => Self::RemovePackaged(seen),
                None => Self::EditPart(CardPart::from_word(what)?),
            },
            ("scans", _) => Self::Scans,
            ("scans-csv", _) => Self::ScansTable,
            ("labels", how) => Self::Labels(LabelsAct::parse(how)?),
            ("batches", _) => Self::Batches,
            ("batch-add", _) => Self::AddBatch,
            ("on", _) => Self::Switch(true),
            ("off", _) => Self::Switch(false),
            (action, rest) => {
                let (id, rest) = split(rest);
                let id = id.parse().ok()?;
                match BatchAct::parse(action, rest) {
                    Some(act) => Self::Batch(id, act),
                    None => Self::Code(id, CodeAct::parse(action, rest)?),
                }
            }
        };
        Some(act)
    }

    fn write(self, f: &mut fmt::Formatter<'_>, card: i64) -> fmt::Result {
        match self {
            Self::Show => write!(f, "card:{card}"),
            Self::Preview => write!(f, "show:{card}"),
            Self::Qr(format) => write!(f, "qr:{card}{}", format.tail()),
            Self::Edit => write!(f, "edit:{card}"),
            Self::EditPart(part) => write!(f, "edit:{card}:{}", part.word()),
            Self::RemovePackaged(seen) => write!(f, "edit:{card}:unpackaged:{seen}"),
            Self::Scans => write!(f, "scans:{card}"),
            Self::ScansTable => write!(f, "scans-csv:{card}"),
            Self::Labels(act) => write!(f, "labels:{card}{act}"),
            Self::Batches => write!(f, "batches:{card}"),
            Self::AddBatch => write!(f, "batch-add:{card}"),
            Self::Batch(first, act) => match act {
                BatchAct::Show => write!(f, "batch:{card}:{first}"),
                BatchAct::Units(None) => write!(f, "units:{card}:{first}"),
                BatchAct::Units(Some(page)) => write!(f, "units:{card}:{first}:{page}"),
                BatchAct::Table => write!(f, "codes:{card}:{first}"),
                BatchAct::Labels(act) => write!(f, "batch-labels:{card}:{first}{act}"),
            },
            Self::Code(id, act) => match act {
                CodeAct::Show => write!(f, "code:{card}:{id}"),
                CodeAct::Set(state) => write!(f, "code-set:{card}:{id}:{}", state.word()),
                CodeAct::Free => write!(f, "code-free:{card}:{id}"),
                CodeAct::Qr(format) => write!(f, "code-qr:{card}:{id}{}", format.tail()),
                CodeAct::Decide(decision) => write!(f, "alarm:{card}:{id}:{}", decision.word()),
            },
            Self::Switch(true) => write!(f, "on:{card}"),
            Self::Switch(false) => write!(f, "off:{card}"),
        }
    }
}

impl BatchAct {
    fn parse(action: &str, rest: &str) -> Option<Self> {
        match (action, rest) {
            ("batch", _) => Some(Self::Show),
            ("units", "") => Some(Self::Units(None)),
            ("units", at) => Some(Self::Units(Some(page(at)))),
            ("codes", _) => Some(Self::Table),
            ("batch-labels", how) => LabelsAct::parse(how).map(Self::Labels),
            _ => None,
        }
    }
}

impl CodeAct {
    fn parse(action: &str, rest: &str) -> Option<Self> {
        match action {
            "code" => Some(Self::Show),
            "code-set" => CodeState::from_word(rest).map(Self::Set),
            "code-free" => Some(Self::Free),
            "code-qr" => QrFormat::parse(rest).map(Self::Qr),
            "alarm" => AlarmDecision::from_word(rest).map(Self::Decide),
            _ => None,
        }
    }
}

impl QrFormat {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "" => Some(Self::Png),
            "svg" => Some(Self::Svg),
            _ => None,
        }
    }

    fn tail(self) -> &'static str {
        match self {
            Self::Png => "",
            Self::Svg => ":svg",
        }
    }
}

fn split(data: &str) -> (&str, &str) {
    data.split_once(':').unwrap_or((data, ""))
}

/// A page that cannot be read is the first one.
fn page(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;
