//! What the network of a number says of it, through an operator that asks it (HLR): whether the phone is in service, and
//! where (R95, R97). The number of the SIM, which it says too, is nobody's business here and is not kept (R70).

use serde::{Deserialize, Serialize};

/// Whether a phone can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubscriberStatus {
    /// It is in service and on.
    Reachable,
    /// It is in service, and off or out of coverage.
    Absent,
    /// Nobody has the number.
    NoSubscriber,
    /// The network lets nothing through to it.
    Barred,
    /// It is in service and takes no texts.
    NoTexts,
    /// It cannot be reached for another reason.
    Unreachable,
}

impl SubscriberStatus {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::Reachable, Self::Absent, Self::NoSubscriber, Self::Barred, Self::NoTexts, Self::Unreachable];
}

/// What was said of one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupAnswer {
    /// Whether it can be reached.
    pub status: SubscriberStatus,
    /// The operator's own code of why not.
    pub error: Option<i64>,
    /// The mobile country code of its home network.
    pub mcc: Option<u16>,
    /// The mobile network code.
    pub mnc: Option<u16>,
    /// The country of its home network, in the operator's words.
    pub country: Option<String>,
    /// Its home network, in the operator's words: where the number is, also if it was carried over.
    pub network: Option<String>,
    /// Where it is in another country, which.
    pub roaming_country: Option<String>,
    /// And in whose network.
    pub roaming_network: Option<String>,
    /// When the network said so, Unix milliseconds; `None` where the operator does not say.
    pub at: Option<i64>,
}
