//! Who may carry a message, and what it costs at most now: the dearest tariff in force of those operators
//! (R46, R47, R50). What is charged is the tariff of the operator that takes it.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use domain::routing::Routing;
use domain::tariffs::{Channel, Price, Tariff, Tariffs, Volume};
use domain::voice::most_for_one_person;
use edge::{Code, Problem, Result, Settings, instant, read_routing, read_tariffs};
use store::cell::Content;

/// The operators of this deployment, and what they cost at an instant.
pub struct Tariffed {
    in_use: Vec<String>,
    tariffs: Rc<Tariffs>,
    routing: Rc<Routing>,
    at: DateTime<Utc>,
    public_url: String,
    caller: String,
}

impl Tariffed {
    /// As they are now.
    pub async fn now(settings: Settings, now: i64) -> Result<Self> {
        let send_abroad = settings.get("send_abroad").await?;
        let mut in_use = operators::in_use(&settings.get("operators").await?, settings.sandbox_on().await?);
        in_use.retain(|operator| operators::may_be_used(operator, &send_abroad));
        Ok(Self {
            in_use,
            tariffs: read_tariffs()?,
            routing: read_routing()?,
            at: instant(now)?,
            public_url: settings.get("public_url").await?.trim().to_owned(),
            caller: settings.get("caller_number").await?.trim().to_owned(),
        })
    }

    /// Those that may carry messages of a channel at a tariff, each with it; one that stands in two routes comes
    /// twice.
    pub fn of_channel(&self, channel: Channel) -> impl Iterator<Item = (&str, &Tariff)> {
        let listed = self.routing.of_channel(channel).flat_map(|route| &route.operators);
        let carries = move |operator: &str| match channel {
            Channel::Text => true,
            Channel::Voice => operators::can_call(operator, &self.public_url, &self.caller),
        };
        listed.filter(move |operator| self.in_use.contains(operator) && carries(operator)).filter_map(
            move |operator| Some((operator.as_str(), self.tariffs.in_force(channel, operator, self.at)?)),
        )
    }
}

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
    most(settings, content.volume(), attempts, now).await?.ok_or_else(|| Problem::new(Code::NoOperator))
}

/// The most that a text of so many segments costs.
pub async fn needed_price(settings: Settings, segments: u64, now: i64) -> Result<Price> {
    let price = price_of_one(settings, Volume::Segments(segments), now).await?;
    price.ok_or_else(|| Problem::new(Code::NoOperator))
}

async fn most(settings: Settings, volume: Volume, attempts: u32, now: i64) -> Result<Option<Price>> {
    let too_large = || Problem::new(Code::AmountTooLarge);
    let tariffed = Tariffed::now(settings, now).await?;
    let mut prices = Vec::new();
    for (_, tariff) in tariffed.of_channel(volume.channel()) {
        prices.push((tariff.unit, tariff.price_of(volume).ok_or_else(too_large)?));
    }
    if prices.is_empty() {
        return Ok(None);
    }
    most_for_one_person(attempts, prices.into_iter()).map(Some).ok_or_else(too_large)
}
