//! Thoughts in all the forms in which they come with an answer.

use super::*;

/// The answer in a text that comes in portions of so many characters, and whether there were
/// thoughts.
fn answer(text: &str, portion: usize) -> (String, bool) {
    let mut filter = ThoughtFilter::default();
    let mut answer = String::new();
    let letters: Vec<char> = text.chars().collect();
    for letters in letters.chunks(portion) {
        filter.take(&letters.iter().collect::<String>(), &mut answer);
    }
    filter.end(&mut answer);
    (answer, filter.has_thoughts)
}

#[test]
fn thoughts_are_no_part_of_the_answer_however_the_text_is_split() {
    for (text, wanted, has_thoughts) in [
        ("<think>Hm.\n</think>\n\nДа.", "Да.", true),
        ("\n <THINK>a</think><think>b</Think>\nДа.", "Да.", true),
        ("<thinking>x < y</thinking>Да", "Да", true),
        ("<thought>я</thought> Да", "Да", true),
        ("<reasoning></reasoning>Да", "Да", true),
        ("[THINK]x[/THINK]Да", "Да", true),
        ("<thoughts>я</thoughts>\n\nДа", "Да", true),
        ("<seed:think>x</seed:think>Да", "Да", true),
        ("<|begin_of_thought|>x<|end_of_thought|>Да", "Да", true),
        ("◁think▷думаю◁/think▷Да", "Да", true),
        ("◁thin", "◁thin", false),
        ("<think>never closed, </thin and on", "", true),
        ("<think>only</think>  ", "", true),
        ("Hm, so I think.\n</think>\n\nДа.", "Да.", true),
        ("Hm.\n</think>", "", true),
        ("Думаю…</think>\n\nДа.", "Да.", true),
        ("So it is!</thinking>Да.", "Да.", true),
        ("So (it is.) </think> Да.", "Да.", true),
        (
            r#"A tag "</think>" ends them."#,
            r#"A tag "</think>" ends them."#,
            false,
        ),
        ("I write </think> later.\n</think>\nДа.", "Да.", true),
        // These are words of an answer.
        ("Да.", "Да.", false),
        ("  Да.", "  Да.", false),
        ("<thin", "<thin", false),
        ("<thinner>", "<thinner>", false),
        (
            "The tag `<think>` opens, `</think>` closes.",
            "The tag `<think>` opens, `</think>` closes.",
            false,
        ),
        (
            "```\n<think>\nx\n</think>\n```",
            "```\n<think>\nx\n</think>\n```",
            false,
        ),
        (
            "It ends with </think> there.",
            "It ends with </think> there.",
            false,
        ),
        ("", "", false),
        (" \n", " \n", false),
    ] {
        for portion in [1, 2, 3, 7, 1000] {
            let said = answer(text, portion);
            assert_eq!(
                said,
                (wanted.to_owned(), has_thoughts),
                "{text:?} in {portion}"
            );
        }
    }
}

#[test]
fn what_is_held_back_has_a_limit() {
    let mut filter = ThoughtFilter::default();
    let mut answer = String::new();
    for _ in 0..10_000 {
        filter.take("\n", &mut answer);
        assert!(filter.held.len() <= 2 * HELD_LIMIT);
    }
    filter = ThoughtFilter::default();
    filter.take("<think>", &mut answer);
    for _ in 0..10_000 {
        filter.take("мысль ", &mut answer);
        assert!(filter.held.len() <= 2 * HELD_LIMIT);
    }
}
