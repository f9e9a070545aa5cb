//! The features that a model weighs: the published list (R100). Who changes it changes the version of the rules.

use domain::number_networks::Network;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::history::Inputs;

/// What belongs together in the eyes of a person: reasons are given by the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// How earlier texts ended.
    Texts,
    /// How earlier calls ended.
    Calls,
    /// Whether the contact responded before.
    Responses,
    /// How long ago the last tries were, and whether they reached the contact.
    Recency,
    /// In which part of the day the contact was reached.
    Evening,
    /// The network to which the number's range was given out.
    Network,
    /// Whether a name is known.
    Name,
    /// Whether evidence of consent is noted.
    ConsentEvidence,
}

impl Group {
    /// Each of them.
    pub const ALL: [Self; 8] = [
        Self::Texts,
        Self::Calls,
        Self::Responses,
        Self::Recency,
        Self::Evening,
        Self::Network,
        Self::Name,
        Self::ConsentEvidence,
    ];

    /// As it is stored and answered.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Texts => "earlier_texts",
            Self::Calls => "earlier_calls",
            Self::Responses => "earlier_responses",
            Self::Recency => "last_contact",
            Self::Evening => "time_of_day",
            Self::Network => "network",
            Self::Name => "name",
            Self::ConsentEvidence => "consent_evidence",
        }
    }

    /// The group of that code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| de::Error::custom("no group of reasons"))
    }
}

/// One number that a model weighs.
pub struct Feature {
    /// As it stands in a model.
    pub code: &'static str,
    /// To which group of reasons it belongs.
    pub group: Group,
    /// How it follows from what is known.
    read: fn(&Inputs) -> f64,
}

impl Feature {
    /// Its value.
    pub fn of(&self, inputs: &Inputs) -> f64 {
        (self.read)(inputs)
    }
}

/// How many features there are.
pub(crate) const WIDTH: usize = 21;

const fn feature(code: &'static str, group: Group, read: fn(&Inputs) -> f64) -> Feature {
    Feature { code, group, read }
}

/// All features, in the order in which a model has them.
pub static FEATURES: [Feature; WIDTH] = [
    feature("texts_delivered_odds", Group::Texts, |known| {
        let counts = &known.counts;
        odds(counts.texts_delivered, counts.texts_undelivered.saturating_add(counts.texts_expired))
    }),
    feature("texts_ended", Group::Texts, |known| {
        let counts = &known.counts;
        amount(counts.texts_delivered) + amount(counts.texts_undelivered.saturating_add(counts.texts_expired))
    }),
    feature("texts_undelivered", Group::Texts, |known| amount(known.counts.texts_undelivered)),
    feature("calls_answered_odds", Group::Calls, |known| {
        let counts = &known.counts;
        odds(counts.calls_answered, counts.calls_not_answered.saturating_add(counts.calls_failed))
    }),
    feature("calls_ended", Group::Calls, |known| {
        let counts = &known.counts;
        amount(counts.calls_answered) + amount(counts.calls_not_answered.saturating_add(counts.calls_failed))
    }),
    feature("calls_failed", Group::Calls, |known| amount(known.counts.calls_failed)),
    feature("responses_odds", Group::Responses, |known| {
        let counts = &known.counts;
        odds(counts.responses, counts.offers.saturating_sub(counts.responses))
    }),
    // Odds tell the rare from the very rare, a share the often from the nearly always: a sum of both follows either.
    feature("responses_share", Group::Responses, |known| share(known.counts.responses, known.counts.offers)),
    feature("offers", Group::Responses, |known| amount(known.counts.offers)),
    feature("never_tried", Group::Recency, |known| flag(known.days_since_tried.is_none())),
    feature("days_since_tried", Group::Recency, |known| amount(known.days_since_tried.unwrap_or(0))),
    // Between a day and a week lies much, as the logarithm has it; between a year and two also.
    feature("years_since_tried", Group::Recency, |known| years(known.days_since_tried.unwrap_or(0))),
    feature("never_reached", Group::Recency, |known| {
        flag(known.days_since_tried.is_some() && known.days_since_reached.is_none())
    }),
    feature("days_since_reached", Group::Recency, |known| amount(known.days_since_reached.unwrap_or(0))),
    feature("last_reached", Group::Recency, |known| flag(known.last_reached == Some(true))),
    feature("reached_in_evening_share", Group::Evening, |known| {
        share(known.counts.reached_in_evening, known.counts.reached())
    }),
    feature("network_beeline", Group::Network, |known| of_network(known, Network::Beeline)),
    feature("network_kcell", Group::Network, |known| of_network(known, Network::Kcell)),
    feature("network_tele2_altel", Group::Network, |known| of_network(known, Network::Tele2Altel)),
    feature("name_known", Group::Name, |known| flag(known.about.name_known)),
    feature("consent_evidence_known", Group::ConsentEvidence, |known| {
        flag(known.about.consent_evidence_known)
    }),
];

/// All features of a contact.
pub(crate) fn values(inputs: &Inputs) -> [f64; WIDTH] {
    std::array::from_fn(|place| FEATURES[place].of(inputs))
}

/// The logarithm of how often for how often not. One is added to each, so that nothing is certain after a few tries.
fn odds(happened: u32, not: u32) -> f64 {
    amount(happened) - amount(not)
}

/// A share. One of each is added, so that a single time is no rule.
fn share(happened: u32, of: u32) -> f64 {
    (f64::from(happened) + 1.0) / (f64::from(of) + 2.0)
}

/// Days as years, at most three: who was not heard of for longer is as good as unknown.
fn years(days: u32) -> f64 {
    (f64::from(days) / 365.0).min(3.0)
}

/// A count or an age as a logarithm: between none and one lies more than between eleven and twelve.
fn amount(count: u32) -> f64 {
    libm::log1p(f64::from(count))
}

fn of_network(known: &Inputs, network: Network) -> f64 {
    flag(known.about.network == Some(network))
}

const fn flag(flag: bool) -> f64 {
    if flag { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Counts;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_every_group_has_a_feature() {
        let codes: BTreeSet<&str> = FEATURES.iter().map(|feature| feature.code).collect();
        assert_eq!(codes.len(), WIDTH);
        for group in Group::ALL {
            assert!(FEATURES.iter().any(|feature| feature.group == group), "{group:?}");
            assert_eq!(Group::parse(group.code()), Some(group));
        }
    }

    proptest! {
        #[test]
        fn no_history_gives_a_value_that_is_no_number(
            counts in proptest::array::uniform9(any::<u32>()),
            tried in any::<Option<u32>>(),
            reached in any::<Option<u32>>(),
        ) {
            let [a, b, c, d, e, f, g, h, i] = counts;
            let counts = Counts {
                texts_delivered: a, texts_undelivered: b, texts_expired: c, calls_answered: d,
                calls_not_answered: e, calls_failed: f, offers: g, responses: h, reached_in_evening: i,
            };
            let inputs = Inputs { counts, days_since_tried: tried, days_since_reached: reached, ..Inputs::default() };
            prop_assert!(values(&inputs).iter().all(|value| value.is_finite()));
        }
    }
}
