//! The fixed texts word for word, and every text at its longest within Telegram's limit.

use std::sync::LazyLock;
use std::time::Duration;

use super::*;
use crate::clock::days;
use crate::slices::watch::model::account::{AccountState, News, Until};
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::model::past::{By, Change, Past, ProbeHistory};
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::model::verdict::Verdict;

/// 12 October 2026, 10:00 in Moscow.
const BEGAN: UnixMs = UnixMs(1_791_788_400_000);

fn catalogue() -> Catalogue {
    Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse).unwrap()
}

static MOSCOW: LazyLock<Zone> = LazyLock::new(|| "Europe/Moscow".parse().unwrap());

fn formatter(catalogue: &Catalogue, lang: Lang) -> Formatter<'_> {
    Formatter {
        lang,
        zone: &MOSCOW,
        catalogue,
    }
}

fn account(username: &str) -> Account {
    Account {
        id: 1,
        owner_id: 7,
        site: "github".to_owned(),
        username: username.to_owned(),
        state: AccountState::Done,
        period_days: 30,
        started_at: BEGAN,
        ends_at: BEGAN.plus(days(30)),
        done_at: Some(BEGAN.plus(days(9))),
        verdict: Some(Verdict::Found),
        reason: String::new(),
        checked_at: Some(BEGAN.plus(days(9))),
        until: Until::Found,
        note: "<&>".repeat(66),
        seen_at: Some(BEGAN.plus(days(9))),
        probes: ProbeHistory(0b01_10_11),
    }
}

/// News of an account with this kind of wait.
fn told(until: Until, username: &str) -> News {
    News {
        account: Account {
            until,
            ..account(username)
        },
        seen: if until == Until::Found {
            Sighting::Exists
        } else {
            Sighting::Missing
        },
        is_other_owner: false,
    }
}

fn end() -> RunEnd {
    RunEnd {
        counts: RunCounts {
            found: 12,
            not_found: 120,
            errors: 5,
        },
        took: Duration::from_secs(298),
        errors: Vec::new(),
        muted: Vec::new(),
        skipped: 0,
        missed_ticks: 0,
        next: None,
    }
}

#[test]
fn the_fixed_texts_are_fixed() {
    let catalogue = catalogue();
    let formatter = formatter(&catalogue, Lang::Ru);
    // 21 November 2026, 18:35:00 in Moscow.
    let at = crate::clock::testing::NOW;
    assert_eq!(
        run_started(formatter, 137, at).to_plain(),
        "🔄 Автопроверка запущена\n\n📊 Аккаунтов к проверке: 137\n⏰ Время: 18:35:00"
    );
    assert_eq!(
        run_done(formatter, &end()).to_plain(),
        "✅ Автопроверка завершена\n\n📊 Результаты:\n• Проверено: 137\n• Найдено: 12\n• Не найдено: 120\n\
         • Ошибок: 5\n\n⏱ Длительность: 4 мин 58 с"
    );
    let found = [told(Until::Found, "name")];
    assert_eq!(
        news(formatter, &found, &count_news(&found)).as_str(),
        "✅ Аккаунт найден\n\n👤 Имя пользователя: <a href=\"https://github.com/name\">name</a>\n🌐 Площадка: GitHub\n\
         📅 Начало работ: 12.10.2026\n📝 Заявлено: 30 дней\n🏁 Завершено за: 9 дней\n📅 Конец работ: 11.11.2026"
    );
    assert_eq!(
        run_progress(formatter, 137, at, 41)
            .to_plain()
            .lines()
            .last(),
        Some("▓▓░░░░░░░░ 41/137")
    );
}

#[test]
fn a_summary_names_the_worst_sites_and_what_was_left() {
    let catalogue = catalogue();
    let mut end = end();
    end.errors = (0..9)
        .map(|n| ("vk".to_owned(), format!("timeout{n}"), 9 - n))
        .collect();
    end.skipped = 4;
    end.missed_ticks = 2;
    end.next = Some(UnixMs(1_795_275_600_000));
    let text = run_done(formatter(&catalogue, Lang::Ru), &end).to_plain();
    assert_eq!(text.matches("⚠️ VK").count(), SHOWN_ERRORS);
    for line in [
        "… и ещё причин: 4",
        "⏭ Не успели проверить: 4",
        "Пропущено запусков за время проверки: 2",
        "18:40:00",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
}

/// A card with everything it can show, and a history of long names.
fn whole_card(formatter: Formatter<'_>, username: &str) -> Html {
    let account = account(username);
    let long = Html::name(&"<&>".repeat(30));
    let past = Past {
        what: Change::Until,
        detail: Until::Change.word().to_owned(),
        by: By::Person(7),
        at: BEGAN,
    };
    let history = vec![(past, long.clone()); 10];
    let card = account_card(formatter, &account, Some(&long));
    Html::join(
        [&card, &account_details(formatter, &account, &history)],
        "\n",
    )
}

#[test]
fn the_longest_texts_fit_into_a_message() {
    let catalogue = catalogue();
    let long = "<&>".repeat(33);
    let accounts: Vec<Account> = (0..200).map(|_| account(&long)).collect();
    for lang in Lang::ALL {
        let formatter = formatter(&catalogue, lang);
        let kinds = Until::WORDS.iter().map(|(_, until)| *until).cycle();
        let all: Vec<News> = kinds.take(200).map(|until| told(until, &long)).collect();
        let five = all.get(..news::FULL_NEWS).unwrap();
        for text in [
            news(formatter, five, &count_news(five)),
            news(formatter, &all, &count_news(&all)),
            reminder(formatter, Reminder::Overdue, &accounts),
            whole_card(formatter, &long),
        ] {
            assert!(
                text.telegram_len() <= MESSAGE_LIMIT,
                "{}",
                text.telegram_len()
            );
        }
    }
}

#[test]
fn every_reason_has_its_text() {
    for lang in Lang::ALL {
        let other = reason(lang, "no-such-key");
        for why in crate::slices::watch::verdict::Inconclusive::ALL_KEYS {
            assert_ne!(reason(lang, why), other, "{why} has no text in {lang:?}");
        }
    }
}

#[test]
fn every_note_of_a_built_in_site_is_translated() {
    for site in catalogue().iter().filter(|site| site.note().is_some()) {
        for lang in Lang::ALL {
            let key = format!("site-note-{}", site.key());
            assert!(i18n::has(lang, &key), "{key} is missing in {lang:?}");
        }
    }
}
