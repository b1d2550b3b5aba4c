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

#[test]
fn a_table_that_nobody_could_send_is_given_up_before_it_fills_the_memory() {
    let mut table = Sheet::new(Lang::Ru);
    let cell = "я".repeat(500_000);
    let rows = (0..100).take_while(|_| table.row([&cell]).is_ok()).count();
    assert_eq!(rows, 53);
    assert!(table.row(["x"]).is_err());
}
