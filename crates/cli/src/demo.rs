//! `sendbox demo`: plays the main job over HTTP, recomputes every figure, and reports.

mod clock;
mod figures;
mod job;
mod numbers;
mod progress;
mod proof;
mod records;
mod report;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow};
use host::{HostOptions, LogTarget};
use tempfile::TempDir;

use crate::client::Client;
use crate::components::{build_stale, check_built, folder_of};
use crate::serving::{Serving, find_manifest};
use crate::state;
use crate::up::{RESERVED, SANDBOX_TICK, TICKS};
use crate::variables::{Variables, tick_token};
use figures::Check;
use job::{Job, Outcome};
use progress::Progress;

/// What is uploaded when nobody says, beside the manifest.
const CONTACTS: &str = "tests/data/contacts-10000.csv";

/// How often the ticks are called while the demo goes on serving.
const TICK_EVERY: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Options {
    /// The contacts to upload
    #[arg(long, value_name = "FILE")]
    contacts: Option<PathBuf>,
    /// A host that already runs, with the sandbox on; without it, the demo starts one of its own
    #[arg(long, value_name = "http://…")]
    url: Option<String>,
    /// The token of that host's scheduler; without it, SPIN_VARIABLE_TICK_TOKEN or `.env`
    #[arg(long, value_name = "TOKEN", requires = "url")]
    tick_token: Option<String>,
    /// Where to listen; without it, 127.0.0.1:3000, or a free port where that is taken
    #[arg(long, conflicts_with = "url")]
    listen: Option<SocketAddr>,
    /// Where the databases lie; without it, in a temporary folder that is removed at the end
    #[arg(long, conflicts_with = "url")]
    state_dir: Option<PathBuf>,
    /// Keep the pages of evidence in this folder, for `sendbox verify`
    #[arg(long, value_name = "DIR")]
    keep_evidence: Option<PathBuf>,
    /// Take the components as they are built, without cargo
    #[arg(long, conflicts_with = "url")]
    no_build: bool,
    /// End after the report instead of serving on
    #[arg(long)]
    exit: bool,
    /// Print the figures as one JSON object, as the last line
    #[arg(long)]
    json: bool,
    /// The spin.toml; without it, the one here or in the nearest folder above
    #[arg(long)]
    manifest: Option<PathBuf>,
}

/// What the main thread waits for.
enum Event {
    Ended,
    Interrupted,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let stage = Stage::prepare(options)?;
    let (tell, events) = mpsc::channel();
    watch_for_the_end(tell.clone())?;
    let contacts = match &options.contacts {
        Some(contacts) => contacts.clone(),
        None => folder_of(&find_manifest(options.manifest.as_ref())?).join(CONTACTS),
    };
    let job = play(&stage, contacts, options.keep_evidence.clone(), tell)?;
    let outcome = match events.recv()? {
        Event::Ended => job.join().unwrap_or_else(|_| Err(anyhow!("the demo broke off: see above"))),
        Event::Interrupted => {
            stage.close()?;
            return Ok(ExitCode::from(130));
        }
    };
    let code = match &outcome {
        Ok(outcome) => show(options, outcome, &stage)?,
        Err(_) => ExitCode::FAILURE,
    };
    let outcome = outcome.inspect_err(|error| eprintln!("sendbox: {error:#}"));
    if outcome.is_ok() && stage.serving.is_some() && !options.exit {
        stage.serve_on(&events);
    }
    stage.close()?;
    Ok(code)
}

/// Prints the report; the code says whether all figures agree.
fn show(options: &Options, outcome: &Outcome, stage: &Stage) -> anyhow::Result<ExitCode> {
    let checks = figures::checks(outcome);
    let mut stdout = std::io::stdout().lock();
    report::write(&mut stdout, outcome, &checks)?;
    if stage.serving.is_some() && !options.exit {
        let credentials = &outcome.credentials;
        eprintln!();
        eprintln!("The cabinet   {}/en/cabinet", stage.url);
        eprintln!("login         {}", credentials.login);
        eprintln!("password      {}", credentials.password);
        eprintln!("Ctrl-C ends it.");
    }
    if options.json {
        writeln!(stdout, "{}", report::json(outcome)?)?;
    }
    stdout.flush()?;
    Ok(if checks.iter().all(Check::agrees) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where the job is played: a host of the demo's own, or one that runs already.
struct Stage {
    url: String,
    tick_token: String,
    serving: Option<Serving>,
    temporary: Option<TempDir>,
}

impl Stage {
    fn prepare(options: &Options) -> anyhow::Result<Self> {
        match &options.url {
            Some(url) => Self::running_host(options, url),
            None => Self::own_host(options),
        }
    }

    fn running_host(options: &Options, url: &str) -> anyhow::Result<Self> {
        let manifest = find_manifest(options.manifest.as_ref());
        let folder = manifest.as_deref().map_or(Path::new("."), folder_of);
        let tick_token = tick_token(options.tick_token.as_deref(), folder)?;
        Ok(Self { url: url.to_owned(), tick_token, serving: None, temporary: None })
    }

    fn own_host(options: &Options) -> anyhow::Result<Self> {
        let manifest = find_manifest(options.manifest.as_ref())?;
        if options.no_build {
            check_built(&manifest)?;
        } else {
            build_stale(&manifest)?;
        }
        let folder = folder_of(&manifest).to_owned();
        let (state_dir, temporary) = match &options.state_dir {
            Some(state_dir) => (state_dir.clone(), None),
            None => {
                let temporary = tempfile::Builder::new().prefix("sendbox-demo-").tempdir()?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let mut variables = Variables::read(&[], &folder)?;
        variables.given.insert("sandbox".to_owned(), "on".to_owned());
        variables.add_local_secrets(&state_dir)?;
        state::check(&state_dir, &variables)?;
        let mut host = HostOptions::new(manifest, &state_dir);
        // Compiled components outlive the databases: the next demo starts at once.
        host.compile_cache = Some(folder.join(".spin/compiled"));
        host.listen = options.listen.unwrap_or_else(usual_or_free_port);
        host.log = LogTarget::File(state_dir.join("logs/requests.jsonl"));
        host.variables = variables.given.clone();
        host.limits.reserved = RESERVED.map(str::to_owned).into();
        let tick_token = variables.get("tick_token").unwrap_or_default();
        let serving = Serving::start(host, |compiled| {
            if let Err(error) = compiled {
                eprintln!("sendbox: {error}");
            }
        })?;
        Ok(Self { url: serving.url(), tick_token, serving: Some(serving), temporary })
    }

    /// Calls the ticks, as a scheduler would, until somebody ends it.
    fn serve_on(&self, events: &Receiver<Event>) {
        let client = Client::new(&self.url, &self.tick_token);
        while let Err(RecvTimeoutError::Timeout) = events.recv_timeout(TICK_EVERY) {
            for tick in TICKS.into_iter().chain([SANDBOX_TICK]) {
                // The next round comes anyway; a person sees the product's own answer in the cabinet.
                let _: anyhow::Result<serde_json::Value> = client.have_done(&tick, &[]);
            }
        }
    }

    fn close(self) -> anyhow::Result<()> {
        if let Some(serving) = self.serving {
            serving.stop()?;
        }
        if let Some(temporary) = self.temporary {
            temporary.close().context("the demo's temporary folder could not be removed")?;
        }
        Ok(())
    }
}

/// Plays the job on a thread of its own, so that Ctrl-C is heard meanwhile.
fn play(
    stage: &Stage,
    contacts: PathBuf,
    keep_evidence: Option<PathBuf>,
    tell: Sender<Event>,
) -> anyhow::Result<JoinHandle<anyhow::Result<Outcome>>> {
    if let Some(folder) = &keep_evidence {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let mut client = Client::new(&stage.url, &stage.tick_token);
    Ok(std::thread::spawn(move || {
        // Tells even when the job panics: dropping it is the telling.
        let _told = TellsAtTheEnd(tell);
        Job { client: &mut client, contacts: &contacts, keep_evidence, progress: Progress }.run()
    }))
}

struct TellsAtTheEnd(Sender<Event>);

impl Drop for TellsAtTheEnd {
    fn drop(&mut self) {
        // When the main thread was interrupted, nobody listens any more.
        let _ = self.0.send(Event::Ended);
    }
}

fn watch_for_the_end(tell: Sender<Event>) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        // When the demo ends already, nobody listens any more.
        let _ = tell.send(Event::Interrupted);
    })
    .context("Ctrl-C cannot be watched for")
}

/// Port 3000 of the loopback, where `spin up` would be, unless somebody listens there.
fn usual_or_free_port() -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000));
    let free = TcpListener::bind(usual).is_ok();
    if free { usual } else { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
}
