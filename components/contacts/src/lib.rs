//! Takes contacts in, keeps them in lists, and keeps the accounts' blacklists.

mod audiences;
mod blacklist;
mod contacts;
mod format;
mod imports;
mod lists;
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
    api::contacts::FIELDS => contacts::fields,
    api::audiences::DELETE_CONTACTS => audiences::delete_contacts,
    api::contacts::GET => contacts::get,
    api::contacts::CONSENT_PROOF => contacts::consent_proof,
    api::contacts::DELETE_ALL => contacts::delete_all,
    api::contacts::DELETE => contacts::delete,
    api::lists::ALL_LISTS => lists::list,
    api::lists::CREATE => lists::create,
    api::lists::GET => lists::get,
    api::lists::RENAME => lists::rename,
    api::lists::DELETE => lists::delete,
    api::lists::MEMBERS => lists::members,
    api::lists::CHANGE_MEMBERS => lists::change_members,
    api::lists::TAGS => lists::tags,
    api::lists::CREATE_TAG => lists::create_tag,
    api::lists::DELETE_TAG => lists::delete_tag,
    api::lists::TAGGED => lists::tagged,
    api::lists::CHANGE_TAGGED => lists::change_tagged,
    api::audiences::COUNT => audiences::count,
    api::audiences::LIST => audiences::list,
    api::audiences::CREATE => audiences::create,
    api::audiences::GET => audiences::get,
    api::audiences::CHANGE => audiences::change,
    api::audiences::DELETE => audiences::delete,
    api::contacts::BLACKLIST => blacklist::list,
    api::contacts::ADD_TO_BLACKLIST => blacklist::add,
    api::contacts::REMOVE_FROM_BLACKLIST => blacklist::remove,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
