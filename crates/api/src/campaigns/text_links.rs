//! Short links in the text of a campaign (R96).

use serde::{Deserialize, Serialize};

use crate::Time;

/// A link of a new campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTextLink {
    /// What it is called in the text: 1 to 20 of `a-z`, `0-9`, `_` and `-`.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 20))]
    pub name: String,
    /// Where it leads: an address with `https://` or `http://` that everybody can reach, 2,000 characters at most.
    pub url: String,
    /// Until when, from a day to 366 days ahead; 366 days without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

/// A link of a campaign: each recipient gets an address of their own in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct TextLink {
    /// What it is called in the text.
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// Until when.
    pub expires_at: Time,
}
