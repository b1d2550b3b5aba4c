//! Codes for one thing each: printed in batches, managed one by one, claimed by the buyer, copied
//! by others.

use vakhta::testing::slices::cards::code::Code;

use crate::cards::{make, scans, with_cards};
use crate::harness::{ADMIN, LIMIT, run};

#[test]
fn a_batch_is_printed_and_a_copied_label_is_noticed() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (screen, _) = make(&t, "Сумка", "Кожа").await;
        let batches = t.callback(&t.admin, &screen, "Партии").await;
        t.callback(&t.admin, &batches, "Новая партия").await;
        let wrong = t.ask(&t.admin, "лето").await;
        assert!(wrong.text.contains("число от 1 до 1000"), "{}", wrong.text);
        let batches = t.ask(&t.admin, "лето 2026 3").await;
        let batch = t.callback(&t.admin, &batches, "лето 2026 · 3").await;
        assert!(batch.text.contains("Кодов: 3"), "{}", batch.text);
        t.admin.skips_unread();
        t.admin.presses(&batch, "CSV").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let text = String::from_utf8(sent.file.clone().unwrap().bytes.to_vec()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(
            lines.last().unwrap().ends_with(",лето 2026,3,active,0"),
            "{text}"
        );
        let code = Code::read(lines.last().unwrap().split(',').next().unwrap()).unwrap();
        let labels = t.callback(&t.admin, &batch, "Этикетки").await;
        t.admin.skips_unread();
        let panel = t.ask(&t.admin, "/admin").await;
        let list = t.callback(&t.admin, &panel, "Мои карты").await;
        let stats = t.callback(&t.admin, &list, "Статистика").await;
        let note = t.callback_for_note(&t.admin, &stats, "График").await;
        assert_eq!(note, "За последние дни ничего не проверяли.");
        t.admin.skips_unread();
        t.admin.presses(&labels, "По одной 300 dpi").unwrap();
        let pdf = t.admin.next_reply(LIMIT).await.unwrap();
        assert!(
            pdf.file
                .clone()
                .unwrap()
                .name
                .ends_with("-labels-300dpi.pdf")
        );

        for id in 51..=54 {
            let buyer = t.telegram.person(id, "Покупатель", "ru");
            let shown = scans(&t, &buyer, &code).await;
            assert!(
                shown.text.starts_with("✅ Подлинная вещь"),
                "{}",
                shown.text
            );
        }
        t.admin.presses(&stats, "График").unwrap();
        let chart = t.heard(ADMIN, "За 30 дней").await;
        assert!(chart.text.contains("проверок: 4"), "{}", chart.text);
        assert!(chart.file.is_some());
        let alarm = t.heard(ADMIN, "код проверяют разные люди").await;
        assert!(alarm.text.contains("Сумка, № 3"), "{}", alarm.text);
        assert!(alarm.text.contains("За сутки: 4"), "{}", alarm.text);
        let done = t.callback(&t.admin, &alarm, "Отозвать").await;
        assert!(
            done.text.contains("Состояние: вещь отозвана"),
            "{}",
            done.text
        );
        let late = t.telegram.person(55, "Покупатель", "ru");
        let told = scans(&t, &late, &code).await;
        assert!(told.text.contains("отозвана"), "{}", told.text);
        t
    });
}

#[test]
fn a_thing_belongs_to_one_person_until_an_admin_releases_it() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (screen, _) = make(&t, "Сумка", "Кожа").await;
        let batches = t.callback(&t.admin, &screen, "Партии").await;
        t.callback(&t.admin, &batches, "Новая партия").await;
        let batches = t.ask(&t.admin, "лето 2").await;
        let batch = t.callback(&t.admin, &batches, "лето · 2").await;
        let units = t.callback(&t.admin, &batch, "Коды").await;
        let unit = t.callback(&t.admin, &units, "2").await;
        assert!(unit.text.contains("Сумка · лето № 2"), "{}", unit.text);
        let code = unit.text.split("Код: ").nth(1).unwrap();
        let code = Code::read(code.lines().next().unwrap()).unwrap();

        let eva = t.telegram.person(55, "Ева", "ru");
        let shown = scans(&t, &eva, &code).await;
        eva.skips_unread();
        eva.presses(&shown, "Это моя вещь").unwrap();
        let said = eva.next_reply(LIMIT).await.unwrap();
        assert!(said.text.contains("закреплена за вами"), "{}", said.text);
        let again = scans(&t, &eva, &code).await;
        assert!(again.text.contains("закреплена за вами"), "{}", again.text);
        assert!(again.button("Это моя вещь").is_none());
        // A later scanner cannot claim it, even with a forged button.
        let oleg = t.telegram.person(56, "Олег", "ru");
        let warned = scans(&t, &oleg, &code).await;
        assert!(
            warned.text.contains("за другим человеком"),
            "{}",
            warned.text
        );
        oleg.skips_unread();
        let claim = shown.button("Это моя вещь").unwrap().data.unwrap();
        oleg.presses_forged(warned.message_id, &claim);
        let said = oleg.next_reply(LIMIT).await.unwrap();
        assert!(said.text.contains("нельзя закрепить"), "{}", said.text);
        let alarm = t.heard(ADMIN, "код проверил другой").await;
        let unit = t.callback(&t.admin, &alarm, "Подозрительно").await;
        assert!(unit.text.contains("Закреплена: Ева"), "{}", unit.text);
        assert!(
            unit.text.contains("Помечен как подозрительный"),
            "{}",
            unit.text
        );
        let unit = t.callback(&t.admin, &unit, "Снять закрепление").await;
        let unit = t.callback(&t.admin, &unit, "Снять пометки").await;
        assert!(!unit.text.contains("Закреплена"), "{}", unit.text);
        let unit = t.callback(&t.admin, &unit, "🚨 Украдена").await;
        assert!(unit.text.contains("Состояние: украдена"), "{}", unit.text);
        let told = scans(&t, &eva, &code).await;
        assert!(told.text.contains("украдена"), "{}", told.text);
        t.admin.skips_unread();
        t.admin.presses(&unit, "QR-код").unwrap();
        let qr = t.admin.next_reply(LIMIT).await.unwrap();
        assert_eq!(qr.file.clone().unwrap().name, "card-1-2-qr.png");
        let batch = t.callback(&t.admin, &unit, "Назад").await;
        assert!(batch.text.contains("Кодов: 2"), "{}", batch.text);
        t
    });
}

#[test]
fn who_tries_codes_is_slowed_down_and_told_of() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (_, code) = make(&t, "Сумка", "Кожа").await;
        let eva = t.telegram.person(55, "<b>Ева", "ru");
        for _ in 0..10 {
            let told = scans(&t, &eva, &Code::draw().unwrap()).await;
            assert!(told.text.contains("Такого кода нет"), "{}", told.text);
        }
        let told = t.heard(ADMIN, "пробует коды").await;
        assert!(told.text.contains("<b>Ева (55)"), "{}", told.text);
        let refused = scans(&t, &eva, &code).await;
        assert!(
            refused.text.contains("Слишком много кодов"),
            "{}",
            refused.text
        );
        let all = t.telegram.messages(ADMIN);
        let told = all.iter().filter(|m| m.text.contains("пробует коды"));
        assert_eq!(told.count(), 1);
        t
    });
}

/// What a camera shows of a printed code, as people paste it.
fn pasted(code: &Code) -> Vec<String> {
    let plain = code.as_str();
    vec![
        format!("https://t.me/vakhta_demo_bot?start=v_{plain}"),
        format!("<t.me/vakhta_demo_bot?start=v_{plain}>"),
        format!("tg://resolve?domain=vakhta_demo_bot&start=v_{plain}"),
        format!("https://brand.example/v/{plain}"),
        format!("v_{plain}"),
        format!("{plain}."),
        format!("«{}»", code.spoken()),
        format!(" ({plain}) "),
    ]
}

#[test]
fn what_a_code_says_is_a_scan_when_it_is_pasted_for_strangers_too() {
    run(async |mut t| {
        t.stop().await;
        let section = "[cards]\nenabled = true\nbase_url = \"https://brand.example/v\"\n[sites]";
        t.reconfigure("[sites]", section);
        t.start().await;
        let (_, code) = make(&t, "Сумка", "Кожа").await;
        let mut id = 1000;
        let mut was = "[telegram]".to_owned();
        for access in ["request", "closed"] {
            t.stop().await;
            let is = format!("[telegram]\naccess = \"{access}\"");
            t.reconfigure(&was, &is);
            was = is;
            t.start().await;
            for text in pasted(&code) {
                id += 1;
                let stranger = t.telegram.person(id, "Покупатель", "ru");
                let shown = t.ask(&stranger, &text).await;
                assert!(
                    shown.text.starts_with("✅ Подлинная вещь"),
                    "{access}, {text}: {}",
                    shown.text
                );
            }
        }
        // For a member this is no account to watch, and a mistake is told.
        let eva = t.user(7, "Ева", "ru").await;
        for text in pasted(&code) {
            let shown = t.ask(&eva, &text).await;
            assert!(shown.text.contains("Сумка"), "{text}: {}", shown.text);
        }
        let short = code.as_str().split_at(1).1;
        let address = format!("https://t.me/vakhta_demo_bot?start=v_{short}");
        let typo = t.ask(&eva, &address).await;
        assert!(typo.text.contains("опечатка"), "{}", typo.text);
        t
    });
}

#[test]
fn typing_mistakes_lock_no_buyer_out() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (_, code) = make(&t, "Сумка", "Кожа").await;
        let eva = t.telegram.person(55, "Ева", "ru");
        let mut typo = code.as_str().to_owned();
        let last = if typo.pop() == Some('7') { '8' } else { '7' };
        typo.push(last);
        for _ in 0..12 {
            let told = t.ask(&eva, &typo).await;
            assert!(told.text.contains("опечатка"), "{}", told.text);
        }
        let shown = t.ask(&eva, code.as_str()).await;
        assert!(
            shown.text.starts_with("✅ Подлинная вещь"),
            "{}",
            shown.text
        );
        t
    });
}
