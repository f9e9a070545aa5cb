//! Serves the pages, styles, scripts and texts under `static/`; nothing here reads or writes personal data.
//!
//! - [`routing`]: what a path means
//! - [`language`]: which language a visitor reads
//! - [`pages`]: a page's frame and texts put together
//! - [`content_type`]: what a file is, by its ending
//! - [`answer`]: the response, with entity tag and security headers

mod answer;
mod content_type;
mod language;
mod pages;
mod routing;

use bytes::Bytes;
use http::Response;
use spin_sdk::http::{FullBody, IntoResponse, Request};
use spin_sdk::http_service;

/// Where `spin.toml` mounts `static/`, read-only.
const MOUNT: &str = "/static";

#[http_service]
async fn serve(request: Request) -> impl IntoResponse {
    let answer = answer::to(
        request.method(),
        request.uri().path(),
        request.uri().query(),
        request.headers(),
        &|path| std::fs::read(format!("{MOUNT}/{path}")).ok(),
    );
    let mut response = Response::new(FullBody::new(Bytes::from(answer.body)));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
