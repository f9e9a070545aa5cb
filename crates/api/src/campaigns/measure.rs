//! How long a text is and what it costs, before anything is stored (R47, R50).

use domain::money::Money;
use domain::segments::Encoding;
use serde::{Deserialize, Serialize};

/// A text to be measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TextToMeasure {
    /// The text; each `{link:name}` in it is measured as the link that comes in its place.
    pub text: String,
    /// Whether it is measured with a link for refusing behind it.
    #[serde(default)]
    pub opt_out_link: bool,
}

/// How long a text is, and what it costs (R47, R50).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct MeasuredText {
    /// The alphabet in which it travels.
    pub encoding: Encoding,
    /// Segments that are sent and paid for.
    pub segments: u32,
    /// Its length in units of the encoding.
    pub units: u32,
    /// Units that are free in the last segment.
    pub units_left: u32,
    /// The price of one message.
    pub price_per_message: Money,
}
