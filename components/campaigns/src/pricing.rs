//! What a message costs at most now: the dearest tariff in force of the operators that may carry it
//! (R46, R47, R50). What is charged is the tariff of the operator that takes it.

use domain::campaign::Volume;
use domain::tariffs::{Channel, Price, Unit};
use domain::voice::most_for_one_person;
use edge::{Problem, Result, Settings, instant, read_routing, read_tariffs};
use store::cell::Content;

/// The most that one hand-over costs; `None` where no operator carries such messages at a tariff.
pub async fn price_of_one(settings: Settings, volume: Volume, now: i64) -> Result<Option<Price>> {
    most(settings, volume, 1, now).await
}

/// The most that reaching one recipient costs: a person may have to be called more than once.
pub async fn most_for_recipient(settings: Settings, content: &Content, now: i64) -> Result<Price> {
    let attempts = match content {
        Content::Text { .. } => 1,
        Content::Call { plan, .. } => plan.attempts(),
    };
    most(settings, content.volume(), attempts, now).await?.ok_or_else(|| Problem::new("no_operator"))
}

/// The most that a text of so many segments costs.
pub async fn needed_price(settings: Settings, segments: u64, now: i64) -> Result<Price> {
    let price = price_of_one(settings, Volume::Segments(segments), now).await?;
    price.ok_or_else(|| Problem::new("no_operator"))
}

async fn most(settings: Settings, volume: Volume, attempts: u32, now: i64) -> Result<Option<Price>> {
    let prices = prices(settings, volume, now).await?;
    if prices.is_empty() {
        return Ok(None);
    }
    let most = most_for_one_person(attempts, prices.into_iter());
    most.map(Some).ok_or_else(|| Problem::new("amount_too_large"))
}

/// The price of one hand-over with each operator that may carry it.
async fn prices(settings: Settings, volume: Volume, now: i64) -> Result<Vec<(Unit, Price)>> {
    let in_use = operators::in_use(&settings.get("operators").await?, settings.sandbox_on().await?);
    let (tariffs, routing, at) = (read_tariffs()?, read_routing()?, instant(now)?);
    let channel = volume.channel();
    let (public_url, caller) = (settings.get("public_url").await?, settings.get("caller_number").await?);
    let carries = |operator: &str| match channel {
        Channel::Text => true,
        Channel::Voice => operators::can_call(operator, &public_url, &caller),
    };
    let mut prices = Vec::new();
    for operator in routing.of_channel(channel).flat_map(|route| &route.operators) {
        let Some(tariff) = tariffs.in_force(channel, operator, at) else { continue };
        if in_use.contains(operator) && carries(operator) {
            let price = tariff.price_of(volume).ok_or_else(|| Problem::new("amount_too_large"))?;
            prices.push((tariff.unit, price));
        }
    }
    Ok(prices)
}
