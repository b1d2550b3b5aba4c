//! What cards say, as pure functions of plain values.

use super::card::{Card, Claim, Outcome, Scan};
use crate::clock::UnixMs;
use crate::html::{CAPTION_LIMIT, Html};
use crate::i18n::{self, Args, Lang};
use crate::zone::Zone;

/// A card in words: what stands beside its photo, and what follows where that is too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// At most as long as a caption may be.
    pub(super) caption: Html,
    /// The description, where it does not fit.
    pub(super) after: Option<Html>,
}

/// A card below a heading.
#[must_use]
pub(super) fn shown(heading: &Html, card: &Card) -> Shown {
    let name = Html::bold(&card.name);
    let head = Html::join([heading, &name], "\n\n");
    if card.description.is_empty() {
        return Shown {
            caption: head,
            after: None,
        };
    }
    let description = Html::text(&card.description);
    let whole = Html::join([&head, &description], "\n\n");
    if whole.telegram_len() <= CAPTION_LIMIT {
        return Shown {
            caption: whole,
            after: None,
        };
    }
    Shown {
        caption: head,
        after: Some(description),
    }
}

/// What a scan says before the card.
#[must_use]
pub(super) fn heading(lang: Lang, zone: &Zone, scan: &Scan) -> Html {
    let (outcome, checks, first_at) = match scan {
        Scan::Astray { outcome, .. } => (*outcome, 0, None),
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
        Outcome::Genuine | Outcome::Repeat,
        Scan::Known {
            suspicious, claim, ..
        },
    ) = (outcome, scan)
    {
        let since =
            |key: &str, at: UnixMs| i18n::html(lang, key, &Args::new().text("since", &spoken(at)));
        match claim {
            Claim::Own(at) => lines.push(since("scan-own", *at)),
            Claim::Others(at) => lines.push(since("scan-others", *at)),
            Claim::Shared | Claim::Free { .. } => {}
        }
        if *suspicious {
            lines.push(i18n::text(lang, "scan-suspicious"));
        } else if checks > 1 && !matches!(claim, Claim::Own(_)) {
            lines.push(i18n::text(lang, "scan-often"));
        }
    }
    Html::join(&lines, "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::cards::card::CodeState;

    fn card(description: &str) -> Card {
        Card {
            id: 1,
            public_id: "p".to_owned(),
            owner_id: 7,
            name: "<b>Ева & Ко".to_owned(),
            description: description.to_owned(),
            photo: "x".to_owned(),
            packaged: None,
            active: true,
            checks: 0,
            people: 0,
            created_at: UnixMs(0),
        }
    }

    #[test]
    fn a_long_description_follows_the_photo() {
        let heading = Html::text("ok");
        let short = shown(&heading, &card("мало"));
        assert_eq!(
            short.caption.as_str(),
            "ok\n\n<b>&lt;b&gt;Ева &amp; Ко</b>\n\nмало"
        );
        assert_eq!(short.after, None);
        let long = shown(&heading, &card(&"я".repeat(3500)));
        assert!(long.caption.telegram_len() <= CAPTION_LIMIT);
        assert_eq!(long.after.unwrap().telegram_len(), 3500);
        assert_eq!(shown(&heading, &card("")).after, None);
    }

    #[test]
    fn every_outcome_has_its_words() {
        for lang in Lang::ALL {
            for (outcome, _) in Outcome::WORDS {
                assert!(i18n::has(lang, &format!("scan-{outcome}")));
                assert!(i18n::has(lang, &format!("outcome-{outcome}")));
            }
            for (state, _) in CodeState::WORDS {
                assert!(i18n::has(lang, &format!("code-is-{state}")));
                assert!(i18n::has(lang, &format!("button-code-{state}")));
            }
        }
        let mut scan = Scan::Known {
            card: Box::new(card("")),
            outcome: Outcome::Genuine,
            checks: 2,
            first_at: Some(UnixMs(0)),
            suspicious: false,
            claim: Claim::Others(UnixMs(0)),
            alarm: None,
        };
        let text = heading(Lang::Ru, &Zone::UTC, &scan).to_plain();
        assert!(text.starts_with("✅ Подлинная вещь"), "{text}");
        assert!(
            text.contains("Проверка № 2, впервые проверена 01.01.1970"),
            "{text}"
        );
        assert!(text.contains("за другим человеком"), "{text}");
        if let Scan::Known { suspicious, .. } = &mut scan {
            *suspicious = true;
        }
        let text = heading(Lang::Ru, &Zone::UTC, &scan).to_plain();
        assert!(text.contains("подозрительным"), "{text}");
    }
}
