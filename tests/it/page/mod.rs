//! The page in a real browser, and what its tests share: a browser that is signed in, and its
//! actions.

mod accounts;
mod asking;
mod astray;
mod looks;
mod marks;

use serde_json::json;
use vakhta::testing::demo::model::answer_to;
use vakhta::testing::demo::{ModelReply, PretendModel};

use crate::chat::Client;
use crate::chromium::Browser;
use crate::harness::Stage;

/// Records every announcement about the question under way.
const LISTENER: &str = "window.said = []; addEventListener('DOMContentLoaded', () => { \
     const phase = document.getElementById('phase'); \
     new MutationObserver(() => said.push(phase.textContent)).observe(phase, { childList: true }); });";

/// A browser whose page is signed in by a link; none on a machine without a browser.
pub(crate) async fn signed_in(t: &Stage, client: &Client) -> Option<Browser> {
    let mut browser = Browser::start("ru").await?;
    let source = json!({ "source": LISTENER });
    browser
        .call("Page.addScriptToEvaluateOnNewDocument", source)
        .await;
    browser
        .go(&format!("{}#{}", address(t), client.token))
        .await;
    browser
        .until("document.body.dataset.signedIn === 'true'")
        .await;
    Some(browser)
}

fn address(t: &Stage) -> String {
    format!("http://{}/", t.app().http().unwrap())
}

/// Types a question and sends it.
pub(crate) async fn ask(browser: &mut Browser, question: &str) {
    browser.types(question).await;
    browser.presses_enter().await;
}

/// Waits until the last question has its whole answer.
async fn is_answered(browser: &mut Browser, question: &str) {
    browser
        .reads("#log article:last-child .question", question)
        .await;
    browser
        .reads("#log article:last-child .answer", &answer_to(question))
        .await;
    browser
        .until("document.getElementById('phase').textContent === ''")
        .await;
}

/// Answers stop after their first word until they are released.
fn hold(model: &PretendModel) {
    model.set(ModelReply::Held);
    model.hold(true);
}
