//! Leases that nobody settled in time: their hosts died, or stood still (R87, R88).

use edge::{Call, Result, read_calendars};
use store::SpinDatabase;
use store::cell::{Cell, Settled};

/// Looks after them; what fails is told in the log and tried again by the next tick.
pub async fn recover(call: &Call, cell: &Cell<'_, SpinDatabase>, now: i64) -> Result<Settled> {
    let clock = call.database_clock().await?;
    let recovered = cell.recover_expired_leases(&*read_calendars()?, clock, now).await?;
    for (lease, error) in &recovered.failed {
        eprintln!("lease {lease} put off: {error}");
    }
    Ok(recovered.settled)
}
