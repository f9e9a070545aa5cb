//! One-time codes: what such a message must be, and how soon it is worth nothing (section L).
//!
//! Weekends and holidays do not hold the class back, so it must not become a way around them: a message of it
//! is short, holds a code, and is not sent later than a code is waited for.

/// The most segments: a code and what it is for.
pub const SEGMENTS_MAX: u32 = 2;

/// So long after the start a code that has not been handed over is not sent any more.
pub const FRESH_MS: i64 = 10 * 60 * 1000;

/// Digits of a code.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// Digits of each half of a code that is written in two.
const HALF_DIGITS: usize = 3;

/// Why a text is no one-time code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneTimeCodeError {
    /// There are no four to eight digits in a row, nor two groups of three.
    NoCode,
    /// More than [`SEGMENTS_MAX`] segments.
    TooLong,
}

/// Whether a text of so many segments may be sent as a one-time code. It is the least that can be told
/// without reading what it says (R74).
pub fn check(text: &str, segments: u32) -> Result<(), OneTimeCodeError> {
    if segments > SEGMENTS_MAX {
        return Err(OneTimeCodeError::TooLong);
    }
    if holds_code(text) { Ok(()) } else { Err(OneTimeCodeError::NoCode) }
}

fn holds_code(text: &str) -> bool {
    // How many digits the run before had.
    let mut before = 0;
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let between = &rest[..start];
        let digits = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
        let halves = before == HALF_DIGITS && matches!(between, " " | "-" | "\u{a0}");
        if DIGITS.contains(&digits) || (halves && digits == HALF_DIGITS) {
            return true;
        }
        before = digits;
        rest = &rest[start + digits..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_without_a_code_is_no_one_time_code() {
        for text in
            ["", "Sale!", "Only 50% today", "Call 123", "В 3 часа", "123456789", "12-34", "123.456", "١٢٣٤"]
        {
            assert_eq!(check(text, 1), Err(OneTimeCodeError::NoCode), "{text}");
        }
    }

    #[test]
    fn four_to_eight_digits_or_two_halves_are_a_code() {
        for text in [
            "1234",
            "Код: 12345678",
            "Your code is 123-456.",
            "123 456",
            "ваш код 004217, никому",
            "7 и 5521",
        ] {
            assert_eq!(check(text, 2), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_long_text_is_no_one_time_code_whatever_it_holds() {
        assert_eq!(check("1234", 3), Err(OneTimeCodeError::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_stops_the_reader(text in "\\PC{0,60}") {
            let _ = check(&text, 1);
        }

        #[test]
        fn a_code_is_found_wherever_it_stands(before in "[a-zа-я .,]{0,30}", code in "[0-9]{4,8}", after in "[a-zа-я .,]{0,30}") {
            let text = format!("{before}{code}{after}");
            prop_assert_eq!(check(&text, 1), Ok(()));
        }
    }
}
