//! One wave of a campaign: taken, handed over all at once in bulk, settled.

use std::time::{Duration, Instant};

use domain::hours::WindowVerdict;
use domain::tariffs::{Channel, Price};
use edge::{Call, Problem, Result, instant, read_calendars, read_tariffs};
use futures::{StreamExt, stream};
use operators::{Hindrance, Operator, OutgoingMessage, Verdict};
use store::SpinDatabase;
use store::cell::{Campaign, HandOver, Lease, LeaseOutcome, LeasedMessage, Settled, Settlement, Tenant};

use crate::closing::Closing;
use crate::network::exchange;

/// Messages in one wave: so many are taken by one transaction and settled by one.
pub const WAVE_MESSAGES: usize = 2_000;
/// A lease that nobody settled in this time counts as ambiguous. Longer than any request may take.
const LEASE_MS: i64 = 120_000;
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

    /// This instant, what the calendar of the operator and of the campaign's class says of it, and when
    /// the hours end.
    async fn judge(
        &self,
        tenant: &Tenant<'_, SpinDatabase>,
        campaign: &Campaign,
    ) -> Result<(i64, WindowVerdict, Closing)> {
        let calendars = read_calendars()?;
        let agreed = tenant.other_hours(self.call.now().await?).await?;
        // Read last: what was asked before may have taken its time.
        let before = Instant::now();
        let at = self.call.now().await?;
        let verdict = calendars.judge(instant(at)?, self.operator.name(), campaign.class, &agreed);
        let closing = Closing::of(&verdict, before);
        Ok((at, verdict, closing))
    }

    /// Takes, hands over and settles up to `limit` messages; `None` when there is nothing to take, or the
    /// hours are over or as good as over.
    pub async fn wave(
        &self,
        tenant: &Tenant<'_, SpinDatabase>,
        campaign: &Campaign,
        limit: usize,
    ) -> Result<Option<Wave>> {
        let (now, _, closing) = self.judge(tenant, campaign).await?;
        if closing.answer_time(Instant::now()).is_none() {
            return Ok(None);
        }
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
        let (at, verdict, closing) = self.judge(tenant, campaign).await?;
        let in_time = closing.answer_time(Instant::now()).is_some();
        let outcomes = if in_time && self.price(campaign, at)? == Some(price) {
            let left = u64::try_from(request.until - at).unwrap_or_default();
            let closing = closing.under_lease(Duration::from_millis(left));
            self.hand_over(campaign, messages, request.until, at, closing).await
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
        closing: Closing,
    ) -> Vec<(LeasedMessage, HandOver)> {
        let (reachable, erased): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| message.phone.is_some());
        let capability = self.operator.capability();
        let batches: Vec<&[LeasedMessage]> = reachable.chunks(capability.batch_max.max(1)).collect();
        let answers =
            stream::iter(batches.iter().map(|batch| self.hand_over_batch(campaign, batch, closing)));
        let answers: Vec<Vec<Verdict>> = answers.buffered(capability.parallel_max.max(1)).collect().await;
        let mut outcomes = Vec::with_capacity(reachable.len() + erased.len());
        for (batch, verdicts) in batches.into_iter().zip(answers) {
            for (message, verdict) in batch.iter().zip(verdicts) {
                let outcome = match verdict {
                    Verdict::Taken(reference) => HandOver::Taken(reference),
                    Verdict::Refused(reason) => HandOver::Refused(reason),
                    Verdict::NotTaken(_) => HandOver::Later(at + RETRY_MS),
                    Verdict::Unknown => HandOver::Unknown(lease_until),
                };
                outcomes.push((message.clone(), outcome));
            }
        }
        outcomes.extend(erased.into_iter().map(|message| (message, HandOver::Refused("contact_erased"))));
        outcomes
    }

    async fn hand_over_batch(
        &self,
        campaign: &Campaign,
        batch: &[LeasedMessage],
        closing: Closing,
    ) -> Vec<Verdict> {
        let outgoing: Vec<OutgoingMessage<'_>> = batch
            .iter()
            .map(|message| OutgoingMessage {
                id: &message.message,
                number: message.id.unsigned_abs(),
                to: message.phone.as_deref().unwrap_or_default(),
                from: self.sender,
                text: &campaign.text,
            })
            .collect();
        let request = match self.operator.hand_over(&outgoing) {
            Ok(request) => request,
            // It never left, so nothing is ambiguous about it.
            Err(error) => {
                let _logged = Problem::internal("a request to an operator", &error);
                return vec![error.verdict(); outgoing.len()];
            }
        };
        // Making the request took its time: the deadlines are looked at once more, at the last moment.
        match closing.answer_time(Instant::now()) {
            Some(may_take) => self.operator.read_hand_over(&outgoing, &exchange(request, may_take).await),
            None => vec![Verdict::NotTaken(Hindrance::Throttled); outgoing.len()],
        }
    }
}
