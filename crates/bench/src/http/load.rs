//! So many connections that ask one after the other for some seconds, and how long each answer took. One
//! thread, so that the other core is the host's.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::wire::Wire;

/// What is answered in the beginning is not counted: instances and connections are made.
const WARM_UP: Duration = Duration::from_millis(400);
/// A server that says nothing for so long is not measured any further.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub per_second: f64,
    pub median: Duration,
    /// Of a hundred answers one took longer.
    pub p99: Duration,
}

/// A connection, and when its request left.
struct Asking {
    wire: Wire,
    since: Option<Instant>,
}

/// Asks on so many connections for so long. `make` writes the next request; `false` when there is none left.
pub fn ask(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    mut make: impl FnMut(&mut Vec<u8>) -> bool,
) -> anyhow::Result<Load> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    let mut all = connect(&poll, address, connections)?;
    let mut request = Vec::new();
    let mut took: Vec<Duration> = Vec::new();
    let begun = Instant::now();
    let (counted_from, end) = (begun + WARM_UP, begun + WARM_UP + time);
    let (mut last, mut open) = (begun, true);
    let mut next = |one: &mut Asking, open: &mut bool| -> std::io::Result<()> {
        request.clear();
        *open = *open && Instant::now() < end && make(&mut request);
        one.since = open.then(Instant::now);
        if *open {
            one.wire.send(&request);
        }
        one.wire.flush()
    };
    for one in &mut all {
        next(one, &mut open)?;
    }
    while all.iter().any(|one| one.since.is_some()) {
        poll.poll(&mut events, Some(PATIENCE))?;
        ensure!(!events.is_empty(), "the server is silent");
        for event in &events {
            let one = all.get_mut(event.token().0).context("a connection of ours")?;
            let stays = one.wire.fill()?;
            while let Some(answer) = one.wire.next() {
                let taken = answer.head.starts_with(b"HTTP/1.1 2");
                ensure!(taken, "refused: {}", String::from_utf8_lossy(answer.head));
                let now = Instant::now();
                if let Some(since) = one.since.filter(|_| now >= counted_from && now < end) {
                    took.push(now - since);
                    last = now;
                }
                next(one, &mut open)?;
            }
            one.wire.flush()?;
            ensure!(stays || one.since.is_none(), "the server closed a connection");
        }
    }
    summed_up(took, last - counted_from.min(last))
}

fn connect(poll: &Poll, address: SocketAddr, connections: usize) -> anyhow::Result<Vec<Asking>> {
    (0..connections)
        .map(|number| {
            let stream = std::net::TcpStream::connect(address).context("the server listens")?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)?;
            Ok(Asking { wire: Wire::new(stream)?, since: None })
        })
        .collect()
}

fn summed_up(mut took: Vec<Duration>, span: Duration) -> anyhow::Result<Load> {
    took.sort_unstable();
    let at = |hundredths: usize| took.get(took.len() * hundredths / 100).or(took.last()).copied();
    let (median, p99) = at(50).zip(at(99)).context("nothing was answered in time")?;
    Ok(Load { per_second: took.len() as f64 / span.as_secs_f64(), median, p99 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_of_the_answers_took_longer_than_p99() {
        let took: Vec<Duration> = (0..1_000).rev().map(Duration::from_millis).collect();
        let load = summed_up(took, Duration::from_secs(2)).expect("there are answers");
        assert_eq!((load.median, load.p99), (Duration::from_millis(500), Duration::from_millis(990)));
        assert!((load.per_second - 500.0).abs() < 1e-9);
    }
}
