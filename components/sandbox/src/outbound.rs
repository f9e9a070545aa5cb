//! Requests to the product's own webhooks, as a bank or an operator would make them.

use bytes::Bytes;
use edge::{Problem, Result};
use http::Request;
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::{FullBody, send};

/// Sends a signed body to a webhook; answers its status and body.
pub async fn post(url: &str, headers: &[(&str, String)], body: Vec<u8>) -> Result<(u16, Bytes)> {
    let mut request =
        Request::post(url).header("content-type", "application/json").header("content-length", body.len());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(FullBody::new(Bytes::from(body)));
    let request = request.map_err(|error| Problem::internal("a request to a webhook", &error))?;
    let response = send(request).await.map_err(|error| Problem::internal(url, &error))?;
    let status = response.status().as_u16();
    let body = response.into_body().bytes().await.map_err(|error| Problem::internal(url, &error))?;
    Ok((status, body))
}
