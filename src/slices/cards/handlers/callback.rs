//! What a button of the cards means.

use crate::slices::cards::card::{CardPart, CodeState};
use crate::slices::cards::label::{Dpi, Paper, PrintSettings, SIDES};
use crate::slices::cards::store::AlarmDecision;
use crate::words::{Data, Part, callbacks};

/// The longest data before a searched text, in bytes.
pub(super) const FOUND_PREFIX_LIMIT: usize = "cards:found:99999:".len();

callbacks! {
    /// A button of the cards. A page that cannot be read is the first one.
    pub(crate) enum CardCallback<'a> in "cards" {
        Add = "add",
        Back = "back",
        Skip = "skip",
        /// Saves the card whose dialogue began at a moment, in unix milliseconds.
        Save(begun: i64) = "save",
        /// A page of the active cards.
        List(page: usize = 0) = "list",
        /// A page of the inactive cards.
        Inactive(page: usize = 0) = "off-list",
        Find = "find",
        /// A page of the cards with a text in their name.
        Found(page: usize = 0, text: &'a str) = "found",
        Stats = "stats",
        Chart = "chart",
        CardsTable = "cards-csv",
        /// All scans as a table.
        ScansTable = "scans-all",
        /// Makes a code belong to the person who presses. For everybody.
        Claim(code: i64) = "claim",
        /// Something about one card.
        Card(id: i64, act: CardAct<'a>),
    }
}

callbacks! {
    /// What a button does with one card.
    pub(crate) enum CardAct<'a> {
        Show = "card",
        /// The card as everybody sees it.
        Preview = "show",
        Qr(format: QrFormat) = "qr",
        /// Removes the second photo, if it is still the one that the button names.
        RemovePackaged(seen: &'a str) = "edit:unpackaged",
        EditPart(part: CardPart) = "edit",
        /// The parts that can be changed.
        Edit = "edit",
        Scans = "scans",
        ScansTable = "scans-csv",
        Labels(act: LabelsAct) = "labels",
        Batches = "batches",
        AddBatch = "batch-add",
        /// Makes the card active.
        SwitchOn = "on",
        SwitchOff = "off",
        /// Something about one batch, which its first code names.
        Batch(first: i64, act: BatchAct),
        /// Something about one code.
        Code(id: i64, act: CodeAct),
    }
}

callbacks! {
    /// What a button does with one batch.
    pub(crate) enum BatchAct {
        Show = "batch",
        /// The codes. Without a page, the first one.
        Units(page: Option<usize>) = "units",
        Table = "codes",
        Labels(act: LabelsAct) = "batch-labels",
    }
}

callbacks! {
    /// What a button does with one code.
    pub(crate) enum CodeAct {
        Show = "code",
        Set(state: CodeState) = "code-set",
        /// Takes the code from the person who has claimed it.
        Free = "code-free",
        Qr(format: QrFormat) = "code-qr",
        Decide(decision: AlarmDecision) = "alarm",
    }
}

callbacks! {
    /// The picture of a code.
    pub(crate) enum QrFormat {
        Svg = "svg",
        Png = "",
    }
}

callbacks! {
    /// What a button does with labels.
    pub(crate) enum LabelsAct {
        AskSide = "ask",
        /// A side with paper and printer: `20:a4:300`.
        Print(print: PrintSettings) = "",
        /// Shows the screen for a side in millimetres.
        Side(side_mm: u32) = "" if SIDES.contains(&side_mm),
        Show = "",
    }
}

impl Part<'_> for PrintSettings {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        let side_mm = u32::take(data).filter(|mm| SIDES.contains(mm))?;
        let paper = match data.word()? {
            "a4" => Paper::A4 { used: 0 },
            "single" => Paper::Single,
            _ => return None,
        };
        let dpi = Dpi::from_number(u32::take(data)?)?;
        Some(Self {
            paper,
            side_mm,
            dpi,
        })
    }

    fn put(&self, words: &mut Vec<String>) {
        let paper = match self.paper {
            Paper::A4 { .. } => "a4",
            Paper::Single => "single",
        };
        self.side_mm.put(words);
        words.push(paper.to_owned());
        self.dpi.per_inch().put(words);
    }
}

impl CardCallback<'_> {
    /// The card that a button is about, even where the rest of the data means nothing.
    pub(super) fn card_of(data: &str) -> Option<i64> {
        data.split(':').nth(2)?.parse().ok()
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;
