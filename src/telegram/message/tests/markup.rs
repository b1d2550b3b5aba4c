//! Tests of `telegram/message/markup.rs`.

use super::*;

#[test]
fn the_data_is_counted_in_bytes() {
    Button::callback("x", "я".repeat(32)).unwrap();
    Button::callback("x", "я".repeat(33)).unwrap_err();
    Button::callback("x", "").unwrap_err();
    Button::callback(" ", "d").unwrap_err();
    Button::url("x", "javascript:alert(1)").unwrap_err();
}

#[test]
fn the_stored_form_is_what_telegram_takes() {
    let keyboard = Keyboard::new()
        .row([
            Button::callback("да", "y").unwrap(),
            Button::url("site", "https://e.x/").unwrap(),
        ])
        .row([]);
    let stored = keyboard.to_json().unwrap();
    assert_eq!(
        stored,
        r#"{"inline_keyboard":[[{"text":"да","callback_data":"y"},{"text":"site","url":"https://e.x/"}]]}"#
    );
    assert_eq!(Keyboard::from_json(&stored).unwrap(), keyboard);
    assert_eq!(serde_json::to_string(&keyboard.to_api()).unwrap(), stored);
}
