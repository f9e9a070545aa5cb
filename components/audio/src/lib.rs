//! Keeps recordings, plays them to their owner, and gives them to operators by signed links (R71, R74).
//! It is a component of its own because it reads files that strangers made: what breaks in doing so takes
//! no payment and no campaign with it.

mod file;
mod link;
mod recording;
mod recordings;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::audio::LIST => recordings::list,
    api::audio::CREATE => recordings::create,
    api::audio::GET => recordings::get,
    api::audio::DELETE => recordings::delete,
    api::audio::FILE => file::get,
    api::audio::LINK => link::get,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
