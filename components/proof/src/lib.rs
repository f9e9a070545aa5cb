//! Signs checkpoints of the log and shows evidence, so that anyone can check both (R91, R93).

mod evidence_pages;
mod log;

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
        ("GET", ["v1", "log", "checkpoint"]) => log::checkpoint(call).await,
        ("GET", ["v1", "log", "key"]) => log::key(call).await,
        ("GET", ["v1", "log", "consistency"]) => log::consistency(call).await,
        (_, ["v1", "log", "checkpoint" | "key" | "consistency"]) => Err(Problem::method_not_allowed("GET")),
        ("GET", ["v1", "evidence"]) => evidence_pages::get(call).await,
        (_, ["v1", "evidence"]) => Err(Problem::method_not_allowed("GET")),
        ("POST", ["internal", "ticks", "checkpoint"]) => log::tick(call).await,
        (_, ["internal", "ticks", "checkpoint"]) => Err(Problem::method_not_allowed("POST")),
        _ => Err(Problem::not_found()),
    }
}
