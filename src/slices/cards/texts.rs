//! The texts of cards, as pure functions of plain values.

use super::card::{Card, Ownership, Scan, ScanOutcome};
use crate::clock::UnixMs;
use crate::html::{CAPTION_LIMIT, Html};
use crate::i18n::{self, Args, Lang};
use crate::zone::Zone;

/// A card as text: the caption of its photo, and a message after it if the caption is too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CardPost {
    /// Within the limit of a caption.
    pub(super) caption: Html,
    /// The description, if it does not fit into the caption.
    pub(super) after: Option<Html>,
}

#[must_use]
pub(super) fn shown(heading: &Html, card: &Card) -> CardPost {
    let name = Html::bold(&card.name);
    let head = Html::join([heading, &name], "\n\n");
    if card.description.is_empty() {
        return CardPost {
            caption: head,
            after: None,
        };
    }
    let description = Html::text(&card.description);
    let whole = Html::join([&head, &description], "\n\n");
    if whole.telegram_len() <= CAPTION_LIMIT {
        return CardPost {
            caption: whole,
            after: None,
        };
    }
    CardPost {
        caption: head,
        after: Some(description),
    }
}

#[must_use]
pub(super) fn heading(lang: Lang, zone: &Zone, scan: &Scan) -> Html {
    let (outcome, checks, first_at) = match scan {
        Scan::Unmatched { outcome, .. } => (*outcome, 0, None),
        Scan::Known {
            outcome,
            checks,
            first_at,
            ..
        } => (*outcome, *checks, *first_at),
    };
    let spoken = |at: UnixMs| i18n::date_time(lang, at, zone);
    let args = Args::new()
        .number("n", checks)
        .text("first", &first_at.map(spoken).unwrap_or_default());
    let mut lines = vec![i18n::html(lang, &format!("scan-{}", outcome.word()), &args)];
    if let (
        ScanOutcome::Genuine | ScanOutcome::Repeat,
        Scan::Known {
            suspicious,
            ownership,
            ..
        },
    ) = (outcome, scan)
    {
        let since =
            |key: &str, at: UnixMs| i18n::html(lang, key, &Args::new().text("since", &spoken(at)));
        match ownership {
            Ownership::Own(at) => lines.push(since("scan-own", *at)),
            Ownership::Others(at) => lines.push(since("scan-others", *at)),
            Ownership::Shared | Ownership::Free { .. } => {}
        }
        if *suspicious {
            lines.push(i18n::text(lang, "scan-suspicious"));
        } else if checks > 1 && !matches!(ownership, Ownership::Own(_)) {
            lines.push(i18n::text(lang, "scan-often"));
        }
    }
    Html::join(&lines, "\n")
}

#[cfg(test)]
#[path = "tests/texts.rs"]
mod tests;
