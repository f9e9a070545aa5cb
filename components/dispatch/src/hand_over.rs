//! One wave of a campaign: somebody is chosen to carry it, it is taken, sent, and settled.

use std::time::{Duration, Instant};

use domain::campaign::MessageClass;
use domain::links::Template;
use domain::money::Tiyn;
use domain::one_time_codes::FRESH_MS;
use domain::routing::{Failing, Route};
use edge::{Call, Problem, Result, while_busy};
use operators::audio_link::{Fetcher, OPEN_FOR_MS, audio_link};
use operators::{Hindrance, Operator, Verdict};
use store::cell::{
    Campaign, Content, HandOver, Lease, LeaseOutcome, LeasedMessage, Settled, Settlement, Tenant, Terms,
    TextLinks,
};
use store::directory::{Directory, Slots};
use store::{DatabaseClock, OptOutLinks, SpinDatabase, VisitLinks};

use crate::carriers::{AHEAD_MAX_MS, Carriers, Chosen};
use crate::closing::Closing;
use crate::departing::{Departing, Timetable};
use crate::judging::Judging;
use crate::outgoing::{Link, Saying, Visits, expiry};
use crate::sending::Sending;
use crate::tally::Tally;

/// Messages in one wave: so many are taken by one transaction and settled by one.
pub const WAVE_MESSAGES: usize = 2_000;
/// An operator that failed last is tried with so many at most.
const TRIAL_MESSAGES: usize = 10;
/// A lease that nobody settled in this time counts as ambiguous. Longer than any request may take.
const LEASE_MS: i64 = 120_000;
/// What an operator that works did not take is tried again after this.
const RETRY_MS: i64 = 5_000;

/// A campaign's messages of one route, whose turn it is.
pub struct Line<'l> {
    /// Whose.
    pub tenant: &'l Tenant<'l, SpinDatabase>,
    /// Of which campaign.
    pub campaign: &'l Campaign,
    /// The route's name.
    pub route: &'l str,
    /// Who can carry them.
    pub way: &'l Route,
}

/// What a wave brought.
#[derive(Default)]
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

/// What came of an attempt to take messages.
enum Taking<'w> {
    Taken(Taken<'w>, Vec<LeasedMessage>),
    /// There is no money for one message, which costs so much.
    NoMoney(Tiyn),
    Nothing,
}

/// A lease, with what stays the same until it is settled.
struct Taken<'w> {
    line: &'w Line<'w>,
    chosen: Chosen<'w>,
    saying: Saying<'w>,
    terms: Terms,
    clock: DatabaseClock,
    lease: String,
    /// The end of the lease, by the database's clock.
    until: i64,
}

/// What became of taken messages on their way.
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

impl Sent {
    /// Nothing left: all of it is to be tried again at once.
    fn nothing(messages: Vec<LeasedMessage>, judging: Judging) -> Self {
        let not_sent = |message| (message, Verdict::NotTaken(Hindrance::Throttled));
        let answers = messages.into_iter().map(not_sent).collect();
        let retry_at = judging.at;
        Self { judging, answers, tally: Tally::default(), retry_at, rest: None }
    }
}

/// What every wave of a tick shares.
pub struct Dispatcher<'d> {
    /// The tick's request.
    pub call: &'d Call,
    /// Where operators' failures are noted, and their departures reserved: for all cells together.
    pub directory: &'d Directory<'d, SpinDatabase>,
    /// Through whom messages can go.
    pub carriers: &'d Carriers,
    /// The sender that recipients see (R77).
    pub sender: &'d str,
    /// Makes the links behind messages.
    pub links: &'d OptOutLinks,
    /// Makes those in messages.
    pub visit_links: &'d VisitLinks,
}

impl Dispatcher<'_> {
    /// Takes, hands over and settles up to `limit` messages of a line; `None` when there is nothing to
    /// take, nobody to take it, or the hours are over or as good as over.
    pub async fn wave(&self, line: &Line<'_>, limit: usize) -> Result<Option<Wave>> {
        let judging = Judging::now(self.call, line.tenant, line.campaign).await?;
        let Some(chosen) = self.choose(line, &judging)? else { return Ok(None) };
        match self.take(line, chosen, &judging, limit).await? {
            Taking::Taken(taken, messages) => {
                let sent = self.send(&taken, messages, judging).await;
                self.settle(&taken, sent).await.map(Some)
            }
            Taking::NoMoney(needs) => Ok(Some(Wave { needs: Some(needs), ..Wave::default() })),
            Taking::Nothing => Ok(None),
        }
    }

    /// By whom messages can leave at an instant.
    fn choose(&self, line: &Line<'_>, judging: &Judging) -> Result<Option<Chosen<'_>>> {
        let leaves = |operator: &dyn Operator| {
            self.closing(judging, operator, line.campaign).answer_time(Instant::now()).is_some()
        };
        self.carriers.choose(line.way, line.campaign.content.volume(), judging, leaves)
    }

    /// Leases messages for whoever was chosen. All that can fail is made ready before.
    async fn take<'w>(
        &'w self,
        line: &'w Line<'w>,
        chosen: Chosen<'w>,
        judging: &Judging,
        limit: usize,
    ) -> Result<Taking<'w>> {
        let (campaign, price) = (line.campaign, chosen.price);
        let saying = self.saying(chosen.operator, &campaign.content, judging.at).await?;
        let clock = self.call.database_clock().await?;
        let terms = Terms {
            campaign: campaign.campaign.clone(),
            operator: chosen.operator.name().to_owned(),
            operator_price: price.operator,
            service_price: price.service,
            paid_if_answered: chosen.unit.is_paid_if_answered(),
        };
        let limit = self.limit(&chosen, limit);
        let request = Lease { terms: &terms, route: line.route, limit, lasts_ms: LEASE_MS, clock };
        Ok(match line.tenant.lease(&request, judging.at).await? {
            LeaseOutcome::Taken { lease, until, messages } => {
                Taking::Taken(Taken { line, chosen, saying, terms, clock, lease, until }, messages)
            }
            LeaseOutcome::NoMoney => Taking::NoMoney(price.total),
            LeaseOutcome::Nothing => Taking::Nothing,
        })
    }

    /// Hands over what was taken. What is leased must be settled, whatever breaks here: left alone it would have
    /// to wait for the end of its lease.
    async fn send(&self, taken: &Taken<'_>, messages: Vec<LeasedMessage>, judging: Judging) -> Sent {
        let (line, chosen, operator) = (taken.line, &taken.chosen, taken.chosen.operator);
        let (slots, judging) = match self.judge_again(taken, messages.len(), judging.at).await {
            Ok(Some(ready)) => ready,
            Ok(None) => return Sent::nothing(messages, judging),
            Err(problem) => {
                let (count, campaign) = (messages.len(), &line.campaign.campaign);
                eprintln!("dispatch: {count} messages of {campaign} not sent: {}", problem.code());
                return Sent::nothing(messages, judging);
            }
        };
        let (at, closing) = (judging.at, self.closing(&judging, operator, line.campaign));
        let parallel = self.parallel(operator);
        let in_flight = parallel * taken.saying.batch_max(operator);
        let timetable = Timetable { closing, watch: judging.watch, at, slots };
        let departing = Departing::new(line.tenant, taken.clock, &taken.lease, timetable, in_flight);
        let sending = Sending::new(operator, &taken.saying, &departing, parallel);
        let (answers, tally) = sending.send(messages).await;
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

    /// The instant of the hand-over: the hours and the price are judged again at it (R48, R81). `None` where either
    /// is not any more what it was.
    async fn judge_again(
        &self,
        taken: &Taken<'_>,
        messages: usize,
        leased_at: i64,
    ) -> Result<Option<(Option<Slots>, Judging)>> {
        let (line, chosen, operator) = (taken.line, &taken.chosen, taken.chosen.operator);
        let slots = match self.carriers.routing().per_second(operator.name()) {
            Some(rate) => {
                Some(self.directory.reserve_slots(operator.name(), messages, rate, leased_at).await?)
            }
            None => None,
        };
        let judging = Judging::now(self.call, line.tenant, line.campaign).await?;
        let now_chosen = self.choose(line, &judging)?;
        let same_price = now_chosen.is_some_and(|now| (now.unit, now.price) == (chosen.unit, chosen.price));
        let closing = self.closing(&judging, operator, line.campaign);
        let in_time = judging.watch.now().is_some_and(|now| closing.answer_time(now).is_some());
        Ok((same_price && in_time).then_some((slots, judging)))
    }

    /// Settles what was taken, and notes how its operator is. What was sent must be written down, however busy the
    /// database is: else nobody knows of it, and an operator that cannot be asked leaves it so.
    async fn settle(&self, taken: &Taken<'_>, sent: Sent) -> Result<Wave> {
        let Taken { line, chosen, .. } = taken;
        let (operator, at) = (chosen.operator.name(), sent.judging.at);
        let outcome = |verdict| match verdict {
            Verdict::Taken(reference) => HandOver::Taken(reference),
            Verdict::Refused(reason) => HandOver::Refused(reason),
            Verdict::NotTaken(_) => HandOver::Later(sent.retry_at),
            Verdict::Unknown => HandOver::Unknown(taken.until),
        };
        let outcomes: Vec<_> =
            sent.answers.into_iter().map(|(message, verdict)| (message, outcome(verdict))).collect();
        let leased = outcomes.len() as i64;
        let settlement = Settlement {
            lease: &taken.lease,
            terms: &taken.terms,
            content: &line.campaign.sent_content(),
            at,
            verdict: &sent.judging.verdict(operator),
            outcomes,
        };
        let settle = async || Ok(line.tenant.settle_lease(&settlement, self.call.now().await?).await?);
        let settled = while_busy(settle).await?;
        // Only now: nothing may come between the answers and their being written down.
        if let Some((failing, until)) = sent.rest {
            self.carriers.rest(self.directory, operator, failing, until, at).await?;
        } else if sent.tally.works() {
            self.carriers.works(self.directory, operator).await?;
        }
        Ok(Wave { leased, settled, falls_back: chosen.has_fallback && sent.rest.is_some(), needs: None })
    }

    /// What the messages of a wave say that begins at an instant.
    async fn saying<'s>(
        &'s self,
        operator: &dyn Operator,
        content: &'s Content,
        at: i64,
    ) -> Result<Saying<'s>> {
        Ok(match content {
            Content::Text { text, opt_out_link, links, .. } => {
                let link = opt_out_link.as_deref().map(|base| Link { base, links: self.links });
                let visits = links.as_ref().map(|links| self.visits(text, links)).transpose()?;
                Saying::Text { from: self.sender, text, visits, link }
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

    /// What makes the links in a text.
    fn visits<'s>(&'s self, text: &'s str, links: &'s TextLinks) -> Result<Visits<'s>> {
        let template = Template::new(text, &links.names());
        let template =
            template.ok_or_else(|| Problem::internal("a text", &"it names a link that is not there"))?;
        Ok(Visits { template, count: links.links.len(), base: &links.base, links: self.visit_links })
    }

    /// When the hours end for what is handed over to an operator: a call must have rung by then, and a code
    /// must still be waited for. Who cannot be told until when gets nothing in the last minutes.
    fn closing(&self, judging: &Judging, operator: &dyn Operator, campaign: &Campaign) -> Closing {
        let last_minutes = self.carriers.routing().last_minutes_without_validity();
        let closing = judging.closing(&judging.verdict(operator.name()));
        let closing = closing.told(expiry(operator, campaign.content.volume().channel()), last_minutes);
        let closing = match &campaign.content {
            Content::Text { .. } => closing,
            Content::Call { plan, .. } => {
                closing.ringing_for(Duration::from_secs(plan.ring_seconds().into()))
            }
        };
        if campaign.class != MessageClass::OneTimeCode {
            return closing;
        }
        let fresh_ms = campaign.started_at.map_or(0, |started| started + FRESH_MS - judging.at);
        closing.while_fresh(Duration::from_millis(u64::try_from(fresh_ms).unwrap_or_default()))
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

    /// How many requests an operator bears at once.
    fn parallel(&self, operator: &dyn Operator) -> usize {
        let parallel = self.carriers.routing().parallel(operator.name());
        parallel.unwrap_or(operator.capability().parallel_max).max(1)
    }
}
