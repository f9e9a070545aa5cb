//! Ticks beside a crowd: connections that are held open and say nothing, and others that ask a public route as
//! fast as they can. Ratios of one run, on the loopback.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use sendbox_tests::{Account, Fields, Platform, instant};

use crate::campaign::{NIGHT, NOON, TEXT, number};
use crate::process::memory;

/// Ticks of each kind. A median of few is enough for a factor of three.
const TICKS: usize = 5;
/// Ticks that nobody times: they make instances and connections.
const FIRST_TICKS: usize = 2;
/// More than all ticks hand over together.
const MESSAGES: u64 = 150_000;
/// How often a crowd that is to stop notices.
const LOOK_UP: Duration = Duration::from_millis(20);
/// How long the crowd may take to stand.
const GATHERING: Duration = Duration::from_secs(30);

/// How many there are.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Connections that are held open.
    pub held: usize,
    /// Connections that ask as fast as they are answered.
    pub asking: usize,
}

/// What came of it.
pub struct Flooded {
    /// The median tick before the crowd came.
    pub quiet: Duration,
    /// The median tick beside it.
    pub flooded: Duration,
    /// By how many bytes the host's memory grew at most.
    pub grown: u64,
    /// Answers that the crowd got.
    pub answers: u64,
    /// Of them those that a component gave; the others were told by the host to come again.
    pub refused: u64,
    /// Messages that a tick handed over.
    pub messages: f64,
}

/// Times ticks that have work, first alone and then beside a crowd.
pub fn measure(crowd: Crowd) -> anyhow::Result<Flooded> {
    let platform = platform_with_work()?;
    let pid = platform.host_pid();
    for _ in 0..FIRST_TICKS {
        tick(&platform)?;
    }
    let (quiet, _) = median(&platform, || Ok(()))?;
    let before = memory(pid)?;
    let flood = Flood::begin(platform.base(), crowd)?;
    let mut peak = before;
    let (flooded, messages) = median(&platform, || {
        peak = peak.max(memory(pid)?);
        Ok(())
    })?;
    peak = peak.max(memory(pid)?);
    let (answers, refused) = flood.end()?;
    Ok(Flooded { quiet, flooded, grown: peak - before, answers, refused, messages })
}

/// A platform with a campaign that nobody has sent yet, at noon.
pub fn platform_with_work() -> anyhow::Result<Platform> {
    let platform = Platform::fresh();
    let account = Account::sign_up(&platform);
    account.top_up("90000000.00");
    let file: String = (0..MESSAGES).map(|n| format!("{}\n", number(n))).collect();
    account.upload(format!("phone\n{file}"));
    account.draft(TEXT).start();
    platform.set_clock(instant(NIGHT));
    while platform.tick("dispatch").ok().boolean("/more") {}
    platform.set_clock(instant(NOON));
    drop(account);
    Ok(platform)
}

/// One tick, which must have had work, with how many messages it handed over.
pub fn tick(platform: &Platform) -> anyhow::Result<(Duration, i64)> {
    let started = Instant::now();
    let answer = platform.tick("dispatch").ok();
    let took = started.elapsed();
    let handed_over = answer.integer("/handed_over");
    ensure!(handed_over > 0, "a tick without work: {answer}");
    Ok((took, handed_over))
}

fn median(
    platform: &Platform,
    mut between: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<(Duration, f64)> {
    let mut times = Vec::with_capacity(TICKS);
    let mut messages = 0;
    for _ in 0..TICKS {
        let (took, handed_over) = tick(platform)?;
        times.push(took);
        messages += handed_over;
        between()?;
    }
    times.sort();
    let median = *times.get(TICKS / 2).context("some ticks")?;
    Ok((median, messages as f64 / TICKS as f64))
}

#[derive(Default)]
struct Tally {
    answers: AtomicU64,
    refused: AtomicU64,
    stopping: AtomicBool,
}

/// A crowd at the door, on one thread.
struct Flood {
    tally: Arc<Tally>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Flood {
    /// When this comes back, everybody who asks has been answered about once.
    fn begin(base: &str, crowd: Crowd) -> anyhow::Result<Self> {
        let address: SocketAddr = base.trim_start_matches("http://").parse()?;
        let tally = Arc::new(Tally::default());
        let for_thread = Arc::clone(&tally);
        let thread = std::thread::spawn(move || flood(address, crowd, &for_thread));
        let begun = Instant::now();
        while tally.answers.load(Ordering::Relaxed) < crowd.asking as u64 {
            ensure!(!thread.is_finished() && begun.elapsed() < GATHERING, "the crowd does not gather");
            std::thread::sleep(LOOK_UP);
        }
        Ok(Self { tally, thread })
    }

    fn end(self) -> anyhow::Result<(u64, u64)> {
        self.tally.stopping.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::anyhow!("the crowd broke off"))??;
        Ok((self.tally.answers.load(Ordering::Relaxed), self.tally.refused.load(Ordering::Relaxed)))
    }
}

/// One that asks: what it has read of the answer so far.
struct Asking {
    stream: TcpStream,
    answer: Vec<u8>,
    has_asked: bool,
}

const REQUEST: &[u8] = b"POST /o/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n";
const HALF_A_HEAD: &[u8] = b"POST /o/x HTTP/1.1\r\nhost: 127.0.0.1\r\n";

fn flood(address: SocketAddr, crowd: Crowd, tally: &Tally) -> anyhow::Result<()> {
    let mut poll = Poll::new()?;
    let mut held: Vec<std::net::TcpStream> = Vec::with_capacity(crowd.held);
    for _ in 0..crowd.held {
        let mut stream = std::net::TcpStream::connect(address)?;
        stream.write_all(HALF_A_HEAD)?;
        held.push(stream);
    }
    let connect = |poll: &Poll, n: usize| -> anyhow::Result<Asking> {
        let mut stream = TcpStream::connect(address)?;
        poll.registry().register(&mut stream, Token(n), Interest::READABLE | Interest::WRITABLE)?;
        Ok(Asking { stream, answer: Vec::new(), has_asked: false })
    };
    let mut asking = (0..crowd.asking).map(|n| connect(&poll, n)).collect::<Result<Vec<_>, _>>()?;
    let mut events = Events::with_capacity(1024);
    while !tally.stopping.load(Ordering::Relaxed) {
        poll.poll(&mut events, Some(LOOK_UP))?;
        for event in &events {
            let Token(n) = event.token();
            let Some(one) = asking.get_mut(n) else { continue };
            if !go_on(one, tally) {
                // Closed: the next one of the crowd takes its place.
                *one = connect(&poll, n)?;
            }
        }
    }
    drop(held);
    Ok(())
}

/// Asks, reads, and asks again; false when the connection is over.
fn go_on(one: &mut Asking, tally: &Tally) -> bool {
    loop {
        if !one.has_asked {
            // So short a request is written whole.
            match one.stream.write_all(REQUEST) {
                Ok(()) => one.has_asked = true,
                Err(error) => return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected),
            }
        }
        let mut buffer = [0; 8 * 1024];
        match one.stream.read(&mut buffer) {
            Ok(0) => return false,
            Ok(read) => one.answer.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
        if is_whole(&one.answer) {
            tally.answers.fetch_add(1, Ordering::Relaxed);
            if !one.answer.starts_with(b"HTTP/1.1 5") {
                tally.refused.fetch_add(1, Ordering::Relaxed);
            }
            one.answer.clear();
            one.has_asked = false;
        }
    }
}

/// Whether head and body have come.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = memchr::memmem::find(answer, b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    answer.len() >= end + 4 + length
}
