//! Takes lists of clients in as XLSX: kept like files of text, and turned into text once they are whole (R61, R70).
//! It is a component of its own because it unpacks and reads files that strangers made: what breaks in doing so takes
//! nobody's contacts and no campaign with it.

mod convert;
mod upload;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::contacts::UPLOAD_WORKBOOK => upload::put,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
