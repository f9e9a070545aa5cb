//! A list of clients through HTTP into the base, beside a plain load of the same rows into SQLite with a unique index.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sendbox_tests::workbooks::workbook_of_people;
use sendbox_tests::{Account, Fields, Platform};
use serde_json::Value;

use crate::flood::{platform_with_work, tick};
use crate::process::{memory, peak_memory};
use crate::report::{Beside, Report};

/// The list of this many rows comes in again.
const LARGE: u64 = 1_000_000;
/// Of a hundred rows so many repeat the number of an earlier row.
const REPEATED: u64 = 3;
/// And one in a hundred has no number.
const BROKEN: u64 = 1;

/// Imports lists of so many rows, each by an account and on a platform of its own; the list of a million again.
pub fn measure(sizes: &[u64], folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    for size in sizes {
        eprintln!("{size} rows");
        let raw = raw_load(*size, &folder.join("raw.db"))?;
        let seconds = |time: Duration| time.as_secs_f64();
        report.add(format!("raw_{size}_s"), format!("a plain load of {size} rows"), seconds(raw), "s", &[]);
        let platform = Platform::fresh();
        let account = Account::sign_up(&platform);
        account.top_up("1000.00");
        // The components' machine code is made when they are first asked.
        let warm = Account::sign_up(&platform);
        upload(&warm, list(100))?;
        platform.tick("jobs").ok();
        let before = memory(platform.host_pid())?;
        let beside = [Beside::new("the plain load", seconds(raw))];
        let file = list(*size);
        // What is larger is looked at once.
        let times = if *size > LARGE { 1 } else { 2 };
        for (key, what) in [("import", "imported"), ("again", "imported again")].into_iter().take(times) {
            let (took, import) = upload(&account, file.clone())?;
            ensure!(import.integer("/rows").unsigned_abs() == *size, "rows are missing: {import}");
            let rate = *size as f64 / seconds(took);
            let what = format!("{size} rows {what}");
            report.add(format!("{key}_{size}_s"), what.clone(), seconds(took), "s", &beside);
            report.add(format!("{key}_{size}_per_second"), format!("{what}: rows"), rate, "/s", &[]);
            // What is done behind an import is neither its own time nor that of the next.
            let started = Instant::now();
            if times > 1 && platform.finish_jobs("marks") > 0 {
                let marked = seconds(started.elapsed());
                let what = format!("{size} rows marked for searches, behind the import");
                report.add(format!("marks_{size}_s"), what, marked, "s", &beside);
            }
        }
        let grown = peak_memory(platform.host_pid())?.saturating_sub(before);
        let what = format!("memory for {size} rows");
        report.add(format!("memory_{size}_mb"), what, grown as f64 / 1e6, "MB", &[]);
    }
    Ok(())
}

/// A workbook of so many rows: how long it takes, and how much memory.
pub fn workbook(rows: u64, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("a workbook of {rows} rows");
    let platform = Platform::fresh();
    let account = Account::sign_up(&platform);
    account.top_up("1000.00");
    let people = |rows| {
        workbook_of_people((0..rows).map(|row: u64| (format!("7701{:07}", row * 7 % 10_000_000), name(row))))
    };
    account.upload_workbook(people(100));
    let before = memory(platform.host_pid())?;
    let file = people(rows);
    let megabytes = file.len() as f64 / 1e6;
    let started = Instant::now();
    let import = account.upload_workbook(file);
    let took = started.elapsed().as_secs_f64();
    ensure!(import.integer("/imported").unsigned_abs() == rows - 100, "rows are missing: {import}");
    let grown = peak_memory(platform.host_pid())?.saturating_sub(before) as f64 / 1e6;
    report.add("workbook_packed_mb", format!("a workbook of {rows} rows, packed"), megabytes, "MB", &[]);
    report.add("workbook_s", "the workbook imported", took, "s", &[]);
    report.add("workbook_memory_mb", "memory for it", grown, "MB", &[]);
    Ok(())
}

/// Ticks before the list comes in, and the most that are called while it does.
const TICKS_ALONE: usize = 9;
const TICKS_BESIDE: usize = 25;
/// How often a scheduler calls: more often there would be nothing left to send before the list is in.
const EVERY: Duration = Duration::from_millis(500);

/// Times ticks that have work, alone and while a list of so many rows comes in.
pub fn ticks_beside(rows: u64, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("ticks beside {rows} rows");
    let platform = platform_with_work()?;
    let account = Account::sign_up(&platform);
    account.top_up("1000.00");
    upload(&account, list(100))?;
    let mut alone = Vec::with_capacity(TICKS_ALONE);
    // The first ones make instances and connections.
    for n in 0..TICKS_ALONE + 2 {
        let (took, _) = tick(&platform)?;
        if n >= 2 {
            alone.push(took);
        }
    }
    let file = list(rows);
    let beside = std::thread::scope(|scope| {
        let import = scope.spawn(|| upload(&account, file));
        let mut beside = Vec::with_capacity(TICKS_BESIDE);
        while !import.is_finished() && beside.len() < TICKS_BESIDE {
            beside.push(tick(&platform)?.0);
            std::thread::sleep(EVERY);
        }
        import.join().map_err(|_| anyhow::anyhow!("the upload broke off"))??;
        anyhow::Ok(beside)
    })?;
    let count = beside.len() as f64;
    let [alone, beside] = [alone, beside].map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    });
    let quiet = Beside::new("alone", alone);
    report.add("tick_alone_ms", "a tick of 4,000 messages", alone, "ms", &[]);
    report.add("tick_beside_import_ms", "the same while a list comes in", beside, "ms", &[quiet]);
    report.add("ticks_beside_import", "ticks meanwhile", count, "", &[]);
    Ok(())
}

fn upload(account: &Account<'_>, file: String) -> anyhow::Result<(Duration, Value)> {
    let import = account.announce_upload();
    let started = Instant::now();
    let answer = account.send_file(&import, file);
    ensure!(matches!(answer.status, 200 | 202), "refused: {}", answer.text_body());
    let import = account.completed(&import);
    Ok((started.elapsed(), import))
}

/// The numbers of a list, in no order: each once, but for those that are repeated.
fn number(row: u64) -> Option<u64> {
    let row = match row % 100 {
        last if last < BROKEN => return None,
        last if last < BROKEN + REPEATED && row >= 100 => row - 50,
        _ => row,
    };
    // A step that shares no factor with the count of the numbers goes through all of them.
    Some(row.wrapping_mul(7_654_321) % 100_000_000)
}

/// Eight digits behind the code, as people spell them.
fn spelt(row: u64, number: u64) -> String {
    let (code, rest) = (701 + number / 10_000_000 % 2, number % 10_000_000);
    match row % 4 {
        0 => format!("+7{code}{rest:07}"),
        1 => format!("8 ({code}) {:03}-{:02}-{:02}", rest / 10_000, rest / 100 % 100, rest % 100),
        2 => format!("7{code}{rest:07}"),
        _ => format!("\"8 {code} {rest:07}\""),
    }
}

fn name(row: u64) -> String {
    format!("Клиент №{row}, постоянный")
}

/// A list as a business exports it, with a column that nobody needs.
fn list(rows: u64) -> String {
    let mut list = "№;Телефон;ФИО;Город\r\n".to_owned();
    for row in 0..rows {
        let number = number(row).map_or_else(|| "нет".to_owned(), |number| spelt(row, number));
        // A String takes whatever is written to it.
        let _ = write!(list, "{row};{number};\"{}\";Алматы\r\n", name(row));
    }
    list
}

/// The same rows, ready to be stored, by one statement each in one transaction.
fn raw_load(rows: u64, path: &Path) -> anyhow::Result<Duration> {
    let mut database = rusqlite::Connection::open(path)?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE contact (phone TEXT NOT NULL, name TEXT NOT NULL) STRICT;
         CREATE UNIQUE INDEX contact_phone ON contact (phone);",
    )?;
    let started = Instant::now();
    let transaction = database.transaction()?;
    {
        let mut insert =
            transaction.prepare("INSERT OR IGNORE INTO contact (phone, name) VALUES (?1, ?2)")?;
        for row in 0..rows {
            let Some(number) = number(row) else { continue };
            insert.execute((format!("+7701{number:08}"), name(row)))?;
        }
    }
    transaction.commit()?;
    let took = started.elapsed();
    drop(database);
    std::fs::remove_file(path)?;
    Ok(took)
}
