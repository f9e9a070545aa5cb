//! Takes out what an account has, in open formats: its owner's own copy (R68). What each file holds, and what none does,
//! is said in `docs/API.md`.

mod file;
mod rows;
mod table;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::exports::EXPORT => file::get,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
