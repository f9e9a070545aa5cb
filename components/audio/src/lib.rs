//! Keeps recordings, plays them to their owner, and gives them to operators by signed links (R71, R74).
//! It is a component of its own because it reads files that strangers made: what breaks in doing so takes
//! no payment and no campaign with it.

mod file;
mod link;
mod recording;
mod recordings;

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
        ("GET", ["v1", "audio"]) => recordings::list(call).await,
        ("POST", ["v1", "audio"]) => recordings::create(call).await,
        (_, ["v1", "audio"]) => Err(Problem::method_not_allowed("GET, POST")),
        ("GET", ["v1", "audio", audio]) => recordings::get(call, audio).await,
        ("DELETE", ["v1", "audio", audio]) => recordings::delete(call, audio).await,
        (_, ["v1", "audio", _]) => Err(Problem::method_not_allowed("GET, DELETE")),
        ("GET", ["v1", "audio", audio, "file"]) => file::get(call, audio).await,
        (_, ["v1", "audio", _, "file"]) => Err(Problem::method_not_allowed("GET")),
        ("GET", ["audio", audio, expires, token]) => link::get(call, audio, expires, token).await,
        (_, ["audio", _, _, _]) => Err(Problem::method_not_allowed("GET")),
        _ => Err(Problem::not_found()),
    }
}
