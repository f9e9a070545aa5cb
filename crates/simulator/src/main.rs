//! `simulate --seeds N [--seed S] [--json] [--story]`: many runs, two at a time.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use simulator::application::Application;
use simulator::faults::Counts;
use simulator::run::{Outcome, run};

/// Runs at a time: one a core, on the two that the figures are told for.
const AT_ONCE: usize = 2;
/// Failing seeds whose story is told.
const STORIES_MAX: usize = 1;

struct Options {
    seeds: u64,
    seed: u64,
    json: bool,
    story: bool,
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options { seeds: 100, seed: 1, json: false, story: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = |of: &str| -> anyhow::Result<u64> {
            words.next().with_context(|| format!("{of} takes a number"))?.parse().context(of.to_owned())
        };
        match word.as_str() {
            "--seeds" => options.seeds = number("--seeds")?,
            "--seed" => options.seed = number("--seed")?,
            "--json" => options.json = true,
            "--story" => options.story = true,
            _ => bail!("`{word}` is not an option: --seeds N [--seed S] [--json] [--story]"),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().and_then(|options| simulate(&options)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    // One thread a run: who goes on is decided by the seed, not by the machine.
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn simulate(options: &Options) -> anyhow::Result<usize> {
    let started = Instant::now();
    let folder = tempfile::Builder::new().prefix("sendbox-simulator-").tempdir_in(fast_folder())?;
    let application = runtime()?.block_on(Application::prepare(&workspace_root(), folder.path()))?;
    eprintln!("prepared in {} ms", started.elapsed().as_millis());
    let next = AtomicU64::new(options.seed);
    let end = options.seed + options.seeds;
    let outcomes: Mutex<Vec<Outcome>> = Mutex::default();
    let broken: Mutex<Option<anyhow::Error>> = Mutex::default();
    std::thread::scope(|scope| {
        for place in 0..AT_ONCE {
            let (next, outcomes, broken, application, folder) =
                (&next, &outcomes, &broken, &application, &folder);
            scope.spawn(move || {
                stay_on_one_core(place);
                let work = || -> anyhow::Result<()> {
                    let runtime = runtime()?;
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= end {
                            return Ok(());
                        }
                        let mut outcome = runtime.block_on(run(application, folder.path(), seed))?;
                        if outcome.violations.is_empty() && !options.story {
                            outcome.log.clear();
                        } else {
                            let first = outcome.violations.first().map_or("no violation", String::as_str);
                            eprintln!("seed {seed}: {first}");
                        }
                        if let Ok(mut outcomes) = outcomes.lock() {
                            outcomes.push(outcome);
                            if outcomes.len() % 50 == 0 {
                                eprintln!("{} seeds, {} s", outcomes.len(), started.elapsed().as_secs());
                            }
                        }
                    }
                };
                if let Err(error) = work() {
                    next.store(end, Ordering::Relaxed);
                    if let Ok(mut broken) = broken.lock() {
                        *broken = Some(error);
                    }
                }
            });
        }
    });
    if let Some(error) = broken.into_inner().ok().flatten() {
        return Err(error);
    }
    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    outcomes.sort_by_key(|outcome| outcome.seed);
    Ok(tell(options, &outcomes, started))
}

/// Prints what came of it; answers how many runs failed.
fn tell(options: &Options, outcomes: &[Outcome], started: Instant) -> usize {
    let mut counts = Counts::default();
    for outcome in outcomes {
        counts.merge(&outcome.counts);
    }
    let failed: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.violations.is_empty()).collect();
    for outcome in outcomes.iter().filter(|_| options.story).chain(failed.iter().copied()).take(STORIES_MAX) {
        eprintln!("\nThe story of seed {}:", outcome.seed);
        for line in &outcome.log {
            eprintln!("{line}");
        }
    }
    for outcome in &failed {
        eprintln!("\nseed {}: {} violations", outcome.seed, outcome.violations.len());
        for what in outcome.violations.iter().take(10) {
            eprintln!("  {what}");
        }
        eprintln!("  replay: cargo xtask simulate --seeds 1 --seed {}", outcome.seed);
    }
    let violations: usize = failed.iter().map(|outcome| outcome.violations.len()).sum();
    let elapsed_ms = started.elapsed().as_millis();
    let messages: usize = outcomes.iter().map(|outcome| outcome.messages).sum();
    let rounds = outcomes.iter().map(|outcome| outcome.rounds).max().unwrap_or(0);
    if options.json {
        let faults: serde_json::Map<String, serde_json::Value> =
            counts.all().map(|(name, count)| (name.to_owned(), count.into())).collect();
        let line = serde_json::json!({
            "seeds": outcomes.len(), "faults": faults, "messages": messages, "violations": violations,
            "rounds_to_rest_at_most": rounds,
            "failed_seeds": failed.iter().map(|outcome| outcome.seed).collect::<Vec<_>>(),
            "elapsed_ms": u64::try_from(elapsed_ms).unwrap_or(u64::MAX),
        });
        println!("{line}");
    } else {
        println!("{} seeds, {messages} messages, {violations} violations, {elapsed_ms} ms", outcomes.len());
        println!("{rounds:>9}  rounds of ticks at most until everything due was final");
        for (name, count) in counts.all() {
            println!("{count:>9}  {name}");
        }
    }
    failed.len()
}

/// Where it cannot be done, the run is only slower.
#[cfg(target_os = "linux")]
fn stay_on_one_core(place: usize) {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let this = nix::unistd::Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this) else { return };
    let cores: Vec<usize> = (0..CpuSet::count()).filter(|core| allowed.is_set(*core) == Ok(true)).collect();
    let mut one = CpuSet::new();
    if let Some(core) = cores.get(place % cores.len().max(1))
        && one.set(*core).is_ok()
    {
        let _ = sched_setaffinity(this, &one);
    }
}

#[cfg(not(target_os = "linux"))]
fn stay_on_one_core(_: usize) {}

/// Memory where there is such a folder: what is tested is not the disk.
fn fast_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// The top of the workspace: two folders above this package.
fn workspace_root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_path_buf()
}
