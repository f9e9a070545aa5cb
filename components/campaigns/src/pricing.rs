//! Who may carry a text, and what a message costs at most now: the dearest tariff in force of those operators
//! (R46, R47, R50). What is charged is the tariff of the operator that takes it.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use domain::routing::Routing;
use domain::tariffs::{Channel, Price, Tariff, Tariffs};
use edge::{Problem, Result, Settings, instant, read_routing, read_tariffs};

/// The operators of this deployment, and what they cost at an instant.
pub struct Carriers {
    in_use: Vec<String>,
    tariffs: Rc<Tariffs>,
    routing: Rc<Routing>,
    at: DateTime<Utc>,
}

impl Carriers {
    /// As they are now.
    pub async fn now(settings: Settings, now: i64) -> Result<Self> {
        let in_use = operators::in_use(&settings.get("operators").await?, settings.sandbox_on().await?);
        Ok(Self { in_use, tariffs: read_tariffs()?, routing: read_routing()?, at: instant(now)? })
    }

    /// Those that may carry texts at a tariff, each with it; one that stands in two routes comes twice.
    pub fn of_texts(&self) -> impl Iterator<Item = (&str, &Tariff)> {
        let listed = self.routing.of_channel(Channel::Text).flat_map(|route| &route.operators);
        listed.filter(|operator| self.in_use.contains(operator)).filter_map(|operator| {
            Some((operator.as_str(), self.tariffs.in_force(Channel::Text, operator, self.at)?))
        })
    }
}

/// The price of one message of so many segments; `None` where no operator carries texts at a tariff.
pub async fn message_price(settings: Settings, segments: u64, now: i64) -> Result<Option<Price>> {
    let mut dearest: Option<Price> = None;
    for (_, tariff) in Carriers::now(settings, now).await?.of_texts() {
        let price = tariff.price(segments).ok_or_else(|| Problem::new("amount_too_large"))?;
        dearest = dearest.filter(|dearest| dearest.total >= price.total).or(Some(price));
    }
    Ok(dearest)
}

/// The same, where the answer needs a price.
pub async fn needed_price(settings: Settings, segments: u64, now: i64) -> Result<Price> {
    message_price(settings, segments, now).await?.ok_or_else(|| Problem::new("no_operator"))
}
