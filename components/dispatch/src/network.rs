//! Sending a request to an operator, and saying honestly how it went.

use std::time::Duration;

use edge::{Call, Result};
use futures::StreamExt;
use futures::future::{Either, select};
use operators::sandbox::Sandbox;
use operators::{Exchange, Operator, OperatorRequest};
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::{FullBody, send};
use spin_sdk::wasip3::http::types::ErrorCode;

/// The largest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The operator that text messages go through, ready to make requests.
pub async fn text_operator(call: &Call) -> Result<Option<Box<dyn Operator>>> {
    if operators::text_operator(call.settings.sandbox_on().await?).is_none() {
        return Ok(None);
    }
    let token = call.settings.get("tick_token").await?;
    Ok(Some(Box::new(Sandbox { base_url: "http://sandbox.spin.internal".to_owned(), token })))
}

/// Sends a request and waits for its answer, but not longer than it may take. Then it is given up: it may
/// have arrived.
pub async fn exchange(request: OperatorRequest, may_take: Duration) -> Exchange {
    let answer = Box::pin(answer(request));
    let timeout = Box::pin(spin_sdk::time::sleep(may_take));
    match select(answer, timeout).await {
        Either::Left((exchange, _)) => exchange,
        Either::Right(_) => Exchange::Lost,
    }
}

async fn answer(request: OperatorRequest) -> Exchange {
    let request = request.map(|body| FullBody::new(bytes::Bytes::from(body)));
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

/// Only where the request certainly did not leave may the messages be tried again.
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
