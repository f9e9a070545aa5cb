//! Serves the pages, styles, scripts and texts under `static/`; nothing here reads or writes personal data.
//!
//! - [`routing`]: what a path means
//! - [`language`]: which language a visitor reads
//! - [`pages`]: a page's frame and texts put together
//! - [`content_type`]: what a file is, by its ending
//! - [`kept`]: what need not be read and put together again
//! - [`answer`]: the response, with entity tag and security headers

mod answer;
mod content_type;
mod kept;
mod language;
mod pages;
mod routing;

use answer::Source;
use http::Response;
use kept::Kept;
use spin_sdk::http::{FullBody, IntoResponse, Request};
use spin_sdk::http_service;

/// Where `spin.toml` mounts `static/`, read-only.
const MOUNT: &str = "/static";

thread_local! {
    static KEPT: Kept = Kept::default();
}

#[http_service]
async fn serve(request: Request) -> impl IntoResponse {
    let read = |path: &str| std::fs::read(format!("{MOUNT}/{path}")).ok();
    let answer = KEPT.with(|kept| {
        let source = Source { read: &read, kept };
        answer::to(request.method(), request.uri().path(), request.uri().query(), request.headers(), source)
    });
    let mut response = Response::new(FullBody::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
