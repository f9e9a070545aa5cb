//! Tariffs: what a message costs with each telecom operator, from when, announced in time (R26,
//! R29, R44, R46, R47, R48). A price has two parts, the operator's and the service's; both are charged.

mod processing;

pub use processing::{Processing, ProcessingTariff};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::audio::begun_minutes;
use crate::documents::is_version;
use crate::money::Tiyn;

/// The least time between the announcement of a tariff and its taking effect: 5 calendar days (R29).
pub const NOTICE: TimeDelta = TimeDelta::days(5);

/// How a recipient is reached (R46).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message.
    Text,
    /// An automatic call.
    Voice,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Text, Self::Voice];

    /// As it stands in answers and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Voice => "voice",
        }
    }

    /// The channel of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text)
    }

    /// Whether messages of this channel can be priced by such units.
    pub const fn is_counted_in(self, unit: Unit) -> bool {
        match self {
            Self::Text => matches!(unit, Unit::Segment),
            Self::Voice => matches!(unit, Unit::Attempt | Unit::Minute),
        }
    }
}

/// What one message of a campaign amounts to, as far as prices go (R46).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volume {
    /// A text of so many segments.
    Segments(u64),
    /// A call that plays so many milliseconds.
    Sound(u32),
}

impl Volume {
    /// How it reaches the recipient.
    pub const fn channel(self) -> Channel {
        match self {
            Self::Segments(_) => Channel::Text,
            Self::Sound(_) => Channel::Voice,
        }
    }
}

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One segment of a text message.
    Segment,
    /// One attempt to call, whatever comes of it.
    Attempt,
    /// One minute of an answered call, begun or full.
    Minute,
}

impl Unit {
    /// As it stands in answers and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Attempt => "attempt",
            Self::Minute => "minute",
        }
    }

    /// Whether it is paid only if the line was open. It is written off at the hand-over as all others are (R48),
    /// and given back where the result says otherwise or does not come.
    pub const fn is_paid_if_answered(self) -> bool {
        matches!(self, Self::Minute)
    }
}

/// The price of one unit with one operator, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// The version's name, by custom its first day.
    pub version: String,
    /// How the recipient is reached.
    pub channel: Channel,
    /// The operator's name in this product: 1 to 32 lower-case ASCII letters, digits and dashes.
    pub operator: String,
    /// What is counted.
    pub unit: Unit,
    /// The operator's part of the price of one unit, in tiyn.
    #[serde(deserialize_with = "amount")]
    pub operator_price: Tiyn,
    /// The service's part of the price of one unit, in tiyn.
    #[serde(deserialize_with = "amount")]
    pub service_price: Tiyn,
    /// When the site told of it.
    pub announced_at: DateTime<Utc>,
    /// From this instant on, inclusive, it applies.
    pub effective_at: DateTime<Utc>,
}

impl Tariff {
    /// The price of so many units, one message's or a whole campaign's; `None` where it does not fit
    /// into an amount.
    pub fn price(&self, units: u64) -> Option<Price> {
        let units = i64::try_from(units).ok()?;
        let operator = self.operator_price.checked_mul(units)?;
        let service = self.service_price.checked_mul(units)?;
        let total = operator.checked_add(service)?;
        Some(Price { operator, service, total })
    }

    /// The most that one hand-over of a message of this volume costs; `None` where the tariff is of another
    /// channel, or the price does not fit into an amount. A call by the minute costs it if it is answered: every
    /// begun minute of the recording. Its recordings are of a minute at most, so that this is one minute,
    /// whenever the person hangs up.
    pub fn price_of(&self, volume: Volume) -> Option<Price> {
        match (volume, self.unit) {
            (Volume::Segments(segments), Unit::Segment) => self.price(segments),
            (Volume::Sound(_), Unit::Attempt) => self.price(1),
            (Volume::Sound(duration_ms), Unit::Minute) => self.price(begun_minutes(duration_ms)),
            _ => None,
        }
    }
}

/// A price in its two parts (R46), in tiyn; the total is known to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// What the telecom operator is paid.
    pub operator: Tiyn,
    /// What the service is paid.
    pub service: Tiyn,
    /// What the customer pays.
    pub total: Tiyn,
}

impl Price {
    /// Both, part by part; `None` where they do not fit into an amount.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            operator: self.operator.checked_add(other.operator)?,
            service: self.service.checked_add(other.service)?,
            total: self.total.checked_add(other.total)?,
        })
    }

    /// So many of it; `None` where they do not fit into an amount.
    pub fn checked_mul(self, times: u32) -> Option<Self> {
        let times = i64::from(times);
        Some(Self {
            operator: self.operator.checked_mul(times)?,
            service: self.service.checked_mul(times)?,
            total: self.total.checked_mul(times)?,
        })
    }
}

/// Why the tariffs are refused as a whole: nothing is sold by a list that breaks a rule.
#[derive(Debug, thiserror::Error)]
pub enum TariffsError {
    /// Not JSON of the expected shape, or an amount that is not one.
    #[error("the tariffs are malformed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// All settlements are in tenge (R44).
    #[error("the tariffs are in {0:?}, not in KZT")]
    CurrencyNotKzt(String),
    /// The version's or the operator's name will not do, or the unit is not that of the channel.
    #[error("the tariff {version:?} of {operator:?} has a malformed version, operator or unit")]
    FieldMalformed { version: String, operator: String },
    /// The same version twice, or two tariffs from the same instant on.
    #[error("the tariff {version} of {operator} or its instant stands there twice")]
    Ambiguous { version: String, operator: String },
    /// Customers would be told too late (R29).
    #[error("the tariff {version} of {operator} takes effect less than 5 days after its announcement")]
    NoticeTooShort { version: String, operator: String },
}

/// Every tariff there was, is and is announced, checked.
#[derive(Clone, Debug)]
pub struct Tariffs {
    /// By the instant of taking effect, earliest first.
    tariffs: Vec<Tariff>,
    /// The same of work on data.
    processing: Vec<ProcessingTariff>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TariffsFile {
    currency: String,
    tariffs: Vec<Tariff>,
    #[serde(default)]
    processing: Vec<ProcessingTariff>,
}

impl Tariffs {
    /// Reads and checks the tariffs' file (R29, R44).
    pub fn parse(json: &str) -> Result<Self, TariffsError> {
        let TariffsFile { currency, mut tariffs, processing } = serde_json::from_str(json)?;
        if currency != "KZT" {
            return Err(TariffsError::CurrencyNotKzt(currency));
        }
        tariffs.sort_by_key(|tariff| tariff.effective_at);
        for (place, tariff) in tariffs.iter().enumerate() {
            let (version, operator) = (tariff.version.clone(), tariff.operator.clone());
            if !is_version(&version) || !is_operator(&operator) || !tariff.channel.is_counted_in(tariff.unit)
            {
                return Err(TariffsError::FieldMalformed { version, operator });
            }
            if tariff.effective_at - tariff.announced_at < NOTICE {
                return Err(TariffsError::NoticeTooShort { version, operator });
            }
            let ambiguous = tariffs.iter().take(place).any(|earlier| {
                (earlier.channel, &earlier.operator) == (tariff.channel, &operator)
                    && (earlier.version == version || earlier.effective_at == tariff.effective_at)
            });
            if ambiguous {
                return Err(TariffsError::Ambiguous { version, operator });
            }
        }
        Ok(Self { tariffs, processing: processing::checked(processing)? })
    }

    /// The tariff of an instant: of those that took effect by `at` the latest (R48). `None` where the
    /// operator has none yet: then nothing can be sent through it.
    pub fn in_force(&self, channel: Channel, operator: &str, at: DateTime<Utc>) -> Option<&Tariff> {
        self.tariffs.iter().rev().find(|tariff| {
            tariff.channel == channel && tariff.operator == operator && tariff.effective_at <= at
        })
    }

    /// Every tariff in force at an instant, one for each channel and operator (R26).
    pub fn all_in_force(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Tariff> {
        self.tariffs.iter().filter(move |tariff| {
            let in_force = self.in_force(tariff.channel, &tariff.operator, at);
            in_force.is_some_and(|in_force| in_force.version == tariff.version)
        })
    }

    /// What customers were told of by `at` and what takes effect later (R29), earliest first.
    pub fn announced(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Tariff> {
        self.tariffs.iter().filter(move |tariff| tariff.announced_at <= at && at < tariff.effective_at)
    }

    /// The next instant at which a tariff, announced or not, takes effect: an estimate made before
    /// it may not hold after it (R48).
    pub fn next_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let of_messages = self.tariffs.iter().map(|tariff| tariff.effective_at);
        let of_processing = self.processing.iter().map(|tariff| tariff.effective_at);
        of_messages.chain(of_processing).filter(|effective_at| *effective_at > at).min()
    }
}

/// An amount as people write it: `"11.00"`. A JSON number is refused, it would pass through a float.
fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tiyn, D::Error> {
    Tiyn::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn is_operator(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn published() -> Tariffs {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/documents/tariffs.json");
        let json = std::fs::read_to_string(path).expect("the tariffs' file");
        Tariffs::parse(&json).expect("the published tariffs keep their own rules")
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn tariff(operator: &str, version: &str, announced: &str, effective: &str) -> Value {
        json!({
            "version": version, "channel": "text", "operator": operator, "unit": "segment",
            "operator_price": "11.00", "service_price": "4.50",
            "announced_at": announced, "effective_at": effective,
        })
    }

    fn parse(tariffs: &[Value]) -> Result<Tariffs, TariffsError> {
        Tariffs::parse(&json!({"currency": "KZT", "tariffs": tariffs}).to_string())
    }

    fn two_versions() -> Tariffs {
        parse(&[
            tariff("alpha", "2", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            tariff("alpha", "1", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            tariff("beta", "1", "2025-12-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        ])
        .expect("tariffs")
    }

    /// R26, R47: the published price of one segment with the stand-in operator.
    #[test]
    fn the_published_tariff_of_the_sandbox_is_fifteen_tenge_a_segment() {
        let tariffs = published();
        let tariff = tariffs.in_force(Channel::Text, "sandbox", instant("2026-11-01T00:00:00Z"));
        let price = tariff.and_then(|tariff| tariff.price(1)).expect("a price");
        assert_eq!((price.operator, price.service, price.total), (Tiyn(1100), Tiyn(400), Tiyn(1500)));
    }

    /// R29: five calendar days, and not a second less.
    #[test]
    fn a_tariff_announced_less_than_five_days_ahead_is_refused() {
        let late = tariff("alpha", "1", "2026-03-01T00:00:01Z", "2026-03-06T00:00:00Z");
        assert!(matches!(parse(&[late]), Err(TariffsError::NoticeTooShort { .. })));
    }

    #[test]
    fn a_tariff_announced_exactly_five_days_ahead_is_taken() {
        assert!(parse(&[tariff("alpha", "1", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z")]).is_ok());
    }

    /// R48: the tariff in force at that moment.
    #[test]
    fn a_tariff_is_in_force_from_its_very_instant() {
        let tariffs = two_versions();
        let change = instant("2026-04-01T00:00:00Z");
        let version = |at| tariffs.in_force(Channel::Text, "alpha", at).map(|tariff| tariff.version.as_str());
        assert_eq!(version(change - TimeDelta::nanoseconds(1)), Some("1"));
        assert_eq!(version(change), Some("2"));
        assert_eq!(version(instant("2025-12-31T23:59:59Z")), None);
    }

    /// R46: the price is that of the very channel and operator.
    #[test]
    fn an_operator_or_channel_without_a_tariff_has_none() {
        let tariffs = two_versions();
        let at = instant("2026-05-01T00:00:00Z");
        assert_eq!(tariffs.in_force(Channel::Text, "gamma", at), None);
        assert_eq!(tariffs.in_force(Channel::Voice, "alpha", at), None);
    }

    /// R26: what is shown to customers is what they will be charged by.
    #[test]
    fn the_list_in_force_has_one_tariff_for_each_operator() {
        let tariffs = two_versions();
        let list = |at| {
            let in_force = tariffs.all_in_force(instant(at));
            in_force.map(|tariff| (tariff.operator.as_str(), tariff.version.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(list("2026-01-15T00:00:00Z"), [("alpha", "1")]);
        assert_eq!(list("2026-03-31T23:59:59Z"), [("alpha", "1"), ("beta", "1")]);
        assert_eq!(list("2026-04-01T00:00:00Z"), [("beta", "1"), ("alpha", "2")]);
    }

    /// R29: a tariff is announced from its announcement until it takes effect.
    #[test]
    fn an_announced_tariff_is_listed_until_it_takes_effect() {
        let tariffs = two_versions();
        let announced = |at| tariffs.announced(instant(at)).count();
        assert_eq!(announced("2026-02-28T23:59:59Z"), 0);
        assert_eq!(announced("2026-03-01T00:00:00Z"), 1);
        assert_eq!(announced("2026-04-01T00:00:00Z"), 0);
    }

    #[test]
    fn the_next_change_is_the_nearest_one_ahead() {
        let tariffs = two_versions();
        let next = |at| tariffs.next_change(instant(at));
        assert_eq!(next("2026-01-01T00:00:00Z"), Some(instant("2026-02-01T00:00:00Z")));
        assert_eq!(next("2026-03-31T23:59:59Z"), Some(instant("2026-04-01T00:00:00Z")));
        assert_eq!(next("2026-04-01T00:00:00Z"), None);
    }

    /// R44: a price in another currency never becomes a price in tenge.
    #[test]
    fn another_currency_is_refused() {
        let refused = Tariffs::parse(r#"{"currency": "USD", "tariffs": []}"#);
        assert!(matches!(refused, Err(TariffsError::CurrencyNotKzt(currency)) if currency == "USD"));
    }

    #[test]
    fn a_price_that_is_negative_or_a_number_is_refused() {
        for price in [json!("-1.00"), json!(11.0), json!("11.001"), json!("")] {
            let mut odd = tariff("alpha", "1", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
            odd["operator_price"] = price.clone();
            assert!(matches!(parse(&[odd]), Err(TariffsError::Malformed(_))), "{price}");
        }
    }

    /// Which price applies must never be a matter of the file's order.
    #[test]
    fn two_tariffs_of_one_name_or_one_instant_are_refused() {
        let one = tariff("alpha", "1", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
        let same_name = tariff("alpha", "1", "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z");
        let same_instant = tariff("alpha", "2", "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z");
        assert!(matches!(parse(&[one.clone(), same_name]), Err(TariffsError::Ambiguous { .. })));
        assert!(matches!(parse(&[one, same_instant]), Err(TariffsError::Ambiguous { .. })));
    }

    #[test]
    fn a_unit_of_another_channel_is_refused() {
        for (channel, unit) in [("text", "minute"), ("text", "attempt"), ("voice", "segment")] {
            let mut odd = tariff("alpha", "1", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
            (odd["channel"], odd["unit"]) = (json!(channel), json!(unit));
            assert!(matches!(parse(&[odd]), Err(TariffsError::FieldMalformed { .. })), "{channel} by {unit}");
        }
    }

    /// R46: what is counted is what the tariff says, and a text is no call.
    #[test]
    fn a_call_costs_an_attempt_or_its_begun_minutes_as_the_tariff_says() {
        let of = |channel: &str, unit: &str| {
            let mut tariff = tariff("alpha", "1", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z");
            (tariff["channel"], tariff["unit"]) = (json!(channel), json!(unit));
            let tariffs = parse(&[tariff]).expect("sound");
            tariffs.tariffs.into_iter().next().expect("one")
        };
        let total = |tariff: &Tariff, volume| tariff.price_of(volume).map(|price| price.total.0);
        for milliseconds in [1_000, 60_000] {
            assert_eq!(total(&of("voice", "attempt"), Volume::Sound(milliseconds)), Some(1_550));
            assert_eq!(total(&of("voice", "minute"), Volume::Sound(milliseconds)), Some(1_550));
        }
        assert_eq!(total(&of("voice", "minute"), Volume::Sound(60_001)), Some(3_100));
        assert_eq!(total(&of("text", "segment"), Volume::Segments(3)), Some(4_650));
        assert_eq!(total(&of("text", "segment"), Volume::Sound(1_000)), None);
        assert_eq!(total(&of("voice", "attempt"), Volume::Segments(1)), None);
    }

    #[test]
    fn a_price_beyond_an_amount_is_none_and_not_a_wrong_one() {
        let tariffs = two_versions();
        let at = instant("2026-05-01T00:00:00Z");
        let tariff = tariffs.in_force(Channel::Text, "alpha", at).expect("a tariff");
        assert_eq!(tariff.price(u64::MAX), None);
        // Each part fits, their sum does not.
        assert_eq!(tariff.price(i64::MAX.unsigned_abs() / 1100), None);
    }

    proptest! {
        /// R46: the customer pays the two parts, not a tiyn more or less.
        #[test]
        fn the_total_is_the_sum_of_the_parts(units in 0_u64..1_000_000_000) {
            let tariffs = two_versions();
            let tariff = tariffs.in_force(Channel::Text, "alpha", instant("2026-05-01T00:00:00Z"));
            let price = tariff.and_then(|tariff| tariff.price(units)).expect("a price");
            prop_assert_eq!(price.total, price.operator + price.service);
            prop_assert_eq!(u64::try_from(price.total.0), Ok(1550 * units));
        }
    }
}
