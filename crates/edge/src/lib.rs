//! HTTP in and out for the components: who is asking, limits on what they send, and answers that say
//! plainly what is wrong.
//!
//! A component's `lib.rs` is a table of routes; [`serve`] runs it and turns a [`Problem`] into its
//! answer. Nothing here knows a business rule.

mod answer;
mod call;
mod caller;
mod clock;
mod databases;
mod deployment;
mod documents;
mod outbound;
mod pages;
mod problem;
pub mod problem_catalogue;
mod session_lookups;
mod settings;

pub use answer::{Answer, file, json, no_content, page, stored_json, text};
pub use call::{Call, JSON_BYTES_MAX};
pub use caller::{Caller, SESSION_COOKIE, sha256, token_hash};
pub use clock::{format_time, instant};
pub use databases::Connection;
pub use deployment::Deployment;
pub use documents::{
    Attestation, Shown, accepted, read_calendars, read_registry, read_routing, read_tariffs, read_text,
};
pub use outbound::{Sent, exchange};
pub use pages::{ListOf, PageQuery};
pub use problem::{Problem, Result};
pub use session_lookups::SessionLookups;
pub use settings::Settings;

use spin_sdk::http::Request;

/// Answers one request with what the routes say.
pub async fn serve(request: Request, routes: impl AsyncFnOnce(Call) -> Result<Answer>) -> Answer {
    let call = Call::new(request);
    let language = call.language();
    let outcome = match call.settings.check_data_region().await {
        Ok(()) => routes(call).await,
        Err(problem) => Err(problem),
    };
    outcome.unwrap_or_else(|problem| problem.answer(language))
}
