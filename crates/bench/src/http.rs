//! What one request takes, of every kind that matters, at few connections and many, beside a component that
//! answers nothing and beside the commits of a single writer on the same disk; on each host that there is.

mod asked;
mod cold;
mod load;

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use sendbox_tests::{Account, Host, Platform, Settings, instant};

use crate::campaign::{NIGHT, NOON, TEXT, number};
use crate::process::{memory_of_all, wasm_files};
use crate::raw_limits;
use crate::report::{Beside, Report};
use crate::sink::Sink;
use asked::Does;
use load::{Load, ask};

/// So many at once.
const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// How long each kind is asked for at each number of connections.
const TIME: Duration = Duration::from_millis(1_600);
/// Passwords are hashed slowly on purpose: at more connections they only wait.
const CONNECTIONS_OF_SIGN_INS: usize = 16;
/// Messages whose delivery is reported: enough for all numbers of connections.
const REPORTED_MESSAGES: u64 = 24_000;
/// The component that answers nothing, as cargo names its file.
const EMPTY: (&str, &str) = ("empty", "target/wasm32-wasip2/component/bench_empty.wasm");

/// Asks everything on each host and adds the figures to the report.
pub fn measure(folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    for (name, bytes) in wasm_files(&sendbox_tests::workspace().join("target/wasm32-wasip2/component"))? {
        report.add(format!("wasm_{name}_kb"), format!("{name}.wasm"), bytes as f64 / 1e3, "kB", &[]);
    }
    for (host, name) in hosts() {
        eprintln!("On {name}");
        let commits = raw_limits::commits(folder).context("SQLite's limit")?;
        report.add(format!("{name}_commits_per_second"), "single commits of SQLite", commits, "/s", &[]);
        on_host(host, name, commits, report)?;
        delivery_reports(host, name, commits, report)?;
    }
    Ok(())
}

/// Our own host, and Spin where it is installed.
fn hosts() -> Vec<(Host, &'static str)> {
    let spin = std::process::Command::new("spin").arg("--version").output();
    let spin = spin.is_ok_and(|output| output.status.success()).then_some((Host::Spin, "spin"));
    [(Host::Embedded, "embedded")].into_iter().chain(spin).collect()
}

fn settings(host: Host) -> Settings {
    Settings {
        host: Some(host),
        variables: vec![("client_address_header", asked::NETWORK_HEADER.to_owned())],
        more_components: vec![EMPTY],
        ..Settings::default()
    }
}

fn on_host(host: Host, name: &str, commits: f64, report: &mut Report) -> anyhow::Result<()> {
    // As in production: without the sandbox, whose clock is a row that every request would read.
    let platform = Platform::with(Settings { sandbox: false, ..settings(host) });
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let at_rest = memory_of_all(platform.host_pid())?;
    report.add(format!("{name}_rest_mb"), format!("memory at rest, {name}"), megabytes(at_rest), "MB", &[]);
    let account = Account::sign_up(&platform);
    cold::measure(&platform, &account, name, report)?;
    let counter = Cell::new(0);
    let mut empty = [None; CONNECTIONS.len()];
    let mut most = 0;
    for kind in asked::kinds(&platform, &account) {
        for (connections, empty) in CONNECTIONS.into_iter().zip(&mut empty) {
            if kind.does == Does::HashPassword && connections > CONNECTIONS_OF_SIGN_INS {
                continue;
            }
            let load = ask(address(&platform)?, connections, TIME, |bytes| {
                counter.set(counter.get() + 1);
                (kind.write)(counter.get(), bytes);
                true
            });
            let load = load.with_context(|| format!("{}, {connections} connections", kind.what))?;
            most = most.max(memory_of_all(platform.host_pid())?);
            let beside = match kind.does {
                Does::Nothing => {
                    *empty = Some(load.per_second);
                    None
                }
                Does::Read => empty.map(|empty| Beside::new("an empty component", empty)),
                Does::Write => Some(Beside::new("single commits", commits)),
                Does::HashPassword => None,
            };
            told(report, (name, kind.key, kind.what), connections, &load, beside.as_slice());
        }
    }
    report.add(format!("{name}_load_mb"), format!("memory under load, {name}"), megabytes(most), "MB", &[]);
    Ok(())
}

fn told(
    report: &mut Report,
    (host, key, what): (&str, &str, &str),
    connections: usize,
    load: &Load,
    beside: &[Beside],
) {
    let key = |figure: &str| format!("{host}_{key}_{connections}_{figure}");
    let what = format!("{what}, {connections} at once, {host}");
    let [median, p99] = [load.median, load.p99].map(|time| time.as_secs_f64() * 1e3);
    report.add(key("per_second"), what.clone(), load.per_second, "/s", beside);
    report.add(key("median_ms"), format!("{what}: median"), median, "ms", &[]);
    report.add(key("p99_ms"), format!("{what}: p99"), p99, "ms", &[Beside::new("its median", median)]);
}

/// Messages go to a sink one by one, and their delivery is reported in Kannel's form.
fn delivery_reports(host: Host, name: &str, commits: f64, report: &mut Report) -> anyhow::Result<()> {
    let sink = Sink::start_keeping_report_addresses()?;
    let mut settings = settings(host);
    settings.variables.extend([
        ("operators", "kannel".to_owned()),
        ("kannel_url", sink.url()),
        ("kannel_username", "sendbox".to_owned()),
        ("kannel_password", "secret".to_owned()),
    ]);
    let platform = Platform::with(settings);
    let handed_over = hand_over(&platform)?;
    let addresses = sink.stop_and_tell_report_addresses()?;
    ensure!(addresses.len() as u64 == REPORTED_MESSAGES, "not every message has an address for reports");
    report.add(format!("{name}_hand_overs_per_second"), "hand-overs one by one", handed_over, "/s", &[]);
    let mut addresses = addresses.iter();
    for connections in CONNECTIONS {
        let mut left = REPORTED_MESSAGES as usize / CONNECTIONS.len();
        let load = ask(address(&platform)?, connections, TIME, |bytes| {
            let Some(request) = addresses.next().filter(|_| left > 0) else { return false };
            left -= 1;
            bytes.extend(asked::delivery_report(request).unwrap_or_default());
            true
        })?;
        let beside =
            [Beside::new("hand-overs one by one", handed_over), Beside::new("single commits", commits)];
        told(report, (name, "report", "a delivery report"), connections, &load, &beside);
    }
    Ok(())
}

/// Hands a campaign over; how many messages left a second.
fn hand_over(platform: &Platform) -> anyhow::Result<f64> {
    let account = Account::sign_up(platform);
    account.top_up("90000000.00");
    let file: String = (0..REPORTED_MESSAGES).map(|n| format!("{}\n", number(n))).collect();
    account.upload(format!("phone\n{file}"));
    account.draft(TEXT).start();
    platform.set_clock(instant(NIGHT));
    platform.dispatch();
    platform.set_clock(instant(NOON));
    let started = std::time::Instant::now();
    let handed_over = platform.dispatch();
    ensure!(handed_over.unsigned_abs() == REPORTED_MESSAGES, "{handed_over} were handed over");
    Ok(REPORTED_MESSAGES as f64 / started.elapsed().as_secs_f64())
}

fn address(platform: &Platform) -> anyhow::Result<std::net::SocketAddr> {
    Ok(platform.base().trim_start_matches("http://").parse()?)
}
