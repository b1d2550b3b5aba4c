//! Charts from a database with some history.

use super::*;
use crate::clock::testing::NOW;
use crate::db::testing::Store;
use crate::i18n::Lang;
use crate::slices::watch::catalogue::Catalogue;
use crate::slices::watch::model::config::BrokenEntries;
use crate::zone::Zone;

/// A month of a bot with six sites: site, checks per day, errors per day, found per day.
const HISTORY: &str = "
    INSERT INTO person (id, role, created_at) VALUES (7, 'user', 0);
    WITH RECURSIVE day (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM day WHERE n < 40)
    INSERT INTO site_day (day, site, found, not_found, errors, looks, looking_ms)
        SELECT date('2026-11-21', -n || ' days'), site, (n * 7 + length(site)) % 3, 2000 - n * 30 + length(site) * 100,
               n * length(site) % 90, 1, 1
        FROM day, (SELECT 'github' AS site UNION SELECT 'telegram' UNION SELECT 'vk' UNION SELECT 'tiktok' UNION SELECT 'steam'
                   UNION SELECT 'reddit' UNION SELECT 'pinterest' UNION SELECT 'gitlab');
    WITH RECURSIVE run_ (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM run_ WHERE n < 600)
    INSERT INTO run (trigger, state, started_at, ended_at, total)
        SELECT 'schedule', 'done', 1795275300000 - (600 - n) * 300000, 1795275300000 - (600 - n) * 300000 + 180000 + n % 37 * 3000, 9
        FROM run_;
    WITH RECURSIVE account_ (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM account_ WHERE n < 100)
    INSERT INTO account (owner_id, site, username, state, period_days, started_at, ends_at, done_at, created_at)
        SELECT 7, 'github', 'name' || n, iif(n % 3 = 0, 'done', 'pending'), 30, 0, 0,
               iif(n % 3 = 0, 1795275300000 - n % 25 * 86400000, NULL), 1795275300000 - n * 86400000 / 2
        FROM account_;
";

/// Draws a chart from a database with or without history.
async fn drawn(history: bool, lang: Lang, subject: ChartSubject) -> Option<ChartPicture> {
    let store = Store::new();
    let db = &store.db;
    if history {
        let fill = db.write(|tx| Ok(tx.execute_batch(HISTORY)?));
        fill.await.unwrap();
    }
    db.read(move |connection| {
        let zone: Zone = "Europe/Moscow".parse()?;
        let catalogue = Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse)?;
        let formatter = Formatter {
            lang,
            zone: &zone,
            catalogue: &catalogue,
        };
        picture(connection, formatter, subject, 7, NOW)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn every_chart_is_drawn_with_its_numbers_in_words() {
    for (lang, subject, words) in [
        (
            Lang::Ru,
            ChartSubject::Mine,
            "• Найдено за 30 дней: 33\n• Ещё не найдено: 67",
        ),
        (
            Lang::En,
            ChartSubject::Mine,
            "• Found in 30 days: 33\n• Not found yet: 67",
        ),
        (Lang::Ru, ChartSubject::Found, "Найдено за 30 дней: 240"),
        (Lang::Ru, ChartSubject::Sites, "• остальные: "),
        (
            Lang::Ru,
            ChartSubject::Duration,
            "• Проверок за 2 дня: 576\n• Обычно: 3 мин 54 с\n• Дольше всего: 4 мин 48 с",
        ),
        (Lang::En, ChartSubject::Duration, "• Longest: 4 min 48 s"),
    ] {
        let picture = drawn(true, lang, subject).await.unwrap();
        let caption = picture.caption.to_plain();
        assert!(caption.contains(words), "{caption}");
        assert!(picture.caption.telegram_len() <= crate::html::CAPTION_LIMIT);
        let png = picture.chart.png().unwrap();
        assert!(png.len() > 10_000, "{} bytes", png.len());
    }
}

#[tokio::test]
async fn where_there_is_nothing_there_is_no_picture() {
    for (_, subject) in ChartSubject::WORDS {
        assert!(drawn(false, Lang::Ru, *subject).await.is_none());
    }
}
