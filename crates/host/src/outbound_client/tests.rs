//! The shared client, against a server on this machine.

use http::uri::Uri;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";

async fn listener() -> (TcpListener, Uri) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, format!("http://{address}/send").parse().expect("a uri"))
}

fn impatient() -> OutboundClient {
    let short = Duration::from_millis(100);
    OutboundClient::new(OutboundTimeouts { connect: short, first_byte: short, between_bytes: short })
}

async fn get(client: &OutboundClient, uri: &Uri) -> Result<Bytes, Error> {
    let mut request = Request::new(crate::app::full(Bytes::new()));
    *request.uri_mut() = uri.clone();
    let answer = client.send(request, RequestOptions::default()).await?;
    Ok(answer.into_body().collect().await?.to_bytes())
}

/// Reads one request without a body, and answers with these bytes.
async fn answer(stream: &mut TcpStream, bytes: &str) {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await.expect("a request"));
    }
    stream.write_all(bytes.as_bytes()).await.expect("written");
}

#[tokio::test]
async fn a_second_request_takes_the_first_ones_connection() {
    let (listener, uri) = listener().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        for _ in 0..2 {
            answer(&mut stream, &format!("{HEAD}ok")).await;
        }
    });
    let client = OutboundClient::new(OutboundTimeouts::default());
    for _ in 0..2 {
        assert!(matches!(get(&client, &uri).await, Ok(body) if body == "ok"));
    }
    server.await.expect("both requests came by one connection");
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection() {
    let (listener, uri) = listener().await;
    drop(listener);
    let outcome = get(&impatient(), &uri).await;
    assert!(matches!(outcome, Err(Error::ConnectionRefused)), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_instead_of_answering_is_a_broken_connection() {
    let (listener, uri) = listener().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        answer(&mut stream, "").await;
    });
    let outcome = get(&impatient(), &uri).await;
    assert!(matches!(outcome, Err(Error::ConnectionTerminated)), "{outcome:?}");
    server.await.expect("the server was asked");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_on() {
    let (_listener, uri) = listener().await;
    let outcome = get(&impatient(), &uri).await;
    assert!(matches!(outcome, Err(Error::ConnectionReadTimeout)), "{outcome:?}");
}

#[tokio::test]
async fn a_body_that_stops_in_the_middle_is_given_up_on() {
    let (listener, uri) = listener().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        answer(&mut stream, &format!("{HEAD}o")).await;
        stream
    });
    let outcome = get(&impatient(), &uri).await;
    assert!(matches!(outcome, Err(Error::ConnectionReadTimeout)), "{outcome:?}");
    drop(server.await.expect("the server was asked"));
}
