//! The description of the API is the checked-in one, so that no change of it goes unseen.

use super::*;

#[test]
fn the_document_is_the_checked_in_one() {
    let (_, api) = described();
    let printed = documents::printed(&api);
    assert_eq!(
        printed,
        include_str!("../openapi.json"),
        "the API changed: put what /api/openapi.json serves into src/slices/assistant/api/openapi.json"
    );
}
