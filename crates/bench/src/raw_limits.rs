//! What the machine itself gives, measured in the same run: the sink without the product before it, and
//! the disk without the product on it.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::client::drive;
use crate::sink::Sink;

/// How long the disk is asked.
const DISK_TIME: Duration = Duration::from_secs(2);
/// Requests that the sink is asked for.
const POSTS: u64 = 200_000;
/// As many connections as the dispatch keeps to a bulk operator.
const CONNECTIONS: usize = 64;

/// The limits beside which the product's figures stand.
pub struct RawLimits {
    pub posts_per_second: f64,
    pub commits_per_second: f64,
    pub fsyncs_per_second: f64,
}

impl RawLimits {
    /// Measures on the disk of this folder.
    pub fn measure(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            posts_per_second: posts().context("the sink's limit")?,
            commits_per_second: commits(folder).context("SQLite's limit")?,
            fsyncs_per_second: fsyncs(folder).context("the disk's limit")?,
        })
    }
}

/// POSTs of one message each that the sink takes from a plain client.
fn posts() -> anyhow::Result<f64> {
    let sink = Sink::start()?;
    let body = "{\"messages\":[{\"id\":\"msg_00000000000000000000000000000000\",\"to\":\"+77010000000\",\
                \"from\":\"SENDBOX\",\"text\":\"Your order is ready. We are open every day from nine to eight.\"}]}";
    let request = format!(
        "POST /sandbox/operator/messages HTTP/1.1\r\nhost: sink\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Only the last digits of the id change: the client is not what is measured either.
    let digits =
        request.find("msg_").context("an id")? + 4 + 16..request.find("\",\"to").context("its end")?;
    let took = drive(sink.address, CONNECTIONS, POSTS, |number, bytes| {
        bytes.extend_from_slice(request.as_bytes());
        for (place, digit) in bytes[digits.clone()].iter_mut().rev().enumerate() {
            *digit = b"0123456789abcdef"[(number >> (4 * place) & 15) as usize];
        }
    })?;
    let taken = sink.stop()?;
    anyhow::ensure!(taken.messages == POSTS && taken.twice == 0, "the sink miscounts: {taken:?}");
    Ok(POSTS as f64 / took.as_secs_f64())
}

/// Transactions of one row each, every one on the disk when it returns.
pub fn commits(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("commits.db");
    let database = rusqlite::Connection::open(&path)?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE row (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT",
    )?;
    let mut insert = database.prepare("INSERT INTO row (content) VALUES (randomblob(200))")?;
    let started = Instant::now();
    let mut done = 0u32;
    while started.elapsed() < DISK_TIME {
        insert.execute([])?;
        done += 1;
    }
    let rate = f64::from(done) / started.elapsed().as_secs_f64();
    drop(insert);
    drop(database);
    std::fs::remove_file(path)?;
    Ok(rate)
}

/// Appends of one page, each on the disk when it returns.
fn fsyncs(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("fsyncs");
    let mut file = File::create(&path)?;
    let page = [7; 4096];
    let started = Instant::now();
    let mut done = 0u32;
    while started.elapsed() < DISK_TIME {
        file.write_all(&page)?;
        file.sync_data()?;
        done += 1;
    }
    let rate = f64::from(done) / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
