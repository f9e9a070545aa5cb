//! What an account knows of a contact from its own messages and calls (R96, R98).

use domain::number_networks::Network;
use serde::{Deserialize, Serialize};

/// From this hour on, local, somebody is reached in the evening.
const EVENING_FROM: u8 = 17;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How a message or a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A text came to the phone.
    Delivered,
    /// The network refused a text: there may be no such number any more.
    Undelivered,
    /// The phone was off for as long as the text was kept.
    Expired,
    /// A person took the call.
    Answered,
    /// It rang, was busy, or a machine took it.
    NotAnswered,
    /// The call could not be put through.
    Failed,
}

impl Outcome {
    /// Whether the contact was reached.
    pub const fn is_reached(self) -> bool {
        matches!(self, Self::Delivered | Self::Answered)
    }
}

/// One message or call that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Try {
    /// When it was handed over, Unix milliseconds.
    pub at: i64,
    /// The hour of the day then, local, 0 to 23.
    pub hour: u8,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the contact followed its link or replied; `None` where it offered no way to.
    pub responded: Option<bool>,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counts {
    /// Texts that came to the phone.
    #[serde(skip_serializing_if = "is_zero")]
    pub texts_delivered: u32,
    /// Texts that the network refused.
    #[serde(skip_serializing_if = "is_zero")]
    pub texts_undelivered: u32,
    /// Texts that were kept in vain until they expired.
    #[serde(skip_serializing_if = "is_zero")]
    pub texts_expired: u32,
    /// Calls that a person took.
    #[serde(skip_serializing_if = "is_zero")]
    pub calls_answered: u32,
    /// Calls that nobody took.
    #[serde(skip_serializing_if = "is_zero")]
    pub calls_not_answered: u32,
    /// Calls that could not be put through.
    #[serde(skip_serializing_if = "is_zero")]
    pub calls_failed: u32,
    /// Messages to which one could respond, by a link or a reply.
    #[serde(skip_serializing_if = "is_zero")]
    pub offers: u32,
    /// And to which the contact did.
    #[serde(skip_serializing_if = "is_zero")]
    pub responses: u32,
    /// Texts and calls that reached the contact in the evening.
    #[serde(skip_serializing_if = "is_zero")]
    pub reached_in_evening: u32,
}

impl Counts {
    /// How often the contact was reached.
    pub const fn reached(&self) -> u32 {
        self.texts_delivered.saturating_add(self.calls_answered)
    }
}

/// All that happened with a contact so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// How often what happened.
    pub counts: Counts,
    /// When it was tried last, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<i64>,
    /// When the contact was reached last, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<i64>,
}

impl History {
    /// Takes the next try. One that was handed over earlier than another that came before it makes no time go back.
    pub fn take(&mut self, next: &Try) {
        let counts = &mut self.counts;
        let count = match next.outcome {
            Outcome::Delivered => &mut counts.texts_delivered,
            Outcome::Undelivered => &mut counts.texts_undelivered,
            Outcome::Expired => &mut counts.texts_expired,
            Outcome::Answered => &mut counts.calls_answered,
            Outcome::NotAnswered => &mut counts.calls_not_answered,
            Outcome::Failed => &mut counts.calls_failed,
        };
        *count = count.saturating_add(1);
        counts.offers = counts.offers.saturating_add(u32::from(next.responded.is_some()));
        counts.responses = counts.responses.saturating_add(u32::from(next.responded == Some(true)));
        self.tried_at = self.tried_at.max(Some(next.at));
        if next.outcome.is_reached() {
            self.reached_at = self.reached_at.max(Some(next.at));
            let in_evening = next.hour >= EVENING_FROM;
            counts.reached_in_evening = counts.reached_in_evening.saturating_add(u32::from(in_evening));
        }
    }

    /// What a score at an instant is made of.
    pub fn inputs(&self, about: About, at: i64) -> Inputs {
        let days_since = |before: i64| u32::try_from((at - before).max(0) / DAY_MS).unwrap_or(u32::MAX);
        Inputs {
            counts: self.counts,
            days_since_tried: self.tried_at.map(days_since),
            days_since_reached: self.reached_at.map(days_since),
            // The last try reached the contact if none is later than that.
            last_reached: self.tried_at.map(|tried_at| self.reached_at == Some(tried_at)),
            about,
        }
    }
}

/// What is known of a contact beside what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct About {
    /// The network to which the number's range was given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Whether the account knows a name.
    #[serde(skip_serializing_if = "is_false")]
    pub name_known: bool,
    /// Whether the account has noted how the contact consented to messages.
    #[serde(skip_serializing_if = "is_false")]
    pub consent_evidence_known: bool,
}

/// All that a score is made of, in whole numbers, so that it can be stored and be made again (R104).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inputs {
    /// How often what happened.
    pub counts: Counts,
    /// Full days since the last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_since_tried: Option<u32>,
    /// Full days since the contact was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_since_reached: Option<u32>,
    /// Whether the last try reached the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_reached: Option<bool>,
    /// What is known beside that.
    pub about: About,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = DAY_MS;

    fn tried(at: i64, hour: u8, outcome: Outcome, responded: Option<bool>) -> Try {
        Try { at, hour, outcome, responded }
    }

    #[test]
    fn a_history_counts_what_happened_and_when() {
        let mut history = History::default();
        history.take(&tried(DAY, 18, Outcome::Answered, None));
        history.take(&tried(3 * DAY, 10, Outcome::Delivered, Some(true)));
        history.take(&tried(5 * DAY, 10, Outcome::Expired, Some(false)));
        let inputs = history.inputs(About::default(), 6 * DAY + DAY / 2);
        let counts = Counts {
            texts_delivered: 1,
            texts_expired: 1,
            calls_answered: 1,
            offers: 2,
            responses: 1,
            reached_in_evening: 1,
            ..Counts::default()
        };
        assert_eq!(inputs.counts, counts);
        assert_eq!((inputs.days_since_tried, inputs.days_since_reached), (Some(1), Some(3)));
        assert_eq!(inputs.last_reached, Some(false));
    }

    /// R98: of somebody whom the account never tried nothing is known, and nothing is made up.
    #[test]
    fn nothing_is_known_of_somebody_who_was_never_tried() {
        let inputs = History::default().inputs(About::default(), DAY);
        assert_eq!(inputs, Inputs::default());
    }

    /// R104: what is stored is what was used.
    #[test]
    fn inputs_are_read_as_they_were_written() {
        let mut history = History::default();
        history.take(&tried(DAY, 9, Outcome::Delivered, Some(true)));
        let about = About { network: Some(Network::Kcell), name_known: true, consent_evidence_known: false };
        let inputs = history.inputs(about, 9 * DAY);
        let json = serde_json::to_string(&inputs).expect("JSON");
        assert_eq!(serde_json::from_str::<Inputs>(&json).expect("the same"), inputs);
        // A million of them are stored: what is nought takes no room.
        assert!(json.len() < 200, "{json}");
    }
}
