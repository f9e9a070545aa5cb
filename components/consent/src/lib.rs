//! Shows the documents and keeps the log of cookie choices and consents.

mod consents;
mod cookie_choices;
mod documents;

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
        ("GET", ["v1", "documents"]) => documents::list(call).await,
        ("GET", ["v1", "documents", kind]) => documents::get(call, kind).await,
        (_, ["v1", "documents"] | ["v1", "documents", _]) => Err(Problem::method_not_allowed("GET")),
        ("POST", ["v1", "cookie-choices"]) => cookie_choices::record(call).await,
        (_, ["v1", "cookie-choices"]) => Err(Problem::method_not_allowed("POST")),
        ("GET", ["v1", "cookie-choices", "current"]) => cookie_choices::current(call).await,
        ("DELETE", ["v1", "cookie-choices", "current"]) => cookie_choices::withdraw(call).await,
        (_, ["v1", "cookie-choices", "current"]) => Err(Problem::method_not_allowed("GET, DELETE")),
        ("GET", ["v1", "consents"]) => consents::list(call).await,
        ("POST", ["v1", "consents"]) => consents::give(call).await,
        (_, ["v1", "consents"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("DELETE", ["v1", "consents", consent]) => consents::withdraw(call, consent).await,
        (_, ["v1", "consents", _]) => Err(Problem::method_not_allowed("DELETE")),
        _ => Err(Problem::not_found()),
    }
}
