//! Campaigns: classes, states, and the last words on their messages.

use serde::{Deserialize, Serialize};

/// What a campaign is for; the class decides which rules apply (R79).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageClass {
    /// Notices that the recipient expects from the sender.
    Informational,
    /// Advertising: only with the service's approval (R79, X5).
    Advertising,
    /// A code that the recipient has just asked for; weekends and holidays do not hold it back (section L).
    OneTimeCode,
}

impl MessageClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Informational, Self::Advertising, Self::OneTimeCode];

    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Advertising => "advertising",
            Self::OneTimeCode => "one_time_code",
        }
    }

    /// The class of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }
}

/// A campaign's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Written, not started.
    Draft,
    /// Started; its messages are being queued.
    Preparing,
    /// Its messages are being handed over.
    Running,
    /// Held by its owner.
    Paused,
    /// Ended by its owner; what was queued is not sent.
    Cancelled,
    /// Nothing of it is left to send.
    Completed,
}

impl CampaignState {
    const ALL: [Self; 6] =
        [Self::Draft, Self::Preparing, Self::Running, Self::Paused, Self::Cancelled, Self::Completed];

    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Preparing => "preparing",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The final word of an operator on one message (R85).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryResult {
    /// It reached the handset.
    Delivered,
    /// It did not and will not.
    Undelivered,
    /// The operator gave up in time.
    Expired,
}

impl DeliveryResult {
    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Expired => "expired",
        }
    }

    /// From its stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Delivered, Self::Undelivered, Self::Expired].into_iter().find(|result| result.as_str() == text)
    }
}

/// The longest text: ten segments of either alphabet are far more than people read.
pub const TEXT_SEGMENTS_MAX: u32 = 10;

/// The longest name of a campaign, an import or a key, in characters.
pub const LABEL_CHARACTERS_MAX: usize = 120;
