//! What a client may take of the host: time, connections, turns. Spin leaves all of it to the proxy before it;
//! an embedded host may have none.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Limits on clients. They concern sockets only, not [`crate::RunningHost::call`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once of one address; of an IPv6 network of 64 bits, which is what one customer has. This
    /// machine itself is not limited: a proxy speaks for many.
    pub connections_per_address: usize,
    /// How long the head of a request may take, and how long a connection may wait for its next one.
    pub head: Duration,
    /// How long a client may be silent in the middle of a body, and how long it may refuse to take an answer.
    pub silence: Duration,
    /// How long a request may take, from its head to the end of its answer.
    pub request: Duration,
    /// Requests that components work on at once. Further ones wait for their turn; one whose body has not come
    /// holds none.
    pub requests_at_once: usize,
    /// How long a request waits for its turn before it is told to come again.
    pub turn: Duration,
    /// Beginnings of paths that have threads and turns of their own, so that whatever a crowd does on all
    /// others, these are answered.
    pub reserved: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            connections_per_address: 256,
            head: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            request: Duration::from_secs(15 * 60),
            requests_at_once: 64,
            turn: Duration::from_secs(10),
            reserved: Vec::new(),
        }
    }
}

/// How many connections there are, and whose.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: Mutex<BTreeMap<IpAddr, usize>>,
}

/// One connection that is counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    connections: Arc<Connections>,
    of: IpAddr,
}

impl Connections {
    /// Counts a connection; nothing when there are as many as there may be.
    pub(crate) fn count(self: &Arc<Self>, client: IpAddr, limits: &Limits) -> Option<Counted> {
        let of = network(client);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().sum();
        let own = open.get(&of).copied().unwrap_or(0);
        if all >= limits.connections || (own >= limits.connections_per_address && !of.is_loopback()) {
            return None;
        }
        open.insert(of, own + 1);
        Some(Counted { connections: Arc::clone(self), of })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.of);
            }
        }
    }
}

/// Whom an address belongs to.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(ip) if !ip.is_loopback() => {
            let network = ip.to_bits() >> 64 << 64;
            IpAddr::V6(network.into())
        }
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_leaves_room_for_others_and_all_together_have_an_end() {
        let limits = Limits { connections: 4, connections_per_address: 2, ..Limits::default() };
        let connections = Arc::new(Connections::default());
        let count = |of: &str| connections.count(ip(of), &limits);
        let first = count("203.0.113.1").expect("the first");
        let _second = count("203.0.113.1").expect("the second");
        assert!(count("203.0.113.1").is_none(), "a third of one address");
        assert!(count("::ffff:203.0.113.1").is_none(), "the same address, written otherwise");
        let _other = count("2001:db8::1").expect("another");
        let _neighbour = count("2001:db8::2").expect("of the same network");
        assert!(count("198.51.100.1").is_none(), "a fifth of all");
        drop(first);
        assert!(count("2001:db8::3").is_none(), "a third of one network");
        assert!(count("203.0.113.1").is_some());
    }

    #[test]
    fn a_proxy_on_this_machine_speaks_for_many() {
        let limits = Limits { connections_per_address: 1, ..Limits::default() };
        let connections = Arc::new(Connections::default());
        let both = [connections.count(ip("127.0.0.1"), &limits), connections.count(ip("127.0.0.1"), &limits)];
        assert!(both.iter().all(Option::is_some));
    }
}
