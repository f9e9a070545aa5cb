//! How long a text is and what it costs, before anything is stored (R47, R50).

use api::campaigns::{MeasuredText, TextToMeasure};
use domain::money::Money;
use domain::segments::segment;
use edge::{Answer, Call, Result, json};

use crate::links;
use crate::pricing;
use crate::text_links;

/// `POST /v1/texts/measure`
pub async fn post(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    // Nothing of the account is needed, but that it may ask (R117).
    caller.tenant().await?;
    let form: TextToMeasure = call.json().await?;
    let text = text_links::any_in(&call, &form.text).await?;
    let link = if form.opt_out_link { Some(links::base(&call).await?) } else { None };
    let segments = segment(&links::longest(&text, link.as_deref()));
    let price = pricing::needed_price(call.settings, segments.segments.into(), caller.act.now).await?;
    let measured = MeasuredText {
        encoding: segments.encoding,
        segments: segments.segments,
        units: segments.units,
        units_left: segments.units_left_in_last,
        price_per_message: Money(price.total),
    };
    json(200, &measured)
}
