//! Charts, decoded again and examined.

use std::collections::BTreeMap;

use super::draw::{HEIGHT_OF_PANEL, WIDTH};
use super::*;

/// Width, height, and the number of pixels of each colour.
fn look(bytes: &[u8]) -> (u32, u32, BTreeMap<[u8; 3], usize>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let mut colours = BTreeMap::new();
    for pixel in pixels.chunks_exact(3) {
        *colours.entry([pixel[0], pixel[1], pixel[2]]).or_insert(0) += 1;
    }
    (info.width, info.height, colours)
}

fn chart(title: &str, shape: Shape, rows: Vec<Vec<f64>>) -> Chart {
    let steps = rows[0].iter().enumerate();
    Chart {
        title: title.to_owned(),
        series: vec![
            ("Найдено".to_owned(), Ink::Green),
            ("Ошибок".to_owned(), Ink::Red),
        ],
        steps: steps.map(|(place, _)| format!("{place}.11")).collect(),
        panels: vec![Panel {
            title: "аккаунтов в день".to_owned(),
            shape,
            rows,
        }],
    }
}

const GREEN: [u8; 3] = [91, 209, 139];
const RED: [u8; 3] = [255, 107, 107];
const LETTERS: [u8; 3] = [228, 236, 242];

#[test]
fn a_picture_shows_its_numbers_and_its_words() {
    for shape in [Shape::Bars, Shape::Lines] {
        let rows = vec![vec![1.0, 2.0, 3.0], vec![3.0, 0.0, 1.0]];
        let (width, height, colours) = look(&chart("Проверки", shape, rows).png().unwrap());
        assert_eq!(width, WIDTH);
        assert!((HEIGHT_OF_PANEL..2 * HEIGHT_OF_PANEL).contains(&height));
        assert!(colours[&GREEN] > 2000 && colours[&RED] > 2000, "{shape:?}");
        assert!(colours[&LETTERS] > 2000, "{}", colours[&LETTERS]);
    }
}

#[test]
fn cyrillic_letters_are_there_and_differ() {
    let letters = |title: &str| {
        let bytes = chart(title, Shape::Bars, vec![vec![1.0]]).png().unwrap();
        look(&bytes).2[&LETTERS]
    };
    // A missing letter would be the same box for both.
    assert!(letters("ШЩШЩШЩ") > letters("ГГГГГГ"));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let nothing = Chart {
        steps: Vec::new(),
        ..chart("", Shape::Bars, vec![vec![1.0]])
    };
    assert!(nothing.png().is_err());
    let uneven = Chart {
        steps: vec!["1".to_owned()],
        ..chart("", Shape::Bars, vec![vec![1.0, 2.0]])
    };
    assert!(uneven.png().is_err());
    for value in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(chart("", Shape::Lines, vec![vec![value]]).png().is_err());
    }
}
