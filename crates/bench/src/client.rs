//! A plain client: so many kept connections, one request under way on each. One thread.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::wire::Wire;

/// A server that says nothing for so long is not measured any further.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends `requests` requests, each made by `make` from its number, and reads their answers. How long it
/// took.
pub fn drive(
    address: SocketAddr,
    connections: usize,
    requests: u64,
    mut make: impl FnMut(u64, &mut Vec<u8>),
) -> anyhow::Result<Duration> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    let mut wires = Vec::with_capacity(connections);
    for number in 0..connections {
        let mut stream = TcpStream::from_std({
            let stream = std::net::TcpStream::connect(address).context("the server listens")?;
            stream.set_nonblocking(true)?;
            stream
        });
        poll.registry().register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)?;
        wires.push(Wire::new(stream)?);
    }
    let mut request = Vec::new();
    let (mut sent, mut answered) = (0, 0);
    let mut next = |wire: &mut Wire| -> io::Result<()> {
        if sent < requests {
            request.clear();
            make(sent, &mut request);
            sent += 1;
            wire.send(&request);
        }
        wire.flush()
    };
    let started = Instant::now();
    for wire in &mut wires {
        next(wire)?;
    }
    while answered < requests {
        poll.poll(&mut events, Some(PATIENCE))?;
        ensure!(!events.is_empty(), "the server is silent after {answered} answers");
        for event in &events {
            let wire = wires.get_mut(event.token().0).context("a connection of ours")?;
            let open = wire.fill()?;
            while let Some(answer) = wire.next() {
                let taken = answer.head.starts_with(b"HTTP/1.1 2");
                ensure!(taken, "refused: {}", String::from_utf8_lossy(answer.head));
                answered += 1;
                next(wire)?;
            }
            wire.flush()?;
            ensure!(open || answered == requests, "the server closed a connection");
        }
    }
    Ok(started.elapsed())
}
