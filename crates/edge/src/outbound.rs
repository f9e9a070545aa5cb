//! Requests to the outside: sent, waited for, and told honestly how they went.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::{Either, select};
use operators::{Exchange, OperatorRequest};
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::{FullBody, send};
use spin_sdk::wasip3::http::types::ErrorCode;

/// The largest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Sends a request and waits for its answer, but not longer than it may take. Then it is given up: it may
/// have arrived.
pub async fn exchange(request: OperatorRequest, may_take: Duration) -> Exchange {
    let answer = Box::pin(answer(request));
    let timeout = Box::pin(spin_sdk::time::sleep(may_take));
    match select(answer, timeout).await {
        Either::Left((sent, _)) => sent,
        Either::Right(_) => Exchange::Lost,
    }
}

async fn answer(request: OperatorRequest) -> Exchange {
    let request = request.map(|body| FullBody::new(Bytes::from(body)));
    let response = match send(request).await {
        Ok(response) => response,
        Err(error) => return failure(&error),
    };
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let mut stream = response.into_body().stream();
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&chunk),
            _ => return Exchange::Lost,
        }
    }
    Exchange::Answered { status, body }
}

/// Only where the request certainly did not leave may what it carried be sent again.
fn failure(error: &ErrorCode) -> Exchange {
    match error {
        ErrorCode::ConnectionRefused
        | ErrorCode::DnsError(_)
        | ErrorCode::DnsTimeout
        | ErrorCode::DestinationNotFound
        | ErrorCode::DestinationUnavailable
        | ErrorCode::DestinationIpProhibited
        | ErrorCode::DestinationIpUnroutable
        | ErrorCode::HttpRequestDenied => Exchange::NotSent,
        _ => Exchange::Lost,
    }
}
