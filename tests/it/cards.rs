//! Product cards: made in a dialogue that survives restarts, printed, and scanned by people new to
//! the bot.

use std::sync::Arc;

use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use vakhta::testing::demo::{ChatMessage, Person};
use vakhta::testing::people::{self, Role};
use vakhta::testing::slices::cards::card::CodeState;
use vakhta::testing::slices::cards::code::Code;
use vakhta::testing::slices::cards::store;
use vakhta::testing::slices::cards::store::CardFilter;

use crate::harness::{ADMIN, LIMIT, Stage, run};

pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new(&mut bytes)
        .encode(&[shade; 64 * 48], 64, 48, ExtendedColorType::L8)
        .unwrap();
    bytes
}

/// Restarts the bot with cards.
pub(crate) async fn with_cards(t: &mut Stage) {
    t.stop().await;
    t.reconfigure("[sites]", "[cards]\nenabled = true\n[sites]");
    t.start().await;
}

pub(crate) async fn sends_photo(t: &Stage, bytes: &[u8], album: &str) -> Arc<ChatMessage> {
    t.admin.skips_unread();
    t.admin.sends_photo(bytes, album);
    t.admin.next_reply(LIMIT).await.unwrap()
}

pub(crate) async fn again(t: &mut Stage) {
    t.stop().await;
    t.start().await;
}

/// Makes a card and returns its screen and its code.
pub(crate) async fn make(t: &Stage, name: &str, description: &str) -> (Arc<ChatMessage>, Code) {
    let panel = t.ask(&t.admin, "/admin").await;
    t.callback(&t.admin, &panel, "Добавить новую карту").await;
    sends_photo(t, &jpeg(1), "").await;
    t.ask(&t.admin, name).await;
    let asked = t.ask(&t.admin, description).await;
    t.admin.presses(&asked, "Пропустить").unwrap();
    let question = t.heard(ADMIN, "Шаг 5 из 5").await;
    let screen = t.callback(&t.admin, &question, "Создать карту").await;
    t.heard(ADMIN, &format!("QR-код: {name}")).await;
    let code = code_of(t).await;
    (screen, code)
}

/// The code of the newest card.
async fn code_of(t: &Stage) -> Code {
    let read = t.app().db().read(|c| {
        let (cards, _) = store::page(c, &CardFilter::Active, 0, 1)?;
        Ok(store::shared(c, cards.first().unwrap().id)?.code)
    });
    read.await.unwrap()
}

pub(crate) async fn scans(t: &Stage, person: &Person, code: &Code) -> Arc<ChatMessage> {
    t.ask(person, &format!("/start v_{}", code.as_str())).await
}

#[test]
fn a_card_is_made_step_by_step_through_restarts_and_scanned_by_a_stranger() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let panel = t.ask(&t.admin, "/admin").await;
        let asked = t.callback(&t.admin, &panel, "Добавить новую карту").await;
        assert!(asked.text.contains("шаг 1 из 5"), "{}", asked.text);
        again(&mut t).await;
        let wrong = t.ask(&t.admin, "Часы").await;
        assert!(wrong.text.contains("Здесь нужно фото"), "{}", wrong.text);
        let asked = sends_photo(&t, &jpeg(10), "").await;
        assert!(asked.text.contains("Как она называется?"), "{}", asked.text);
        again(&mut t).await;
        let wrong = sends_photo(&t, &jpeg(20), "").await;
        assert!(wrong.text.contains("нужно название"), "{}", wrong.text);
        let long = t.ask(&t.admin, &"я".repeat(101)).await;
        assert!(long.text.contains("нужно название"), "{}", long.text);
        let asked = t.ask(&t.admin, "Часы <b>&").await;
        assert!(asked.text.contains("Опишите её"), "{}", asked.text);
        again(&mut t).await;
        // Goes back and types the name again.
        let asked = t.callback(&t.admin, &asked, "Назад").await;
        assert!(asked.text.contains("Шаг 2 из 5"), "{}", asked.text);
        t.ask(&t.admin, "Часы <i>&").await;
        let description = "д".repeat(3500);
        let asked = t.ask(&t.admin, &description).await;
        assert!(asked.text.contains("фото в упаковке"), "{}", asked.text);
        again(&mut t).await;
        t.admin.skips_unread();
        t.admin.sends_document("box.jpg", &jpeg(30), "");
        let question = t.heard(ADMIN, "Шаг 5 из 5").await;
        again(&mut t).await;
        let screen = t.callback(&t.admin, &question, "Создать карту").await;
        assert!(screen.text.contains("Часы <i>&"), "{}", screen.text);
        assert!(screen.text.contains("Проверок: 0"), "{}", screen.text);
        let qr = t.heard(ADMIN, "QR-код: Часы").await;
        let file = qr.file.clone().unwrap();
        assert!(file.name.ends_with("-qr.png"), "{}", file.name);
        let late = t.admin.presses_forged(
            question.message_id,
            &question.button("Создать").unwrap().data.unwrap(),
        );
        assert_eq!(t.note(&t.admin, &late).await, "Это уже сделано.");

        // A stranger scans: the card is the first thing they see, and scanning lets nobody in.
        let code = code_of(&t).await;
        let buyer = t.telegram.person(55, "Покупатель", "ru");
        let shown = scans(&t, &buyer, &code).await;
        assert!(
            shown
                .text
                .starts_with("✅ Подлинная вещь. Проверка № 1, впервые проверена 21.11.2026"),
            "{}",
            shown.text
        );
        assert!(shown.file.is_some());
        t.heard(55, "В упаковке").await;
        t.heard(55, &description).await;
        let role = t.app().db().read(|c| people::get(c, 55)).await.unwrap();
        assert_eq!(role.unwrap().role, Role::Stranger);
        t
    });
}

#[test]
fn scans_are_told_counted_and_refused_as_they_are() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (_, code) = make(&t, "Сумка", "Кожа").await;
        let eva = t.telegram.person(55, "Ева", "ru");
        let first = scans(&t, &eva, &code).await;
        assert!(first.text.ends_with("Сумка\n\nКожа"), "{}", first.text);
        let again = t.ask(&eva, &code.spoken().to_lowercase()).await;
        assert!(
            again.text.contains("Вы только что её проверяли"),
            "{}",
            again.text
        );
        let oleg = t.telegram.person(56, "Oleg", "en");
        let second = scans(&t, &oleg, &code).await;
        assert!(second.text.contains("Check no. 2"), "{}", second.text);
        assert!(
            second.text.contains("A code can be copied"),
            "{}",
            second.text
        );

        let mut typo = code.as_str().to_owned();
        let last = if typo.pop() == Some('7') { '8' } else { '7' };
        typo.push(last);
        let typo = t.ask(&eva, &typo).await;
        assert!(typo.text.contains("опечатка"), "{}", typo.text);
        let unknown = scans(&t, &eva, &Code::draw().unwrap()).await;
        assert!(unknown.text.contains("Такого кода нет"), "{}", unknown.text);
        for (state, words) in [
            (CodeState::Inactive, "сейчас не действует"),
            (CodeState::Recalled, "отозвана"),
            (CodeState::Stolen, "украдена"),
        ] {
            let set = code.clone();
            let write = t
                .app()
                .db()
                .write(move |tx| store::set_state(tx, &set, state));
            write.await.unwrap();
            let told = scans(&t, &eva, &code).await;
            assert!(told.text.contains(words), "{}", told.text);
            // A card whose code was not issued stays hidden.
            assert_eq!(told.file.is_none(), state == CodeState::Inactive);
        }
        let sums = t.app().db().read(store::sums).await.unwrap();
        assert_eq!((sums.checks, sums.people, sums.active), (2, 2, 1));
        t
    });
}

#[test]
fn a_scan_leaves_a_dialogue_alone_and_a_shared_card_is_no_check() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (screen, code) = make(&t, "Сумка", "Кожа").await;
        let panel = t.ask(&t.admin, "/admin").await;
        t.callback(&t.admin, &panel, "Добавить новую карту").await;
        sends_photo(&t, &jpeg(1), "album").await;
        let shown = scans(&t, &t.admin, &code).await;
        assert!(shown.text.contains("Проверка № 1"), "{}", shown.text);
        // The second photo of the album is used, a third one is not.
        sends_photo(&t, &jpeg(2), "album").await;
        t.admin.sends_photo(&jpeg(3), "album");
        let asked = t.ask(&t.admin, "Вторая").await;
        assert!(asked.text.contains("Опишите её"), "{}", asked.text);
        t.ask(&t.admin, "Альбом").await;
        let question = t.heard(ADMIN, "Шаг 5 из 5").await;
        // A button of an older dialogue.
        let stale = t.admin.presses_forged(question.message_id, "cards:save:1");
        assert_eq!(t.note(&t.admin, &stale).await, "Это уже сделано.");
        t.ask(&t.admin, "/cancel").await;

        let share = screen.text.split("start=s_").nth(1).unwrap();
        let buyer = t.telegram.person(55, "Ева", "ru");
        let shared = t.ask(&buyer, &format!("/start s_{share}")).await;
        assert!(
            shared.text.contains("Это не проверка вещи"),
            "{}",
            shared.text
        );
        let gone = t.ask(&buyer, "/start s_0123").await;
        assert_eq!(gone.text, "Такой карточки нет.");
        let sums = t.app().db().read(store::sums).await.unwrap();
        assert_eq!(sums.checks, 1);
        t
    });
}

#[test]
fn what_is_no_photo_is_answered_and_what_is_printed_is_sent() {
    run(async |mut t| {
        // Telegram gives bots no file of that size.
        t.expect_refusals();
        with_cards(&mut t).await;
        let panel = t.ask(&t.admin, "/admin").await;
        t.callback(&t.admin, &panel, "Добавить новую карту").await;
        for (name, bytes, answer) in [
            ("a.pdf", &b"%PDF-1.7"[..], "Это не картинка"),
            (
                "a.jpg",
                &[0; 21 * 1024 * 1024][..],
                "слишком большой: до 20 МБ",
            ),
        ] {
            t.admin.skips_unread();
            t.admin.sends_document(name, bytes, "");
            let said = t.admin.next_reply(LIMIT).await.unwrap();
            assert!(said.text.contains(answer), "{}", said.text);
        }
        t.ask(&t.admin, "/cancel").await;
        let (screen, _) = make(&t, "Сумка", "Кожа").await;
        let labels = t.callback(&t.admin, &screen, "Этикетки").await;
        assert!(labels.text.contains("203 dpi — 22.5"), "{}", labels.text);
        t.callback(&t.admin, &labels, "Другой размер").await;
        for wrong in ["14", "61", "двадцать"] {
            let said = t.ask(&t.admin, wrong).await;
            assert!(said.text.contains("от 15 до 60"), "{}", said.text);
        }
        let labels = t.ask(&t.admin, "18 мм").await;
        assert!(labels.text.contains("около 18 мм"), "{}", labels.text);
        let labels = t.callback(&t.admin, &labels, "30 мм").await;
        assert!(labels.text.contains("300 dpi — 30.4"), "{}", labels.text);
        t.admin.skips_unread();
        t.admin.presses(&labels, "A4 203 dpi").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let file = sent.file.clone().unwrap();
        assert!(file.name.ends_with("-labels-203dpi.pdf"), "{}", file.name);
        assert!(file.bytes.starts_with(b"%PDF-"));
        let screen = t.callback(&t.admin, &labels, "Назад").await;
        let off = t.callback(&t.admin, &screen, "Отключить").await;
        assert!(off.text.contains("отключена"), "{}", off.text);
        let list = t.callback(&t.admin, &off, "Мои карты").await;
        assert_eq!(list.text, "🏷 Карт ещё нет.");
        let shut = t.callback(&t.admin, &list, "Отключённые").await;
        assert!(shut.button("⏸ Сумка · 0").is_some(), "{}", shut.text);
        let list = t.callback(&t.admin, &shut, "Мои карты").await;
        let stats = t.callback(&t.admin, &list, "Статистика").await;
        assert!(
            stats.text.contains("Всего: 1\nДействуют: 0"),
            "{}",
            stats.text
        );
        t
    });
}

#[test]
fn without_the_section_there_are_no_cards() {
    run(async |t| {
        let panel = t.ask(&t.admin, "/admin").await;
        assert!(panel.button("Мои карты").is_none());
        let stale = t.admin.presses_forged(panel.message_id, "cards:add");
        t.note(&t.admin, &stale).await;
        let stranger = t.telegram.person(55, "Ева", "ru");
        let code = Code::draw().unwrap();
        let answer = scans(&t, &stranger, &code).await;
        assert!(answer.text.contains("администратор"), "{}", answer.text);
        t.heard(ADMIN, "Ева").await;
        // Only admins make cards.
        let user = t.user(7, "Oleg", "ru").await;
        let home = t.ask(&user, "/start").await;
        let forged = user.presses_forged(home.message_id, "cards:add");
        t.note(&user, &forged).await;
        t
    });
}
