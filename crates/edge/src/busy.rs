//! One retry for a busy database.

use std::time::Duration;

use spin_sdk::time::sleep;
use store::random;

use crate::Code;
use crate::problem::{Problem, Result};

/// How often work is tried. Each try waits for some five seconds by itself before the database is called busy.
const TRIES_MAX: u32 = 10;

/// Does work again for as long as the database is busy. It is for what is lost unless it is written down: what an
/// operator answered, and what it tells of afterwards, which not every operator sends again. A caller that hears the
/// answer itself is told to try again instead.
pub async fn while_busy<T>(work: impl AsyncFn() -> Result<T>) -> Result<T> {
    for _ in 1..TRIES_MAX {
        match work().await {
            Err(problem) if is_busy(&problem) => {}
            done => return done,
        }
        // A crowd that was turned away at once does not come back at once.
        let [chance] = random::<1>()?;
        sleep(Duration::from_millis(100 + u64::from(chance))).await;
    }
    work().await
}

/// Whether a problem is that another writer held the database for too long, and nothing else.
pub fn is_busy(problem: &Problem) -> bool {
    problem.code() == Code::BusyTryAgain
}
