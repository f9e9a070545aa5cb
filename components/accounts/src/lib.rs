//! Signs businesses up and in, and keeps their profile and API keys.

mod api_keys;
mod passwords;
mod profile;
mod sessions;
mod sign_up;
mod throttle;
mod views;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::accounts::SIGN_UP => sign_up::post,
    api::accounts::SIGN_IN => sessions::sign_in,
    api::accounts::SIGN_OUT => sessions::sign_out,
    api::accounts::GET => profile::get,
    api::accounts::UPDATE => profile::patch,
    api::accounts::CHANGES => profile::changes,
    api::accounts::CHANGE_PASSWORD => profile::change_password,
    api::accounts::REPORT_COMPROMISE => profile::report_compromise,
    api::accounts::KEYS => api_keys::list,
    api::accounts::CREATE_KEY => api_keys::create,
    api::accounts::REVOKE_KEY => api_keys::revoke,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
