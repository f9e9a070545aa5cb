//! The operator that messages are handed to: takes everything at once, counts, and notices a message
//! that comes twice. One thread, so lean that it is never what is measured.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};
use percent_encoding::percent_decode;

use crate::process::thread_cpu;
use crate::wire::{Message, Wire};

const LISTENER: Token = Token(0);
/// How often a stopped sink notices.
const LOOK_UP: Duration = Duration::from_millis(20);

/// What came so far.
#[derive(Default)]
struct Tally {
    requests: AtomicU64,
    messages: AtomicU64,
    twice: AtomicU64,
    stopping: AtomicBool,
    cpu: Mutex<Duration>,
    span: Mutex<Option<(Instant, Instant)>>,
    report_addresses: Mutex<Vec<String>>,
}

/// What came in all.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub requests: u64,
    pub messages: u64,
    /// Messages that had come before.
    pub twice: u64,
    /// From the first request to the last.
    pub span: Duration,
    /// What the sink itself used.
    pub cpu: Duration,
}

/// A running sink on a free port of the loopback.
pub struct Sink {
    pub address: SocketAddr,
    tally: Arc<Tally>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Sink {
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(Operator::default())
    }

    /// One that notes the addresses at which Kannel would report, for [`Self::stop_and_tell_report_addresses`].
    pub fn start_keeping_report_addresses() -> anyhow::Result<Self> {
        Self::start_with(Operator { report_addresses: Some(Vec::new()), ..Operator::default() })
    }

    fn start_with(operator: Operator) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0).into()).context("the sink's port")?;
        let address = listener.local_addr()?;
        let tally = Arc::new(Tally::default());
        let for_thread = Arc::clone(&tally);
        let thread = std::thread::Builder::new()
            .name("sink".to_owned())
            .spawn(move || serve(listener, operator, &for_thread))
            .context("the sink's thread")?;
        Ok(Self { address, tally, thread: Some(thread) })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it and tells the addresses for reports on what came, in its order.
    pub fn stop_and_tell_report_addresses(self) -> anyhow::Result<Vec<String>> {
        let tally = Arc::clone(&self.tally);
        self.stop()?;
        Ok(std::mem::take(&mut *tally.report_addresses.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Ends it and tells what came.
    pub fn stop(mut self) -> anyhow::Result<Taken> {
        self.tally.stopping.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().map_err(|_| anyhow::anyhow!("the sink panicked"))??;
        }
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let span = *self.tally.span.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Taken {
            requests: read(&self.tally.requests),
            messages: read(&self.tally.messages),
            twice: read(&self.tally.twice),
            span: span.map_or(Duration::ZERO, |(first, last)| last - first),
            cpu: *self.tally.cpu.lock().unwrap_or_else(PoisonError::into_inner),
        })
    }
}

fn serve(mut listener: TcpListener, mut operator: Operator, tally: &Tally) -> anyhow::Result<()> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut wires: HashMap<Token, Wire> = HashMap::new();
    let mut next_token = 1;
    while !tally.stopping.load(Ordering::Relaxed) {
        match poll.poll(&mut events, Some(LOOK_UP)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            outcome => outcome?,
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    let token = Token(next_token);
                    next_token += 1;
                    poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
                    wires.insert(token, Wire::new(stream)?);
                }
            } else if let Some(wire) = wires.get_mut(&event.token())
                && !operator.attend(wire).unwrap_or(false)
            {
                wires.remove(&event.token());
            }
        }
        operator.tell(tally);
    }
    *tally.cpu.lock().unwrap_or_else(PoisonError::into_inner) = thread_cpu()?;
    *tally.report_addresses.lock().unwrap_or_else(PoisonError::into_inner) =
        operator.report_addresses.unwrap_or_default();
    Ok(())
}

/// Reads requests and answers them.
#[derive(Default)]
struct Operator {
    requests: u64,
    twice: u64,
    ids: HashSet<u128, BuildHasherDefault<LastDigits>>,
    answer: Vec<u8>,
    body: Vec<u8>,
    span: Option<(Instant, Instant)>,
    /// Where somebody wants to know them.
    report_addresses: Option<Vec<String>>,
}

impl Operator {
    /// Answers everything that came in; `false` when the connection is over.
    fn attend(&mut self, wire: &mut Wire) -> io::Result<bool> {
        let open = wire.fill()?;
        let mut came = false;
        self.answer.clear();
        while let Some(message) = wire.next() {
            came = true;
            self.take(&message);
        }
        if came {
            let now = Instant::now();
            self.span = Some((self.span.map_or(now, |(first, _)| first), now));
            wire.send(&self.answer);
        }
        wire.flush()?;
        Ok(open)
    }

    fn take(&mut self, request: &Message<'_>) {
        self.requests += 1;
        if request.head.starts_with(b"GET /cgi-bin/sendsms?") {
            // Kannel gives no id: ours stands in the address for its reports.
            if let Some(id) = ids(request.head).next() {
                note(&mut self.ids, &mut self.twice, id);
            }
            if let Some(addresses) = &mut self.report_addresses {
                addresses.extend(report_address(request.head));
            }
            self.answer.extend_from_slice(
                b"HTTP/1.1 202 Accepted\r\ncontent-type: text/html\r\ncontent-length: 24\r\n\r\n\
                  0: Accepted for delivery",
            );
        } else {
            self.body.clear();
            self.body.extend_from_slice(b"{\"taken\":[");
            for id in ids(request.body) {
                if note(&mut self.ids, &mut self.twice, id) {
                    if !self.body.ends_with(b"[") {
                        self.body.push(b',');
                    }
                    for part in [b"{\"id\":\"msg_", id, b"\",\"reference\":\"", id, b"\",\"at\":0}"] {
                        self.body.extend_from_slice(part);
                    }
                }
            }
            self.body.extend_from_slice(b"]}");
            self.answer
                .extend_from_slice(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ");
            self.answer.extend_from_slice(self.body.len().to_string().as_bytes());
            self.answer.extend_from_slice(b"\r\n\r\n");
            self.answer.extend_from_slice(&self.body);
        }
    }

    fn tell(&self, tally: &Tally) {
        tally.requests.store(self.requests, Ordering::Relaxed);
        tally.messages.store(self.ids.len() as u64, Ordering::Relaxed);
        tally.twice.store(self.twice, Ordering::Relaxed);
        *tally.span.lock().unwrap_or_else(PoisonError::into_inner) = self.span;
    }
}

/// Notes an id; whether it is one, and not the text of a message.
fn note(ids: &mut HashSet<u128, BuildHasherDefault<LastDigits>>, twice: &mut u64, id: &[u8]) -> bool {
    let number = std::str::from_utf8(id).ok().and_then(|id| u128::from_str_radix(id, 16).ok());
    let Some(number) = number else { return false };
    if !ids.insert(number) {
        *twice += 1;
    }
    true
}

/// A hash for ids, whose last digits are random already; those that only count are spread.
#[derive(Default)]
struct LastDigits(u64);

impl Hasher for LastDigits {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u128(&mut self, id: u128) {
        self.0 = (id as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// The 32 digits behind each `msg_`.
fn ids(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memmem::find_iter(text, b"msg_").filter_map(|at| text.get(at + 4..at + 36))
}

/// The value of `dlr-url` in the line of a request.
fn report_address(head: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"dlr-url=";
    let from = memchr::memmem::find(head, NAME)? + NAME.len();
    let value = head.get(from..)?.split(|byte| matches!(byte, b'&' | b' ')).next()?;
    Some(percent_decode(value).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::report_address;

    #[test]
    fn the_address_for_reports_is_read_out_of_a_request_of_kannels_form() {
        let head = b"GET /cgi-bin/sendsms?to=%2B7&dlr-url=http%3A%2F%2Fa%2Fb%3Fstatus%3D%25d HTTP/1.1";
        assert_eq!(report_address(head).as_deref(), Some("http://a/b?status=%d"));
    }
}
