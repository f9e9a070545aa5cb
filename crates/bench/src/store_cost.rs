//! What lease, hold and settle cost without the host around them: the same statements and the same
//! sealing, natively, on a copy of the queue that the platform sends.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use domain::cell_name::CellName;
use domain::hours::window_at;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_tests::MASTER_KEY;
use store::cell::{Cell, HandOver, Lease, LeaseOutcome, Settlement, Terms};
use store::{DatabaseClock, MasterKey, NativeDatabase};

use crate::process::thread_cpu;

/// As many as the dispatch takes at once.
const WAVE_MESSAGES: usize = 2_000;
/// Half the price of one message, as good as any.
const PRICE: Tiyn = Tiyn(400);

/// Time on the processor, of all messages together.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreCost {
    pub messages: u64,
    pub lease_and_hold: Duration,
    pub settle: Duration,
}

/// Takes and settles every queued message of a campaign.
pub fn measure(database: &Path, account: &str, campaign: &str, at: i64) -> anyhow::Result<StoreCost> {
    let database = NativeDatabase::open(database).block_on()?;
    let master = MasterKey::new(MASTER_KEY)?;
    let cell = Cell::new(&database, &master, CellName::FIRST);
    let tenant = cell.tenant(account).block_on()?.context("the account")?;
    let content = tenant.campaign(campaign).block_on()?.context("the campaign")?.sent_content();
    let verdict = window_at(chrono::DateTime::from_timestamp_millis(at).context("an instant")?);
    let terms = Terms {
        campaign: campaign.to_owned(),
        operator: "sandbox".to_owned(),
        operator_price: PRICE,
        service_price: PRICE,
        paid_if_answered: false,
    };
    let mut cost = StoreCost::default();
    for route in tenant.queued_routes(campaign).block_on()? {
        loop {
            let request = Lease {
                terms: &terms,
                route: &route,
                limit: WAVE_MESSAGES,
                lasts_ms: 120_000,
                clock: DatabaseClock::default(),
            };
            let before = thread_cpu()?;
            let outcome = tenant.lease(&request, at).block_on()?;
            let leased = thread_cpu()?;
            cost.lease_and_hold += leased - before;
            let LeaseOutcome::Taken { lease, messages, .. } = outcome else { break };
            let count = messages.len() as i64;
            let taken = |message: &store::cell::LeasedMessage| HandOver::Taken(Some(message.message.clone()));
            let settlement = Settlement {
                lease: &lease,
                terms: &terms,
                content: &content,
                at,
                verdict: &verdict,
                outcomes: messages.into_iter().map(|message| (message.clone(), taken(&message))).collect(),
            };
            let before = thread_cpu()?;
            let settled = tenant.settle(&settlement, at).block_on()?;
            cost.settle += thread_cpu()? - before;
            ensure!(settled.handed_over == count, "not all of a wave were settled: {settled:?}");
            cost.messages += count.unsigned_abs();
        }
    }
    Ok(cost)
}
