//! The dispatch tick: bounded work that may overlap with other ticks.

use api::ticks::Dispatched;
use std::collections::BTreeSet;

use domain::campaign::CampaignState;
use domain::hours::{in_statutory_night, window_at};
use domain::money::Tiyn;
use domain::tariffs::Channel;
use edge::{Answer, Call, Deployment, Problem, Result, instant, is_busy, json, read_calendars, read_routing};
use store::cell::{CampaignAtWork, Cell, Done, IDLE_MS, PUT_OFF_MS, Routes, Tenant};
use store::{DbError, OptOutLinks, SpinDatabase, VisitLinks};

use crate::carriers::Carriers;
use crate::hand_over::{Dispatcher, Line};
use crate::recovery::recover;

/// Messages that one tick hands over at most, as many from each cell: the cells come one after another, and codes of
/// the last one grow stale meanwhile. The caller ticks again while there is more.
const TICK_MESSAGES_MAX: usize = 4_000;
/// Messages that one step queues.
const PREPARE_MESSAGES: usize = 5_000;
/// Reports that came before their hand-overs were settled, taken by one tick.
const WAITING_REPORTS_MAX: usize = 5_000;
/// Campaigns that one tick prepares, and as many that it serves.
const CAMPAIGNS_MAX: usize = 50;

/// Counts what the tick of one cell did.
fn add(all: &mut Dispatched, cell: &Dispatched) {
    all.prepared += cell.prepared;
    all.leased += cell.leased;
    all.handed_over += cell.handed_over;
    all.requeued += cell.requeued;
    all.unknown += cell.unknown;
    all.blocked += cell.blocked;
    all.more |= cell.more;
    all.window_open |= cell.window_open;
}

/// `POST /internal/ticks/dispatch`
pub async fn post(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let mut ticked = Dispatched::default();
    let failed = deployment.in_each_cell("dispatch", async |cell| {
        add(&mut ticked, &tick(&call, &deployment, &cell).await?);
        Ok(())
    });
    ticked.cells_failed = failed.await?;
    json(200, &ticked)
}

/// The tick of one cell.
async fn tick(call: &Call, deployment: &Deployment, cell: &Cell<'_, SpinDatabase>) -> Result<Dispatched> {
    let now = call.now().await?;
    // Whatever a cell missed of what the service listed it has before it sends, also one that is new or was restored.
    cell.take_service_blacklist(&deployment.directory(), now).await?;
    let mut ticked = Dispatched::default();
    let recovered = recover(call, cell, now).await?;
    ticked.unknown = recovered.unknown;
    ticked.requeued = recovered.requeued;
    ticked.handed_over = recovered.handed_over;
    ticked.blocked = recovered.blocked;
    let mut tick = Tick { call, deployment, cell, accounts: Accounts::default() };
    tick.expire_codes(&mut ticked).await?;
    let at_work = cell.campaigns_at_work(CAMPAIGNS_MAX, now).await?;
    tick.prepare_all(&at_work.preparing, &mut ticked).await;
    let mut left_out = at_work.left_out;
    let at = instant(now)?;
    ticked.window_open = window_at(at).open;
    // Outside the offer's hours only those accounts send that have agreed on others (R82), and in the
    // night nobody does (R83).
    if ticked.window_open || !in_statutory_night(at) && cell.other_hours_on(now).await? {
        // Those that were prepared just now are running now.
        let at_work = cell.campaigns_at_work(CAMPAIGNS_MAX, call.now().await?).await?;
        tick.dispatch(&at_work.running, &mut ticked).await?;
        left_out |= at_work.left_out;
    }
    let calendars = read_calendars()?;
    let waiting = cell.take_waiting_reports(&calendars, WAITING_REPORTS_MAX, call.now().await?);
    tell("a report", waiting.await?);
    // Those that had no turn have one at once, as long as there is something to do at all.
    ticked.more |= left_out && ticked.prepared + ticked.handed_over > 0;
    Ok(ticked)
}

/// Says in the log with whom something is broken.
pub fn tell(what: &str, done: Done) {
    for (account, error) in done.put_off {
        eprintln!("{what} of {account} put off: {error}");
    }
}

/// What one tick learned of accounts.
#[derive(Default)]
struct Accounts {
    /// Something is broken with these: they are put off, and not tried again by this tick.
    broken: BTreeSet<String>,
    /// Whose turn brought something.
    busy: BTreeSet<String>,
    /// Whose turn brought nothing.
    idle: BTreeSet<String>,
}

/// What a campaign's turn came to.
#[derive(Default)]
struct Turn {
    leased: i64,
    /// The price of a message for which there was no money.
    needs: Option<Tiyn>,
}

struct Tick<'t> {
    call: &'t Call,
    cell: &'t Cell<'t, SpinDatabase>,
    deployment: &'t Deployment,
    accounts: Accounts,
}

impl<'t> Tick<'t> {
    /// The account whose turn it is; `None` if something is broken with it. Then it is put off, so that it
    /// neither stops the tick nor fills the places of all others.
    async fn tenant(&mut self, account: &str) -> Result<Option<Tenant<'t, SpinDatabase>>> {
        if self.accounts.broken.contains(account) {
            return Ok(None);
        }
        let error = match self.tenant_that_follows(account).await? {
            Ok(tenant) => return Ok(Some(tenant)),
            Err(DbError::Busy) => return Err(DbError::Busy.into()),
            Err(error) => error,
        };
        eprintln!("dispatch: {account} put off: {error}");
        self.accounts.broken.insert(account.to_owned());
        self.cell.put_off(&[account], self.call.now().await? + PUT_OFF_MS).await?;
        Ok(None)
    }

    /// The account with the service's blacklist in its blacklist: nothing is leased for one that is behind.
    async fn tenant_that_follows(
        &self,
        account: &str,
    ) -> Result<std::result::Result<Tenant<'t, SpinDatabase>, DbError>> {
        let now = self.call.now().await?;
        let follow = async {
            let tenant = self.cell.tenant(account).await?.ok_or(DbError::NoRow)?;
            self.cell.follow_service_blacklist(&tenant, now).await?;
            Ok(tenant)
        };
        Ok(follow.await)
    }

    /// What is wrong with one account's campaign must not keep all others waiting: it is put off. A busy
    /// database is no fault of its own: then only others come before it.
    async fn put_off(&self, work: &CampaignAtWork, problem: &Problem) {
        eprintln!("dispatch: {} put off: {}", work.campaign, problem.code());
        let put_off = async {
            let until = self.call.now().await? + IDLE_MS;
            if !is_busy(problem) {
                self.cell.put_campaign_off(work, until).await?;
            }
            Ok::<_, Problem>(self.cell.put_off(&[&work.account], until).await?)
        };
        if let Err(problem) = put_off.await {
            eprintln!("dispatch: {} not put off: {}", work.campaign, problem.code());
        }
    }

    /// Codes that nobody waits for any more, at any hour; and their campaigns, which may have come to their end.
    async fn expire_codes(&mut self, ticked: &mut Dispatched) -> Result<()> {
        let now = self.call.now().await?;
        let expired = self.cell.expire_codes(now).await?;
        ticked.blocked += expired.messages;
        for (account, campaign) in expired.campaigns {
            let ended = async {
                let Some(tenant) = self.tenant(&account).await? else { return Ok(()) };
                tenant.served(&campaign, now).await?;
                Ok::<_, Problem>(())
            };
            // Its next turn comes to the same end.
            if let Err(problem) = ended.await {
                eprintln!("dispatch: {campaign} not ended: {}", problem.code());
            }
        }
        Ok(())
    }

    async fn prepare_all(&mut self, at_work: &[CampaignAtWork], ticked: &mut Dispatched) {
        for work in at_work {
            if let Err(problem) = self.prepare(work, ticked).await {
                self.put_off(work, &problem).await;
            }
        }
    }

    async fn prepare(&mut self, work: &CampaignAtWork, ticked: &mut Dispatched) -> Result<()> {
        let Some(tenant) = self.tenant(&work.account).await? else { return Ok(()) };
        let now = self.call.now().await?;
        let routes = routes(work.channel)?;
        let prepared = tenant.prepare(&work.campaign, &routes, PREPARE_MESSAGES, now).await?;
        ticked.prepared += prepared.messages;
        ticked.more |= !prepared.done;
        Ok(())
    }

    async fn dispatch(&mut self, at_work: &[CampaignAtWork], ticked: &mut Dispatched) -> Result<()> {
        let (call, cell) = (self.call, self.cell);
        let directory = self.deployment.directory();
        let carriers = Carriers::set_up(call, &directory).await?;
        let sender = call.settings.get("sender").await?;
        let keys = self.deployment.keys();
        let (links, visit_links) = (&OptOutLinks::new(keys)?, &VisitLinks::new(keys)?);
        let (directory, carriers, sender) = (&directory, &carriers, &sender);
        let dispatcher = Dispatcher { call, directory, carriers, sender, links, visit_links };
        let mut left = TICK_MESSAGES_MAX / self.deployment.cells().count();
        for work in at_work {
            // Those behind have had no turn and must not be noted as served: they are the first of the next tick.
            if left == 0 {
                break;
            }
            if let Err(problem) = self.take_turn(&dispatcher, work, &mut left, ticked).await {
                self.put_off(work, &problem).await;
            }
        }
        ticked.more |= left == 0;
        let idle: Vec<&str> =
            self.accounts.idle.difference(&self.accounts.busy).map(String::as_str).collect();
        if !idle.is_empty() {
            cell.put_behind(&idle, call.now().await?).await?;
        }
        Ok(())
    }

    /// One campaign's turn. A campaign that cannot be paid for sleeps until there is money (R52).
    async fn take_turn(
        &mut self,
        dispatcher: &Dispatcher<'_>,
        work: &CampaignAtWork,
        left: &mut usize,
        ticked: &mut Dispatched,
    ) -> Result<()> {
        let Some(tenant) = self.tenant(&work.account).await? else {
            return Ok(self.cell.put_campaign_off(work, self.call.now().await? + PUT_OFF_MS).await?);
        };
        let turn = serve(dispatcher, &tenant, work, left, ticked).await?;
        let now = self.call.now().await?;
        let asleep = match turn.needs {
            Some(needs) if turn.leased == 0 => tenant.fall_asleep(&work.campaign, needs, now).await?,
            _ => false,
        };
        if !asleep {
            tenant.had_turn(&work.campaign, now).await?;
        }
        let accounts = if turn.leased > 0 { &mut self.accounts.busy } else { &mut self.accounts.idle };
        accounts.insert(work.account.clone());
        Ok(())
    }
}

/// The routes of a channel's messages, by the ranges of numbers.
fn routes(channel: Channel) -> Result<Routes> {
    let routing = read_routing()?;
    let by_range = routing
        .of_channel(channel)
        .flat_map(|route| route.ranges.iter().map(|range| (range.clone(), route.name.clone())));
    let other = routing.other(channel).map(|route| route.name.clone()).unwrap_or_default();
    Ok(Routes { by_range: by_range.collect(), other })
}

/// Hands over what is due of a campaign, as far as there is room and money.
async fn serve(
    dispatcher: &Dispatcher<'_>,
    tenant: &Tenant<'_, SpinDatabase>,
    work: &CampaignAtWork,
    left: &mut usize,
    ticked: &mut Dispatched,
) -> Result<Turn> {
    let mut turn = Turn::default();
    let Some(campaign) = tenant.campaign(&work.campaign).await? else { return Ok(turn) };
    if campaign.state != CampaignState::Running {
        return Ok(turn);
    }
    let routing = dispatcher.carriers.routing();
    for route in tenant.queued_routes(&work.campaign).await? {
        let Some(way) = routing.named(work.channel, &route) else { continue };
        let line = Line { tenant, campaign: &campaign, route: &route, way };
        while *left > 0 {
            let Some(wave) = dispatcher.wave(&line, *left).await? else { break };
            if let Some(needs) = wave.needs {
                turn.needs = Some(turn.needs.map_or(needs, |least| least.min(needs)));
                break;
            }
            *left = left.saturating_sub(wave.leased.unsigned_abs() as usize);
            turn.leased += wave.leased;
            ticked.leased += wave.leased;
            ticked.handed_over += wave.settled.handed_over;
            ticked.requeued += wave.settled.requeued;
            ticked.unknown += wave.settled.unknown;
            ticked.blocked += wave.settled.blocked;
            // What came back would be taken again at once: unless somebody else can have it, the next
            // tick is soon enough.
            if wave.settled.requeued > 0 && !wave.falls_back {
                break;
            }
        }
    }
    Ok(turn)
}
