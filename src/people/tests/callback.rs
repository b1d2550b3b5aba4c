//! Tests of `people/callback.rs`.

use super::*;
use crate::words::Part as _;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    let person = |act, seen, id| PersonCallback::Person { act, seen, id };
    for (callback, data) in [
        (PersonCallback::List(2), "people:list:2"),
        (person(PersonAct::Show, None, 7), "people:card:7"),
        (
            person(PersonAct::LetIn, Some(Role::Asked), 7),
            "people:let-in:asked:7",
        ),
        (
            person(PersonAct::Refuse, Some(Role::Asked), 7),
            "people:refuse:asked:7",
        ),
        (
            person(PersonAct::Remove, Some(Role::User), 7),
            "people:remove:user:7",
        ),
        (
            person(PersonAct::MakeAdmin, None, -1),
            "people:make-admin:-1",
        ),
        (
            person(PersonAct::MakeUser, Some(Role::Admin), 7),
            "people:make-user:admin:7",
        ),
    ] {
        assert_eq!(callback.data(), data);
        assert_eq!(PersonCallback::parse(data), Some(callback), "{data}");
    }
    let nobody = person(PersonAct::Show, None, 0);
    assert_eq!(PersonCallback::parse("people:card:eva"), Some(nobody));
    for data in [
        "",
        "people",
        "people:",
        "card:7",
        "people:greet:7",
        "people:card:king:7",
    ] {
        assert_eq!(PersonCallback::parse(data), None, "{data}");
    }
}
