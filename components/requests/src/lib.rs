//! Takes requests to delete an account, and carries them out when they are due.

mod deletion;
mod tick;

use edge::{Answer, Call, Problem, Result};
use spin_sdk::http::Request;
use spin_sdk::http_service;

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, routes).await
}

async fn routes(call: Call) -> Result<Answer> {
    let (method, segments) = (call.method(), call.segments());
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (method.as_str(), path.as_slice()) {
        ("GET", ["v1", "account", "deletion"]) => deletion::get(call).await,
        ("POST", ["v1", "account", "deletion"]) => deletion::request(call).await,
        ("DELETE", ["v1", "account", "deletion"]) => deletion::cancel(call).await,
        (_, ["v1", "account", "deletion"]) => Err(Problem::method_not_allowed("GET, POST, DELETE")),
        ("POST", ["internal", "ticks", "deletions"]) => tick::post(call).await,
        (_, ["internal", "ticks", "deletions"]) => Err(Problem::method_not_allowed("POST")),
        _ => Err(Problem::not_found()),
    }
}
