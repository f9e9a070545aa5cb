//! One run: everything that happens under one seed, and what came of it.

use std::path::Path;

use crate::application::{Application, BEGINNING_MS};
use crate::faults::{Counts, Profile};
use crate::stage::Stage;
use crate::steps::Steps;

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// Faults that were injected.
    pub counts: Counts,
    /// What must not have happened; empty when all is well.
    pub violations: Vec<String>,
    /// The story of the run.
    pub log: Vec<String>,
    /// Messages that reached the operator.
    pub messages: usize,
    /// Rounds of ticks that it took, at most, until everything due was final.
    pub rounds: usize,
}

/// Runs one seed; its folder lies under `folder`.
///
/// # Errors
/// When the run cannot be set up: that says nothing of the product.
pub async fn run(application: &Application, folder: &Path, seed: u64) -> anyhow::Result<Outcome> {
    let state = tempfile::tempdir_in(folder)?;
    let stage = Stage::new(seed, BEGINNING_MS);
    let platform = application.run(state.path(), stage.clone(), seed).await?;
    let mut steps = Steps::new(&platform, application, state.path());
    steps.set_up().await;
    let count = {
        let mut scene = stage.scene();
        let profile = Profile::draw(&mut scene.chance);
        scene.say(format!("  {profile:?}"));
        scene.set_skew(profile.clock_skew);
        steps.world.clocks_differ_by = profile.clock_skew.unsigned_abs() * 2 / 1_000;
        scene.profile = profile;
        30 + scene.chance.below(51)
    };
    for _ in 0..count {
        steps.step().await;
        if !steps.world.violations.is_empty() {
            break;
        }
    }
    steps.come_to_rest().await;
    steps.check(state.path()).await;
    let (violations, rounds) = (std::mem::take(&mut steps.world.violations), steps.world.rounds);
    platform.shutdown().await?;
    let mut scene = stage.scene();
    Ok(Outcome {
        seed,
        counts: scene.counts.clone(),
        violations,
        log: std::mem::take(&mut scene.log),
        messages: scene.operator.receipts.len(),
        rounds,
    })
}
