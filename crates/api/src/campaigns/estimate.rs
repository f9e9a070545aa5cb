//! What a campaign would cost.

use domain::money::Money;
use domain::tariffs::Channel;
use serde::{Deserialize, Serialize};

use crate::campaigns::Window;

/// What a campaign would cost if it started now (R50).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Estimate {
    /// Contacts of the account, or of them those whom the audience takes.
    pub contacts: i64,
    /// Of these on the blacklist.
    pub blacklisted: i64,
    /// Messages that would be sent: contacts without the blacklisted.
    pub messages: i64,
    /// How people are reached.
    pub channel: Channel,
    /// Of a text.
    pub segments: Option<u32>,
    /// Of calls: how often one person is rung at most.
    pub attempts: Option<u32>,
    /// The operator's part of the price of one message.
    pub operator_price: Money,
    /// The service's part.
    pub service_price: Money,
    /// Both: for calls the most that one recipient can cost.
    pub price_per_message: Money,
    /// What the owner agrees to by starting.
    pub total: Money,
    /// What the account can spend.
    pub available: Money,
    /// Whether that covers the total.
    pub sufficient: bool,
    /// The hours.
    pub window: Window,
}
