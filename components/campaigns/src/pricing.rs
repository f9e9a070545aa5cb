//! What a message costs now: the tariff in force for the operator that would carry it (R46, R47).

use domain::tariffs::{Channel, Price, Tariff};
use edge::{Problem, Result, Settings, instant, read_tariffs};

/// The operator that text messages go through.
pub async fn operator(settings: Settings) -> Result<&'static str> {
    operators::text_operator(settings.sandbox_on().await?).ok_or_else(|| Problem::new("no_operator"))
}

/// The price of one message of so many segments.
pub async fn message_price(settings: Settings, segments: u64, now: i64) -> Result<Price> {
    let operator = operator(settings).await?;
    let tariffs = read_tariffs()?;
    let tariff: &Tariff = tariffs
        .in_force(Channel::Text, operator, instant(now)?)
        .ok_or_else(|| Problem::new("no_operator"))?;
    tariff.price(segments).ok_or_else(|| Problem::new("amount_too_large"))
}
