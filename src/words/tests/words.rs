//! Tests of `words.rs`.

words! {
    enum Sign {
        Low = "low",
        High = "high",
    }
}

#[test]
fn every_word_leads_back_to_its_value() {
    for (word, sign) in Sign::WORDS {
        assert_eq!(sign.word(), *word);
        assert_eq!(Sign::from_word(word), Some(*sign));
    }
    assert_eq!(Sign::from_word("middle"), None);
    assert!(Sign::Low < Sign::High);
}
