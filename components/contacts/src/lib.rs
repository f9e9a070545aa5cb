//! Takes contacts in and keeps the blacklist.

mod blacklist;
mod contacts;
mod csv;
mod imports;
mod upload;

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
        ("GET", ["v1", "contacts", "imports"]) => imports::list(call).await,
        ("POST", ["v1", "contacts", "imports"]) => imports::create(call).await,
        (_, ["v1", "contacts", "imports"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("GET", ["v1", "contacts", "imports", import]) => imports::get(call, import).await,
        (_, ["v1", "contacts", "imports", _]) => Err(Problem::method_not_allowed("GET")),
        ("PUT", ["v1", "contacts", "imports", import, "file"]) => upload::put(call, import).await,
        (_, ["v1", "contacts", "imports", _, "file"]) => Err(Problem::method_not_allowed("PUT")),
        ("GET", ["v1", "contacts", "imports", import, "problems"]) => imports::problems(call, import).await,
        (_, ["v1", "contacts", "imports", _, "problems"]) => Err(Problem::method_not_allowed("GET")),
        ("GET", ["v1", "contacts"]) => contacts::list(call).await,
        ("DELETE", ["v1", "contacts"]) => contacts::delete(call, None).await,
        (_, ["v1", "contacts"]) => Err(Problem::method_not_allowed("GET, DELETE")),
        ("DELETE", ["v1", "contacts", contact]) => contacts::delete(call, Some(contact)).await,
        (_, ["v1", "contacts", _]) => Err(Problem::method_not_allowed("DELETE")),
        ("GET", ["v1", "blacklist"]) => blacklist::list(call).await,
        ("POST", ["v1", "blacklist"]) => blacklist::add(call).await,
        (_, ["v1", "blacklist"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("DELETE", ["v1", "blacklist", entry]) => blacklist::remove(call, entry).await,
        (_, ["v1", "blacklist", _]) => Err(Problem::method_not_allowed("DELETE")),
        _ => Err(Problem::not_found()),
    }
}
