//! Signs checkpoints of the log and shows evidence, so that anyone can check both (R91, R93).

mod evidence_pages;
mod log;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::proof::CHECKPOINT => log::checkpoint,
    api::proof::KEY => log::key,
    api::proof::CONSISTENCY => log::consistency,
    api::proof::EVIDENCE => evidence_pages::get,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
