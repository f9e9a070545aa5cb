//! The bugs that the simulator found, each as a story of its own: no chance, one fault.

use crate::acts::Act;
use crate::application::{Application, BEGINNING_MS};
use crate::platform::Stall;
use crate::stage::Stage;
use crate::steps::Steps;

/// 20:00 in Almaty on the first day.
const CLOSING_MS: i64 = BEGINNING_MS + 10 * 3_600_000;

/// Two campaigns are under way; a tick is stopped, others go on, it wakes up. Answers what was violated.
fn a_tick_is_stopped(before_ms: i64, stall: Stall) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().expect("the workspace");
    runtime.block_on(async {
        let application = Application::prepare(&root, folder.path()).await.expect("prepared");
        let state = tempfile::tempdir().expect("a folder");
        let stage = Stage::new(4, BEGINNING_MS);
        let platform = application.run(state.path(), stage.clone(), 4).await.expect("runs");
        let mut steps = Steps::new(&platform, &application, state.path());
        steps.set_up().await;
        platform.pass(before_ms);
        let ticks = ["dispatch", "reconcile", "dispatch", "reconcile", "dispatch"].map(Act::Tick).to_vec();
        steps.perform_with(ticks, Some(stall)).await;
        steps.come_to_rest().await;
        steps.check(state.path()).await;
        assert!(!stage.scene().operator.receipts.is_empty(), "nothing was sent");
        std::mem::take(&mut steps.world.violations)
    })
}

/// R87: a dispatch tick stood still between its lease and its hand-over for longer than the lease lasts.
/// Meanwhile the messages were asked for, queued again and sent; then it sent them once more.
#[test]
fn a_tick_that_stood_still_for_longer_than_its_lease_sends_nothing_twice() {
    for commits in 1..=4 {
        let stall = Stall { turns: u64::MAX, commits, by_ms: 130_000 };
        assert_eq!(a_tick_is_stopped(1_000, stall), Vec::<String>::new(), "stopped after {commits} commits");
    }
}

/// R81: the clock was read before a statement that may wait for a busy database, so a message that left
/// after 20:00 was judged by a time before.
#[test]
fn a_tick_that_stood_still_over_closing_time_sends_nothing_in_the_evening() {
    let before_ms = CLOSING_MS - BEGINNING_MS - 30_000;
    for turns in 8..30 {
        let stall = Stall { turns, commits: u64::MAX, by_ms: 40_000 };
        assert_eq!(a_tick_is_stopped(before_ms, stall), Vec::<String>::new(), "stopped after {turns} turns");
    }
}
