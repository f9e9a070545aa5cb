//! HTTP in and out for the components: who is asking, limits on what they send, and answers that say
//! plainly what is wrong.
//!
//! A component's `lib.rs` is a table of routes ([`routes!`]); [`serve`] finds the row for a request, asks who is
//! calling, and turns a [`Problem`] into its answer. Nothing here knows a business rule.

mod answer;
mod audiences;
mod authentication;
mod busy;
mod call;
mod caller;
mod clock;
mod cookies;
mod databases;
mod deployment;
mod digest;
mod documents;
mod json_answer;
mod outbound;
mod pages;
mod problem;
mod refusals;
mod routes;
mod session_lookups;
mod settings;
mod stored;
mod texts;

pub use answer::{
    Answer, CutOff, Pieces, file, no_content, page, picture, redirect, stored_json, streamed, text,
};
pub use api::{Code, Items, Page, Time};
pub use audiences::check_audience;
pub use authentication::SESSION_COOKIE;
pub use busy::{is_busy, while_busy};
pub use bytes::Bytes;
pub use call::{Call, JSON_BYTES_MAX};
pub use caller::Caller;
pub use clock::instant;
pub use cookies::set_cookie;
pub use databases::{Connection, go_on_beside_statements};
pub use deployment::Deployment;
pub use digest::{sha256, token_hash};
pub use documents::{
    Shown, accepted, attested, read_calendars, read_registry, read_routing, read_tariffs, read_text,
};
pub use json_answer::json;
pub use outbound::exchange;
pub use pages::{PageQuery, page_of, try_page_of};
pub use problem::{Problem, Result};
pub use routes::{Answering, Handler, Route, begin, fits};
pub use session_lookups::SessionLookups;
pub use settings::Settings;
pub use stored::{stored, stored_if_any};
pub use texts::{bounded, said_by_staff};

use spin_sdk::http::Request;

/// Answers one request by a component's table.
pub async fn serve(request: Request, routes: &'static [Route]) -> Answer {
    let call = Call::new(request);
    let language = call.language();
    let outcome = match call.settings.check_data_region().await {
        Ok(()) => routes::answer(call, routes).await,
        Err(problem) => Err(problem),
    };
    outcome.unwrap_or_else(|problem| problem.answer(language))
}
