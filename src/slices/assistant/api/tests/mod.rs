//! The OpenAPI description equals the committed one, so every change of the API shows in a diff.

use super::*;

#[test]
fn the_document_is_the_checked_in_one() {
    let (_, api) = documented();
    let printed = documents::printed(&api);
    assert_eq!(
        printed,
        include_str!("../openapi.json"),
        "the API changed: put what /api/openapi.json serves into src/slices/assistant/api/openapi.json"
    );
}
