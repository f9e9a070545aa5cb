//! Clients that take their time: connections that say nothing, heads that never end, too many at once.

use std::path::Path;
use std::time::Duration;

use host::{Host, HostOptions, Limits, LogLines, LogTarget, RunningHost};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const EMPTY_APP: &str = "spin_manifest_version = 2\n[application]\nname = \"shop\"\nversion = \"1\"\n";
const SHORT: Duration = Duration::from_millis(50);
/// Long enough for anything that is not for ever.
const LONG: Duration = Duration::from_secs(20);

async fn start(folder: &Path, limits: Limits) -> RunningHost {
    let path = folder.join("spin.toml");
    std::fs::write(&path, EMPTY_APP).expect("a manifest");
    let mut options = HostOptions::new(path, folder.join("state"));
    options.listen = ([127, 0, 0, 1], 0).into();
    options.log = LogTarget::Memory(LogLines::default());
    options.limits = limits;
    Host::start(options).await.expect("started")
}

async fn connect(host: &RunningHost) -> TcpStream {
    TcpStream::connect(host.address()).await.expect("connected")
}

/// Everything that the host says until it closes the connection.
async fn said(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    let read = tokio::time::timeout(LONG, stream.read_to_end(&mut said)).await;
    // A reset ends the connection as well as a close.
    let _ = read.expect("the host closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_or_half_of_it_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), Limits { head: SHORT, ..Limits::default() }).await;
    for beginning in ["", "GET", "GET / HTTP/1.1\r\nhost: shop\r\n", "PRI * HTTP/2.0\r\n"] {
        let mut stream = connect(&host).await;
        stream.write_all(beginning.as_bytes()).await.expect("written");
        let answer = said(stream).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{beginning:?}: {answer}");
    }
    host.shutdown().await.expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_comes_a_byte_at_a_time_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), Limits { head: SHORT, ..Limits::default() }).await;
    let mut stream = connect(&host).await;
    let trickle = async {
        stream.write_all(b"GET / HTTP/1.1\r\n").await?;
        loop {
            stream.write_all(b"x: y\r\n").await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let ended: Result<std::io::Result<()>, _> = tokio::time::timeout(LONG, trickle).await;
    assert!(ended.expect("the host closes the connection").is_err());
    host.shutdown().await.expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_used_may_wait_no_longer_for_its_next_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), Limits { head: SHORT, ..Limits::default() }).await;
    let mut stream = connect(&host).await;
    let request = b"GET /.well-known/spin/health HTTP/1.1\r\nhost: shop\r\n\r\n";
    stream.write_all(request).await.expect("written");
    let answer = said(stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("OK"), "{answer}");
    host.shutdown().await.expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_too_many_is_closed_and_one_that_ends_makes_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), Limits { connections: 2, ..Limits::default() }).await;
    let held = [connect(&host).await, connect(&host).await];
    assert_eq!(said(connect(&host).await).await, "");
    drop(held);
    let asked = async {
        loop {
            let mut stream = connect(&host).await;
            let request = b"GET /.well-known/spin/health HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n";
            // One that is closed at once may refuse the writing.
            let _ = stream.write_all(request).await;
            let answer = said(stream).await;
            if !answer.is_empty() {
                return answer;
            }
        }
    };
    let answer = tokio::time::timeout(LONG, asked).await.expect("there is room again");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    host.shutdown().await.expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_turn_is_told_to_come_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let reserved = vec!["/internal/".to_owned()];
    let limits = Limits { requests_at_once: 0, turn: SHORT, reserved, ..Limits::default() };
    let host = start(folder.path(), limits).await;
    for path in ["/anything", "/internal/ticks"] {
        let mut stream = connect(&host).await;
        let request =
            format!("POST {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("written");
        let answer = said(stream).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{path}: {answer}");
        assert!(answer.to_ascii_lowercase().contains("retry-after: 5"), "{path}: {answer}");
    }
    host.shutdown().await.expect("stopped");
}
