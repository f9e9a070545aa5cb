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
mod sending;
mod tally;
mod tick;
mod watch;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::ticks::DISPATCH => tick::post,
    api::ticks::RECONCILE => reconcile::post,
    api::operators::HEALTH => operators_view::get,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    // Messages are on their way to operators meanwhile.
    edge::go_on_beside_statements();
    edge::serve(request, ROUTES).await
}
