//! Hands due messages to operators inside the lawful hours, and finds out about those of which
//! nobody knows whether an operator took them.

mod carriers;
mod closing;
mod departing;
mod hand_over;
mod judging;
mod operators_view;
mod outgoing;
mod reconcile;
mod recovery;
mod results;
mod tally;
mod tick;
mod watch;

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
        ("POST", ["internal", "ticks", "dispatch"]) => tick::post(call).await,
        ("POST", ["internal", "ticks", "reconcile"]) => reconcile::post(call).await,
        ("GET", ["internal", "operators"]) => operators_view::get(call).await,
        (_, ["internal", "operators"]) => Err(Problem::method_not_allowed("GET")),
        (_, ["internal", "ticks", "dispatch" | "reconcile"]) => Err(Problem::method_not_allowed("POST")),
        _ => Err(Problem::not_found()),
    }
}
