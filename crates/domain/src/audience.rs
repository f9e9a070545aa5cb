//! To whom of a base something goes: lists, tags, numbers, and rules over what is known of a contact.
//!
//! What is given together must all be true of a contact, and of several lists (tags, numbers, values) one is enough. Of
//! a contact without a score no rule over scores is true, so none leaves anybody out: a score selects only where its
//! owner says so (R102).

use serde::{Deserialize, Serialize};

use crate::ids::IdKind;

/// Numbers that are named one by one.
pub const PHONES_MAX: usize = 1_000;
/// Lists, or tags, of one selection.
const LISTS_MAX: usize = 50;
/// Rules of one selection.
const RULES_MAX: usize = 20;
/// Selections that are left out.
const EXCLUDE_MAX: usize = 10;
/// Values of one rule, and their characters.
const VALUES_MAX: usize = 100;
const VALUE_CHARACTERS_MAX: usize = 500;
/// Values of all rules together: each contact is held against each.
const ALL_VALUES_MAX: usize = 500;
/// Characters of a field's name.
const FIELD_CHARACTERS_MAX: usize = 60;
/// Characters of a tag.
pub const TAG_CHARACTERS_MAX: usize = 40;

/// Those of the base whom one selection takes, without those whom others take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Whom it takes; everybody in the base, where it says nothing.
    #[serde(default)]
    pub include: Selection,
    /// Whoever is taken by one of these is left out: 10 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 10))]
    pub exclude: Vec<Selection>,
}

/// Contacts of whom all is true that is said here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// They are in one of these lists: 50 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 50))]
    pub lists: Vec<String>,
    /// They have one of these tags: 50 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 50))]
    pub tags: Vec<String>,
    /// Their number is one of these, in any spelling: 1,000 at most. Who is not in the base is not written to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 1000))]
    pub phones: Vec<String>,
    /// Each of these holds: 20 at most, and all rules of an audience together have at most 500 values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 20))]
    pub rules: Vec<Rule>,
}

/// Something that is true of a contact, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// A field has one of these values, as they stand in it: 1 to 100.
    FieldIs {
        /// The field.
        name: String,
        /// The values.
        #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 100))]
        values: Vec<String>,
    },
    /// A field has none of these values; also of whoever does not have it.
    FieldIsNot {
        /// The field.
        name: String,
        /// The values.
        #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 100))]
        values: Vec<String>,
    },
    /// They have a field.
    FieldIsSet {
        /// The field.
        name: String,
    },
    /// They do not have a field.
    FieldIsNotSet {
        /// The field.
        name: String,
    },
    /// What happened to them in another campaign.
    Campaign {
        /// Which.
        campaign: String,
        /// What happened.
        outcome: Outcome,
    },
    /// Their score of the last completed run of a kind.
    Score {
        /// Of what it is the chance.
        kind: ScoreKind,
        /// It is this or more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<f64>,
        /// It is less than this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<f64>,
    },
}

/// What happened to a contact in a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It reached them, by the operator's word.
    Got,
    /// It did not reach them, and does not any more: also whoever was not among its recipients. Not those of whom the
    /// operator has not said its last word, or they might get it twice.
    NotGot,
    /// They answered the call.
    Answered,
    /// A person opened a link of their message.
    Opened,
    /// It was sent to them, and no person is known to have opened a link of it.
    NotOpened,
}

/// Of what a score is the chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScoreKind {
    /// That they are reached.
    Reach,
    /// That they respond.
    Response,
}

impl ScoreKind {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Response => "response",
        }
    }
}

impl Selection {
    /// Whether it says nothing, and so takes everybody.
    pub fn is_everybody(&self) -> bool {
        self.lists.is_empty() && self.tags.is_empty() && self.phones.is_empty() && self.rules.is_empty()
    }

    /// The fields that its rules name.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::FieldIs { name, .. }
            | Rule::FieldIsNot { name, .. }
            | Rule::FieldIsSet { name }
            | Rule::FieldIsNotSet { name } => Some(name.as_str()),
            Rule::Campaign { .. } | Rule::Score { .. } => None,
        })
    }

    /// The part that nobody can mean, if there is one.
    fn fault(&self) -> Option<&'static str> {
        if self.lists.len() > LISTS_MAX || !self.lists.iter().all(|list| IdKind::List.is_id(list)) {
            return Some("lists");
        }
        if self.tags.len() > LISTS_MAX || !self.tags.iter().all(|tag| is_tag(tag)) {
            return Some("tags");
        }
        if self.phones.len() > PHONES_MAX {
            return Some("phones");
        }
        let is_bad = self.rules.len() > RULES_MAX || !self.rules.iter().all(Rule::is_one);
        is_bad.then_some("rules")
    }
}

impl Rule {
    fn is_one(&self) -> bool {
        let is_field = |name: &str| (1..=FIELD_CHARACTERS_MAX).contains(&name.chars().count());
        match self {
            Self::FieldIs { name, values } | Self::FieldIsNot { name, values } => {
                let is_value = |value: &String| value.chars().count() <= VALUE_CHARACTERS_MAX;
                is_field(name) && (1..=VALUES_MAX).contains(&values.len()) && values.iter().all(is_value)
            }
            Self::FieldIsSet { name } | Self::FieldIsNotSet { name } => is_field(name),
            Self::Campaign { campaign, .. } => IdKind::Campaign.is_id(campaign),
            Self::Score { at_least, below, .. } => {
                let is_chance = |bound: &Option<f64>| bound.is_none_or(|bound| (0.0..=1.0).contains(&bound));
                let is_empty = matches!((at_least, below), (Some(least), Some(below)) if least >= below);
                is_chance(at_least)
                    && is_chance(below)
                    && !is_empty
                    && (at_least.is_some() || below.is_some())
            }
        }
    }
}

impl Audience {
    /// The part that nobody can mean, if there is one: which, and of what. Numbers are not read here.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if let Some(fault) = self.include.fault() {
            return Some(("include", fault));
        }
        if self.exclude.len() > EXCLUDE_MAX {
            return Some(("exclude", ""));
        }
        if self.values() > ALL_VALUES_MAX {
            return Some(("include", "rules"));
        }
        self.exclude.iter().find_map(|selection| {
            // It would leave everybody out.
            let fault = if selection.is_everybody() { Some("") } else { selection.fault() };
            fault.map(|fault| ("exclude", fault))
        })
    }

    /// Values of its rules together, and rules without any.
    pub fn values(&self) -> usize {
        let rules = self.selections().flat_map(|selection| &selection.rules);
        rules
            .map(|rule| match rule {
                Rule::FieldIs { values, .. } | Rule::FieldIsNot { values, .. } => values.len(),
                _ => 1,
            })
            .sum()
    }

    /// All its selections.
    pub fn selections(&self) -> impl Iterator<Item = &Selection> {
        std::iter::once(&self.include).chain(&self.exclude)
    }

    /// Writes its numbers in E.164, in whatever spelling they stand.
    #[cfg(feature = "phone")]
    pub fn read_phones(&mut self) -> Result<(), crate::phone::PhoneError> {
        for selection in std::iter::once(&mut self.include).chain(&mut self.exclude) {
            for phone in &mut selection.phones {
                *phone = crate::phone::Phone::parse_recipient(phone)?.e164().to_owned();
            }
        }
        Ok(())
    }
}

/// The bound of a score as scores are stored, in millionths.
pub fn millionths(bound: Option<f64>) -> Option<i64> {
    bound.map(|bound| (bound * 1_000_000.0).round() as i64)
}

/// Whether a text is a tag: a word or a few, of at most 40 characters. A comma would part two of them.
pub fn is_tag(text: &str) -> bool {
    let length = text.chars().count();
    (1..=TAG_CHARACTERS_MAX).contains(&length)
        && text.trim() == text
        && !text.chars().any(|sign| sign.is_control() || sign == ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Audience {
        serde_json::from_value(json).expect("an audience")
    }

    #[test]
    fn an_audience_that_says_nothing_is_everybody() {
        let audience = read(serde_json::json!({}));
        assert!(audience.include.is_everybody());
        assert_eq!(audience.fault(), None);
    }

    #[test]
    fn a_selection_that_nobody_can_mean_is_refused_with_its_part() {
        let campaign = "cmp_019350c2a7e87c3f9a51d0b6c4e2f807";
        let score = |at_least: f64, below: f64| {
            serde_json::json!({"include": {"rules":
                [{"rule": "score", "kind": "reach", "at_least": at_least, "below": below}]}})
        };
        for (audience, fault) in [
            (serde_json::json!({"exclude": [{}]}), ("exclude", "")),
            (
                serde_json::json!({"include": {"rules": vec![serde_json::json!(
                    {"rule": "field_is_not", "name": "city", "values": vec!["a"; 100]}); 6]}}),
                ("include", "rules"),
            ),
            (serde_json::json!({"exclude": vec![serde_json::json!({"tags": ["a"]}); 11]}), ("exclude", "")),
            (serde_json::json!({"include": {"lists": [campaign]}}), ("include", "lists")),
            (serde_json::json!({"include": {"tags": ["a,b"]}}), ("include", "tags")),
            (serde_json::json!({"include": {"tags": [""]}}), ("include", "tags")),
            (serde_json::json!({"include": {"tags": ["ә".repeat(41)]}}), ("include", "tags")),
            (serde_json::json!({"include": {"phones": vec!["+77010000001"; 1001]}}), ("include", "phones")),
            (
                serde_json::json!({"include": {"rules": [{"rule": "score", "kind": "reach"}]}}),
                ("include", "rules"),
            ),
            (
                serde_json::json!({"include": {"rules": [{"rule": "field_is", "name": "city", "values": []}]}}),
                ("include", "rules"),
            ),
            (
                serde_json::json!({"exclude": [{"rules": [{"rule": "field_is_set", "name": ""}]}]}),
                ("exclude", "rules"),
            ),
            (score(0.5, 0.5), ("include", "rules")),
            (score(0.5, 1.5), ("include", "rules")),
        ] {
            assert_eq!(read(audience.clone()).fault(), Some(fault), "{audience}");
        }
        assert_eq!(read(score(0.25, 0.5)).fault(), None);
    }

    #[test]
    fn what_an_audience_does_not_know_is_no_audience() {
        for unknown in [
            serde_json::json!({"list": []}),
            serde_json::json!({"include": {"rules": [{"rule": "age", "at_least": 18}]}}),
            serde_json::json!({"include": {"rules": [{"rule": "score", "kind": "reach", "at_last": 0.5}]}}),
        ] {
            assert!(serde_json::from_value::<Audience>(unknown.clone()).is_err(), "{unknown}");
        }
    }
}
