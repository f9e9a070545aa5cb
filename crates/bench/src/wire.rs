//! One end of a kept HTTP/1.1 connection that never blocks: whole messages in, bytes out.

use std::io::{self, Read, Write};

use mio::net::TcpStream;

/// The most that is read at once.
const READ_BYTES: usize = 64 * 1024;

/// A connection with what was read and not yet used, and what was not yet written.
pub struct Wire {
    pub stream: TcpStream,
    read: Vec<u8>,
    used: usize,
    unsent: Vec<u8>,
}

/// A request or an answer: its head up to the empty line, and its body.
pub struct Message<'w> {
    pub head: &'w [u8],
    pub body: &'w [u8],
}

impl Wire {
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new(), used: 0, unsent: Vec::new() })
    }

    /// Reads all that is there; `false` when the other end has closed.
    pub fn fill(&mut self) -> io::Result<bool> {
        self.read.drain(..self.used);
        self.used = 0;
        loop {
            let length = self.read.len();
            self.read.resize(length + READ_BYTES, 0);
            let outcome = self.stream.read(&mut self.read[length..]);
            self.read.truncate(length + outcome.as_ref().copied().unwrap_or(0));
            match outcome {
                Ok(0) => return Ok(false),
                // Less than there was room for: there is no more.
                Ok(bytes) if bytes < READ_BYTES => return Ok(true),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The next whole message of those that were read.
    pub fn next(&mut self) -> Option<Message<'_>> {
        let rest = self.read.get(self.used..)?;
        let head_length = memchr::memmem::find(rest, b"\r\n\r\n")?;
        let body_start = head_length + 4;
        let body_length = content_length(rest.get(..head_length)?);
        if rest.len() < body_start + body_length {
            return None;
        }
        let at = self.used;
        self.used += body_start + body_length;
        let message = self.read.get(at..self.used)?;
        Some(Message { head: message.get(..head_length)?, body: message.get(body_start..)? })
    }

    /// Takes bytes for the other end.
    pub fn send(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
    }

    /// Writes what it can; what is left goes when the socket takes it.
    pub fn flush(&mut self) -> io::Result<()> {
        let mut sent = 0;
        while sent < self.unsent.len() {
            match self.stream.write(&self.unsent[sent..]) {
                Ok(bytes) => sent += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.unsent.drain(..sent);
        Ok(())
    }
}

/// What the head says of the body's length; without a word, there is no body.
fn content_length(head: &[u8]) -> usize {
    let lines = head.split(|byte| *byte == b'\n').skip(1);
    for line in lines {
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        if line[..colon].eq_ignore_ascii_case(b"content-length") {
            let text = std::str::from_utf8(&line[colon + 1..]).unwrap_or_default();
            return text.trim().parse().unwrap_or(0);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::content_length;

    #[test]
    fn a_body_is_as_long_as_its_head_says() {
        assert_eq!(content_length(b"POST / HTTP/1.1\r\nhost: a\r\nContent-Length: 17"), 17);
        assert_eq!(content_length(b"GET /?content-length:5 HTTP/1.1\r\nhost: a"), 0);
    }
}
