//! `bench audience [--contacts N] [--messages N] [--json]`: what an account with a large base looks at.
//! `bench dispatch [--messages N] [--queued N] [--json]`: the built product on its own host, measured
//! beside the limits of the machine that it runs on, and beside Kannel where it is installed.
//! `bench flood [--held N] [--asking N] [--json]`: its ticks beside a crowd at a public route.
//! `bench http [--json]`: one request of every kind, on each host.
//! `bench import [--rows N] [--json]`: lists of 100,000 and of a million clients, beside a plain load.

mod audience;
mod campaign;
mod client;
mod database;
mod empty_tick;
mod flood;
mod goals;
mod http;
mod import;
mod kannel;
mod process;
mod raw_limits;
mod report;
mod sink;
mod store_cost;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use sendbox_tests::kannel::Kannel;
use sendbox_tests::{Settings, instant};

use crate::campaign::{NOON, Queued, Sent};
use crate::flood::Crowd;
use crate::kannel::KannelRun;
use crate::raw_limits::RawLimits;
use crate::report::{Beside, Report};
use crate::sink::{Sink, Taken};

struct Options {
    what: What,
    json: bool,
}

enum What {
    Audience { contacts: u64, messages: u64 },
    Dispatch { messages: u64, queued: u64 },
    Flood(Crowd),
    Http,
    Import { sizes: Vec<u64> },
}

fn options() -> anyhow::Result<Options> {
    let mut words = std::env::args().skip(1);
    let what = match words.next().as_deref() {
        Some("audience") => What::Audience { contacts: 1_000_000, messages: 10_000_000 },
        Some("dispatch") => What::Dispatch { messages: 100_000, queued: 10_000_000 },
        Some("flood") => What::Flood(Crowd { held: 500, asking: 2_000 }),
        Some("http") => What::Http,
        Some("import") => What::Import { sizes: vec![100_000, 1_000_000] },
        _ => bail!("what is measured? There are `audience`, `dispatch`, `flood`, `http` and `import`"),
    };
    let mut options = Options { what, json: false };
    while let Some(word) = words.next() {
        let mut number = |of: &str| -> anyhow::Result<u64> {
            words.next().with_context(|| format!("{of} takes a number"))?.parse().context(of.to_owned())
        };
        match (word.as_str(), &mut options.what) {
            ("--contacts", What::Audience { contacts, .. }) => *contacts = number("--contacts")?,
            ("--messages", What::Dispatch { messages, .. } | What::Audience { messages, .. }) => {
                *messages = number("--messages")?;
            }
            ("--queued", What::Dispatch { queued, .. }) => *queued = number("--queued")?,
            ("--held", What::Flood(crowd)) => crowd.held = number("--held")?.try_into()?,
            ("--asking", What::Flood(crowd)) => crowd.asking = number("--asking")?.try_into()?,
            ("--rows", What::Import { sizes }) => *sizes = vec![number("--rows")?],
            ("--json", _) => options.json = true,
            _ => bail!(
                "`{word}` is not an option: audience [--contacts N] [--messages N] [--json], dispatch [--messages N] [--queued N] [--json], \
                 flood [--held N] [--asking N] [--json], http [--json], import [--rows N] [--json]"
            ),
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
    let mut report = Report::default();
    match options.what {
        What::Audience { contacts, messages } => audience::measure(contacts, messages, &mut report)?,
        What::Dispatch { messages, queued } => {
            if messages > 0 {
                send(messages, &mut report)?;
            }
            if queued > 0 {
                wait(queued, &mut report)?;
            }
        }
        What::Flood(crowd) => withstand(crowd, &mut report)?,
        What::Http => http::measure(&Folder::new()?.0, &mut report)?,
        What::Import { ref sizes } => {
            import::measure(sizes, &Folder::new()?.0, &mut report)?;
            // A sheet has no more rows.
            import::workbook(1_000_000, &mut report)?;
            import::ticks_beside(sizes.iter().copied().max().unwrap_or(0).min(1_000_000), &mut report)?;
        }
    }
    goals::judge(&mut report);
    if options.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
    Ok(())
}

fn send(messages: u64, report: &mut Report) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    eprintln!("The machine's own limits");
    let limits = RawLimits::measure(&folder.0)?;
    report.add(
        "raw_posts_per_second",
        "POSTs that the sink takes from a plain client",
        limits.posts_per_second,
        "/s",
        &[],
    );
    report.add("raw_commits_per_second", "single commits of SQLite", limits.commits_per_second, "/s", &[]);
    report.add("raw_fsyncs_per_second", "fsyncs", limits.fsyncs_per_second, "/s", &[]);
    let kannel = if Kannel::is_installed() {
        eprintln!("Kannel: {messages} messages through its spool to its SMS centre");
        let run = kannel::measure(messages)?;
        told_of_kannel(report, &run, messages);
        Some(run)
    } else {
        report.note("Kannel is not installed here: nothing stands beside the hand-overs.");
        None
    };

    eprintln!("A campaign of {messages} messages");
    let mut queued = Queued::prepare(messages, &folder.0)?;
    report.add("upload_per_second", "contacts uploaded", rate(messages, queued.upload_time), "/s", &[]);
    report.add("prepare_per_second", "messages queued", rate(messages, queued.prepare_time), "/s", &[]);
    let (sent, taken) = through_sink(&mut queued, |url| {
        vec![
            ("operators", "kannel".to_owned()),
            ("kannel_url", url),
            ("kannel_username", "sendbox".to_owned()),
            ("kannel_password", "secret".to_owned()),
        ]
    })?;
    let single = Named { rate: "single_per_second", cpu: "single_cpu_us", memory: "single_memory_mb" };
    told(report, &single, "one message a request", &sent, taken, &limits, kannel.as_ref());
    let (sent, taken) = through_sink(&mut queued, |url| vec![("sandbox_operator_url", url)])?;
    let bulk = Named { rate: "bulk_per_second", cpu: "bulk_cpu_us", memory: "bulk_memory_mb" };
    told(report, &bulk, "100 messages a request", &sent, taken, &limits, kannel.as_ref());

    let at = instant(NOON).timestamp_millis();
    let cost = store_cost::measure(&queued.database(), &queued.account, &queued.campaign, at)?;
    let each = |time: Duration| micros(time, cost.messages);
    report.add(
        "store_lease_cpu_us",
        "CPU of lease and hold, natively",
        each(cost.lease_and_hold),
        "µs a message",
        &[],
    );
    report.add("store_settle_cpu_us", "CPU of settling, natively", each(cost.settle), "µs a message", &[]);
    Ok(())
}

fn wait(messages: u64, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("Empty ticks beside {messages} waiting messages");
    let ticks = empty_tick::measure(messages)?;
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let small = Beside::new("with 100 messages", millis(ticks.small.median));
    report.add("empty_tick_small_ms", "empty tick, 100 messages wait", millis(ticks.small.median), "ms", &[]);
    report.add(
        "empty_tick_ms",
        "empty tick, all wait",
        millis(ticks.queued.median),
        "ms",
        std::slice::from_ref(&small),
    );
    report.add("empty_tick_max_ms", "the longest of 200", millis(ticks.queued.max), "ms", &[]);
    let history = millis(ticks.with_history.median);
    report.add("empty_tick_history_ms", "empty tick, half is history", history, "ms", &[small]);
    report.add("empty_tick_history_max_ms", "the longest of 200", millis(ticks.with_history.max), "ms", &[]);
    let report_ms = millis(ticks.campaign_report.median);
    report.add("campaign_report_ms", "report of a campaign, half is history", report_ms, "ms", &[]);
    let report_ms = millis(ticks.account_report.median);
    report.add("account_report_ms", "report of an account by days", report_ms, "ms", &[]);
    report.add("waiting_messages", "messages that waited", messages as f64, "", &[]);
    report.add("database_gb", "database with all waiting", ticks.database as f64 / 1e9, "GB", &[]);
    report.add("fill_per_second", "messages written for it", rate(messages, ticks.filling), "/s", &[]);
    Ok(())
}

fn withstand(crowd: Crowd, report: &mut Report) -> anyhow::Result<()> {
    let Crowd { held, asking } = crowd;
    eprintln!("Ticks beside {held} held connections and {asking} that ask");
    let flooded = flood::measure(crowd)?;
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let quiet = Beside::new("without the crowd", millis(flooded.quiet));
    report.add("flood_quiet_tick_ms", "a tick without the crowd", millis(flooded.quiet), "ms", &[]);
    report.add("flood_tick_ms", "a tick beside the crowd", millis(flooded.flooded), "ms", &[quiet]);
    report.add("flood_memory_mb", "growth of the host's memory", flooded.grown as f64 / 1e6, "MB", &[]);
    report.add("flood_messages", "messages that a tick handed over", flooded.messages, "", &[]);
    report.add("flood_answers", "answers that the crowd got", flooded.answers as f64, "", &[]);
    report.add("flood_by_component", "of them by the component", flooded.refused as f64, "", &[]);
    Ok(())
}

/// Sends everything to a sink of its own; each message must come exactly once.
fn through_sink(
    queued: &mut Queued,
    variables: impl FnOnce(String) -> Vec<(&'static str, String)>,
) -> anyhow::Result<(Sent, Taken)> {
    let sink = Sink::start()?;
    let sent = queued.send(Settings { variables: variables(sink.url()), ..Settings::default() })?;
    let taken = sink.stop()?;
    let once = taken.twice == 0 && taken.messages == sent.messages;
    ensure!(once, "{} messages were handed over, and the sink got {taken:?}", sent.messages);
    Ok((sent, taken))
}

/// The keys of one way of sending.
struct Named {
    rate: &'static str,
    cpu: &'static str,
    memory: &'static str,
}

fn told(
    report: &mut Report,
    named: &Named,
    how: &str,
    sent: &Sent,
    taken: Taken,
    limits: &RawLimits,
    kannel: Option<&KannelRun>,
) {
    let mut beside = vec![
        Beside::new("POSTs that the sink takes", limits.posts_per_second),
        Beside::new("single commits", limits.commits_per_second),
    ];
    let (mut cpu_beside, mut memory_beside) = (Vec::new(), Vec::new());
    if let Some(kannel) = kannel {
        beside.insert(0, Beside::new("Kannel", rate(sent.messages, kannel.wall)));
        cpu_beside.push(Beside::new("Kannel", micros(kannel.cpu, sent.messages)));
        memory_beside.push(Beside::new("Kannel", kannel.peak_memory as f64 / 1e6));
    }
    report.add(named.rate, format!("hand-overs, {how}"), rate(sent.messages, sent.wall), "/s", &beside);
    let cpu = micros(sent.cpu, sent.messages);
    report.add(named.cpu, format!("CPU of the host, {how}"), cpu, "µs a message", &cpu_beside);
    let memory = sent.peak_memory as f64 / 1e6;
    report.add(named.memory, format!("peak memory of the host, {how}"), memory, "MB", &memory_beside);
    let idle = 100.0 * (1.0 - taken.cpu.as_secs_f64() / taken.span.as_secs_f64());
    report.note(format!(
        "{how}: {} requests came to the sink, which was idle for {idle:.0} % of the time.",
        taken.requests
    ));
}

fn told_of_kannel(report: &mut Report, run: &KannelRun, messages: u64) {
    report.add("kannel_per_second", "Kannel passing on", rate(messages, run.wall), "/s", &[]);
    report.add("kannel_cpu_us", "CPU of Kannel's boxes", micros(run.cpu, messages), "µs a message", &[]);
    report.add("kannel_memory_mb", "peak memory of Kannel's boxes", run.peak_memory as f64 / 1e6, "MB", &[]);
}

fn rate(messages: u64, time: Duration) -> f64 {
    messages as f64 / time.as_secs_f64()
}

fn micros(time: Duration, messages: u64) -> f64 {
    time.as_secs_f64() * 1e6 / messages as f64
}
