//! Shows the documents and keeps the log of cookie choices and consents.

mod consents;
mod cookie_choices;
mod documents;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::consents::DOCUMENTS => documents::list,
    api::consents::DOCUMENT => documents::get,
    api::consents::CHOOSE_COOKIES => cookie_choices::record,
    api::consents::COOKIE_CHOICE => cookie_choices::current,
    api::consents::WITHDRAW_COOKIES => cookie_choices::withdraw,
    api::consents::LIST => consents::list,
    api::consents::GIVE => consents::give,
    api::consents::WITHDRAW => consents::withdraw,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
