//! Which operator a message goes by: by the number's range, the channel, the price and the operator's
//! health, in a fall-back order (R46, R84).

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use crate::money::Tiyn;
use crate::tariffs::Channel;

/// The first rest of an operator that fails; each further failure in a row doubles it.
const REST_FIRST_MS: i64 = 5_000;
/// An operator that is set up wrongly needs a person: asking sooner helps nobody.
const REST_OF_WRONG_SET_UP_MS: i64 = 300_000;
/// The longest rest.
const REST_MAX_MS: i64 = 600_000;

/// The range of a number: the three digits behind the country's. Numbers move between networks, so it
/// names where a number was given out, not who carries it today.
///
/// `phone` is E.164; `None` where it is not one of Kazakhstan's.
pub fn number_range(phone: &str) -> Option<&str> {
    phone.strip_prefix("+7").and_then(|digits| digits.get(..3))
}

/// In which order a route asks its operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// As they are listed.
    Listed,
    /// The cheapest first; of equal ones as they are listed.
    Cheapest,
}

/// Where the messages of some numbers go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name, kept with every queued message: 1 to 32 lower-case ASCII letters, digits and dashes.
    pub name: String,
    /// How the recipient is reached.
    pub channel: Channel,
    /// The ranges of numbers that it is for; none: all that no other route of the channel is for.
    #[serde(default)]
    pub ranges: Vec<String>,
    /// Who of its operators is asked first.
    pub prefer: Preference,
    /// Its operators, the fall-backs behind the first.
    pub operators: Vec<String>,
}

/// What an operator bears.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorLimits {
    /// The operator's name in this product.
    pub name: String,
    /// Messages a second; as many as there are where it is not said.
    #[serde(default)]
    pub per_second: Option<u32>,
    /// Requests under way at once; what its adapter knows where it is not said.
    #[serde(default)]
    pub parallel: Option<usize>,
}

/// Why the routing is refused as a whole: nothing is sent by a table that does not say what it means.
#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    /// Not JSON of the expected shape.
    #[error("the routing is malformed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A name, a range or a limit that will not do, or a route without operators.
    #[error("the route or operator {0:?} is malformed")]
    FieldMalformed(String),
    /// A name, or a range of a channel, that stands there twice.
    #[error("{0:?} stands there twice")]
    Ambiguous(String),
    /// A channel with ranges, but no route for all other numbers.
    #[error("no route takes the other numbers of {0:?}")]
    NoOther(Channel),
}

/// The routing table, checked.
#[derive(Clone, Debug)]
pub struct Routing {
    routes: Vec<Route>,
    limits: Vec<OperatorLimits>,
    last_minutes_without_validity: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoutingFile {
    #[serde(rename = "version")]
    _version: String,
    /// Before the hours end, in minutes: an operator that cannot be told until when it may pass something on
    /// gets nothing in them. It may keep for so long what it was given.
    last_minutes_without_validity: u32,
    operators: Vec<OperatorLimits>,
    routes: Vec<Route>,
}

/// An operator that cannot be told until when is trusted to pass on what it has within this time at most.
const LAST_MINUTES: std::ops::RangeInclusive<u32> = 1..=600;

fn is_name(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_range(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Routing {
    /// Reads and checks the routing's file.
    pub fn parse(json: &str) -> Result<Self, RoutingError> {
        let file: RoutingFile = serde_json::from_str(json)?;
        let RoutingFile { operators: limits, routes, last_minutes_without_validity, .. } = file;
        if !LAST_MINUTES.contains(&last_minutes_without_validity) {
            return Err(RoutingError::FieldMalformed("last_minutes_without_validity".to_owned()));
        }
        let mut seen = BTreeSet::new();
        for limit in &limits {
            if !is_name(&limit.name) || limit.per_second == Some(0) || limit.parallel == Some(0) {
                return Err(RoutingError::FieldMalformed(limit.name.clone()));
            }
            if !seen.insert(limit.name.as_str()) {
                return Err(RoutingError::Ambiguous(limit.name.clone()));
            }
        }
        let (mut names, mut ranges) = (BTreeSet::new(), BTreeSet::new());
        for route in &routes {
            let sound = is_name(&route.name)
                && !route.operators.is_empty()
                && route.operators.iter().all(|operator| is_name(operator))
                && route.ranges.iter().all(|range| is_range(range));
            if !sound {
                return Err(RoutingError::FieldMalformed(route.name.clone()));
            }
            if !names.insert(route.name.as_str()) {
                return Err(RoutingError::Ambiguous(route.name.clone()));
            }
            // The route for all other numbers takes the place of a range of its own.
            let mut of_route: Vec<&str> = route.ranges.iter().map(String::as_str).collect();
            if of_route.is_empty() {
                of_route.push("other");
            }
            for range in of_route {
                if !ranges.insert((route.channel, range)) {
                    return Err(RoutingError::Ambiguous(range.to_owned()));
                }
            }
        }
        if let Some(route) = routes.iter().find(|route| !ranges.contains(&(route.channel, "other"))) {
            return Err(RoutingError::NoOther(route.channel));
        }
        Ok(Self { routes, limits, last_minutes_without_validity })
    }

    /// The routes of a channel.
    pub fn of_channel(&self, channel: Channel) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(move |route| route.channel == channel)
    }

    /// The route for all numbers of a channel that no other is for.
    pub fn other(&self, channel: Channel) -> Option<&Route> {
        self.of_channel(channel).find(|route| route.ranges.is_empty())
    }

    /// The route that a message was queued for, by its name; the one for all other numbers where the table
    /// does not know that name any more.
    pub fn named(&self, channel: Channel, name: &str) -> Option<&Route> {
        self.of_channel(channel).find(|route| route.name == name).or_else(|| self.other(channel))
    }

    /// How long before the hours end an operator gets nothing any more that cannot be told when they do (R81).
    pub fn last_minutes_without_validity(&self) -> Duration {
        Duration::from_secs(u64::from(self.last_minutes_without_validity) * 60)
    }

    /// Messages a second that an operator bears, where it is said.
    pub fn per_second(&self, operator: &str) -> Option<u32> {
        self.limits(operator)?.per_second
    }

    /// Requests under way at once that an operator bears, where it is said.
    pub fn parallel(&self, operator: &str) -> Option<usize> {
        self.limits(operator)?.parallel
    }

    fn limits(&self, operator: &str) -> Option<&OperatorLimits> {
        self.limits.iter().find(|limits| limits.name == operator)
    }
}

impl Route {
    /// The operators to ask, the first first: those that `price` knows a price for, which leaves out the
    /// ones that have no tariff, rest, or are not set up.
    pub fn candidates(&self, price: impl Fn(&str) -> Option<Tiyn>) -> Vec<&str> {
        let mut priced: Vec<(Tiyn, &str)> = self
            .operators
            .iter()
            .filter_map(|operator| Some((price(operator)?, operator.as_str())))
            .collect();
        if self.prefer == Preference::Cheapest {
            // Stable: equal prices stay as listed.
            priced.sort_by_key(|(price, _)| *price);
        }
        priced.into_iter().map(|(_, operator)| operator).collect()
    }
}

/// Why an operator fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// It does not answer, or asks for patience.
    Unwell,
    /// It takes nothing from us until a person acts.
    WrongSetUp,
}

/// How long an operator rests after its `failures`-th failure in a row, in milliseconds. `chance` is
/// random: it takes up to half of the rest off, so that several hosts do not come back at one instant.
pub fn rest_ms(failing: Failing, failures: u32, chance: u32) -> i64 {
    let first = match failing {
        Failing::Unwell => REST_FIRST_MS,
        Failing::WrongSetUp => REST_OF_WRONG_SET_UP_MS,
    };
    let doublings = failures.saturating_sub(1).min(16);
    let rest = (first << doublings).min(REST_MAX_MS);
    rest - rest / 2 * i64::from(chance % 1_024) / 1_024
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TWO_ROUTES: &str = r#"{"version": "1", "last_minutes_without_validity": 30,
        "operators": [{"name": "b", "per_second": 5}], "routes": [
        {"name": "east", "channel": "text", "ranges": ["701", "702"], "prefer": "cheapest", "operators": ["a", "b"]},
        {"name": "rest", "channel": "text", "prefer": "listed", "operators": ["b", "a"]}]}"#;

    fn prices(operator: &str) -> Option<Tiyn> {
        match operator {
            "a" => Some(Tiyn(1_500)),
            "b" => Some(Tiyn(1_200)),
            _ => None,
        }
    }

    #[test]
    fn a_range_has_the_route_that_names_it_and_all_others_the_rest() {
        let routing = Routing::parse(TWO_ROUTES).expect("sound");
        let ranges: Vec<_> = routing.of_channel(Channel::Text).map(|route| route.ranges.len()).collect();
        assert_eq!(ranges, [2, 0]);
        assert_eq!(routing.other(Channel::Text).map(|route| route.name.as_str()), Some("rest"));
        assert_eq!(number_range("+77010000000"), Some("701"));
        assert_eq!(number_range("+4915112345678"), None);
    }

    /// Messages that were queued for a route that is gone must still go out.
    #[test]
    fn a_route_that_is_gone_is_the_one_for_all_others() {
        let routing = Routing::parse(TWO_ROUTES).expect("sound");
        assert_eq!(routing.named(Channel::Text, "gone").map(|route| route.name.as_str()), Some("rest"));
    }

    #[test]
    fn the_cheapest_is_asked_first_where_the_route_says_so() {
        let routing = Routing::parse(TWO_ROUTES).expect("sound");
        let asked = |name: &str| routing.named(Channel::Text, name).expect("a route").candidates(prices);
        assert_eq!(asked("east"), ["b", "a"]);
        assert_eq!(asked("rest"), ["b", "a"]);
    }

    #[test]
    fn an_operator_without_a_price_is_not_asked() {
        let routing = Routing::parse(TWO_ROUTES).expect("sound");
        let only_a = |operator: &str| prices(operator).filter(|_| operator == "a");
        assert_eq!(routing.other(Channel::Text).expect("a route").candidates(only_a), ["a"]);
    }

    #[test]
    fn a_table_that_does_not_say_what_it_means_is_refused() {
        for (name, from, to) in [
            ("an unknown field", "\"prefer\"", "\"perfer\""),
            ("a range twice", "\"702\"", "\"701\""),
            ("a name twice", "\"rest\"", "\"east\""),
            ("a range that is none", "\"702\"", "\"70\""),
            ("no operators", "[\"b\", \"a\"]", "[]"),
            ("a rate of nothing", "\"per_second\": 5", "\"per_second\": 0"),
            ("no last minutes", "_validity\": 30", "_validity\": 0"),
            ("last minutes that nobody named", "\"last_minutes_without_validity\": 30,", ""),
            ("nothing for the others", "\"listed\"", "\"listed\", \"ranges\": [\"705\"]"),
        ] {
            assert!(Routing::parse(&TWO_ROUTES.replacen(from, to, 1)).is_err(), "{name}");
        }
    }

    #[test]
    fn each_failure_doubles_the_rest_up_to_ten_minutes() {
        let rests: Vec<i64> = (1..=9).map(|failures| rest_ms(Failing::Unwell, failures, 0)).collect();
        assert_eq!(rests[..3], [5_000, 10_000, 20_000]);
        assert_eq!(rests[8], REST_MAX_MS);
    }

    proptest! {
        /// Whatever the chance, a rest is at least half as long as said and never longer.
        #[test]
        fn chance_takes_half_of_a_rest_off_at_most(failures in 0u32..100, chance: u32) {
            for failing in [Failing::Unwell, Failing::WrongSetUp] {
                let (full, rest) = (rest_ms(failing, failures, 0), rest_ms(failing, failures, chance));
                prop_assert!(rest <= full && rest >= full / 2 && full <= REST_MAX_MS);
            }
        }
    }
}
