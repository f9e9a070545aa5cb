//! An account's own consents: listed, the optional one given and withdrawn (R36, R142).

use api::consents::{Consent, ConsentState, NewConsent};
use api::ids::ConsentId;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use edge::{
    Answer, Call, Code, PageQuery, Problem, Result, Shown, Time, accepted, json, no_content, stored,
    try_page_of,
};
use store::cell::ConsentRecord;

fn view(record: ConsentRecord) -> Result<Consent> {
    Ok(Consent {
        id: ConsentId::stored(record.consent),
        document: stored(&record.document)?,
        version: record.version,
        sha256: record.sha256,
        language: stored(&record.language)?,
        state: match record.withdrawn_at {
            Some(_) => ConsentState::Withdrawn,
            None => ConsentState::Given,
        },
        at: Time::of(record.at),
        withdrawn_at: record.withdrawn_at.map(Time::of),
        log_index: record.log_index,
    })
}

/// `GET /v1/consents`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let consents = caller.tenant().await?.consents(page.id(IdKind::Consent)?, page.limit).await?;
    json(200, &try_page_of(consents, view)?)
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
    json(201, &view(record)?)
}

/// `DELETE /v1/consents/{consent}`
pub async fn withdraw(call: Call, consent: ConsentId) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.withdraw_consent(&caller.act, &consent).await?;
    Ok(no_content())
}
