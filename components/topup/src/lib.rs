//! Takes payments in, and shows balance, ledger and tariffs; shows staff what nobody could be credited with.

mod balance;
mod tariffs;
mod unapplied;
mod webhooks;

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
        ("POST", ["webhooks", "payments", "standard"]) => webhooks::standard(call).await,
        (_, ["webhooks", "payments", "standard"]) => Err(Problem::method_not_allowed("POST")),
        ("GET", ["v1", "balance"]) => balance::balance(call).await,
        ("GET", ["v1", "ledger"]) => balance::ledger(call).await,
        ("GET", ["v1", "tariffs"]) => tariffs::get(call).await,
        (_, ["v1", "balance" | "ledger" | "tariffs"]) => Err(Problem::method_not_allowed("GET")),
        ("GET", ["internal", "decisions", "unapplied-payments"]) => unapplied::list(call).await,
        ("POST", ["internal", "decisions", "unapplied-payments"]) => unapplied::credit(call).await,
        (_, ["internal", "decisions", "unapplied-payments"]) => Err(Problem::method_not_allowed("GET, POST")),
        _ => Err(Problem::not_found()),
    }
}
