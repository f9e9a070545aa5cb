//! One campaign to many made-up recipients, prepared through the interface and then sent by ticks.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sendbox_tests::{Account, Fields, Platform, Settings, instant};

use crate::process::{peak_memory, process_cpu};

/// What every recipient gets: one segment.
pub const TEXT: &str = "Your order is ready. We are open every day from nine to eight.";
/// No message is due, so that preparing is not sending.
pub const NIGHT: &str = "2026-12-02T16:00:00Z";
/// Noon in Almaty on the next day.
pub const NOON: &str = "2026-12-03T07:00:00Z";
/// Ticks are called by so many schedulers at once.
const SCHEDULERS: usize = 2;

/// A campaign whose messages are queued on a platform that is stopped.
pub struct Queued {
    login: String,
    pub account: String,
    pub campaign: String,
    messages: u64,
    platform: Option<Platform>,
    /// The state as it was then.
    copy: PathBuf,
    pub upload_time: Duration,
    pub prepare_time: Duration,
}

/// How a campaign went.
pub struct Sent {
    pub messages: u64,
    /// From the first tick to the end of the last.
    pub wall: Duration,
    /// Of the whole host.
    pub cpu: Duration,
    /// Bytes.
    pub peak_memory: u64,
}

/// The `n`-th made-up number in E.164.
pub fn number(n: u64) -> String {
    format!("+7701{n:07}")
}

impl Queued {
    /// Makes an account, uploads its contacts, starts a campaign and lets ticks queue it by night.
    pub fn prepare(messages: u64, folder: &Path) -> anyhow::Result<Self> {
        let platform = Platform::fresh();
        let account = Account::sign_up(&platform);
        account.top_up("90000000.00");
        let mut file = String::from("phone,name\n");
        for n in 0..messages {
            file.push_str(&format!("{},Recipient {n}\n", number(n)));
        }
        let started = Instant::now();
        let import = account.upload(file);
        let upload_time = started.elapsed();
        ensure!(import.integer("/imported").unsigned_abs() == messages, "not all were imported: {import}");
        let campaign = account.draft(TEXT);
        campaign.start();
        platform.set_clock(instant(NIGHT));
        let started = Instant::now();
        while platform.tick("dispatch").ok().boolean("/more") {}
        let prepare_time = started.elapsed();
        let report = campaign.report();
        ensure!(report.queued.unsigned_abs() == messages, "not all are queued: {report:?}");
        platform.set_clock(instant(NOON));
        let (login, id, campaign) = (account.login.clone(), account.id.clone(), campaign.id.clone());
        platform.crash();
        let copy = folder.join("queued");
        copy_state(&platform.state_folder(), &copy)?;
        Ok(Self {
            login,
            account: id,
            campaign,
            messages,
            platform: Some(platform),
            copy,
            upload_time,
            prepare_time,
        })
    }

    /// The database with everything queued.
    pub fn database(&self) -> PathBuf {
        self.copy.join(DATABASE)
    }

    /// Starts the platform with these settings, lets ticks send everything, and stops it again.
    pub fn send(&mut self, settings: Settings) -> anyhow::Result<Sent> {
        let stopped = self.platform.take().context("a stopped platform")?;
        copy_state(&self.copy, &stopped.state_folder())?;
        let platform = stopped.restart_with(settings);
        let pid = platform.host_pid();
        // Instances and connections are made by the first tick that anybody asks for.
        platform.tick("reconcile").ok();
        let cpu_before = process_cpu(pid)?;
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..SCHEDULERS {
                scope.spawn(|| while platform.tick("dispatch").ok().boolean("/more") {});
            }
        });
        let wall = started.elapsed();
        let cpu = process_cpu(pid)?.saturating_sub(cpu_before);
        let peak_memory = peak_memory(pid)?;
        let account = Account::sign_in(&platform, &self.login);
        let report = account.campaign(&self.campaign).report();
        let handed_over = report.handed_over.unsigned_abs();
        ensure!(handed_over == self.messages, "not all were handed over: {report:?}");
        drop(account);
        platform.crash();
        self.platform = Some(platform);
        Ok(Sent { messages: handed_over, wall, cpu, peak_memory })
    }
}

/// The file of the label `default`.
pub const DATABASE: &str = "sqlite_db.db";

/// Copies the databases of a stopped host; what a crash left in a WAL is written into them first.
fn copy_state(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for name in [DATABASE, "sqlite_key_value.db"] {
        let source = from.join(name);
        if source.exists() {
            rusqlite::Connection::open(&source)?
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        for suffix in ["", "-wal", "-shm"] {
            let target = to.join(format!("{name}{suffix}"));
            if target.exists() {
                std::fs::remove_file(target)?;
            }
        }
        if source.exists() {
            std::fs::copy(&source, to.join(name))?;
        }
    }
    Ok(())
}
