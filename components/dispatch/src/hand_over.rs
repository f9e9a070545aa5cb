//! One wave of a campaign: taken, handed over all at once in bulk, settled.

use std::borrow::Cow;
use std::cell::RefCell;
use std::time::{Duration, Instant};

use domain::opt_out_links::with_link;
use domain::routing::Route;
use edge::{Call, Problem, Result};
use futures::{StreamExt, stream};
use operators::{Hindrance, Operator, OutgoingMessage, Verdict};
use store::cell::{
    Campaign, Cell, HandOver, Lease, LeaseOutcome, LeasedMessage, Settled, Settlement, Slots, Tenant,
};
use store::{DbError, OptOutLinks, SpinDatabase};

use crate::carriers::{AHEAD_MAX_MS, Carriers, exchange};
use crate::closing::Closing;
use crate::judging::Judging;
use crate::tally::Tally;

/// Messages in one wave: so many are taken by one transaction and settled by one.
pub const WAVE_MESSAGES: usize = 2_000;
/// An operator that failed last is tried with so many at most.
const TRIAL_MESSAGES: usize = 10;
/// A lease that nobody settled in this time counts as ambiguous. Longer than any request may take.
const LEASE_MS: i64 = 120_000;
/// What an operator that works did not take is tried again after this.
const RETRY_MS: i64 = 5_000;

/// How often a settlement waits for its turn before it is left to the reconciliation.
const SETTLE_TRIES_MAX: u32 = 10;

/// What a wave brought.
pub struct Wave {
    /// Messages that were taken.
    pub leased: i64,
    /// What became of them.
    pub settled: Settled,
    /// Whether what came back can go by another operator at once.
    pub falls_back: bool,
}

/// What every wave of a tick shares.
pub struct Dispatcher<'d> {
    /// The tick's request.
    pub call: &'d Call,
    /// Where operators' failures are noted.
    pub cell: &'d Cell<'d, SpinDatabase>,
    /// Through whom messages can go.
    pub carriers: &'d Carriers,
    /// The sender that recipients see (R77).
    pub sender: &'d str,
    /// Makes the links in messages.
    pub links: &'d OptOutLinks,
}

/// When the requests of a wave may leave.
#[derive(Clone, Copy)]
struct Departures {
    closing: Closing,
    /// The reading of the running clock at `at`.
    before: Instant,
    at: i64,
    slots: Option<Slots>,
}

impl Departures {
    /// How long the request with the message at this place in the wave still has to wait.
    fn wait(&self, place: usize) -> Option<Duration> {
        let slots = self.slots?;
        let slot_ms = slots.first_at - self.at + place as i64 * slots.apart_us / 1_000;
        let leaves = self.before + Duration::from_millis(u64::try_from(slot_ms).ok()?);
        leaves.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero())
    }
}

impl Dispatcher<'_> {
    /// Takes, hands over and settles up to `limit` messages of a route; `None` when there is nothing to
    /// take, nobody to take it, or the hours are over or as good as over.
    pub async fn wave(
        &self,
        tenant: &Tenant<'_, SpinDatabase>,
        campaign: &Campaign,
        route: &str,
        way: &Route,
        limit: usize,
    ) -> Result<Option<Wave>> {
        let judging = Judging::now(self.call, tenant, campaign.class).await?;
        let now = judging.at;
        let segments = campaign.segments.unsigned_abs();
        let Some(chosen) = self.carriers.choose(way, segments, &judging)? else { return Ok(None) };
        let (operator, price) = (chosen.operator, chosen.price);
        let closing = judging.closing(&judging.verdict(operator.name()));
        if closing.answer_time(Instant::now()).is_none() {
            return Ok(None);
        }
        let mut limit = limit.min(if chosen.on_trial { TRIAL_MESSAGES } else { WAVE_MESSAGES });
        let per_second = self.carriers.routing().per_second(operator.name());
        if let Some(per_second) = per_second {
            // As many as leave before another tick's turn comes.
            limit = limit.min(per_second as usize * (AHEAD_MAX_MS / 1_000) as usize);
        }
        let request = Lease {
            campaign: &campaign.campaign,
            route,
            operator: operator.name(),
            operator_price: price.operator,
            service_price: price.service,
            limit,
            until: now + LEASE_MS,
        };
        let LeaseOutcome::Taken { lease, messages } = tenant.lease(&request, now).await? else {
            return Ok(None);
        };
        let leased = messages.len() as i64;
        let slots = match per_second {
            Some(rate) => Some(self.cell.reserve_slots(operator.name(), messages.len(), rate, now).await?),
            None => None,
        };
        // The instant of the hand-over: the hours and the price are judged again at it (R48, R81).
        let judging = Judging::now(self.call, tenant, campaign.class).await?;
        let (at, verdict) = (judging.at, judging.verdict(operator.name()));
        let closing = judging.closing(&verdict);
        let in_time = closing.answer_time(Instant::now()).is_some();
        let same_price =
            self.carriers.choose(way, segments, &judging)?.is_some_and(|chosen| chosen.price == price);
        let mut tally = Tally::default();
        let mut retry_at = at;
        let answers = if in_time && same_price {
            let left = u64::try_from(request.until - at).unwrap_or_default();
            let closing = closing.under_lease(Duration::from_millis(left));
            let departures = Departures { closing, before: judging.before, at, slots };
            let (answers, wave_tally) = self.hand_over(operator, campaign, messages, departures).await;
            tally = wave_tally;
            retry_at = match tally.failing() {
                Some(failing) => {
                    let rested_at = self.carriers.rest(self.cell, operator.name(), failing, at).await?;
                    if chosen.has_fallback { at } else { rested_at }
                }
                None => {
                    if tally.works() {
                        self.carriers.works(self.cell, operator.name()).await?;
                    }
                    at + RETRY_MS
                }
            };
            answers
        } else {
            let not_sent = |message| (message, Verdict::NotTaken(Hindrance::Throttled));
            messages.into_iter().map(not_sent).collect()
        };
        let outcomes = answers.into_iter().map(|(message, verdict)| {
            let outcome = match verdict {
                Verdict::Taken(reference) => HandOver::Taken(reference),
                Verdict::Refused(reason) => HandOver::Refused(reason),
                Verdict::NotTaken(_) => HandOver::Later(retry_at),
                Verdict::Unknown => HandOver::Unknown(request.until),
            };
            (message, outcome)
        });
        let settlement = Settlement {
            lease: &lease,
            campaign: &campaign.campaign,
            text_sha256: &campaign.text_sha256,
            segments: campaign.segments,
            operator: operator.name(),
            operator_price: price.operator,
            service_price: price.service,
            at,
            verdict: &verdict,
            outcomes: outcomes.collect(),
        };
        let settled = self.settle(tenant, &settlement).await?;
        let falls_back = chosen.has_fallback && tally.failing().is_some();
        Ok(Some(Wave { leased, settled, falls_back }))
    }

    /// What was sent must be written down, however busy the database is: else nobody knows of it, and an
    /// operator that cannot be asked leaves it so. Each try waits for five seconds by itself.
    async fn settle(
        &self,
        tenant: &Tenant<'_, SpinDatabase>,
        settlement: &Settlement<'_>,
    ) -> Result<Settled> {
        let mut tries = 0;
        loop {
            tries += 1;
            match tenant.settle(settlement, self.call.now().await?).await {
                Err(DbError::Busy) if tries < SETTLE_TRIES_MAX => {}
                settled => return Ok(settled?),
            }
        }
    }

    /// No transaction is open here: the operator may take its time.
    async fn hand_over(
        &self,
        operator: &dyn Operator,
        campaign: &Campaign,
        messages: Vec<LeasedMessage>,
        departures: Departures,
    ) -> (Vec<(LeasedMessage, Verdict)>, Tally) {
        let (reachable, erased): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| message.phone.is_some());
        let capability = operator.capability();
        let batch_max = capability.batch_max.max(1);
        let parallel = self.carriers.routing().parallel(operator.name()).unwrap_or(capability.parallel_max);
        let tally = RefCell::new(Tally::default());
        let requests = reachable.chunks(batch_max).enumerate().map(|(place, batch)| {
            self.hand_over_batch(operator, campaign, batch, place * batch_max, departures, &tally)
        });
        let answers: Vec<Vec<Verdict>> = stream::iter(requests).buffered(parallel.max(1)).collect().await;
        let mut outcomes: Vec<_> = reachable.into_iter().zip(answers.into_iter().flatten()).collect();
        outcomes.extend(erased.into_iter().map(|message| (message, Verdict::Refused("contact_erased"))));
        (outcomes, tally.into_inner())
    }

    /// What a message says: the campaign's text, with the link for refusing further ones where it has one.
    fn text_of<'t>(&self, campaign: &'t Campaign, message: &LeasedMessage) -> Result<Cow<'t, str>> {
        let Some(base) = &campaign.opt_out_link else { return Ok(Cow::Borrowed(&campaign.text)) };
        let token = self.links.token(message.id, &message.message)?;
        Ok(Cow::Owned(with_link(&campaign.text, base, &token)))
    }

    /// One request; one verdict a message, in their order.
    async fn hand_over_batch(
        &self,
        operator: &dyn Operator,
        campaign: &Campaign,
        batch: &[LeasedMessage],
        place: usize,
        departures: Departures,
        tally: &RefCell<Tally>,
    ) -> Vec<Verdict> {
        if let Some(wait) = departures.wait(place) {
            spin_sdk::time::sleep(wait).await;
        }
        let kept_here = vec![Verdict::NotTaken(Hindrance::Throttled); batch.len()];
        if tally.borrow().is_enough() {
            return kept_here;
        }
        let texts: Result<Vec<Cow<'_, str>>> =
            batch.iter().map(|message| self.text_of(campaign, message)).collect();
        let Ok(texts) = texts else { return kept_here };
        let outgoing: Vec<OutgoingMessage<'_>> = batch
            .iter()
            .zip(&texts)
            .map(|(message, text)| OutgoingMessage {
                id: &message.message,
                number: message.id.unsigned_abs(),
                to: message.phone.as_deref().unwrap_or_default(),
                from: self.sender,
                text,
            })
            .collect();
        let verdicts = match operator.hand_over(&outgoing) {
            // Making the request took its time: the deadlines are looked at once more, at the last moment.
            Ok(request) => match departures.closing.answer_time(Instant::now()) {
                Some(may_take) => operator.read_hand_over(&outgoing, &exchange(request, may_take).await),
                None => return kept_here,
            },
            // It never left, so nothing is ambiguous about it.
            Err(error) => {
                let _logged = Problem::internal("a request to an operator", &error);
                vec![error.verdict(); outgoing.len()]
            }
        };
        tally.borrow_mut().count(&verdicts);
        verdicts
    }
}
