//! A stand-in operator and bank for local use, and a clock that can be shifted; off in production.

mod bank;
mod calls;
mod clock;
mod operator;
mod outbound;

use edge::{Answer, Call, Problem, Result};
use spin_sdk::http::Request;
use spin_sdk::http_service;

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, routes).await
}

async fn routes(call: Call) -> Result<Answer> {
    if !call.settings.sandbox_on().await? {
        return Err(Problem::not_found());
    }
    let (method, segments) = (call.method(), call.segments());
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (method.as_str(), path.as_slice()) {
        ("POST", ["sandbox", "bank", "top-ups"]) => bank::top_up(call).await,
        ("POST", ["sandbox", "operator", "messages"]) => operator::take(call).await,
        ("POST", ["sandbox", "operator", "calls"]) => calls::take(call).await,
        ("POST", ["sandbox", "operator", "states"]) => operator::states(call).await,
        ("POST", ["sandbox", "operator", "report-due"]) => operator::report_due(call).await,
        ("GET", ["sandbox", "clock"]) => clock::get(call).await,
        ("PUT", ["sandbox", "clock"]) => clock::put(call).await,
        (_, ["sandbox", "clock"]) => Err(Problem::method_not_allowed("GET, PUT")),
        (_, ["sandbox", "bank" | "operator", _]) => Err(Problem::method_not_allowed("POST")),
        _ => Err(Problem::not_found()),
    }
}
