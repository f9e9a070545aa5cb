//! A stand-in operator and bank for local use, and a clock that can be shifted; off in production.

mod bank;
mod calls;
mod clock;
mod operator;
mod outbound;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::sandbox::TOP_UP => bank::top_up,
    api::sandbox::TAKE_MESSAGES => operator::take,
    api::sandbox::TAKE_CALL => calls::take,
    api::sandbox::STATES => operator::states,
    api::sandbox::REPORT_DUE => operator::report_due,
    api::sandbox::CLOCK => clock::get,
    api::sandbox::SHIFT_CLOCK => clock::put,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
