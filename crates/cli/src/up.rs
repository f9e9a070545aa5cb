//! `sendbox up`: the product on this machine, as `spin up` runs it, with its ticks.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use api::{Operation, jobs, sandbox, ticks};
use chrono::{DateTime, Utc};
use host::{Clock, HostError, HostOptions, LogTarget, Schedule, TickRequest};

use crate::components::{build_stale, check_built, folder_of};
use crate::serving::{Serving, find_manifest};
use crate::state;
use crate::variables::{Variables, parse_given};

/// What a scheduler calls.
pub const TICKS: [Operation; 3] = [ticks::DISPATCH, ticks::RECONCILE, jobs::WORK];

/// Paths that are answered whatever goes on elsewhere: the scheduler's and staff's own.
pub const RESERVED: [&str; 1] = ["/internal/"];

/// What it calls besides while the sandbox is on.
pub const SANDBOX_TICK: Operation = sandbox::REPORT_DUE;

/// Components that come out of the cache take less.
const WORTH_TELLING: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub struct Options {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where databases, logs and local secrets lie
    #[arg(long, default_value = ".spin")]
    state_dir: PathBuf,
    /// A variable of the manifest; may be repeated
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = parse_given)]
    variables: Vec<(String, String)>,
    /// How often the ticks are called, such as 5s or 500ms; 0 turns them off
    #[arg(long, default_value = "5s", value_parser = parse_duration)]
    tick_every: Duration,
    /// The time at which the product's clock starts, such as 2026-11-20T05:00:00Z
    #[arg(long, value_name = "RFC3339")]
    clock: Option<DateTime<Utc>>,
    /// Switch the stand-in operator and bank on
    #[arg(long)]
    sandbox: bool,
    /// The spin.toml; without it, the one here or in the nearest folder above
    #[arg(long)]
    manifest: Option<PathBuf>,
    /// Take the components as they are built, without cargo
    #[arg(long)]
    no_build: bool,
    /// Print a line for each request
    #[arg(long)]
    verbose: bool,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let manifest = find_manifest(options.manifest.as_ref())?;
    if options.no_build {
        check_built(&manifest)?;
    } else {
        build_stale(&manifest)?;
    }
    let mut variables = Variables::read(&options.variables, folder_of(&manifest))?;
    if options.sandbox {
        variables.given.insert("sandbox".to_owned(), "on".to_owned());
    }
    if let Some(said) = variables.add_local_secrets(&options.state_dir)? {
        eprintln!("Secrets {said}");
    }
    state::check(&options.state_dir, &variables)?;
    let (tell, ends) = mpsc::channel();
    watch_for_the_end(tell.clone())?;
    let serving =
        Serving::start(host_options(options, manifest, &variables), move |compiled| match compiled {
            Ok(took) if took >= WORTH_TELLING => {
                eprintln!("All components are compiled to machine code, after {:.1} s.", took.as_secs_f64());
            }
            Ok(_) => {}
            Err(error) => {
                // When somebody ended it already, nobody listens any more.
                let _ = tell.send(End::Broken(error));
            }
        })?;
    println!("SENDBOX serves {}", serving.url());
    if sandbox_is_on(&variables) {
        println!("The sandbox is on: its operator and its bank are stand-ins.");
    } else if variables.get("data_region").as_deref() != Some("KZ") {
        println!(
            "Nothing is served yet: say where data are kept (--variable data_region=KZ), or use --sandbox."
        );
    }
    let end = ends.recv()?;
    eprintln!("Ending …");
    serving.stop()?;
    match end {
        End::Asked => Ok(ExitCode::SUCCESS),
        End::Broken(error) => Err(error.into()),
    }
}

/// Why it ends.
enum End {
    /// By Ctrl-C or the system's request.
    Asked,
    /// A component cannot be loaded.
    Broken(HostError),
}

fn host_options(options: &Options, manifest: PathBuf, variables: &Variables) -> HostOptions {
    let mut host = HostOptions::new(manifest, &options.state_dir);
    host.listen = options.listen;
    host.variables = variables.given.clone();
    host.clock = Clock::system();
    if let Some(time) = options.clock {
        host.clock.set(SystemTime::from(time));
    }
    if !options.verbose {
        host.log = LogTarget::File(options.state_dir.join("logs/requests.jsonl"));
    }
    host.guest_output_to_terminal = true;
    host.limits.reserved = RESERVED.map(str::to_owned).into();
    host.schedule = (!options.tick_every.is_zero()).then(|| schedule(options.tick_every, variables));
    host
}

fn sandbox_is_on(variables: &Variables) -> bool {
    variables.get("sandbox").as_deref() == Some("on")
}

fn schedule(every: Duration, variables: &Variables) -> Schedule {
    let bearer = variables.get("tick_token");
    let sandbox = sandbox_is_on(variables).then_some(SANDBOX_TICK);
    let ticks = TICKS.into_iter().chain(sandbox);
    let request = |tick: Operation| TickRequest { path: tick.path.to_owned(), bearer: bearer.clone() };
    let requests = ticks.map(request).collect();
    Schedule { every, requests }
}

fn watch_for_the_end(tell: mpsc::Sender<End>) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        // Nobody listens any more when it ends already.
        let _ = tell.send(End::Asked);
    })
    .context("Ctrl-C cannot be watched for")
}

/// `5s`, `500ms`, `2m`, or seconds alone.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| "not a duration such as 5s, 500ms or 2m".to_owned())?;
    match &text[digits.len()..] {
        "ms" => Ok(Duration::from_millis(number)),
        "" | "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        unit => Err(format!("`{unit}` is not a unit: ms, s or m")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units() {
        assert_eq!(parse_duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("0"), Ok(Duration::ZERO));
        assert!(parse_duration("soon").is_err());
        assert!(parse_duration("5h").is_err());
    }

    #[test]
    fn the_stand_in_operator_is_ticked_only_in_the_sandbox() {
        let with = |sandbox: &str| {
            let given =
                [("sandbox".to_owned(), sandbox.to_owned()), ("tick_token".to_owned(), "t".to_owned())];
            let folder = tempfile::tempdir().expect("a temporary folder");
            let variables = Variables::read(&given, folder.path()).expect("there is no .env");
            schedule(Duration::from_secs(5), &variables).requests
        };
        assert!(with("on").iter().any(|tick| tick.path == SANDBOX_TICK.path));
        assert!(!with("off").iter().any(|tick| tick.path == SANDBOX_TICK.path));
        assert!(with("off").iter().all(|tick| tick.bearer.as_deref() == Some("t")));
    }
}
