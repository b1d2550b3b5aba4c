//! The OpenAPI description equals the committed one, so every change of the API shows in a diff.

use crate::http_server::routes;
use crate::slices::{assistant, mtproto};

#[test]
fn the_description_of_the_api_is_the_checked_in_one() {
    let printed = routes::printed(vec![
        assistant::api::described(),
        mtproto::routes::described(),
    ]);
    assert_eq!(
        printed,
        include_str!("openapi.json"),
        "the API changed: put what /api/openapi.json serves into src/app/tests/openapi.json"
    );
}
