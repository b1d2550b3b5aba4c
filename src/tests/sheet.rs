//! Tests of `sheet.rs`.

use super::*;

#[test]
fn no_cell_is_a_formula_and_each_is_read_back() {
    for cell in ["=1", "+1", "-1", "@x", "\tx"] {
        assert_eq!(as_text(cell), format!("'{cell}"));
        assert_eq!(from_text(&as_text(cell)), cell);
    }
    assert_eq!((as_text("a=1").as_str(), from_text("'a")), ("a=1", "'a"));
}
