//! `bench dispatch [--messages N] [--queued N] [--json]`: the built product on its own host, measured
//! beside the limits of the machine that it runs on.

mod campaign;
mod client;
mod process;
mod raw_limits;
mod report;
mod sink;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use sendbox_tests::Settings;

use crate::campaign::{Queued, Sent};
use crate::raw_limits::RawLimits;
use crate::report::Report;
use crate::sink::Sink;

struct Options {
    messages: u64,
    queued: u64,
    json: bool,
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options { messages: 100_000, queued: 10_000_000, json: false };
    let mut words = std::env::args().skip(1);
    ensure!(words.next().as_deref() == Some("dispatch"), "what is measured? There is `dispatch`");
    while let Some(word) = words.next() {
        let mut number = |of: &str| -> anyhow::Result<u64> {
            words.next().with_context(|| format!("{of} takes a number"))?.parse().context(of.to_owned())
        };
        match word.as_str() {
            "--messages" => options.messages = number("--messages")?,
            "--queued" => options.queued = number("--queued")?,
            "--json" => options.json = true,
            _ => bail!("`{word}` is not an option: dispatch [--messages N] [--queued N] [--json]"),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A folder of this run, on the disk that the platform's state lies on; gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("sendbox-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed at the end is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut report = Report::default();
    eprintln!("Raw limits");
    let limits = RawLimits::measure(&folder.0)?;
    report.add("raw_posts_per_second", "POSTs the sink takes", limits.posts_per_second, "/s", None);
    report.add("raw_commits_per_second", "single commits", limits.commits_per_second, "/s", None);
    report.add("raw_fsyncs_per_second", "fsyncs", limits.fsyncs_per_second, "/s", None);
    if options.messages > 0 {
        send(options, &folder, &limits, &mut report)?;
    }
    if options.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
    Ok(())
}

fn send(options: &Options, folder: &Folder, limits: &RawLimits, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("A campaign of {} messages", options.messages);
    let mut queued = Queued::prepare(options.messages, &folder.0)?;
    let rate = |time: std::time::Duration| options.messages as f64 / time.as_secs_f64();
    report.add("upload_per_second", "contacts uploaded", rate(queued.upload_time), "/s", None);
    report.add("prepare_per_second", "messages queued", rate(queued.prepare_time), "/s", None);
    let sent = queued.send(Settings::default())?;
    told(report, "own", "the sandbox component", &sent, limits);
    let sink = Sink::start()?;
    let variables = vec![("sandbox_operator_url", sink.url())];
    let sent = queued.send(Settings { variables, ..Settings::default() })?;
    told(report, "bulk", "100 a request", &sent, limits);
    eprintln!("{:?}", sink.stop()?);
    let sink = Sink::start()?;
    let variables = vec![
        ("operators", "kannel".to_owned()),
        ("kannel_url", sink.url()),
        ("kannel_username", "sendbox".to_owned()),
        ("kannel_password", "secret".to_owned()),
    ];
    let sent = queued.send(Settings { variables, ..Settings::default() })?;
    told(report, "single", "one a request", &sent, limits);
    eprintln!("{:?}", sink.stop()?);
    Ok(())
}

fn told(report: &mut Report, _key: &'static str, how: &str, sent: &Sent, limits: &RawLimits) {
    let messages = sent.messages as f64;
    let rate = messages / sent.wall.as_secs_f64();
    report.add(
        "rate",
        format!("hand-overs, {how}"),
        rate,
        "/s",
        Some(("POSTs the sink takes", limits.posts_per_second)),
    );
    report.add("cpu", format!("CPU a message, {how}"), sent.cpu.as_secs_f64() * 1e6 / messages, "µs", None);
    report.add("memory", format!("peak memory, {how}"), sent.peak_memory as f64 / 1e6, "MB", None);
}
