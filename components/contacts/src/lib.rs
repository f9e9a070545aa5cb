//! Takes contacts in and keeps the blacklist.

mod blacklist;
mod contacts;
mod format;
mod imports;
mod put;
mod upload;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::contacts::IMPORTS => imports::list,
    api::contacts::CREATE_IMPORT => imports::create,
    api::contacts::IMPORT_STATE => imports::get,
    api::contacts::UPLOAD => upload::put,
    api::contacts::FORMAT => format::get,
    api::contacts::SET_FORMAT => format::put,
    api::contacts::IMPORT_PROBLEMS => imports::problems,
    api::contacts::REJECTED => imports::rejected,
    api::contacts::PUT => put::post,
    api::contacts::LIST => contacts::list,
    api::contacts::CONSENT_PROOF => contacts::consent_proof,
    api::contacts::DELETE_ALL => contacts::delete_all,
    api::contacts::DELETE => contacts::delete,
    api::contacts::BLACKLIST => blacklist::list,
    api::contacts::ADD_TO_BLACKLIST => blacklist::add,
    api::contacts::REMOVE_FROM_BLACKLIST => blacklist::remove,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
