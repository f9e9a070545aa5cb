//! Answers nothing, so that the product's answers can be held against what the host itself takes.

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use spin_sdk::http::{FullBody, Request};
use spin_sdk::http_service;

#[http_service]
async fn handle(_: Request) -> Response<FullBody<Bytes>> {
    let mut answer = Response::new(FullBody::new(Bytes::new()));
    answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    answer
}
