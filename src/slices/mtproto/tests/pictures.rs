//! The picture of a login shows its code, and none once the login is over.

use super::*;

#[test]
fn a_login_is_a_readable_code_until_it_is_over() {
    let pictures = LoginPictures::default();
    let recipe = LoginPictures::recipe("abc").unwrap();
    let url = "tg://login?token=AQLxyz_-0123456789abcdefghijklmnopqrstuvwxyz";
    pictures.show("abc", url.into());
    let shown = pictures.make(&recipe).unwrap();
    // The maker reads a code back before it hands it out.
    assert!(shown.bytes.len() > 500, "{shown:?}");
    pictures.end("abc");
    let over = pictures.make(&recipe).unwrap();
    assert_ne!(over.bytes, shown.bytes);
    assert!(over.bytes.starts_with(b"\x89PNG"));
    let other = LoginPictures::recipe("def").unwrap();
    assert_eq!(pictures.make(&other).unwrap().bytes, over.bytes);
}
