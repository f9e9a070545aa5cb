//! Fault points: where a test may make the host fail, wait, or stop dead.
//!
//! The host asks its [`FaultInjector`] before and after every SQL statement and every outbound
//! request. The questions carry running numbers, so that an injector that draws its answers from a
//! seed gives the same run again.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// One SQL statement, as the component sent it.
#[derive(Debug, Clone, Copy)]
pub struct StatementPoint<'a> {
    /// The component that runs it.
    pub component: &'a str,
    /// The label of the database.
    pub label: &'a str,
    /// The statement, parameters left out.
    pub sql: &'a str,
    /// Its number among all statements of this host, from 0.
    pub number: u64,
}

/// What becomes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatementFault {
    /// Nothing unusual.
    Proceed,
    /// It fails with this message, such as `database is locked`. Asked for before the statement,
    /// nothing has run; asked for after it, the statement has run and only its result is lost.
    Fail(String),
    /// The component instance stops dead: every request in it dies, its connections drop, and open
    /// transactions roll back. This is what a power cut looks like from inside.
    Kill,
}

/// One outbound request.
#[derive(Debug, Clone, Copy)]
pub struct OutboundPoint<'a> {
    /// The component that sends it.
    pub component: &'a str,
    /// Its method.
    pub method: &'a http::Method,
    /// Where it goes. May hold secrets: not for logs.
    pub uri: &'a http::Uri,
    /// Its number among all outbound requests of this host, from 0.
    pub number: u64,
}

/// What becomes of an outbound request before it is sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum OutboundFault {
    /// It is sent.
    Proceed,
    /// It is not sent; the component sees a refused connection.
    Refuse,
    /// It is sent after this time.
    Delay(Duration),
    /// It is not sent; the component gets this answer, as a scripted peer would give.
    Respond(http::Response<Bytes>),
    /// It is not sent; this peer reads it whole and plays the other side.
    Ask(Arc<dyn Peer>),
    /// The instance stops dead before anything is sent.
    Kill,
}

/// Plays the other side of outbound requests, in the place of a server.
pub trait Peer: Debug + Send + Sync + 'static {
    /// Takes one request with its whole body. It may wait; the component's own time limits go on.
    fn answer(self: Arc<Self>, request: http::Request<Bytes>) -> PeerFuture;
}

/// What a [`Peer`] works on.
pub type PeerFuture = Pin<Box<dyn Future<Output = PeerAnswer> + Send>>;

/// How an exchange with a [`Peer`] ends.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PeerAnswer {
    /// The component gets this answer.
    Respond(http::Response<Bytes>),
    /// The component sees a refused connection.
    Refused,
    /// The component sees a connection that broke.
    Dropped,
    /// The component sees that no answer came in time.
    TimedOut,
    /// The instance stops dead before it sees an answer.
    Kill,
}

/// What becomes of an answer to an outbound request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboundReply {
    /// The component gets it.
    Deliver,
    /// The peer has acted, but the answer is lost: the component sees a broken connection.
    Drop,
    /// The component gets it after this time.
    Delay(Duration),
    /// The peer has acted, and the instance stops dead before it sees the answer.
    Kill,
}

/// Decides on faults. Every method has a default that changes nothing.
///
/// The methods are called from several threads at once. Those about outbound requests must return at
/// once; waiting is asked for through the answers. Those about statements are called on a thread that
/// is the statement's own and may wait: so a simulation decides which request goes on next.
pub trait FaultInjector: Send + Sync + 'static {
    /// Asked when a statement has its connection to itself and is about to run.
    fn before_statement(&self, point: &StatementPoint<'_>) -> StatementFault {
        let _ = point;
        StatementFault::Proceed
    }

    /// Asked when a statement has run to its end.
    fn after_statement(&self, point: &StatementPoint<'_>) -> StatementFault {
        let _ = point;
        StatementFault::Proceed
    }

    /// Asked when an outbound request is allowed and about to be sent.
    fn before_outbound(&self, point: &OutboundPoint<'_>) -> OutboundFault {
        let _ = point;
        OutboundFault::Proceed
    }

    /// Asked when the head of the answer is there, with its status.
    fn after_outbound(&self, point: &OutboundPoint<'_>, status: http::StatusCode) -> OutboundReply {
        let _ = (point, status);
        OutboundReply::Deliver
    }
}

/// The injector of ordinary use: no faults.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl FaultInjector for NoFaults {}
