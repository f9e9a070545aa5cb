//! An account's own consents: listed, the optional one given and withdrawn (R36, R142).

use api::consents::NewConsent;
use api::ids::ConsentId;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, Shown, accepted, json, no_content, try_page_of};

/// `GET /v1/consents`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let consents = caller.tenant().await?.consents(page.id(IdKind::Consent)?, page.limit).await?;
    json(200, &try_page_of(consents, shown::given_consent)?)
}

/// `POST /v1/consents`
pub async fn give(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewConsent = call.json().await?;
    // The mandatory two are given at sign-up, attestations with what they are about.
    if form.document != DocumentKind::MarketingConsent {
        return Err(Problem::field(Code::InvalidField, "document"));
    }
    if !form.given {
        return Err(Problem::field(Code::InvalidField, "given"));
    }
    let shown = Shown { version: &form.version, sha256: &form.sha256, language: Some(form.language) };
    let acceptance = accepted(form.document, shown, caller.act.now, "version")?;
    let record = caller.tenant().await?.give_consent(&caller.act, &acceptance).await?;
    json(201, &shown::given_consent(record)?)
}

/// `DELETE /v1/consents/{consent}`
pub async fn withdraw(call: Call, consent: ConsentId) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.withdraw_consent(&caller.act, &consent).await?;
    Ok(no_content())
}
