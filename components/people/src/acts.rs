//! Acts at a person's request, each with its receipt.

use api::people::{CorrectPerson, DeletePerson, SAID_CHARACTERS_MAX, StopPerson};
use domain::columns::FIELDS_MAX;
use domain::special_categories;
use edge::{Answer, Call, Code, Problem, Result, bounded, json};
use store::cell::{Correction, PersonAct};

use crate::phones;

/// Characters of a name, of the names of fields, and of their values.
const NAME_CHARACTERS_MAX: usize = 200;
const FIELD_NAME_CHARACTERS_MAX: usize = 60;
const FIELD_CHARACTERS_MAX: usize = 500;

/// `POST /v1/people/correct`
pub async fn correct(mut call: Call) -> Result<Answer> {
    let (form, body): (CorrectPerson, _) = call.json_with_bytes().await?;
    let correction = Correction { name: form.name, fields: form.fields };
    check(&correction)?;
    let asked = Asked { route: "POST /v1/people/correct", phone: form.phone, said: form.said };
    act(call, asked, &body, PersonAct::Correct(correction)).await
}

/// `POST /v1/people/block`
pub async fn block(mut call: Call) -> Result<Answer> {
    let (form, body): (StopPerson, _) = call.json_with_bytes().await?;
    let asked = Asked { route: "POST /v1/people/block", phone: form.phone, said: form.said };
    act(call, asked, &body, PersonAct::Block).await
}

/// `POST /v1/people/withdraw`
pub async fn withdraw(mut call: Call) -> Result<Answer> {
    let (form, body): (StopPerson, _) = call.json_with_bytes().await?;
    let asked = Asked { route: "POST /v1/people/withdraw", phone: form.phone, said: form.said };
    act(call, asked, &body, PersonAct::Withdraw).await
}

/// `POST /v1/people/delete`
pub async fn delete(mut call: Call) -> Result<Answer> {
    let (form, body): (DeletePerson, _) = call.json_with_bytes().await?;
    let asked = Asked { route: "POST /v1/people/delete", phone: form.phone, said: form.said };
    act(call, asked, &body, PersonAct::Delete { blacklist: form.blacklist }).await
}

/// What all acts are asked with.
struct Asked {
    route: &'static str,
    phone: String,
    said: Option<String>,
}

async fn act(call: Call, asked: Asked, body: &[u8], what: PersonAct) -> Result<Answer> {
    let caller = call.caller().await?;
    let phone = phones::read(&asked.phone)?;
    let said = said(asked.said.as_deref())?;
    let repeat = call.repeatable(asked.route, body)?;
    let tenant = caller.tenant().await?;
    let receipt = tenant.act_on_person(&caller.act, &phone, &what, said, repeat.as_ref()).await?;
    json(200, &shown::receipt(receipt, &phone, call.language())?)
}

/// What a person said, if anything.
pub fn said(said: Option<&str>) -> Result<Option<&str>> {
    said.filter(|said| !said.trim().is_empty())
        .map(|said| bounded(said, "said", SAID_CHARACTERS_MAX))
        .transpose()
}

/// What no contact may have, as where it is put in.
fn check(correction: &Correction) -> Result<()> {
    let is_longer = |text: &str, most: usize| text.chars().count() > most;
    let refused = |field: &'static str| Err(Problem::field(Code::InvalidField, field));
    if correction.name.is_none() && correction.fields.is_none() {
        return refused("name");
    }
    if correction.name.as_ref().is_some_and(|name| is_longer(name, NAME_CHARACTERS_MAX)) {
        return refused("name");
    }
    let Some(fields) = &correction.fields else { return Ok(()) };
    let is_bad = |(name, value): (&String, &String)| {
        name.trim().is_empty()
            || is_longer(name, FIELD_NAME_CHARACTERS_MAX)
            || is_longer(value, FIELD_CHARACTERS_MAX)
    };
    if fields.len() > FIELDS_MAX || fields.iter().any(is_bad) {
        return refused("fields");
    }
    if fields.keys().any(|name| special_categories::is_named_by(name)) {
        return Err(Problem::field(Code::CsvSpecialCategoryColumn, "fields"));
    }
    Ok(())
}
