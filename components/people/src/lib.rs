//! Helps an account with a person's request: all that it has of one number, and acts with receipts (R69, R183). It also
//! answers staff whom somebody complains to (R90), and keeps the blacklist of the whole service, which comes of such
//! complaints (R66).

mod acts;
mod document;
mod find;
mod lookup;
mod phones;
mod service_blacklist;
mod words;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::people::FIND => find::find,
    api::people::MESSAGES => find::messages,
    api::people::DOCUMENT => document::give,
    api::people::CORRECT => acts::correct,
    api::people::BLOCK => acts::block,
    api::people::WITHDRAW => acts::withdraw,
    api::people::DELETE => acts::delete,
    api::people::LOOKUP => lookup::look,
    api::contacts::SERVICE_BLACKLIST => service_blacklist::list,
    api::contacts::ADD_TO_SERVICE_BLACKLIST => service_blacklist::add,
    api::contacts::REMOVE_FROM_SERVICE_BLACKLIST => service_blacklist::remove,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
