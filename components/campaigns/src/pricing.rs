//! What a message costs at most now: the dearest tariff in force of the operators that may carry it
//! (R46, R47, R50). What is charged is the tariff of the operator that takes it.

use domain::tariffs::{Channel, Price};
use edge::{Problem, Result, Settings, instant, read_routing, read_tariffs};

/// The price of one message of so many segments; `None` where no operator carries texts at a tariff.
pub async fn message_price(settings: Settings, segments: u64, now: i64) -> Result<Option<Price>> {
    let in_use = operators::in_use(&settings.get("operators").await?, settings.sandbox_on().await?);
    let (tariffs, routing, at) = (read_tariffs()?, read_routing()?, instant(now)?);
    let mut dearest: Option<Price> = None;
    for operator in routing.of_channel(Channel::Text).flat_map(|route| &route.operators) {
        let Some(tariff) = tariffs.in_force(Channel::Text, operator, at) else { continue };
        if in_use.contains(operator) {
            let price = tariff.price(segments).ok_or_else(|| Problem::new("amount_too_large"))?;
            dearest = dearest.filter(|dearest| dearest.total >= price.total).or(Some(price));
        }
    }
    Ok(dearest)
}

/// The same, where the answer needs a price.
pub async fn needed_price(settings: Settings, segments: u64, now: i64) -> Result<Price> {
    message_price(settings, segments, now).await?.ok_or_else(|| Problem::new("no_operator"))
}
