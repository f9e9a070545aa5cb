//! One person, found by their number.

use api::ids::{CampaignId, MessageId};
use api::people::{AskMessages, AskPerson, FormerConsent, Person, PersonMessages, PersonVisit};
use domain::language::Language;
use edge::{Answer, Call, Code, Problem, Result, Time, json, stored};
use store::SpinDatabase;
use store::cell::{self, Tenant};

use crate::phones;

/// `POST /v1/people/find`
pub async fn find(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: AskPerson = call.json().await?;
    let phone = phones::read(&form.phone)?;
    let tenant = caller.tenant().await?;
    let person = tenant.person(&phone).await?;
    let is_nobody = person.is_nobody();
    // Of whom nothing else is known all campaigns are looked through: there may be messages.
    let mut messages = tenant.messages_of_person(&phone, None).await?;
    while is_nobody && messages.items.is_empty() {
        let next = messages.next_cursor.ok_or_else(|| Problem::new(Code::PersonUnknown))?;
        messages = tenant.messages_of_person(&phone, Some(&next)).await?;
    }
    let messages = PersonMessages {
        items: messages.items.into_iter().map(shown::message).collect::<Result<_>>()?,
        next_cursor: messages.next_cursor.map(CampaignId::stored),
    };
    json(200, &view(person, messages, caller.act.now, call.language())?)
}

/// `POST /v1/people/messages`
pub async fn messages(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: AskMessages = call.json().await?;
    let phone = phones::read(&form.phone)?;
    let page = caller.tenant().await?.messages_of_person(&phone, form.cursor.as_deref()).await?;
    json(200, &edge::try_page_of(page, shown::message)?)
}

/// All messages to a person, the newest first, but no more than `most` and those of the campaigns that were looked
/// through with the last of them.
pub async fn all_messages(
    tenant: &Tenant<'_, SpinDatabase>,
    phone: &str,
    most: usize,
) -> Result<PersonMessages> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = tenant.messages_of_person(phone, cursor.as_deref()).await?;
        for item in page.items {
            items.push(shown::message(item)?);
        }
        cursor = page.next_cursor;
        if cursor.is_none() || items.len() >= most {
            return Ok(PersonMessages { items, next_cursor: cursor.map(CampaignId::stored) });
        }
    }
}

/// What there is of a person, in a language.
pub fn view(person: cell::Person, messages: PersonMessages, now: i64, language: Language) -> Result<Person> {
    let phone = person.phone;
    let former = person.former_consents.into_iter().map(|former| {
        let consent = shown::consent(&former.proof)?;
        Ok(FormerConsent { contact: api::ids::ContactId::stored(former.contact), consent })
    });
    let visits = person.visits.into_iter().map(|visit| {
        Ok(PersonVisit {
            message: MessageId::stored(visit.message),
            campaign: CampaignId::stored(visit.campaign),
            link: visit.place,
            visitor: stored(&visit.visitor)?,
            visited_at: Time::of(visit.visited_at),
        })
    });
    let requests = person.requests.into_iter().map(|receipt| shown::receipt(receipt, &phone, language));
    Ok(Person {
        contact: person.contact.map(shown::contact),
        consent: person.consent.as_deref().map(shown::consent).transpose()?,
        former_consents: former.collect::<Result<_>>()?,
        blacklist: person.blacklist.into_iter().map(shown::blacklist_entry).collect::<Result<_>>()?,
        stance: person.stance.map(|noted| shown::stance(phone.clone(), noted)).transpose()?,
        scores: shown::scores(person.scores, language)?,
        lookups: person.lookups.into_iter().map(shown::number_answer).collect(),
        appeals: person
            .appeals
            .into_iter()
            .map(|appeal| shown::appeal(appeal, now, language))
            .collect::<Result<_>>()?,
        visits: visits.collect::<Result<_>>()?,
        requests: requests.collect::<Result<_>>()?,
        messages,
        phone,
    })
}
