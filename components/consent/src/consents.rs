//! An account's own consents: listed, the optional one given and withdrawn (R36, R142).

use domain::documents::DocumentKind;
use domain::ids::IdKind;
use domain::language::Language;
use edge::{
    Answer, Call, ListOf, PageQuery, Problem, Result, Shown, accepted, format_time, json, no_content,
};
use serde::{Deserialize, Serialize};
use store::cell::ConsentRecord;

#[derive(Serialize)]
struct ConsentView {
    id: String,
    document: String,
    version: String,
    sha256: String,
    language: String,
    state: &'static str,
    at: String,
    withdrawn_at: Option<String>,
    log_index: i64,
}

impl From<ConsentRecord> for ConsentView {
    fn from(record: ConsentRecord) -> Self {
        Self {
            id: record.consent,
            document: record.document,
            version: record.version,
            sha256: record.sha256,
            language: record.language,
            state: if record.withdrawn_at.is_some() { "withdrawn" } else { "given" },
            at: format_time(record.at),
            withdrawn_at: record.withdrawn_at.map(format_time),
            log_index: record.log_index,
        }
    }
}

/// `GET /v1/consents`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let consents = caller.tenant().await?.consents(page.id(IdKind::Consent)?, page.limit).await?;
    json(200, &ListOf::of(consents, ConsentView::from))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Give {
    document: String,
    version: String,
    sha256: String,
    language: String,
    #[serde(default)]
    given: bool,
}

/// `POST /v1/consents`
pub async fn give(mut call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let form: Give = call.json().await?;
    // The mandatory two are given at sign-up, attestations with what they are about.
    let kind = DocumentKind::parse(&form.document).filter(|kind| *kind == DocumentKind::MarketingConsent);
    let document = kind.ok_or_else(|| Problem::field("invalid_field", "document"))?;
    let language =
        Language::parse(&form.language).ok_or_else(|| Problem::field("invalid_field", "language"))?;
    if !form.given {
        return Err(Problem::field("invalid_field", "given"));
    }
    let shown = Shown { version: &form.version, sha256: &form.sha256, language: Some(language) };
    let acceptance = accepted(document, shown, caller.act.now, "version")?;
    let record = caller.tenant().await?.give_consent(&caller.act, &acceptance).await?;
    json(201, &ConsentView::from(record))
}

/// `DELETE /v1/consents/:id`
pub async fn withdraw(call: Call, consent: &str) -> Result<Answer> {
    let caller = call.person().await?;
    caller.tenant().await?.withdraw_consent(&caller.act, consent).await?;
    Ok(no_content())
}
