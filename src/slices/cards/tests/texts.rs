//! The texts of a scan.

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
        for (outcome, _) in ScanOutcome::WORDS {
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
        outcome: ScanOutcome::Genuine,
        checks: 2,
        first_at: Some(UnixMs(0)),
        suspicious: false,
        ownership: Ownership::Others(UnixMs(0)),
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
