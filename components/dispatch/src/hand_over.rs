//! One wave of a campaign: taken, handed over all at once in bulk, settled.

use domain::hours::window_at;
use domain::tariffs::{Channel, Price};
use edge::{Call, Result, instant, read_tariffs};
use futures::future::join_all;
use operators::{Operator, OutgoingMessage, Verdict};
use store::SpinDatabase;
use store::cell::{Campaign, HandOver, Lease, LeaseOutcome, LeasedMessage, Settled, Settlement, Tenant};

use crate::network::exchange;

/// Messages in one wave: so many are taken by one transaction and settled by one.
pub const WAVE_MESSAGES: usize = 2_000;
/// A lease that nobody settled in this time counts as ambiguous. Longer than any request may take.
const LEASE_MS: i64 = 120_000;
/// What is sent must arrive while its lease lasts: so long before the lease's end nothing is sent any
/// more. A tick that stood still (a stopped machine, a slow disk) may come back when the messages have
/// been given to another one (R87).
const SEND_BEFORE_LEASE_END_MS: i64 = 60_000;
/// A refused connection is tried again after this.
const RETRY_MS: i64 = 30_000;

/// What a wave brought.
pub struct Wave {
    /// Messages that were taken.
    pub leased: i64,
    /// What became of them.
    pub settled: Settled,
}

/// What every wave of a tick shares.
pub struct Dispatcher<'d> {
    /// The tick's request.
    pub call: &'d Call,
    /// Through whom the messages go.
    pub operator: &'d dyn Operator,
    /// The sender that recipients see (R77).
    pub sender: &'d str,
}

impl Dispatcher<'_> {
    /// The price of one message of the campaign at an instant; `None` where no tariff is in force.
    fn price(&self, campaign: &Campaign, at: i64) -> Result<Option<Price>> {
        let tariffs = read_tariffs()?;
        let tariff = tariffs.in_force(Channel::Text, self.operator.name(), instant(at)?);
        Ok(tariff.and_then(|tariff| tariff.price(campaign.segments.unsigned_abs())))
    }

    /// Takes, hands over and settles up to `limit` messages; `None` when there is nothing to take.
    pub async fn wave(
        &self,
        tenant: &Tenant<'_, SpinDatabase>,
        campaign: &Campaign,
        limit: usize,
    ) -> Result<Option<Wave>> {
        let now = self.call.now().await?;
        let Some(price) = self.price(campaign, now)? else { return Ok(None) };
        let request = Lease {
            campaign: &campaign.campaign,
            operator: self.operator.name(),
            operator_price: price.operator,
            service_price: price.service,
            limit: limit.min(WAVE_MESSAGES),
            until: now + LEASE_MS,
        };
        let LeaseOutcome::Taken { lease, messages } = tenant.lease(&request, now).await? else {
            return Ok(None);
        };
        let leased = messages.len() as i64;
        // The instant of the hand-over: the hours and the price are judged again at it (R48, R81).
        let at = self.call.now().await?;
        let verdict = window_at(instant(at)?);
        let in_time = at < request.until - SEND_BEFORE_LEASE_END_MS;
        let outcomes = if verdict.open && in_time && self.price(campaign, at)? == Some(price) {
            self.hand_over(campaign, messages, request.until, at).await?
        } else {
            messages.into_iter().map(|message| (message, HandOver::Later(at))).collect()
        };
        let settlement = Settlement {
            lease: &lease,
            campaign: &campaign.campaign,
            text_sha256: &campaign.text_sha256,
            segments: campaign.segments,
            operator: self.operator.name(),
            operator_price: price.operator,
            service_price: price.service,
            at,
            verdict: &verdict,
            outcomes,
        };
        let settled = tenant.settle(&settlement, self.call.now().await?).await?;
        Ok(Some(Wave { leased, settled }))
    }

    /// No transaction is open here: the operator may take its time.
    async fn hand_over(
        &self,
        campaign: &Campaign,
        messages: Vec<LeasedMessage>,
        lease_until: i64,
        at: i64,
    ) -> Result<Vec<(LeasedMessage, HandOver)>> {
        let (reachable, erased): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| message.phone.is_some());
        let batches: Vec<&[LeasedMessage]> = reachable.chunks(self.operator.batch_max()).collect();
        let answers = join_all(batches.iter().map(|batch| self.hand_over_batch(campaign, batch))).await;
        let mut outcomes = Vec::with_capacity(reachable.len() + erased.len());
        for (batch, verdicts) in batches.into_iter().zip(answers) {
            for (message, verdict) in batch.iter().zip(verdicts?) {
                let outcome = match verdict {
                    Verdict::Taken(reference) => HandOver::Taken(reference),
                    Verdict::Refused(reason) => HandOver::Refused(reason),
                    Verdict::NotTaken => HandOver::Later(at + RETRY_MS),
                    Verdict::Unknown => HandOver::Unknown(lease_until),
                };
                outcomes.push((message.clone(), outcome));
            }
        }
        outcomes.extend(erased.into_iter().map(|message| (message, HandOver::Refused("contact_erased"))));
        Ok(outcomes)
    }

    async fn hand_over_batch(&self, campaign: &Campaign, batch: &[LeasedMessage]) -> Result<Vec<Verdict>> {
        let outgoing: Vec<OutgoingMessage<'_>> = batch
            .iter()
            .map(|message| OutgoingMessage {
                id: &message.message,
                to: message.phone.as_deref().unwrap_or_default(),
                from: self.sender,
                text: &campaign.text,
            })
            .collect();
        let exchange = exchange(self.operator.hand_over(&outgoing)).await?;
        Ok(self.operator.read_hand_over(&outgoing, &exchange))
    }
}
