//! Admins find and change existing cards, and see who scanned them.

use vakhta::testing::slices::cards::store;

use crate::cards::{jpeg, make, scans, sends_photo, with_cards};
use crate::harness::{ADMIN, LIMIT, run};

#[test]
fn cards_are_found_by_name_and_by_code() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (_, code) = make(&t, "Ёлочный шар", "Стекло").await;
        let (screen, _) = make(&t, "Сумка", "Кожа").await;
        let list = t.callback(&t.admin, &screen, "Мои карты").await;
        t.callback(&t.admin, &list, "Найти").await;
        let found = t.ask(&t.admin, "ёлочный ШАР").await;
        assert!(found.text.contains("найдено карт 1"), "{}", found.text);
        assert!(found.button("Ёлочный шар · 0").is_some());
        t.callback(&t.admin, &found, "Найти").await;
        // In this dialogue a code is a search, not a scan.
        let found = t.ask(&t.admin, &code.spoken().to_lowercase()).await;
        assert!(found.text.contains("Ёлочный шар"), "{}", found.text);
        assert!(found.text.contains("Проверок: 0"), "{}", found.text);
        let list = t.ask(&t.admin, "/admin").await;
        let list = t.callback(&t.admin, &list, "Мои карты").await;
        t.callback(&t.admin, &list, "Найти").await;
        let none = t.ask(&t.admin, &"щ:".repeat(100)).await;
        assert!(none.text.contains("найдено карт 0"), "{}", none.text);
        t
    });
}

#[test]
fn a_card_is_changed_and_its_label_stays() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (screen, code) = make(&t, "Сумка", "Кожа").await;
        let edit = t.callback(&t.admin, &screen, "Изменить").await;
        t.callback(&t.admin, &edit, "Название").await;
        let wrong = t.ask(&t.admin, &"я".repeat(101)).await;
        assert!(wrong.text.contains("нужно название"), "{}", wrong.text);
        let changed = t.ask(&t.admin, "Портфель <b>").await;
        assert!(changed.text.contains("Изменено"), "{}", changed.text);
        assert!(changed.text.contains("Портфель <b>"), "{}", changed.text);
        let edit = t.callback(&t.admin, &changed, "Изменить").await;
        t.callback(&t.admin, &edit, "Описание").await;
        let changed = t.ask(&t.admin, "Замша").await;
        let edit = t.callback(&t.admin, &changed, "Изменить").await;
        t.admin.skips_unread();
        t.callback(&t.admin, &edit, "Фото").await;
        let now = t.heard(ADMIN, "Сейчас").await;
        assert!(now.file.is_some());
        let wrong = t.ask(&t.admin, "вот").await;
        assert!(wrong.text.contains("Здесь нужно фото"), "{}", wrong.text);
        let changed = sends_photo(&t, &jpeg(90), "").await;
        assert!(changed.text.contains("Изменено"), "{}", changed.text);
        let edit = t.callback(&t.admin, &changed, "Изменить").await;
        t.callback(&t.admin, &edit, "Фото в упаковке").await;
        t.admin.skips_unread();
        t.admin.sends_document("box.pdf", b"no picture", "");
        let wrong = t.admin.next_reply(LIMIT).await.unwrap();
        assert!(wrong.text.contains("Это не картинка"), "{}", wrong.text);
        let changed = sends_photo(&t, &jpeg(120), "").await;
        let buyer = t.telegram.person(55, "Ева", "ru");
        let shown = scans(&t, &buyer, &code).await;
        assert!(
            shown.text.ends_with("Портфель <b>\n\nЗамша"),
            "{}",
            shown.text
        );
        t.heard(55, "В упаковке").await;
        let edit = t.callback(&t.admin, &changed, "Изменить").await;
        let changed = t.callback(&t.admin, &edit, "Убрать фото").await;
        assert!(changed.text.contains("Изменено"), "{}", changed.text);
        t
    });
}

#[test]
fn who_checked_a_card_is_shown_and_sent_as_a_table() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (screen, code) = make(&t, "Сумка", "Кожа").await;
        let none = t.callback(&t.admin, &screen, "Проверки").await;
        assert!(none.text.contains("проверок ещё не было"), "{}", none.text);
        let eva = t.telegram.person(55, "=Ева <b>", "ru");
        scans(&t, &eva, &code).await;
        let back = t.callback(&t.admin, &none, "Назад").await;
        let shown = t.callback(&t.admin, &back, "Проверки").await;
        assert!(
            shown.text.contains("✅ подлинная · =Ева <b>"),
            "{}",
            shown.text
        );
        t.admin.skips_unread();
        t.admin.presses(&shown, "CSV").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let file = sent.file.clone().unwrap();
        assert_eq!(file.name, "card-1-scans.csv");
        let text = String::from_utf8(file.bytes.to_vec()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "\u{feff}at;result;card;code;batch;serial;person;name;username"
        );
        let row = format!(";genuine;Сумка;{};;;55;'=Ева <b>;", code.as_str());
        assert!(lines[1].ends_with(&row), "{}", lines[1]);
        assert_eq!(lines.len(), 2);
        let screen = t.callback(&t.admin, &shown, "Назад").await;
        let list = t.callback(&t.admin, &screen, "Мои карты").await;
        let stats = t.callback(&t.admin, &list, "Статистика").await;
        t.admin.skips_unread();
        t.admin.presses(&stats, "CSV").unwrap();
        let all = t.admin.next_reply(LIMIT).await.unwrap();
        assert_eq!(all.file.clone().unwrap().name, "scans.csv");
        t.admin.skips_unread();
        t.admin.presses(&stats, "Карты, CSV").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let file = sent.file.clone().unwrap();
        assert_eq!(file.name, "cards.csv");
        let text = String::from_utf8(file.bytes.to_vec()).unwrap();
        let row = format!(
            ";{};https://t.me/vakhta_demo_bot?start=v_{}",
            code.as_str(),
            code.as_str()
        );
        let line = text.lines().nth(1).unwrap();
        assert!(line.starts_with("1;Сумка;active;1;1;"), "{line}");
        assert!(line.ends_with(&row), "{line}");
        t
    });
}

#[test]
fn codes_stand_behind_an_address_of_ones_own() {
    run(async |mut t| {
        t.stop().await;
        let section = "[cards]\nenabled = true\nbase_url = \"https://brand.example/v\"\n[sites]";
        t.reconfigure("[sites]", section);
        t.start().await;
        let (screen, code) = make(&t, "Сумка", "Кожа").await;
        let link = format!("https://brand.example/v/{}", code.as_str());
        assert!(screen.text.contains(&link), "{}", screen.text);
        let sent = t.heard(ADMIN, "QR-код: Сумка").await;
        let picture = image::load_from_memory(&sent.file.clone().unwrap().bytes).unwrap();
        let picture = picture.into_luma8();
        let side = picture.width() as usize;
        let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            picture.as_raw()[y * side + x]
        });
        let (_, read) = seen.detect_grids()[0].decode().unwrap();
        assert_eq!(read, link);
        t.admin.skips_unread();
        t.admin.presses(&screen, "SVG").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let file = sent.file.clone().unwrap();
        assert_eq!(file.name, "card-1-qr.svg");
        assert!(file.bytes.starts_with(b"<svg "));
        t
    });
}

#[test]
fn only_admins_make_and_change_cards() {
    run(async |mut t| {
        with_cards(&mut t).await;
        make(&t, "Сумка", "Кожа").await;
        let user = t.user(7, "Oleg", "ru").await;
        let home = t.ask(&user, "/start").await;
        for button in ["cards:add", "cards:off:1", "cards:code-set:1:1:recalled"] {
            let forged = user.presses_forged(home.message_id, button);
            let note = t.note(&user, &forged).await;
            assert!(note.contains("только администратор"), "{note}");
        }
        let sums = t.app().db().read(store::sums).await.unwrap();
        assert_eq!((sums.cards, sums.active), (1, 1));
        t
    });
}
