//! What can be said of a number by itself: whether it is one, where it belongs, what lies behind it (R95).

use super::{Kind, Phone, PhoneError, Reading, Verdict, read};
use crate::number_networks::Network;
use crate::routing::number_range;

/// A number that was looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Validation {
    /// Whether it is a number, which, of which country, and what lies behind it.
    pub reading: Reading,
    /// Why it cannot be a recipient; `None` where it can.
    pub problem: Option<PhoneError>,
    /// Its range, where it is a number of Kazakhstan.
    pub range: Option<String>,
    /// The network to which the range was given out. Numbers are carried over: it is an approximation.
    pub network: Option<Network>,
}

impl Validation {
    /// Looks at a number in any spelling.
    pub fn of(raw: &str) -> Self {
        let mut reading = read(raw);
        let recipient = Phone::parse_recipient(raw);
        if let Ok(phone) = &recipient {
            // A spelling that only the reader of tables knows is a number all the same.
            if reading.verdict != Verdict::Valid {
                reading = read(phone.e164());
            }
        }
        let is_kazakh = reading.verdict == Verdict::Valid && reading.region == "KZ";
        let range = if is_kazakh { number_range(&reading.e164).map(str::to_owned) } else { None };
        let is_mobile = reading.kind == Some(Kind::Mobile);
        let network = range.as_deref().filter(|_| is_mobile).and_then(Network::of_range);
        Self { reading, problem: recipient.err(), range, network }
    }

    /// Whether a text can be sent to it.
    pub fn takes_texts(&self) -> bool {
        self.problem.is_none() && matches!(self.reading.kind, Some(Kind::Mobile | Kind::FixedLineOrMobile))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_has_neither_range_nor_network() {
        for raw in ["", "Алия", "123", "+7 701 000 00"] {
            let looked_at = Validation::of(raw);
            assert!(looked_at.problem.is_some() && !looked_at.takes_texts(), "{raw}");
            assert_eq!((looked_at.range, looked_at.network), (None, None), "{raw}");
        }
    }

    #[test]
    fn a_number_of_another_country_is_valid_and_no_recipient() {
        let looked_at = Validation::of("+44 20 7946 0018");
        assert_eq!(looked_at.reading.verdict, Verdict::Valid);
        assert_eq!(looked_at.reading.region, "GB");
        assert_eq!(looked_at.problem, Some(PhoneError::OutsideKazakhstan));
        assert_eq!((looked_at.range, looked_at.network), (None, None));
    }

    /// R95: the network is that of the range, and a fixed line has none.
    #[test]
    fn a_kazakh_number_has_its_range_its_kind_and_a_mobile_one_its_network() {
        let mobile = Validation::of("8 (701) 000-00-01");
        assert_eq!(mobile.reading.e164, "+77010000001");
        assert_eq!((mobile.range.as_deref(), mobile.network), (Some("701"), Some(Network::Kcell)));
        assert!(mobile.takes_texts());
        let fixed = Validation::of("+7 727 250 00 01");
        assert_eq!(fixed.reading.kind, Some(Kind::FixedLine));
        assert_eq!((fixed.range.as_deref(), fixed.network), (Some("727"), None));
        assert!(!fixed.takes_texts() && fixed.problem.is_none());
    }
}
