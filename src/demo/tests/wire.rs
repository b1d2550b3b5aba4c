//! Tests of `demo/wire.rs`.

use super::*;

#[test]
fn a_path_is_decoded_and_a_bad_escape_is_kept() {
    let request = parse_head("GET /a%20b/%D1%8F%zz%4?q HTTP/1.1").unwrap();
    assert_eq!(request.path, "/a b/я%zz%4");
}

#[test]
fn a_head_without_a_version_is_refused() {
    assert!(parse_head("GET /\r\n\r\n").is_none());
    let request = parse_head("GET /a?b=c HTTP/1.1\r\nX-Y:  z \r\n\r\n").unwrap();
    assert_eq!(
        (
            request.path.as_str(),
            request.query.as_str(),
            request.header("x-y")
        ),
        ("/a", "b=c", Some("z"))
    );
}
