//! A telecom operator that a test plays: it listens on loopback, and the test says what it answers.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::platform::{Platform, Settings};

/// What the product asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// As it came, without the question mark.
    pub query: String,
    pub body: Vec<u8>,
}

impl Asked {
    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> String {
        let of = |fields: &[u8]| {
            let found = form_urlencoded::parse(fields).find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        let value = of(self.query.as_bytes()).or_else(|| of(&self.body));
        value.unwrap_or_else(|| panic!("no `{name}` in {self:?}"))
    }
}

/// What the operator does then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A status and a body.
    Answer(u16, String),
    /// It cuts the connection without a word.
    HangUp,
}

/// A played operator. It is gone when this is dropped.
pub struct PlayedOperator {
    /// What an operator's variable for the address says.
    pub url: String,
    over: Arc<AtomicBool>,
}

impl PlayedOperator {
    /// Plays one that answers each request so.
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port of the loopback");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let over = Arc::new(AtomicBool::new(false));
        let (answer, is_over) = (Arc::new(answer), Arc::clone(&over));
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if is_over.load(Ordering::Acquire) {
                    return;
                }
                let Ok(connection) = connection else { continue };
                let (answer, is_over) = (Arc::clone(&answer), Arc::clone(&is_over));
                std::thread::spawn(move || converse(connection, &*answer, &is_over));
            }
        });
        Self { url, over }
    }

    /// A platform whose only operator is a Kannel, played by this one.
    pub fn as_kannel(&self) -> Platform {
        let variables = vec![
            ("operators", "kannel".to_owned()),
            ("kannel_url", self.url.clone()),
            ("kannel_username", "made-up".to_owned()),
            ("kannel_password", "made-up".to_owned()),
        ];
        Platform::with(Settings { variables, ..Settings::default() })
    }
}

impl Drop for PlayedOperator {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // One more connection wakes the listener, so that it sees that it is over.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

/// Answers the requests of one connection until its end.
fn converse(mut connection: TcpStream, answer: &dyn Fn(&Asked) -> Reply, over: &AtomicBool) {
    let _ = connection.set_nodelay(true);
    let mut bytes = Vec::new();
    while let Some(asked) = read(&mut connection, &mut bytes) {
        if over.load(Ordering::Acquire) {
            return;
        }
        let Reply::Answer(status, body) = answer(&asked) else { return };
        let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n\r\n", body.len());
        if connection.write_all(&[head.as_bytes(), body.as_bytes()].concat()).is_err() {
            return;
        }
    }
}

/// The next request; what comes behind it stays in `bytes`.
fn read(connection: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Asked> {
    loop {
        if let Some((asked, length)) = parse(bytes) {
            bytes.drain(..length);
            return Some(asked);
        }
        let mut more = [0; 64 * 1024];
        let read = connection.read(&mut more).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&more[..read]);
    }
}

/// The request at the beginning, with its length, once all of it is there.
fn parse(bytes: &[u8]) -> Option<(Asked, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(bytes).expect("the product speaks HTTP") else {
        return None;
    };
    let length = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |header| {
        std::str::from_utf8(header.value).ok().and_then(|text| text.parse().ok()).expect("a length")
    });
    let body = bytes.get(head..head + length)?.to_vec();
    let (path, query) =
        request.path.unwrap_or_default().split_once('?').unwrap_or((request.path.unwrap_or_default(), ""));
    let method = request.method.unwrap_or_default().to_owned();
    Some((Asked { method, path: path.to_owned(), query: query.to_owned(), body }, head + length))
}
