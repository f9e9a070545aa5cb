//! Signs businesses up and in, and keeps their profile and API keys.

mod api_keys;
mod passwords;
mod profile;
mod sessions;
mod sign_up;
mod throttle;
mod views;

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
        ("POST", ["v1", "accounts"]) => sign_up::post(call).await,
        (_, ["v1", "accounts"]) => Err(Problem::method_not_allowed("POST")),
        ("POST", ["v1", "sessions"]) => sessions::sign_in(call).await,
        (_, ["v1", "sessions"]) => Err(Problem::method_not_allowed("POST")),
        ("DELETE", ["v1", "sessions", "current"]) => sessions::sign_out(call).await,
        (_, ["v1", "sessions", "current"]) => Err(Problem::method_not_allowed("DELETE")),
        ("GET", ["v1", "account"]) => profile::get(call).await,
        ("PATCH", ["v1", "account"]) => profile::patch(call).await,
        (_, ["v1", "account"]) => Err(Problem::method_not_allowed("GET, PATCH")),
        ("GET", ["v1", "account", "changes"]) => profile::changes(call).await,
        (_, ["v1", "account", "changes"]) => Err(Problem::method_not_allowed("GET")),
        ("POST", ["v1", "account", "password"]) => profile::change_password(call).await,
        ("POST", ["v1", "account", "compromise"]) => profile::report_compromise(call).await,
        (_, ["v1", "account", "password" | "compromise"]) => Err(Problem::method_not_allowed("POST")),
        ("GET", ["v1", "api-keys"]) => api_keys::list(call).await,
        ("POST", ["v1", "api-keys"]) => api_keys::create(call).await,
        (_, ["v1", "api-keys"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("DELETE", ["v1", "api-keys", key]) => api_keys::revoke(call, key).await,
        (_, ["v1", "api-keys", _]) => Err(Problem::method_not_allowed("DELETE")),
        _ => Err(Problem::not_found()),
    }
}
