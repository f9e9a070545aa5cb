//! Takes requests to delete an account. When its day has come, the worker carries it out.

mod deletion;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::deletion::GET => deletion::get,
    api::deletion::REQUEST => deletion::request,
    api::deletion::CANCEL => deletion::cancel,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
