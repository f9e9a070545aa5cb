//! Money in tiyn: whole numbers only, so that nothing is ever lost to rounding (R43, R44).

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in tiyn; 1 tenge = 100 tiyn. May be negative, as one side of a ledger entry is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tiyn(pub i64);

/// Why a text is not an amount. The texts are the stable codes, since a parser of JSON tells nothing but texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Anything but digits with at most two decimals after a dot.
    #[error("amount_malformed")]
    Malformed,
    /// More than an `i64` of tiyn holds.
    #[error("amount_too_large")]
    TooLarge,
}

impl Tiyn {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads `1000`, `1000.5` or `1000.50`. No sign, comma, exponent or third decimal: what a
    /// payment provider did not mean must not be guessed.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let (tenge, tiyn) = match text.split_once('.') {
            Some((tenge, tiyn)) if (1..=2).contains(&tiyn.len()) => (tenge, tiyn),
            Some(_) => return Err(MoneyError::Malformed),
            None => (text, "0"),
        };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(tenge) || !digits(tiyn) {
            return Err(MoneyError::Malformed);
        }
        let tenge: i64 = tenge.parse().map_err(|_| MoneyError::TooLarge)?;
        let scale = if tiyn.len() == 1 { 10 } else { 1 };
        let tiyn: i64 = tiyn.parse::<i64>().map_err(|_| MoneyError::Malformed)? * scale;
        tenge.checked_mul(100).and_then(|whole| whole.checked_add(tiyn)).map(Self).ok_or(MoneyError::TooLarge)
    }

    /// `None` where the sum does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `None` where the product does not fit.
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// The other side of an entry.
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for Tiyn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let tiyn = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", tiyn / 100, tiyn % 100)
    }
}

impl std::ops::Add for Tiyn {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Tiyn {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Tiyn {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum + amount)
    }
}

/// As it stands in a request or an answer: `{"amount": "12.50", "currency": "KZT"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money(pub Tiyn);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyOnTheWire {
    amount: String,
    currency: String,
}

#[cfg(feature = "description")]
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::ObjectBuilder;
        use utoipa::openapi::schema::{AdditionalProperties, Type};
        let amount = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^\d{1,17}(\.\d{1,2})?$"))
            .description(Some("Tenge, answered with two digits of tiyn; never a float"))
            .examples(["12.50"]);
        let currency = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["KZT"]));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("amount", amount)
            .property("currency", currency)
            .required("amount")
            .required("currency")
            .additional_properties(Some(AdditionalProperties::<utoipa::openapi::Schema>::FreeForm(false)))
            .into()
    }
}

#[cfg(feature = "description")]
impl utoipa::ToSchema for Money {}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyOnTheWire { amount: self.0.to_string(), currency: "KZT".to_owned() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = MoneyOnTheWire::deserialize(deserializer)?;
        if wire.currency != "KZT" {
            return Err(serde::de::Error::custom("currency_not_kzt"));
        }
        Tiyn::parse(&wire.amount).map(Money).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R44: what is not plainly an amount is refused, not guessed.
    #[test]
    fn refuses_what_is_not_plainly_an_amount() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1,00", "1e3", "1.234", " 1", "1 ", "١", "0x1", "1.0.0"]
        {
            assert_eq!(Tiyn::parse(text), Err(MoneyError::Malformed), "{text:?}");
        }
        assert_eq!(Tiyn::parse("92233720368547758.08"), Err(MoneyError::TooLarge));
    }

    #[test]
    fn reads_one_decimal_as_tens_of_tiyn() {
        assert_eq!(Tiyn::parse("12.5"), Ok(Tiyn(1250)));
    }

    #[test]
    fn prints_a_debit_with_its_sign() {
        assert_eq!(Tiyn(-5).to_string(), "-0.05");
    }

    proptest! {
        /// R43: an amount survives being written and read again.
        #[test]
        fn what_is_printed_is_read_back(tiyn in 0..=i64::MAX) {
            prop_assert_eq!(Tiyn::parse(&Tiyn(tiyn).to_string()), Ok(Tiyn(tiyn)));
        }
    }
}
