//! What a message costs now: the tariff in force for the operator that would carry it (R46, R47).

use domain::tariffs::{Channel, Price};
use edge::{Problem, Result, Settings, instant, read_tariffs};

/// The price of one message of so many segments; `None` where no operator carries texts at a tariff.
pub async fn message_price(settings: Settings, segments: u64, now: i64) -> Result<Option<Price>> {
    let Some(operator) = operators::text_operator(settings.sandbox_on().await?) else { return Ok(None) };
    let tariffs = read_tariffs()?;
    let Some(tariff) = tariffs.in_force(Channel::Text, operator, instant(now)?) else { return Ok(None) };
    tariff.price(segments).map(Some).ok_or_else(|| Problem::new("amount_too_large"))
}

/// The same, where the answer needs a price.
pub async fn needed_price(settings: Settings, segments: u64, now: i64) -> Result<Price> {
    message_price(settings, segments, now).await?.ok_or_else(|| Problem::new("no_operator"))
}
