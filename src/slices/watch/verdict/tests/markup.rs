//! Tests of the reader of pages.

use proptest::prelude::*;

use super::*;

fn told(page: &str) -> Vec<String> {
    let told = pieces(page).map(|piece| match piece {
        Piece::Open(tag) => {
            let attributes = tag
                .attributes()
                .map(|(name, value)| format!(" {name}={value}"));
            format!("<{}{}>", tag.name, attributes.collect::<String>())
        }
        Piece::Close(name) => format!("</{name}>"),
        Piece::Text(text) => text.to_owned(),
    });
    told.collect()
}

#[test]
fn a_page_is_tags_and_texts() {
    for (page, expected) in [
        ("", vec![]),
        ("ann", vec!["ann"]),
        (
            "<!doctype html><p CLASS = 'a b' hidden data-x=1/>ann</p >",
            vec!["<p CLASS=a b hidden= data-x=1/>", "ann", "</p>"],
        ),
        ("<!-- <p> --><br/>", vec!["<br>"]),
        (
            "<a title=\"1 > 0\">1 < 2</a>",
            vec!["<a title=1 > 0>", "1 ", "< 2", "</a>"],
        ),
        // A stray quote opens nothing.
        ("<p it's>ann<b>", vec!["<p it's=>", "ann", "<b>"]),
        (
            "<script>if (a<b) '<meta>'</SCRIPT><i>",
            vec!["<script>", "if (a<b) '<meta>'", "</SCRIPT>", "<i>"],
        ),
        (
            "<title>a <meta> b</title><textarea><p></textarea >",
            vec![
                "<title>",
                "a <meta> b",
                "</title>",
                "<textarea>",
                "<p>",
                "</textarea>",
            ],
        ),
        ("<p title=\"never closed", vec!["<p title=never closed>"]),
        ("<style>p{", vec!["<style>", "p{"]),
        ("<", vec!["<"]),
        ("<!--", vec![]),
    ] {
        assert_eq!(told(page), expected, "{page}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(page in "[<>/!a-c='\" \\-жscript]{0,80}") {
        let mut read = 0;
        for piece in pieces(&page) {
            read += match piece {
                Piece::Open(tag) => tag.name.len() + tag.attributes().count(),
                Piece::Close(name) => name.len(),
                Piece::Text(text) => text.len(),
            };
        }
        prop_assert!(read <= page.len());
    }
}
