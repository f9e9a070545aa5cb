//! Takes in what operators send: delivery reports, and what people answered; and recipients' refusals by link
//! (R65, R66, R85, R89).

mod incoming;
mod notices;
mod opt_out;
mod sandbox;
mod status;
mod unread;

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
    if let ["o", token] = path.as_slice() {
        return match method.as_str() {
            "GET" => opt_out::show(&call),
            "POST" => opt_out::refuse(call, token).await,
            _ => Err(Problem::method_not_allowed("GET, POST")),
        };
    }
    let ["webhooks", "operators", behind @ ..] = path.as_slice() else { return Err(Problem::not_found()) };
    match (method.as_str(), behind) {
        ("POST", ["sandbox", "reports"]) => sandbox::reports(call).await,
        ("GET", ["kannel", "reports", id, token]) => status::kannel(call, id, token).await,
        ("POST", ["jasmin", "reports", id, token]) => status::jasmin(call, id, token).await,
        ("POST", ["smsc", "reports"]) => status::smsc(call).await,
        ("POST", ["twilio", "reports", "incoming"]) => incoming::twilio(call).await,
        ("POST", ["twilio", "reports", id]) => status::twilio(call, id).await,
        ("POST", ["mobizon", "notices"]) => notices::mobizon(call).await,
        ("GET", ["kannel", "incoming", token]) => incoming::kannel(call, token).await,
        ("GET" | "POST", ["jasmin", "incoming", token]) => incoming::jasmin(call, token).await,
        ("POST", ["smsc", "incoming"]) => incoming::smsc(call).await,
        (_, ["kannel", "reports", _, _] | ["kannel", "incoming", _]) => {
            Err(Problem::method_not_allowed("GET"))
        }
        (_, ["jasmin", "incoming", _]) => Err(Problem::method_not_allowed("GET, POST")),
        (_, ["jasmin", "reports", _, _] | ["twilio", "reports", _])
        | (_, ["sandbox" | "smsc", "reports"] | ["smsc", "incoming"] | ["mobizon", "notices"]) => {
            Err(Problem::method_not_allowed("POST"))
        }
        _ => Err(Problem::not_found()),
    }
}
