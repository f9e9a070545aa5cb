//! Takes requests to delete an account, and carries them out when they are due.

mod deletion;
mod tick;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::deletion::GET => deletion::get,
    api::deletion::REQUEST => deletion::request,
    api::deletion::CANCEL => deletion::cancel,
    api::ticks::DELETIONS => tick::post,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
