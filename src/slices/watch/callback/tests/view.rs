//! Tests of `slices/watch/callback/view.rs`.

use super::*;
use crate::telegram::DATA_LIMIT;

#[test]
fn a_view_is_read_back_as_it_was_written() {
    for whose in [Whose::Mine, Whose::All, Whose::Owner(7_999_999_999)] {
        let chips = Narrow::CHIPS.iter().map(|(_, narrow)| *narrow);
        let more = [Narrow::Everything, Narrow::Search(12_345_678)];
        for narrow in chips.chain(more) {
            let view = View {
                whose,
                page: 1666,
                narrow,
            };
            assert_eq!(View::parse(&view.data()), Some(view));
            // The longest data that carries a view.
            let data = format!("watch:extend:{}:30:{}", 99_999_999, view.data());
            assert!(data.len() <= DATA_LIMIT, "{data}");
        }
    }
}

#[test]
fn what_is_no_view_is_not_read() {
    for data in [
        "",
        "mine",
        "mine:x",
        "mine:0:",
        "mine:0:f",
        "his:0",
        "mine:0:done:1",
    ] {
        assert_eq!(View::parse(data), None, "{data}");
    }
}
