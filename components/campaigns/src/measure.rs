//! How long a text is and what it costs, before anything is stored (R47, R50).

use domain::money::Money;
use domain::segments::{Encoding, segment};
use edge::{Answer, Call, Result, json};
use serde::{Deserialize, Serialize};

use crate::links;
use crate::pricing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
    /// Measured with a link behind it.
    #[serde(default)]
    opt_out_link: bool,
}

#[derive(Serialize)]
struct Measured {
    encoding: Encoding,
    segments: u32,
    units: u32,
    units_left: u32,
    price_per_message: Money,
}

/// `POST /v1/texts/measure`
pub async fn post(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    // Nothing of the account is needed, but that it may ask (R117).
    caller.tenant().await?;
    let form: Text = call.json().await?;
    let link = if form.opt_out_link { Some(links::base(&call).await?) } else { None };
    let segments = segment(&links::longest(&form.text, link.as_deref()));
    let price = pricing::needed_price(call.settings, segments.segments.into(), caller.act.now).await?;
    let measured = Measured {
        encoding: segments.encoding,
        segments: segments.segments,
        units: segments.units,
        units_left: segments.units_left_in_last,
        price_per_message: Money(price.total),
    };
    json(200, &measured)
}
