//! The tab of linked accounts in a real browser: link by phone and by QR code without a mouse, read,
//! log out; and how it looks.

use std::time::Duration;

use serde_json::json;
use vakhta::testing::http_server::tokens::Scope;

use super::address;
use super::looks::check_looks;
use crate::chat::{Client, with_assistant};
use crate::chromium::Browser;
use crate::harness::{self, ADMIN, Stage};
use crate::linked::{PASSWORD, PHONE, with_accounts};

/// A browser that is signed in to both parts; none on a machine without a browser.
async fn signed_in(t: &Stage, scopes: &'static [Scope]) -> Option<Browser> {
    let client = Client::with(t, ADMIN, scopes).await;
    let mut browser = Browser::start("ru").await?;
    browser
        .go(&format!("{}#{}", address(t), client.token))
        .await;
    browser
        .until("document.body.dataset.signedIn === 'true'")
        .await;
    Some(browser)
}

async fn focus(page: &mut Browser, id: &str) {
    page.until(&format!(
        "document.getElementById('{id}').checkVisibility()"
    ))
    .await;
    page.run(&format!("document.getElementById('{id}').focus()"))
        .await;
}

#[test]
fn an_account_is_linked_by_phone_read_and_unlinked_on_the_page() {
    harness::run(async |mut t| {
        let _model = with_assistant(&mut t, "").await;
        let telegram = with_accounts(&mut t).await;
        let Some(mut page) = signed_in(&t, &[Scope::Chat, Scope::Telegram]).await else {
            return t;
        };
        assert_eq!(
            page.run("document.activeElement.id").await,
            json!("message")
        );
        page.run("document.querySelector('[data-tab=telegram]').focus()")
            .await;
        page.presses_enter().await;
        page.reads("#tg-none", "Пока ни одного").await;
        check_looks(&mut page, "accounts-none").await;
        focus(&mut page, "tg-by-phone").await;
        page.presses_enter().await;
        page.types("+7").await;
        page.presses_enter().await;
        page.reads("#tg-alert", "Проверьте его").await;
        page.run("document.getElementById('tg-phone').value = ''")
            .await;
        focus(&mut page, "tg-phone").await;
        page.types(PHONE).await;
        page.presses_enter().await;
        page.reads("#tg-proof-note", "В коде знаков: 5").await;
        // A reload goes on with the login.
        page.reload().await;
        page.until("document.activeElement.id === 'tg-proof'").await;
        check_looks(&mut page, "accounts-code").await;
        page.types("00000").await;
        page.presses_enter().await;
        page.reads("#tg-alert", "Код неверный").await;
        page.until("document.activeElement.id === 'tg-proof'").await;
        page.types(&telegram.code_for(PHONE).unwrap()).await;
        page.presses_enter().await;
        page.reads("#tg-proof-note", "Подсказка: песня").await;
        assert_eq!(
            page.run("document.getElementById('tg-proof').type").await,
            json!("password")
        );
        page.types(PASSWORD).await;
        page.presses_enter().await;
        page.reads("#tg-note", "Аккаунт привязан: Анна").await;
        page.reads("#tg-accounts li", "Работает").await;
        check_looks(&mut page, "accounts-one").await;

        page.clicks("[id^=tg-open-chats]").await;
        page.reads("#tg-chats-list li", "Новости").await;
        check_looks(&mut page, "accounts-chats").await;
        page.clicks("#tg-chats-list button").await;
        page.reads("#tg-messages-list", "<b>второе</b>").await;
        page.reads("#tg-messages-title", "Новости").await;
        check_looks(&mut page, "accounts-messages").await;
        page.clicks("#tg-messages-back").await;
        page.clicks("#tg-chats-back").await;
        page.clicks("[id^=tg-open-devices]").await;
        page.reads("#tg-devices-list", "эта программа").await;
        page.clicks("#tg-devices-back").await;
        page.clicks("[id^=tg-log-out]").await;
        page.reads("#tg-accounts", "Отвязать Анна?").await;
        page.clicks("#tg-accounts li div button").await;
        page.reads("#tg-note", "Аккаунт отвязан").await;
        page.until("!document.getElementById('tg-none').hidden")
            .await;
        page.ends().await;
        t
    });
}

/// Presses the button, again if a loaded machine was too slow for the exchange of keys.
async fn begin_qr(page: &mut Browser) {
    loop {
        focus(page, "tg-by-qr").await;
        page.presses_enter().await;
        let shown = "#tg-picture a";
        let alert = "document.getElementById('tg-alert').textContent";
        page.until(&format!(
            "document.querySelector('{shown}')?.checkVisibility() || {alert}"
        ))
        .await;
        if page.run(alert).await == json!("") {
            return;
        }
        page.reads("#tg-alert", "не ответил вовремя").await;
    }
}

#[test]
fn a_qr_code_is_drawn_renewed_and_scanned_on_the_page() {
    harness::run(async |mut t| {
        t.reconfigure("[sites]", "[http]\nlisten = \"127.0.0.1:0\"\n[sites]");
        let telegram = with_accounts(&mut t).await;
        telegram.set_password(PHONE, None).unwrap();
        // Without the assistant, there is one part and no tab.
        let Some(mut page) = signed_in(&t, &[Scope::Telegram]).await else {
            return t;
        };
        page.until("document.getElementById('tabs').hidden").await;
        begin_qr(&mut page).await;
        page.reads("#tg-left", "Код обновится через").await;
        check_looks(&mut page, "accounts-qr").await;
        let shown = "document.querySelector('#tg-picture a').href";
        let first = page.run(shown).await;
        telegram.pass_time(Duration::from_secs(31));
        page.run("window.first = document.querySelector('#tg-picture a').href; 0")
            .await;
        page.clicks("#tg-cancel").await;
        page.reads("#tg-note", "Вход отменён").await;
        begin_qr(&mut page).await;
        page.until(&format!("{shown} !== window.first")).await;
        let url = page.run(shown).await;
        assert_ne!(url, first);
        telegram.scan(url.as_str().unwrap(), PHONE).unwrap();
        page.reads("#tg-note", "Аккаунт привязан: Анна").await;
        page.ends().await;
        t
    });
}
