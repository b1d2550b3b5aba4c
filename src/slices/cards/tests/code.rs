//! Codes: every way to write one, and every typing mistake that the check symbols find.

use proptest::prelude::*;

use super::*;

fn codes() -> impl Strategy<Value = Code> {
    prop::array::uniform16(0_u8..32).prop_map(Code::of_symbols)
}

fn with(code: &Code, changes: &[(usize, char)]) -> String {
    let mut signs: Vec<char> = code.as_str().chars().collect();
    for (place, sign) in changes {
        signs[*place] = *sign;
    }
    signs.into_iter().collect()
}

proptest! {
    #[test]
    fn every_code_is_read_back_however_it_is_written(code in codes()) {
        prop_assert_eq!(Code::read(code.as_str()), Ok(code.clone()));
        prop_assert_eq!(Code::read(&code.spoken()), Ok(code.clone()));
        let sloppy = code.spoken().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        prop_assert_eq!(Code::read(&sloppy), Ok(code.clone()));
        let cyrillic = code.as_str().replace('0', "о").replace('A', "А").replace('C', "с");
        prop_assert_eq!(Code::read(&cyrillic), Ok(code));
    }

    #[test]
    fn every_single_error_and_every_exchange_is_found(code in codes()) {
        let signs: Vec<char> = code.as_str().chars().collect();
        for (i, own) in signs.iter().enumerate() {
            for other in ALPHABET.iter().map(|letter| char::from(*letter)).filter(|other| other != own) {
                prop_assert_eq!(Code::read(&with(&code, &[(i, other)])), Err(Mistyped::Check));
            }
            for (j, other) in signs.iter().enumerate().skip(i + 1).filter(|(_, other)| *other != own) {
                prop_assert_eq!(Code::read(&with(&code, &[(i, *other), (j, *own)])), Err(Mistyped::Check));
            }
        }
    }

    #[test]
    fn two_errors_anywhere_are_found(code in codes(), i in 0..LENGTH, j in 0..LENGTH, a in 1_u8..32, b in 1_u8..32) {
        prop_assume!(i != j);
        let signs: Vec<char> = code.as_str().chars().collect();
        let off = |place: usize, by: u8| letter(symbol(signs[place]).unwrap() ^ by);
        let wrong = with(&code, &[(i, off(i, a)), (j, off(j, b))]);
        prop_assert_eq!(Code::read(&wrong), Err(Mistyped::Check));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        drop((Code::read(&text), Code::typed(&text, Some("https://b.example/v/"))));
    }
}

#[test]
fn what_is_wrong_is_said() {
    let code = Code::draw().unwrap();
    assert_ne!(Code::draw().unwrap(), code);
    assert_eq!(
        Code::read(code.as_str().split_at(1).1),
        Err(Mistyped::Length(17))
    );
    assert_eq!(
        Code::read(&format!("{}Z", code.as_str())),
        Err(Mistyped::Length(19))
    );
    assert_eq!(Code::read("U"), Err(Mistyped::Sign('U')));
    assert_eq!(Code::read(""), Err(Mistyped::Length(0)));
    assert!(!format!("{code:?}").contains(code.as_str()));
}

#[test]
fn only_what_looks_like_a_code_is_taken_for_one() {
    let code = Code::of_symbols([7; DRAWN]);
    assert_eq!(Code::typed(&code.spoken(), None), Some(Ok(code.clone())));
    assert_eq!(
        Code::typed(code.as_str().split_at(1).1, None),
        Some(Err(Mistyped::Length(17)))
    );
    let base_url = Some("https://brand.example/v/");
    for other in [
        "https://t.me/vakhta_bot",
        "https://t.me/vakhta_bot?start=s_0123",
        "https://brand.example/",
        "https://other.example/v/0123",
        "https://otherbrand.example/v/0123456789ABCDEFGH",
        "@ivanpetrov20001234",
        "v_ivanov",
        "hello",
        "octocat github 30",
        "авторизация",
        "",
        "a@b",
        "1-2-3",
    ] {
        assert_eq!(Code::typed(other, base_url), None, "{other}");
    }
}

#[test]
fn what_a_printed_code_says_is_a_code_whatever_stands_around_it() {
    let code = Code::of_symbols([7; DRAWN]);
    let plain = code.as_str();
    let base_url = Some("https://brand.example/v/");
    let said = [
        format!("https://t.me/vakhta_bot?start=v_{plain}"),
        format!("http://T.ME/vakhta_bot?START=V_{}", plain.to_lowercase()),
        format!("t.me/vakhta_bot?start=v_{plain}"),
        format!("https://telegram.me/vakhta_bot?start=v_{plain}&utm=1#x"),
        format!("https://vakhta_bot.t.me/?start=v_{plain}"),
        format!("tg://resolve?domain=vakhta_bot&start=v_{plain}"),
        format!("https://brand.example/v/{plain}"),
        format!("HTTP://BRAND.EXAMPLE/v/{plain}/"),
        format!("brand.example/v/{plain}?from=qr"),
        format!("v_{plain}"),
        format!("V_{}", code.spoken()),
        plain.to_owned(),
        code.spoken(),
    ];
    for said in &said {
        for (left, right) in [
            ("", ""),
            ("", "."),
            ("  ", " \n"),
            ("«", "»,"),
            ("\"", "\"!"),
            ("(", ")."),
            ("[", "]"),
            ("<", ">;"),
            ("`", "`"),
            ("\u{feff}", "\u{200b}"),
        ] {
            let text = format!("{left}{said}{right}");
            assert_eq!(
                Code::typed(&text, base_url),
                Some(Ok(code.clone())),
                "{text:?}"
            );
        }
    }
    assert_eq!(Code::read(&format!("{plain}.")), Ok(code.clone()));
    // A mistake in an address is told, too.
    let short = plain.split_at(1).1;
    for said in [
        format!("https://t.me/vakhta_bot?start=v_{short}"),
        format!("https://brand.example/v/{short}"),
        format!("v_{short}"),
    ] {
        let read = Code::typed(&said, base_url);
        assert_eq!(read, Some(Err(Mistyped::Length(17))), "{said}");
    }
}
