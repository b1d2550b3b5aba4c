//! The page in use: asking, stopping, asking again, signing in and out, without a mouse.

use std::time::Duration;

use serde_json::{Value, json};
use vakhta::testing::demo::{ModelReply, PretendModel};
use vakhta::testing::http_server::tokens;

use super::{address, ask, hold, is_answered, signed_in};
use crate::chat::{Client, with_assistant};
use crate::chromium::Browser;
use crate::harness::{self, ADMIN, LIMIT};

#[test]
fn a_question_is_thought_about_answered_in_words_and_whole_without_a_mouse() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        assert_eq!(
            page.run("location.href").await,
            json!(address(&t)),
            "the token is gone"
        );
        assert_eq!(page.run("history.length <= 2").await, json!(true));
        hold(&model);
        page.types("why?").await;
        page.presses("Enter", 13, 8).await;
        page.types("and how?").await;
        page.presses_enter().await;
        page.reads("#draft", "You").await;
        assert_eq!(page.text("#log .question").await, "why?\nand how?");
        assert_eq!(
            page.text("#log .answer").await,
            "",
            "the log hears of it when it is whole"
        );
        assert_eq!(
            page.run("said.slice(0, 2)").await,
            json!(["Думаю...", "Отвечаю..."])
        );
        assert_eq!(
            page.run("document.getElementById('draft').ariaBusy").await,
            json!("true")
        );
        // Text still being composed is not sent.
        let composing = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, cancelable: true }))";
        assert_eq!(page.run(composing).await, json!(true));
        // One question at a time; a draft stays.
        ask(&mut page, "and when?").await;
        page.reads("#busy", "Дождитесь ответа").await;
        assert_eq!(
            page.run("document.getElementById('message').value").await,
            json!("and when?")
        );
        let mutations = "window.answers = 0; new MutationObserver((all) => { answers += all.filter((m) => \
             m.target.className === 'answer').length; }).observe(document.getElementById('log'), { childList: true, subtree: true })";
        page.run(mutations).await;
        model.hold(false);
        is_answered(&mut page, "why?\nand how?").await;
        assert_eq!(page.run("answers").await, json!(1), "read aloud once");
        assert_eq!(
            page.run("document.activeElement.id").await,
            json!("message")
        );
        assert_eq!(page.text("#draft").await, "");
        page.presses_enter().await;
        is_answered(&mut page, "and when?").await;
        assert_eq!(
            page.run("document.querySelectorAll('#log article').length")
                .await,
            json!(2)
        );
        assert_eq!(model.calls().len(), 2);
        page.ends().await;
        t
    });
}

#[test]
fn what_models_and_people_write_stays_text() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        let hostile = "<img src=x onerror=\"window.harm = 1\"></script><script>window.harm = 2</script>\
                       <a href=\"javascript:window.harm = 3\">x</a> &amp; \u{202e}<svg onload=window.harm=4>";
        // While the answer grows, and when it is complete.
        hold(&model);
        ask(&mut page, hostile).await;
        page.reads("#draft", "You").await;
        model.hold(false);
        is_answered(&mut page, hostile).await;
        let made = "document.querySelectorAll('main img, main script, main a, main svg').length";
        assert_eq!(page.run(made).await, json!(0));
        assert_eq!(page.run("window.harm ?? 0").await, json!(0));

        let marked = "# Title\n\n- **bold** and `1 < 2`\n\n```rust\nlet x = \"<b>\";\n**no**\n``` is no end\n```\nthe end, unclosed ** and `";
        ask(&mut page, marked).await;
        page.reads(
            "#log article:last-child .answer",
            "the end, unclosed ** and `",
        )
        .await;
        page.until("document.getElementById('phase').textContent === ''")
            .await;
        let inside = async |page: &mut Browser, name: &str| {
            let all = format!(
                "Array.from(document.querySelectorAll('#log article:last-child .answer {name}'), (e) => e.textContent)"
            );
            page.run(&all).await
        };
        assert_eq!(inside(&mut page, "strong").await, json!(["bold"]));
        assert_eq!(
            inside(&mut page, "pre").await,
            json!(["let x = \"<b>\";\n**no**\n``` is no end"])
        );
        assert_eq!(inside(&mut page, "p code").await, json!(["1 < 2"]));
        page.reads("#log article:last-child .answer", "• bold and 1 < 2")
            .await;
        // An injected script would not run either.
        page.run("document.body.append(document.createElement('script')); 0")
            .await;
        assert!(
            page.run("try { document.body.innerHTML = '<b>'; 1 } catch { 0 }")
                .await
                == json!(0)
        );
        t
    });
}

#[test]
fn a_stop_keeps_the_part_and_what_failed_says_why_and_can_be_asked_again() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "workers = 1").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        model.set(ModelReply::SilentAfter(2));
        ask(&mut page, "why?").await;
        page.reads("#draft", "You asked:").await;
        page.presses("Escape", 27, 0).await;
        page.reads("#alert", "Остановлено. Можно спросить ещё раз.")
            .await;
        page.reads("#log .answer", "You asked:").await;
        let hung_up = |model: &PretendModel| model.in_flight() == 0;
        model
            .wait_until("the call to end", LIMIT, hung_up)
            .await
            .unwrap();
        model.set(ModelReply::Stream);
        page.clicks("#again").await;
        is_answered(&mut page, "why?").await;
        assert_eq!(
            page.run("document.getElementById('trouble').hidden").await,
            json!(true)
        );
        assert_eq!(
            page.run("document.activeElement.id").await,
            json!("message")
        );
        page.reads("#log article:first-child .note", "Остановлено")
            .await;

        // A second attempt is announced and begins empty.
        model.set(ModelReply::Hang);
        model.next([ModelReply::CutAfter(2)]);
        ask(&mut page, "again?").await;
        page.reads("#draft", "You asked:").await;
        let id = page.run("JSON.parse(sessionStorage.turns).at(-1).id").await;
        let is_cut = |status: &Value| status["reason"]["code"] == "cut";
        client.once(id.as_str().unwrap(), is_cut).await;
        t.clock.advance(Duration::from_secs(10));
        page.reads("#phase", "Пробую ещё раз (2 из 3)").await;
        page.clicks("#stop").await;
        page.reads("#alert", "Остановлено").await;
        assert_eq!(page.text("#log article:last-child .answer").await, "");

        // There is no button if asking again is pointless.
        model.set(ModelReply::status(401));
        ask(&mut page, "may I?").await;
        page.reads("#alert", "не принимает ключ").await;
        page.reads("#alert", "бесполезно").await;
        assert_eq!(
            page.run("document.getElementById('again').hidden").await,
            json!(true)
        );
        t.heard(ADMIN, "не принимает ключ").await;

        // A text that is too long is not cut, and can be edited.
        let long = "ы".repeat(16_001);
        ask(&mut page, &long).await;
        page.reads("#alert", "Вопрос слишком длинный").await;
        assert_eq!(
            page.run("document.getElementById('message').value.length")
                .await,
            json!(16_001)
        );
        page.run("document.getElementById('message').value = ''")
            .await;
        page.ends().await;
        t
    });
}

#[test]
fn a_limit_says_until_when() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "daily_tokens = 42").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        ask(&mut page, "why?").await;
        is_answered(&mut page, "why?").await;
        ask(&mut page, "and?").await;
        page.reads("#alert", "дневной предел исчерпан. Снова можно в ")
            .await;
        page.until(
            "/ в \\d{2}:\\d{2}:\\d{2}\\.$/.test(document.getElementById('alert').textContent)",
        )
        .await;
        // The next day, by the bot's clock.
        t.clock.advance(Duration::from_secs(6 * 60 * 60));
        page.clicks("#again").await;
        is_answered(&mut page, "and?").await;
        assert_eq!(model.calls().len(), 2);
        page.ends().await;
        t
    });
}

#[test]
fn signing_in_and_out_and_a_token_that_is_revoked_lose_no_words() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = Browser::start("ru").await else {
            return t;
        };
        page.go(&address(&t)).await;
        page.until(
            "document.body.dataset.signedIn === 'false' && document.activeElement.id === 'token'",
        )
        .await;
        page.types("vakhta_1").await;
        page.presses_enter().await;
        page.reads("#sign-in-alert", "Это не токен").await;
        let enter = async |page: &mut Browser, token: &str| {
            page.run("document.getElementById('token').value = ''")
                .await;
            page.types(token).await;
            page.presses_enter().await;
        };
        enter(&mut page, &format!("vakhta_{}", "0".repeat(64))).await;
        page.reads("#sign-in-alert", "Такого токена нет").await;
        enter(&mut page, &client.token).await;
        page.until("document.body.dataset.signedIn === 'true'")
            .await;
        let scripts_see =
            "document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })";
        assert_eq!(
            page.run(scripts_see).await,
            json!("{\"draft\":\"\\\"\\\"\"}")
        );
        // A link does not change who is signed in.
        let other = Client::of(&t, 7).await;
        page.run(&format!("location.hash = '{}'", other.token))
            .await;
        page.until("location.hash === ''").await;
        ask(&mut page, "mine?").await;
        is_answered(&mut page, "mine?").await;
        let asked_by = "SELECT person_id FROM question";
        let person = t
            .app()
            .db()
            .read(move |c| Ok(c.query_row(asked_by, [], |row| row.get::<_, i64>(0))?));
        assert_eq!(person.await.unwrap(), ADMIN);

        hold(&model);
        ask(&mut page, "still?").await;
        page.reads("#draft", "You").await;
        page.types("half a thought").await;
        let revoked = t.app().db().write(|tx| tokens::revoke(tx, 1));
        assert!(revoked.await.unwrap());
        page.run("dispatchEvent(new Event('online'))").await;
        page.reads("#sign-in-alert", "разговор сохранился").await;
        model.hold(false);
        let anew = Client::of(&t, ADMIN).await;
        page.run(&format!("location.hash = '{}'", anew.token)).await;
        is_answered(&mut page, "still?").await;
        assert_eq!(
            page.run("document.getElementById('message').value").await,
            json!("half a thought")
        );

        page.clicks("#sign-out").await;
        page.until("document.body.dataset.signedIn === 'false'")
            .await;
        assert_eq!(
            page.run("document.querySelectorAll('article').length + sessionStorage.length")
                .await,
            json!(0)
        );
        assert_eq!(
            page.run("fetch('/api/session/').then((answer) => answer.status)")
                .await,
            json!(401)
        );
        page.ends().await;
        t
    });
}
