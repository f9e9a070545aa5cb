//! Takes in what operators send: delivery reports, and what people answered; recipients' refusals by link, and their
//! visits of the links in texts (R65, R66, R85, R89, R96).

mod incoming;
mod links;
mod notices;
mod opt_out;
mod recipient_page;
mod sandbox;
mod status;
mod together;
mod unread;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::opt_out::SHOW => opt_out::show,
    api::opt_out::REFUSE => opt_out::refuse,
    api::links::OPEN => links::open,
    api::operators::SANDBOX_REPORTS => sandbox::reports,
    api::operators::KANNEL_REPORT => status::kannel,
    api::operators::JASMIN_REPORT => status::jasmin,
    api::operators::SMSC_REPORT => status::smsc,
    api::operators::TWILIO_INCOMING => incoming::twilio,
    api::operators::TWILIO_REPORT => status::twilio,
    api::operators::MOBIZON_NOTICE => notices::mobizon,
    api::operators::KANNEL_INCOMING => incoming::kannel,
    api::operators::JASMIN_INCOMING => incoming::jasmin,
    api::operators::JASMIN_INCOMING_FORM => incoming::jasmin,
    api::operators::SMSC_INCOMING => incoming::smsc,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
