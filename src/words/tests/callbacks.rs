//! Tests of `words/callbacks.rs`.

use super::Part;

callbacks! {
    enum Act {
        Open = "open",
        Longer(days: u32) = "longer" if days % 7 == 0,
    }
}

callbacks! {
    enum Sample<'a> in "run" {
        Named(text: &'a str) = "all",
        All = "all",
        Stop { id: i64 = 0 } = "stop:at-once",
        Page(page: Option<usize>) = "page",
        Sure(yes: bool) = "sure",
        One(id: i64, act: Act, page: usize = 1),
    }
}

#[test]
fn data_is_read_back_as_it_was_written() {
    for (sample, data) in [
        (Sample::Named("a:b"), "run:all:a:b"),
        (Sample::Named(""), "run:all:"),
        (Sample::All, "run:all"),
        (Sample::Stop { id: 7 }, "run:stop:at-once:7"),
        (Sample::Page(None), "run:page"),
        (Sample::Page(Some(3)), "run:page:3"),
        (Sample::Sure(false), "run:sure:no"),
        (Sample::One(5, Act::Open, 2), "run:open:5:2"),
        (Sample::One(5, Act::Longer(14), 2), "run:longer:5:14:2"),
    ] {
        assert_eq!(sample.data(), data);
        assert_eq!(Sample::parse(data), Some(sample), "{data}");
    }
}

#[test]
fn a_part_with_a_default_may_be_missing_or_unreadable() {
    for data in ["run:stop:at-once", "run:stop:at-once:soon"] {
        assert_eq!(Sample::parse(data), Some(Sample::Stop { id: 0 }), "{data}");
    }
    let open = Sample::One(5, Act::Open, 1);
    assert_eq!(Sample::parse("run:open:5"), Some(open));
}

#[test]
fn what_is_left_over_or_forbidden_is_no_button() {
    for data in [
        "",
        "run",
        "run:",
        "running:all",
        "all",
        "run:stop",
        "run:page:3:4",
        "run:page:x",
        "run:sure:maybe",
        "run:open:x",
        "run:longer:5:15",
    ] {
        assert_eq!(Sample::parse(data), None, "{data}");
    }
}
