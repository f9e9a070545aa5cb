//! One wave of a campaign: taken, handed over all at once in bulk, settled.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::time::{Duration, Instant};

use domain::campaign::MessageClass;
use domain::money::Tiyn;
use domain::one_time_codes::FRESH_MS;
use domain::routing::{Failing, Route};
use edge::{Call, Problem, Result};
use futures::{StreamExt, stream};
use operators::audio_link::{Fetcher, OPEN_FOR_MS, audio_link};
use operators::{Hindrance, Operator, RequestError, Verdict};
use store::cell::{
    Campaign, Cell, Content, HandOver, Lease, LeaseOutcome, LeasedMessage, Settled, Settlement, Tenant,
};
use store::{DatabaseClock, DbError, OptOutLinks, SpinDatabase};

use crate::carriers::{AHEAD_MAX_MS, Carriers, Chosen, exchange};
use crate::closing::Closing;
use crate::departing::{Departing, Timetable};
use crate::judging::Judging;
use crate::outgoing::{Link, Saying, expiry};
use crate::tally::Tally;

/// Messages in one wave: so many are taken by one transaction and settled by one.
pub const WAVE_MESSAGES: usize = 2_000;
/// An operator that failed last is tried with so many at most.
const TRIAL_MESSAGES: usize = 10;
/// A lease that nobody settled in this time counts as ambiguous. Longer than any request may take.
const LEASE_MS: i64 = 120_000;
/// What an operator that works did not take is tried again after this.
const RETRY_MS: i64 = 5_000;

/// What there is to say of a message whose contact was erased between queueing and now.
const CONTACT_ERASED: Verdict = Verdict::Refused("contact_erased");
/// How often a settlement waits for its turn before it is left to the reconciliation.
const SETTLE_TRIES_MAX: u32 = 10;

/// When the hours end for what is handed over to an operator: a call must have rung by then, and a code
/// must still be waited for. Who cannot be told until when gets nothing in the last minutes.
fn closing_for(
    judging: &Judging,
    operator: &dyn Operator,
    campaign: &Campaign,
    last_minutes: Duration,
) -> Closing {
    let closing = judging.closing(&judging.verdict(operator.name()));
    let closing = closing.told(expiry(operator, campaign.content.volume().channel()), last_minutes);
    let closing = match &campaign.content {
        Content::Text { .. } => closing,
        Content::Call { plan, .. } => closing.ringing_for(Duration::from_secs(plan.ring_seconds().into())),
    };
    if campaign.class != MessageClass::OneTimeCode {
        return closing;
    }
    let fresh_ms = campaign.started_at.map_or(0, |started| started + FRESH_MS - judging.at);
    closing.while_fresh(Duration::from_millis(u64::try_from(fresh_ms).unwrap_or_default()))
}

/// What a wave brought.
pub struct Wave {
    /// Messages that were taken.
    pub leased: i64,
    /// What became of them.
    pub settled: Settled,
    /// Whether what came back can go by another operator at once.
    pub falls_back: bool,
    /// The price of one message, where something is due and there was no money for it: nothing was taken.
    pub needs: Option<Tiyn>,
}

/// Messages that were taken, with what stays the same until they are settled.
struct Taken<'w> {
    tenant: &'w Tenant<'w, SpinDatabase>,
    campaign: &'w Campaign,
    way: &'w Route,
    chosen: Chosen<'w>,
    clock: DatabaseClock,
    lease: String,
    /// The end of the lease, by the database's clock.
    until: i64,
}

/// What became of them on their way.
struct Sent {
    /// The instant of the hand-over.
    judging: Judging,
    answers: Vec<(LeasedMessage, Verdict)>,
    tally: Tally,
    /// When what was not taken is tried again, Unix milliseconds.
    retry_at: i64,
    /// Why the operator rests, and until when.
    rest: Option<(Failing, i64)>,
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

impl Dispatcher<'_> {
    /// What the messages of a wave say that begins at an instant.
    async fn saying<'s>(
        &'s self,
        operator: &dyn Operator,
        content: &'s Content,
        at: i64,
    ) -> Result<Saying<'s>> {
        Ok(match content {
            Content::Text { text, opt_out_link, .. } => {
                let link = opt_out_link.as_deref().map(|base| Link { base, links: self.links });
                Saying::Text { from: self.sender, text, link }
            }
            Content::Call { audio, plan, .. } => {
                let key = self.call.settings.audio_link_key().await?;
                let base = self.carriers.address_for(operator.name());
                let link = audio_link(&key, base, audio, at + OPEN_FOR_MS, Fetcher::of(operator.name()));
                let link =
                    link.ok_or_else(|| Problem::internal("a link to a recording", &"there is no key"))?;
                Saying::Call { from: self.carriers.caller(), audio_url: link, plan: plan.once() }
            }
        })
    }

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
        let judging = Judging::now(self.call, tenant, campaign).await?;
        let Some(chosen) = self.choose(way, campaign, &judging)? else { return Ok(None) };
        let saying = self.saying(chosen.operator, &campaign.content, judging.at).await?;
        let (price, clock) = (chosen.price, self.call.database_clock().await?);
        let request = Lease {
            campaign: &campaign.campaign,
            route,
            operator: chosen.operator.name(),
            operator_price: price.operator,
            service_price: price.service,
            paid_if_answered: chosen.unit.is_paid_if_answered(),
            limit: self.limit(&chosen, limit),
            lasts_ms: LEASE_MS,
            clock,
        };
        match tenant.lease(&request, judging.at).await? {
            LeaseOutcome::Taken { lease, until, messages } => {
                let taken = Taken { tenant, campaign, way, chosen, clock, lease, until };
                let leased = messages.len() as i64;
                let sent = self.send(&taken, &saying, messages, judging).await;
                Ok(Some(self.write_down(&taken, leased, sent).await?))
            }
            LeaseOutcome::NoMoney => {
                let (settled, needs) = (Settled::default(), Some(price.total));
                Ok(Some(Wave { leased: 0, settled, falls_back: false, needs }))
            }
            LeaseOutcome::Nothing => Ok(None),
        }
    }

    /// When the hours end for an operator, as they were judged.
    fn closing(&self, judging: &Judging, operator: &dyn Operator, campaign: &Campaign) -> Closing {
        closing_for(judging, operator, campaign, self.carriers.routing().last_minutes_without_validity())
    }

    /// By whom messages can leave at an instant.
    fn choose(&self, way: &Route, campaign: &Campaign, judging: &Judging) -> Result<Option<Chosen<'_>>> {
        let leaves = |operator: &dyn Operator| {
            self.closing(judging, operator, campaign).answer_time(Instant::now()).is_some()
        };
        self.carriers.choose(way, campaign.content.volume(), judging, leaves)
    }

    /// How many messages a wave takes at most.
    fn limit(&self, chosen: &Chosen<'_>, limit: usize) -> usize {
        let limit = limit.min(if chosen.on_trial { TRIAL_MESSAGES } else { WAVE_MESSAGES });
        match self.carriers.routing().per_second(chosen.operator.name()) {
            // As many as leave before another tick's turn comes.
            Some(per_second) => limit.min(per_second as usize * (AHEAD_MAX_MS / 1_000) as usize),
            None => limit,
        }
    }

    /// Hands over what was taken. What is leased must be settled, whatever breaks here: left alone it would have
    /// to wait for the end of its lease.
    async fn send(
        &self,
        taken: &Taken<'_>,
        saying: &Saying<'_>,
        messages: Vec<LeasedMessage>,
        judging: Judging,
    ) -> Sent {
        let Taken { tenant, campaign, chosen, .. } = taken;
        let (operator, leased_at) = (chosen.operator, judging.at);
        let ready = async {
            let slots = match self.carriers.routing().per_second(operator.name()) {
                Some(rate) => {
                    Some(self.cell.reserve_slots(operator.name(), messages.len(), rate, leased_at).await?)
                }
                None => None,
            };
            // The instant of the hand-over: the hours and the price are judged again at it (R48, R81).
            let judging = Judging::now(self.call, tenant, campaign).await?;
            let now_chosen = self.choose(taken.way, campaign, &judging)?;
            let same_price =
                now_chosen.is_some_and(|now| (now.unit, now.price) == (chosen.unit, chosen.price));
            Ok::<_, Problem>((slots, judging, same_price))
        };
        let (slots, judging, same_price) = match ready.await {
            Ok(ready) => ready,
            Err(problem) => {
                let (count, campaign) = (messages.len(), &campaign.campaign);
                eprintln!("dispatch: {count} messages of {campaign} not sent: {}", problem.code());
                (None, judging, false)
            }
        };
        let (at, closing) = (judging.at, self.closing(&judging, operator, campaign));
        let in_time = judging.watch.now().is_some_and(|now| closing.answer_time(now).is_some());
        if !(same_price && in_time) {
            let not_sent = |message| (message, Verdict::NotTaken(Hindrance::Throttled));
            let answers = messages.into_iter().map(not_sent).collect();
            return Sent { judging, answers, tally: Tally::default(), retry_at: at, rest: None };
        }
        let in_flight = self.parallel(operator) * saying.batch_max(operator);
        let timetable = Timetable { closing, watch: judging.watch, at, slots };
        let departing = Departing::new(tenant, taken.clock, &taken.lease, timetable, in_flight);
        let (answers, tally) = self.hand_over(operator, saying, messages, &departing).await;
        let rest = tally.failing().map(|failing| {
            let until = self.carriers.rest_until(operator.name(), failing, at);
            (failing, until.unwrap_or(at + RETRY_MS))
        });
        let retry_at = match rest {
            Some(_) if chosen.has_fallback => at,
            Some((_, until)) => until,
            None => at + RETRY_MS,
        };
        Sent { judging, answers, tally, retry_at, rest }
    }

    /// Settles what was taken, and notes how its operator is.
    async fn write_down(&self, taken: &Taken<'_>, leased: i64, sent: Sent) -> Result<Wave> {
        let Taken { campaign, chosen, .. } = taken;
        let operator = chosen.operator.name();
        let outcomes = sent.answers.into_iter().map(|(message, verdict)| {
            let outcome = match verdict {
                Verdict::Taken(reference) => HandOver::Taken(reference),
                Verdict::Refused(reason) => HandOver::Refused(Cow::Borrowed(reason)),
                Verdict::NotTaken(_) => HandOver::Later(sent.retry_at),
                Verdict::Unknown => HandOver::Unknown(taken.until),
            };
            (message, outcome)
        });
        let at = sent.judging.at;
        let settlement = Settlement {
            lease: &taken.lease,
            campaign: &campaign.campaign,
            content: &campaign.sent_content(),
            operator,
            operator_price: chosen.price.operator,
            service_price: chosen.price.service,
            paid_if_answered: chosen.unit.is_paid_if_answered(),
            at,
            verdict: &sent.judging.verdict(operator),
            outcomes: outcomes.collect(),
        };
        let settled = self.settle(taken.tenant, &settlement).await?;
        // Only now: nothing may come between the answers and their being written down.
        if let Some((failing, until)) = sent.rest {
            self.carriers.rest(self.cell, operator, failing, until, at).await?;
        } else if sent.tally.works() {
            self.carriers.works(self.cell, operator).await?;
        }
        Ok(Wave { leased, settled, falls_back: chosen.has_fallback && sent.rest.is_some(), needs: None })
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
            match tenant.settle_lease(settlement, self.call.now().await?).await {
                Err(DbError::Busy) if tries < SETTLE_TRIES_MAX => {}
                settled => return Ok(settled?),
            }
        }
    }

    /// How many requests an operator bears at once.
    fn parallel(&self, operator: &dyn Operator) -> usize {
        let parallel = self.carriers.routing().parallel(operator.name());
        parallel.unwrap_or(operator.capability().parallel_max).max(1)
    }

    /// No transaction is open here: the operator may take its time.
    async fn hand_over(
        &self,
        operator: &dyn Operator,
        saying: &Saying<'_>,
        messages: Vec<LeasedMessage>,
        departing: &Departing<'_>,
    ) -> (Vec<(LeasedMessage, Verdict)>, Tally) {
        let (reachable, erased): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| message.phone.is_some());
        departing.answered(&erased, &vec![CONTACT_ERASED; erased.len()]);
        let batch_max = saying.batch_max(operator);
        let tally = RefCell::new(Tally::default());
        let requests = (0..reachable.len()).step_by(batch_max).map(|first| {
            let places = first..reachable.len().min(first + batch_max);
            self.hand_over_batch(operator, saying, &reachable, places, departing, &tally)
        });
        let answers: Vec<Vec<Verdict>> =
            stream::iter(requests).buffered(self.parallel(operator)).collect().await;
        let mut outcomes: Vec<_> = reachable.into_iter().zip(answers.into_iter().flatten()).collect();
        outcomes.extend(erased.into_iter().map(|message| (message, CONTACT_ERASED)));
        (outcomes, tally.into_inner())
    }

    /// One request, with the messages at these places; one verdict for each, in their order.
    async fn hand_over_batch(
        &self,
        operator: &dyn Operator,
        saying: &Saying<'_>,
        wave: &[LeasedMessage],
        places: Range<usize>,
        departing: &Departing<'_>,
        tally: &RefCell<Tally>,
    ) -> Vec<Verdict> {
        let batch = wave.get(places.clone()).unwrap_or_default();
        if let Some(wait) = departing.wait(places.start) {
            spin_sdk::time::sleep(wait).await;
        }
        let kept_here = vec![Verdict::NotTaken(Hindrance::Throttled); batch.len()];
        if tally.borrow().is_enough() {
            return kept_here;
        }
        let Some(closing) = departing.allowed(wave, places).await else { return kept_here };
        let Some(validity) = departing.now().map(|now| closing.validity(now)) else {
            departing.answered(batch, &kept_here);
            return kept_here;
        };
        let verdicts = match saying.request(operator, batch, validity) {
            // Making the request took its time: the deadlines are looked at once more, at the last moment.
            Ok(request) => match departing.now().and_then(|now| closing.answer_time(now)) {
                Some(may_take) => saying.read(operator, batch, validity, &exchange(request, may_take).await),
                None => {
                    departing.answered(batch, &kept_here);
                    return kept_here;
                }
            },
            // What was left is gone meanwhile: that is no failure of the operator.
            Err(RequestError::TooLate) => {
                departing.answered(batch, &kept_here);
                return kept_here;
            }
            // It never left, so nothing is ambiguous about it.
            Err(error) => {
                let _logged = Problem::internal("a request to an operator", &error);
                vec![error.verdict(); batch.len()]
            }
        };
        departing.answered(batch, &verdicts);
        tally.borrow_mut().count(&verdicts);
        verdicts
    }
}
