//! The dispatch tick: bounded work that may overlap with other ticks.

use domain::campaign::CampaignState;
use domain::hours::{in_statutory_night, window_at};
use domain::tariffs::Channel;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Result, instant, json, read_calendars, read_routing};
use serde::Serialize;
use store::cell::{CampaignAtWork, Cell, Routes, Tenant};
use store::{OptOutLinks, SpinDatabase};

use crate::carriers::Carriers;
use crate::hand_over::Dispatcher;

/// Messages that one tick hands over at most; the caller ticks again while there is more.
const TICK_MESSAGES_MAX: usize = 4_000;
/// Messages that one step queues.
const PREPARE_MESSAGES: usize = 5_000;
/// Reports that came before their hand-overs were settled, taken by one tick.
const WAITING_REPORTS_MAX: usize = 5_000;
/// Campaigns that one tick prepares, and as many that it serves.
const CAMPAIGNS_MAX: usize = 50;

#[derive(Default, Serialize)]
struct Ticked {
    prepared: i64,
    leased: i64,
    handed_over: i64,
    requeued: i64,
    unknown: i64,
    blocked: i64,
    more: bool,
    window_open: bool,
}

/// `POST /internal/ticks/dispatch`
pub async fn post(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let now = call.now().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let cell = Cell::new(&*db);
    let mut ticked = Ticked { unknown: cell.recover_expired_leases(now).await?, ..Ticked::default() };
    expire_codes(&call, &cell, &mut ticked).await?;
    let at_work = cell.campaigns_at_work(CAMPAIGNS_MAX, now).await?;
    for work in &at_work.preparing {
        // What is wrong with one account's campaign must not keep all others waiting.
        if let Err(problem) = prepare(&call, &cell, work, &mut ticked).await {
            eprintln!("dispatch: {} not prepared: {}", work.campaign, problem.code());
        }
    }
    let mut left_out = at_work.left_out;
    let at = instant(now)?;
    ticked.window_open = window_at(at).open;
    // Outside the offer's hours only those accounts send that have agreed on others (R82), and in the
    // night nobody does (R83).
    if ticked.window_open || !in_statutory_night(at) && cell.other_hours_on(now).await? {
        // Those that were prepared just now are running now.
        let at_work = cell.campaigns_at_work(CAMPAIGNS_MAX, call.now().await?).await?;
        dispatch(&call, &cell, &at_work.running, &mut ticked).await?;
        left_out |= at_work.left_out;
    }
    let master = call.settings.master_key().await?;
    cell.take_waiting_reports(&master, &*read_calendars()?, WAITING_REPORTS_MAX, call.now().await?).await?;
    // Those that had no turn have one at once, as long as there is something to do at all.
    ticked.more |= left_out && ticked.prepared + ticked.handed_over > 0;
    json(200, &ticked)
}

/// Codes that nobody waits for any more, at any hour; and their campaigns, which may have come to their end.
async fn expire_codes(call: &Call, cell: &Cell<'_, SpinDatabase>, ticked: &mut Ticked) -> Result<()> {
    let now = call.now().await?;
    let expired = cell.expire_codes(now).await?;
    ticked.blocked += expired.messages;
    let master = call.settings.master_key().await?;
    for (account, campaign) in expired.campaigns {
        if let Some(tenant) = cell.tenant(&master, &account).await? {
            tenant.served(&campaign, now).await?;
        }
    }
    Ok(())
}

async fn prepare<D: store::Database>(
    call: &Call,
    cell: &Cell<'_, D>,
    work: &CampaignAtWork,
    ticked: &mut Ticked,
) -> Result<()> {
    let master = call.settings.master_key().await?;
    let Some(tenant) = cell.tenant(&master, &work.account).await? else { return Ok(()) };
    let now = call.now().await?;
    let prepared = tenant.prepare(&work.campaign, &routes(work.channel)?, PREPARE_MESSAGES, now).await?;
    ticked.prepared += prepared.messages;
    ticked.more |= !prepared.done;
    Ok(())
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

async fn dispatch(
    call: &Call,
    cell: &Cell<'_, SpinDatabase>,
    at_work: &[CampaignAtWork],
    ticked: &mut Ticked,
) -> Result<()> {
    let carriers = Carriers::set_up(call, cell).await?;
    let sender = call.settings.get("sender").await?;
    let master = call.settings.master_key().await?;
    let links = OptOutLinks::new(&master)?;
    let dispatcher = Dispatcher { call, cell, carriers: &carriers, sender: &sender, links: &links };
    let mut left = TICK_MESSAGES_MAX;
    for work in at_work {
        // Those behind have had no turn and must not be noted as served: they are the first of the next tick.
        if left == 0 {
            break;
        }
        let Some(tenant) = cell.tenant(&master, &work.account).await? else { continue };
        // What is wrong with one account's messages must not keep all others waiting.
        if let Err(problem) = serve(&dispatcher, &tenant, work, &mut left, ticked).await {
            eprintln!("dispatch: {} put off: {}", work.campaign, problem.code());
        }
        tenant.served(&work.campaign, call.now().await?).await?;
    }
    ticked.more |= left == 0;
    Ok(())
}

/// One campaign's turn.
async fn serve(
    dispatcher: &Dispatcher<'_>,
    tenant: &Tenant<'_, SpinDatabase>,
    work: &CampaignAtWork,
    left: &mut usize,
    ticked: &mut Ticked,
) -> Result<()> {
    let Some(campaign) = tenant.campaign(&work.campaign).await? else { return Ok(()) };
    if campaign.state != CampaignState::Running {
        return Ok(());
    }
    let routing = dispatcher.carriers.routing();
    for route in tenant.queued_routes(&work.campaign).await? {
        let Some(way) = routing.named(work.channel, &route) else { continue };
        while *left > 0 {
            let Some(wave) = dispatcher.wave(tenant, &campaign, &route, way, *left).await? else { break };
            *left = left.saturating_sub(wave.leased.unsigned_abs() as usize);
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
    Ok(())
}
