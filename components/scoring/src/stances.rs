//! What people said of automated decisions about them (R99, R100).

use api::automated_decisions::{
    AskStance, DecisionWord, NoteStances, NotedStances, PEOPLE_MAX, SAID_CHARACTERS_MAX,
};
use api::contacts::RejectedNumber;
use domain::phone::Phone;
use edge::{Answer, Call, Code, Problem, Result, bounded, json};
use store::cell::{StancesNoted, Word};

use crate::phones;

const fn word(word: DecisionWord) -> Word {
    match word {
        DecisionWord::Consents => Word::Consents,
        DecisionWord::Withdraws => Word::Withdraws,
        DecisionWord::Objects => Word::Objects,
        DecisionWord::TakesObjectionBack => Word::TakesObjectionBack,
    }
}

/// `POST /v1/decision-stances`
pub async fn note(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NoteStances = call.json().await?;
    let tenant = caller.tenant().await?;
    if let Some(import) = &form.import {
        // An upload says who consents. What people say against it they say one by one.
        if form.word != DecisionWord::Consents || !form.phones.is_empty() {
            return Err(Problem::field(Code::InvalidField, "import"));
        }
        let noted = tenant.note_consent_of_import(&caller.act, import).await?;
        return json(200, &view(noted, Vec::new()));
    }
    if form.phones.is_empty() || form.phones.len() > PEOPLE_MAX {
        return Err(Problem::field(Code::InvalidField, "phones"));
    }
    let said = bounded(&form.said, "said", SAID_CHARACTERS_MAX)?;
    let mut phones = Vec::with_capacity(form.phones.len());
    let mut rejected = Vec::new();
    for (index, raw) in form.phones.iter().enumerate() {
        match Phone::parse_recipient(raw) {
            Ok(phone) => phones.push(phone.e164().to_owned()),
            Err(error) => rejected.push(RejectedNumber { index, code: Code::from(error) }),
        }
    }
    let noted = tenant.note_stances(&caller.act, &phones, word(form.word), said).await?;
    json(200, &view(noted, rejected))
}

const fn view(noted: StancesNoted, rejected: Vec<RejectedNumber>) -> NotedStances {
    NotedStances { changed: noted.changed, objectors: noted.objectors, rejected }
}

/// `POST /v1/decision-stances/lookup`
pub async fn lookup(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: AskStance = call.json().await?;
    let phone = phones::read(&form.phone)?;
    let noted = caller.tenant().await?.stance_of(&phone).await?.ok_or_else(Problem::not_found)?;
    json(200, &shown::stance(phone, noted)?)
}
