//! Numbers as people write them in each language.

use domain::language::Language;
use domain::money::Money;

/// Keeps a number's groups on one line.
const GAP: char = '\u{a0}';

/// A whole number with its digits in groups of three.
pub fn count(language: Language, number: i64) -> String {
    grouped(language, &number.to_string())
}

/// Tenths of a percent.
pub fn share(language: Language, per_mille: i64) -> String {
    let point = if language == Language::En { '.' } else { ',' };
    let gap = if language == Language::En { String::new() } else { GAP.to_string() };
    format!("{}{point}{}{gap}%", per_mille / 10, per_mille % 10)
}

/// An amount in tenge.
pub fn money(language: Language, money: Money) -> String {
    let text = money.0.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
    let point = if language == Language::En { '.' } else { ',' };
    format!("{}{point}{fraction}{GAP}₸", grouped(language, whole))
}

/// The part of a whole in tenths of a percent, rounded down; `None` of nothing.
pub fn per_mille(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| part.saturating_mul(1000) / whole)
}

fn grouped(language: Language, digits: &str) -> String {
    let separator = if language == Language::En { ',' } else { GAP };
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("−", digits));
    let mut text = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::money::Tiyn;

    use super::*;

    #[test]
    fn numbers_stand_as_their_language_writes_them() {
        assert_eq!(count(Language::En, 1_234_567), "1,234,567");
        assert_eq!(count(Language::Ru, 1_234), "1\u{a0}234");
        assert_eq!(count(Language::Kk, 999), "999");
        assert_eq!(share(Language::Ru, 924), "92,4\u{a0}%");
        assert_eq!(share(Language::En, 5), "0.5%");
        assert_eq!(money(Language::Ru, Money(Tiyn(12_345_605))), "123\u{a0}456,05\u{a0}₸");
        assert_eq!((per_mille(1, 3), per_mille(0, 0)), (Some(333), None));
    }
}
