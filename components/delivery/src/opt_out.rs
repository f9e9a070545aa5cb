//! The page behind the link in a message: one button, which refuses further messages (R65, R66, R69).
//!
//! It stands beside the operators' reports because it is an answer to a message too: it needs the message
//! and its sender's blacklist, no session, and none of the code that reads what people type as a number.

use domain::language::Language;
use edge::{Answer, Call, Result, page};
use store::OptOutLinks;

use crate::recipient_page::{Texts, whole};

/// Refusals of one network in a minute: many telephones share an address.
const REFUSALS_PER_MINUTE: u32 = api::opt_out::REFUSALS_PER_MINUTE;

/// `GET /o/{token}`: asks. It changes nothing and looks nothing up, because whoever previews links in
/// messages asks for it too.
pub async fn show(call: Call, _token: String) -> Result<Answer> {
    let language = language(&call);
    let texts = Texts::read(language)?;
    let form = format!(
        "<p>{}</p>\n<form method=\"post\"><p class=\"actions\"><button class=\"button primary\">{}</button></p></form>",
        texts.get("opt_out.text"),
        texts.get("opt_out.button")
    );
    Ok(page(200, language, whole(language, &texts, ("opt_out.page_title", "opt_out.heading"), &form)))
}

/// `POST /o/{token}`: refuses. What is in the body does not matter.
pub async fn refuse(call: Call, token: String) -> Result<Answer> {
    let language = language(&call);
    let texts = Texts::read(language)?;
    let said = |status: u16, what: &str| {
        let text = format!("<p>{}</p>", texts.get(&format!("opt_out.{what}_text")));
        let heads = ("opt_out.page_title", format!("opt_out.{what}_heading"));
        Ok(page(status, language, whole(language, &texts, (heads.0, &heads.1), &text)))
    };
    // Before anything is counted or looked up: an invented link costs no statement.
    let links = OptOutLinks::new(&call.settings.master_key().await?)?;
    if !links.may_be_ours(&token) {
        return said(404, "unknown");
    }
    let deployment = call.deployment().await?;
    if call.check_rate(&deployment, "opt_out", REFUSALS_PER_MINUTE).await.is_err() {
        return said(429, "later");
    }
    for name in deployment.cells_twice_from(links.cell_of(&token)) {
        let cell = deployment.cell(name).await?;
        if cell.take_opt_out_link(&token, deployment.now()).await? {
            return said(200, "done");
        }
    }
    said(404, "unknown")
}

/// What the person picked on the page, or else what their browser asks for.
fn language(call: &Call) -> Language {
    let picked = call.query("language").and_then(|picked| Language::parse(&picked));
    picked.unwrap_or_else(|| call.language())
}
