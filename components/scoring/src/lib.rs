//! Scores contacts who consented, says how that is done, takes what people say against it, and looks at numbers (R95,
//! R99, R100, R101, R210). The worker does the runs.

mod appeals;
mod logic;
mod number_lookups;
mod phones;
mod results;
mod runs;
mod stances;
mod validations;
mod views;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::scorings::LOGIC => logic::get,
    api::scorings::ESTIMATE => runs::estimate,
    api::scorings::LIST => runs::list,
    api::scorings::CREATE => runs::create,
    api::scorings::GET => runs::get,
    api::scorings::RESULTS => results::scores,
    api::scorings::SKIPPED => results::skipped,
    api::validations::VALIDATE => validations::post,
    api::number_lookups::LIST => number_lookups::list,
    api::number_lookups::CREATE => number_lookups::create,
    api::number_lookups::GET => number_lookups::get,
    api::number_lookups::RESULTS => number_lookups::results,
    api::automated_decisions::NOTE => stances::note,
    api::automated_decisions::STANCE => stances::lookup,
    api::automated_decisions::APPEALS => appeals::list,
    api::automated_decisions::APPEAL_RECEIVED => appeals::receive,
    api::automated_decisions::APPEALS_OPEN => appeals::open,
    api::automated_decisions::APPEAL_GET => appeals::get,
    api::automated_decisions::APPEAL_DECIDE => appeals::decide,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
