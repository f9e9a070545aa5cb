//! Audiences: counted, kept, and deleted from the base (R50, R61, R67).

use api::audiences::{AudienceCount, Between, CountedAudience, MeantAudience, NewAudience};
use api::contacts::DeletedContacts;
use api::ids::AudienceId;
use domain::audience::Audience;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::ids::IdKind;
use edge::{
    Answer, Call, Code, PageQuery, Problem, Result, Time, bounded, check_audience, json, no_content, page_of,
};
use store::cell::{self, Who};

/// An audience that can be meant, with its numbers in E.164.
pub fn audience_of(mut audience: Audience) -> Result<Audience> {
    check_audience(&audience, "audience")?;
    let read = audience.read_phones();
    read.map_err(|error| Problem::field(Code::from(error), "audience.phones"))?;
    Ok(audience)
}

/// `POST /v1/audiences/count`
pub async fn count(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: CountedAudience = call.json().await?;
    let audience = audience_of(form.audience)?;
    let tenant = caller.tenant().await?;
    let (contacts, blacklisted, between) = if form.estimate {
        let told = tenant.estimate_audience(&audience).await?;
        (told.contacts, told.blacklisted, told.between)
    } else {
        let (contacts, blacklisted) = tenant.count_audience(&audience).await?;
        (contacts, blacklisted, None)
    };
    let between = between.map(|(at_least, at_most)| Between { at_least, at_most });
    json(200, &AudienceCount { contacts, blacklisted, between })
}

/// `POST /v1/audiences`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewAudience = call.json().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let audience = audience_of(form.audience)?;
    json(
        201,
        &shown::saved_audience(
            caller.working_tenant().await?.save_audience(&caller.act, name, &audience).await?,
        ),
    )
}

/// `GET /v1/audiences`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let saved = caller.tenant().await?.saved_audiences(page.id(IdKind::Audience)?, page.limit).await?;
    json(200, &page_of(saved, shown::saved_audience))
}

/// `GET /v1/audiences/{audience}`
pub async fn get(call: Call, audience: AudienceId) -> Result<Answer> {
    let caller = call.caller().await?;
    let saved = caller.tenant().await?.saved_audience(&audience).await?.ok_or_else(Problem::not_found)?;
    json(200, &shown::saved_audience(saved))
}

/// `PUT /v1/audiences/{audience}`
pub async fn change(mut call: Call, audience: AudienceId) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewAudience = call.json().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let rules = audience_of(form.audience)?;
    json(
        200,
        &shown::saved_audience(
            caller.working_tenant().await?.change_audience(&audience, name, &rules).await?,
        ),
    )
}

/// `DELETE /v1/audiences/{audience}`
pub async fn delete(call: Call, audience: AudienceId) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.delete_audience(&audience).await?;
    Ok(no_content())
}

/// `POST /v1/contacts/deletions`
pub async fn delete_contacts(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: MeantAudience = call.json().await?;
    let audience = audience_of(form.audience)?;
    if audience.include.is_everybody() && audience.exclude.is_empty() {
        return Err(Problem::field(Code::InvalidField, "audience"));
    }
    let receipt = caller.tenant().await?.delete_chosen(&caller.act, &Who::Audience(audience)).await?;
    let cell::ContactsDeleted { deleted, at, log_index } = receipt;
    json(200, &DeletedContacts { deleted, at: Time::of(at), log_index })
}
