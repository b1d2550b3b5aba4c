//! What a model marks in its Markdown, as elements of the page, and that nothing else becomes one.

use serde_json::{Value, json};
use vakhta::testing::demo::ModelReply;

use super::{ask, signed_in};
use crate::chat::{Client, with_assistant};
use crate::chromium::Browser;
use crate::harness::{self, ADMIN};

/// The texts of these elements in the last answer.
async fn inside(page: &mut Browser, selector: &str) -> Value {
    let all = format!(
        "Array.from(document.querySelectorAll('#log article:last-child .answer {selector}'), (e) => e.textContent)"
    );
    page.run(&all).await
}

const MARKED: &str = "See *this* and _that_, **bold with `code`**, ~~gone~~ and snake_case_name, 2 * 3 * 4.\n\
     [A link](https://x.example/?a=1&b=2), <https://y.example/>, bare https://z.example/p_q_r.\n\n\
     > quoted *words*\n> in two lines\n\n\
     | Name | Count |\n|:-----|------:|\n| ann | **1** |\n| a\\|b | |\n\n\
     # Head\n- one\n- two\n\n```\n[no](https://link.example) *no*\n```\nend";

const HOSTILE: &str = "[a](javascript:window.harm=1) [b](data:text/html,x) [c](//evil.example) [d](HTTPS://ok.example) \
     <img src=x onerror=window.harm=2> [<svg onload=window.harm=3>](vbscript:x) ![i](https://img.example/i.png)\n\n\
     > <script>window.harm=4</script>\n\n|<b>|<i>|\n|-|-|\n|<a href=x>|y|\n\n\
     [x](https://ok.example/\"onclick=window.harm=5)";

#[test]
fn links_tables_quotes_and_italics_are_elements() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        model.set(ModelReply::says(MARKED, "stop"));
        ask(&mut page, "show").await;
        page.reads("#log article:last-child .answer", "end").await;
        for (selector, texts) in [
            ("em", json!(["this", "that", "words"])),
            ("p > strong", json!(["bold with code", "Head"])),
            ("strong code", json!(["code"])),
            ("s", json!(["gone"])),
            (
                "a",
                json!(["A link", "https://y.example/", "https://z.example/p_q_r"]),
            ),
            ("blockquote p", json!(["quoted words\nin two lines"])),
            ("th", json!(["Name", "Count"])),
            ("td", json!(["ann", "1", "a|b", ""])),
            ("pre", json!(["[no](https://link.example) *no*"])),
        ] {
            assert_eq!(inside(&mut page, selector).await, texts, "{selector}");
        }
        page.reads(
            "#log article:last-child .answer",
            "snake_case_name, 2 * 3 * 4.",
        )
        .await;
        page.reads("#log article:last-child .answer", "• one\n• two")
            .await;
        let link = "(() => { const a = document.querySelector('.answer a'); return [a.href, a.rel, a.target]; })()";
        assert_eq!(
            page.run(link).await,
            json!([
                "https://x.example/?a=1&b=2",
                "noopener noreferrer",
                "_blank"
            ])
        );
        page.ends().await;
        t
    });
}

#[test]
fn links_lead_to_the_web_only_and_nothing_of_a_model_is_markup() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        model.set(ModelReply::says(HOSTILE, "stop"));
        ask(&mut page, "show").await;
        page.reads("#log article:last-child .answer", "window.harm=4")
            .await;
        let addresses =
            "Array.from(document.querySelectorAll('.answer a'), (a) => new URL(a.href).protocol)";
        let addresses = page.run(addresses).await;
        let all = addresses.as_array().unwrap();
        assert!(
            !all.is_empty() && all.iter().all(|one| one == "https:"),
            "{addresses}"
        );
        let made = "document.querySelectorAll('main .answer :is(img, script, svg, b, i, [onclick], [onerror])').length";
        assert_eq!(page.run(made).await, json!(0));
        assert_eq!(page.run("window.harm ?? 0").await, json!(0));
        // Marks without an end cost no time that anybody would notice.
        for mark in ["**a ", "[a](", "`a ", "> ", "|a", "_a ", "~~a ", "```\n"] {
            model.set(ModelReply::says(&(mark.repeat(20_000) + "THE END"), "stop"));
            ask(&mut page, "much").await;
            page.reads("#log article:last-child .answer", "THE END")
                .await;
        }
        page.ends().await;
        t
    });
}
