//! Keeps campaigns and their history, reports on them, and takes staff's decisions about them.

mod advertising;
mod campaigns;
mod content;
mod estimate;
mod history;
mod lifecycle;
mod links;
mod measure;
mod pricing;
mod report;
mod staff;
mod unknown;
mod window;
mod window_overrides;

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
        ("POST", ["v1", "texts", "measure"]) => measure::post(call).await,
        (_, ["v1", "texts", "measure"]) => Err(Problem::method_not_allowed("POST")),
        ("GET", ["v1", "campaigns"]) => campaigns::list(call).await,
        ("POST", ["v1", "campaigns"]) => campaigns::create(call).await,
        (_, ["v1", "campaigns"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("GET", ["v1", "campaigns", campaign]) => campaigns::get(call, campaign).await,
        ("DELETE", ["v1", "campaigns", campaign]) => campaigns::delete(call, campaign).await,
        (_, ["v1", "campaigns", _]) => Err(Problem::method_not_allowed("GET, DELETE")),
        ("POST", ["v1", "campaigns", campaign, "estimate"]) => estimate::post(call, campaign).await,
        ("POST", ["v1", "campaigns", campaign, "start"]) => lifecycle::start(call, campaign).await,
        ("POST", ["v1", "campaigns", campaign, "pause"]) => lifecycle::pause(call, campaign).await,
        ("POST", ["v1", "campaigns", campaign, "resume"]) => lifecycle::resume(call, campaign).await,
        ("POST", ["v1", "campaigns", campaign, "cancel"]) => lifecycle::cancel(call, campaign).await,
        (_, ["v1", "campaigns", _, "estimate" | "start" | "pause" | "resume" | "cancel"]) => {
            Err(Problem::method_not_allowed("POST"))
        }
        ("POST", ["v1", "campaigns", campaign, "unknown"]) => unknown::decide(call, campaign).await,
        (_, ["v1", "campaigns", _, "unknown"]) => Err(Problem::method_not_allowed("POST")),
        ("GET", ["v1", "campaigns", campaign, "report"]) => report::get(call, campaign).await,
        (_, ["v1", "campaigns", _, "report"]) => Err(Problem::method_not_allowed("GET")),
        ("GET", ["internal", "decisions", "advertising-approvals"]) => advertising::list(call).await,
        ("POST", ["internal", "decisions", "advertising-approvals"]) => advertising::decide(call).await,
        (_, ["internal", "decisions", "advertising-approvals"]) => {
            Err(Problem::method_not_allowed("GET, POST"))
        }
        ("GET", ["internal", "decisions", "window-overrides"]) => window_overrides::list(call).await,
        ("POST", ["internal", "decisions", "window-overrides"]) => window_overrides::decide(call).await,
        (_, ["internal", "decisions", "window-overrides"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("DELETE", ["internal", "decisions", "window-overrides", decision]) => {
            window_overrides::revoke(call, decision).await
        }
        (_, ["internal", "decisions", "window-overrides", _]) => Err(Problem::method_not_allowed("DELETE")),
        ("GET", ["v1", "messages"]) => history::get(call).await,
        (_, ["v1", "messages"]) => Err(Problem::method_not_allowed("GET")),
        _ => Err(Problem::not_found()),
    }
}
