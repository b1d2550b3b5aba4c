//! Codes that people write into the chat.

use super::*;

#[test]
fn five_or_six_digits_are_a_code_however_they_are_written() {
    for code in ["12345", "123456", "123-45", "1 2 3 4 5", " 123 456 "] {
        assert!(is_code(code), "{code}");
    }
    for other in ["1234", "1234567", "12345a", "", "one two", "١٢٣٤٥"] {
        assert!(!is_code(other), "{other}");
    }
}
