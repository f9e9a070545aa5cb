//! Does the work that was written down for later: deletions, checkpoints, questions about results, moves of accounts,
//! scores, look-ups of numbers, what stalled and what could not be done when it came.

mod bench;
mod deletions;
mod moves;
mod number_lookups;
mod results;
mod steps;
mod tick;
mod view;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::jobs::WORK => tick::post,
    api::jobs::AT_HAND => view::get,
    api::jobs::MOVE => moves::post,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
