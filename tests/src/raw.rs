//! Requests that no well-behaved client would send, written to the socket as they are.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::answer::Answer;
use crate::contract;
use crate::platform::Platform;

/// Writes head and body, and reads the answer. A host may answer before it has read everything, so
/// a failed write is not the end: what counts is the answer.
pub fn send(platform: &Platform, method: &str, path: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Answer {
    send_announcing(platform, method, path, headers, body, body.len() as u64)
}

/// [`send`] with another `content-length` than the body has.
pub fn send_announcing(
    platform: &Platform,
    method: &str,
    path: &str,
    headers: &[(&str, &[u8])],
    body: &[u8],
    content_length: u64,
) -> Answer {
    let address = platform.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the platform listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket takes a time-out");
    let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n").into_bytes();
    if !headers.iter().any(|(name, _)| *name == "host") {
        head.extend_from_slice(format!("host: {address}\r\n").as_bytes());
    }
    for (name, value) in headers {
        head.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    head.extend_from_slice(format!("content-length: {content_length}\r\n\r\n").as_bytes());
    stream.write_all(&head).expect("the head is written");
    let _ = stream.write_all(body);
    read_answer(&mut BufReader::new(stream), format!("{method} {path}"))
}

/// A request whose head is there and whose body is not: the host has asked for it.
pub struct Parked {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Parked {
    /// Sends the head and waits until the host asks for the body, or answers without it.
    pub fn begin(
        platform: &Platform,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        content_length: usize,
    ) -> Self {
        let address = platform.base().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("the platform listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket takes a time-out");
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nexpect: 100-continue\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {content_length}\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("the head is written");
        let mut stream = BufReader::new(stream);
        let request = format!("{method} {path}");
        let beginning = stream.fill_buf().unwrap_or_else(|error| panic!("{request}: no answer: {error}"));
        if beginning.starts_with(b"HTTP/1.1 100") {
            let mut line = String::new();
            while line.trim_end() != "" || line.is_empty() {
                line.clear();
                stream.read_line(&mut line).expect("the head of 100 Continue");
            }
        }
        Self { stream, request }
    }

    /// Sends the body and reads the answer.
    pub fn finish(mut self, body: &[u8]) -> Answer {
        // An answer that came before is read all the same.
        let _ = self.stream.get_mut().write_all(body);
        read_answer(&mut self.stream, self.request)
    }
}

fn read_answer(stream: &mut impl BufRead, request: String) -> Answer {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a status line");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("{request}: no status in `{line}`"));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a header line");
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: Option<u64> = length.and_then(|(_, value)| value.parse().ok());
    let mut body = Vec::new();
    // With a length, exactly so much; without one, to the end of the connection.
    let read = stream.take(length.unwrap_or(u64::MAX)).read_to_end(&mut body);
    assert!(read.is_ok(), "{request}: the answer broke off: {read:?}");
    let answer = Answer { request, status, headers, body };
    contract::hold(&answer);
    answer
}
