//! Takes payments in, and shows balance, ledger and tariffs; shows staff what nobody could be credited with.

mod balance;
mod tariffs;
mod unapplied;
mod webhooks;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::money::PAYMENT => webhooks::standard,
    api::money::BALANCE => balance::balance,
    api::money::LEDGER => balance::ledger,
    api::money::TARIFFS => tariffs::get,
    api::money::UNAPPLIED => unapplied::list,
    api::money::CREDIT_UNAPPLIED => unapplied::credit,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
