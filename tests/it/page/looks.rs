//! How the page is served and looks: its policy, on a desktop and a phone, in light and dark, in
//! both languages.

#![expect(
    clippy::indexing_slicing,
    reason = "an answer without what is promised fails the test"
)]

use reqwest::Method;
use serde_json::{Value, json};
use vakhta::testing::demo::ModelReply;

use super::{address, ask, hold, is_answered};
use crate::chat::{Client, with_assistant};
use crate::chromium::Browser;
use crate::harness::{self, ADMIN};

#[test]
fn the_page_is_served_with_its_policy_and_its_assets_for_ever() {
    harness::run(async |mut t| {
        let _model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let get = async |path: &str| client.bare(Method::GET, path).send().await.unwrap();
        let page = get("/").await;
        let headers = page.headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        let page = page.text().await.unwrap();
        assert!(page.contains("lang=\"ru\"") && page.contains("Думаю..."));
        let assets = page.split('"').filter(|text| text.starts_with("/assets/"));
        let assets: Vec<&str> = assets.collect();
        assert!(assets.len() >= 3, "{assets:?}");
        for path in &assets {
            let asset = get(path).await;
            assert_eq!(asset.status(), 200, "{path}");
            assert_eq!(
                asset.headers()["cache-control"],
                "public, max-age=31536000, immutable"
            );
            assert_eq!(asset.headers()["x-content-type-options"], "nosniff");
            let old = path.replace(path.split('/').nth(2).unwrap(), "0123456789abcdef");
            let (status, _, document) = client.answer(client.bare(Method::GET, &old)).await;
            assert_eq!((status, &document["code"]), (404, &Value::Null));
        }
        // Without the assistant there is no page.
        t.stop().await;
        t.reconfigure("enabled = true", "enabled = false");
        t.start().await;
        let client = Client::of(&t, ADMIN).await;
        assert_eq!(client.answer(client.bare(Method::GET, "/")).await.0, 404);
        t
    });
}

/// The lowest contrast of a visible text, and where it is.
const CONTRAST: &str = "(() => { \
    const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); \
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; }; \
    const colour = (css) => css.match(/[\\d.]+/g).map(Number); \
    const ground = (e) => { for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor); \
        if (c.length === 3 || c[3] > 0) return c; } }; \
    let worst = [99, '']; \
    for (const e of document.querySelectorAll('body *')) { \
        const hasText = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.tagName === 'svg' || e.tagName === 'TEXTAREA'; \
        if (!hasText || !e.checkVisibility()) continue; \
        const [a, b] = [light(colour(getComputedStyle(e).color).slice(0, 3)), light(ground(e).slice(0, 3))]; \
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); \
        if (ratio < worst[0]) worst = [ratio, e.tagName + '#' + e.id + '.' + e.className]; } \
    return worst; })()";

/// Targets that are too small for a finger.
const SMALL: &str = "Array.from(document.querySelectorAll('button, a, input, textarea')).filter((e) => e.checkVisibility()) \
    .filter((e) => { const r = e.getBoundingClientRect(); return r.width < 44 || r.height < 44; }).map((e) => e.outerHTML)";

#[test]
fn it_fits_a_phone_can_be_read_in_light_and_dark_and_speaks_two_languages() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = Browser::start("en-GB").await else {
            return t;
        };
        page.go(&address(&t)).await;
        page.reads("#sign-in h2", "Sign in").await;
        check_looks(&mut page, "sign-in").await;
        page.run("document.querySelector('header a').click()").await;
        page.reads("#sign-in h2", "Вход").await;
        page.until("'signedIn' in document.body.dataset").await;
        page.run(&format!("location.hash = '{}'", client.token))
            .await;
        page.until("document.body.dataset.signedIn === 'true'")
            .await;
        assert_eq!(
            page.run("document.documentElement.lang + location.search")
                .await,
            json!("ru?lang=ru")
        );
        check_looks(&mut page, "empty").await;

        let long = format!("{}\n```\n{}\n```", "ы".repeat(300), "x".repeat(300));
        ask(&mut page, &long).await;
        page.reads("#log .question", "ыыы").await;
        page.reads("#log .answer", "it is true").await;
        model.set(ModelReply::status(400));
        ask(&mut page, "Почему море солёное?").await;
        page.reads("#alert", "отверг").await;
        check_looks(&mut page, "failed").await;
        hold(&model);
        ask(&mut page, "Почему небо голубое?").await;
        page.reads("#draft", "You").await;
        check_looks(&mut page, "answering").await;
        // A reader elsewhere is not moved.
        page.run("document.getElementById('scroller').scrollTop = 0")
            .await;
        page.until("document.getElementById('scroller').scrollTop === 0")
            .await;
        page.screen(360, 640, true).await;
        let painted = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.getElementById('scroller').scrollTop))))";
        assert_eq!(page.run(painted).await, json!(0));
        // The conversation continues in the other language.
        page.run("document.querySelector('header a').click()").await;
        page.reads("#phase", "Answering...").await;
        page.reads("#log article:nth-child(2) .question", "солёное")
            .await;
        model.hold(false);
        is_answered(&mut page, "Почему небо голубое?").await;
        t.expect_errors();
        page.ends().await;
        t
    });
}

/// Checks the page on a desktop and a phone, in light and dark. Pictures of it are left in
/// `target/tmp`.
pub(super) async fn check_looks(page: &mut Browser, name: &str) {
    for (width, height, is_phone) in [(1100, 760, false), (360, 640, true)] {
        page.screen(width, height, is_phone).await;
        for scheme in ["light", "dark"] {
            page.scheme(scheme).await;
            let what = format!("{name}-{width}-{scheme}");
            let wide = "Math.max(document.documentElement.scrollWidth - innerWidth, \
                        ...Array.from(document.querySelectorAll('main'), (e) => e.scrollWidth - e.clientWidth), 0)";
            assert_eq!(page.run(wide).await, json!(0), "{what} is too wide");
            assert_eq!(page.run(SMALL).await, json!([]), "{what}");
            let size = "Array.from(document.querySelectorAll('input, textarea')).every((e) => parseFloat(getComputedStyle(e).fontSize) >= 16)";
            assert_eq!(page.run(size).await, json!(true));
            let worst = page.run(CONTRAST).await;
            assert!(worst[0].as_f64().unwrap() >= 4.5, "{what}: {worst}");
            let at_end = "((e) => !e?.checkVisibility() || e.scrollHeight - e.scrollTop - e.clientHeight < 2)(document.getElementById('scroller'))";
            page.until(at_end).await;
            let folder = env!("CARGO_TARGET_TMPDIR");
            page.picture(&format!("{folder}/{what}.png")).await;
        }
    }
    page.screen(1100, 760, false).await;
}
