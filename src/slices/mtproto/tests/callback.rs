//! The data of the buttons: what is written is what is read.

use super::*;
use crate::words::Part as _;

#[test]
fn every_button_is_read_as_it_was_written() {
    let id = "0123456789abcdef0123456789abcdef";
    for (callback, data) in [
        (AccountsCallback::List, "telegram:list".to_owned()),
        (AccountsCallback::Link, "telegram:link".to_owned()),
        (
            AccountsCallback::Cancel(id),
            format!("telegram:cancel:{id}"),
        ),
        (
            AccountsCallback::Account(7),
            "telegram:account:7".to_owned(),
        ),
        (AccountsCallback::Check(7), "telegram:check:7".to_owned()),
        (
            AccountsCallback::Devices(7),
            "telegram:devices:7".to_owned(),
        ),
        (
            AccountsCallback::AskEnd(7, -5),
            "telegram:end-ask:7:-5".to_owned(),
        ),
        (
            AccountsCallback::End(i64::MAX, i64::MIN),
            format!("telegram:end:{}:{}", i64::MAX, i64::MIN),
        ),
        (
            AccountsCallback::AskLogOut(7),
            "telegram:out-ask:7".to_owned(),
        ),
        (AccountsCallback::LogOut(7), "telegram:out:7".to_owned()),
        (
            AccountsCallback::WatchWith(7, true),
            "telegram:watch:7:yes".to_owned(),
        ),
    ] {
        assert_eq!(callback.data(), data);
        assert!(data.len() <= crate::telegram::DATA_LIMIT, "{data}");
        assert_eq!(AccountsCallback::parse(&data), Some(callback));
    }
    for bad in [
        "telegram",
        "telegram:end:7",
        "telegram:watch:7:maybe",
        "telegram:account:x",
    ] {
        assert_eq!(AccountsCallback::parse(bad), None, "{bad}");
    }
}
