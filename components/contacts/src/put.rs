//! Contacts that a program puts in by itself (R61, R62, R63, R70).

use api::contacts::{ContactsPut, NewContact, PUT_BYTES_MAX, PUT_MAX, PutContacts, RejectedNumber};
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::columns::FIELDS_MAX;
use domain::documents::DocumentKind;
use domain::phone::Phone;
use domain::special_categories;
use edge::{Answer, Call, Code, Problem, Result, attested, bounded, json};
use imports::{FIELD_CHARACTERS_MAX, FIELD_NAME_CHARACTERS_MAX, NAME_CHARACTERS_MAX};
use store::cell;

use uploads::view;

use crate::imports::joined;

/// Characters of what is said of a consent.
const TEXT_CHARACTERS_MAX: usize = 500;
const DATE_CHARACTERS_MAX: usize = 100;

/// `POST /v1/contacts`
pub async fn post(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (PutContacts, _) = call.json_of_size(PUT_BYTES_MAX).await?;
    let repeat = call.repeatable("POST /v1/contacts", &body)?;
    let tenant = caller.working_tenant().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?.to_owned();
    if form.contacts.is_empty() || form.contacts.len() > PUT_MAX {
        return Err(Problem::field(Code::InvalidField, "contacts"));
    }
    let joined = joined(form.lists, form.tags)?;
    let attestation = attested(form.attestation, DocumentKind::RecipientsAttestation, caller.act.now)?;
    let mut contacts = Vec::with_capacity(form.contacts.len());
    let (mut rejected, mut problems) = (Vec::new(), Vec::new());
    for (index, contact) in form.contacts.into_iter().enumerate() {
        check(&contact)?;
        match Phone::parse_recipient(&contact.phone) {
            Ok(phone) if phone.can_receive_text() => contacts.push(taken(index, contact, &phone)),
            Ok(_) => problems.push(RejectedNumber { index, code: Code::PhoneNotReachableByText }),
            Err(error) => problems.push(RejectedNumber { index, code: Code::from(error) }),
        }
    }
    for RejectedNumber { index, code } in &problems {
        let problem = cell::RowProblem { line: line_of(*index), code: code.as_str().to_owned() };
        rejected.push(cell::RejectedRow { problem, original: None, ended_consent: None });
    }
    let put = cell::PutContacts { name, attestation, contacts, rejected, joined };
    let cell = caller.deployment.cell(tenant.cell()).await?;
    cell.follow_service_blacklist(&tenant, caller.act.now).await?;
    let import = tenant.put_contacts(&caller.act, put, repeat.as_ref()).await?;
    json(200, &ContactsPut { import: view(import, call.language())?, rejected: problems })
}

/// Contacts of a request are counted from one, as lines are.
const fn line_of(index: usize) -> i64 {
    index as i64 + 1
}

fn taken(index: usize, contact: NewContact, phone: &Phone) -> cell::NewContact {
    let NewContact { name, fields, consent_source, consent_date, decision_consent, .. } = contact;
    let consent_of = |is_given| if is_given { cell::RowConsent::Given } else { cell::RowConsent::NotGiven };
    let is_proven = consent_source.is_some() || consent_date.is_some();
    cell::NewContact {
        line: line_of(index),
        phone: phone.e164().to_owned(),
        name: name.filter(|name| !name.trim().is_empty()),
        fields: (!fields.is_empty()).then(|| serde_json::json!(fields).to_string()),
        consent_proof: is_proven
            .then(|| serde_json::json!({"source": consent_source, "date": consent_date}).to_string()),
        decision_consent: decision_consent.map(consent_of),
        several: false,
    }
}

/// What no contact may have: the whole request is refused.
fn check(contact: &NewContact) -> Result<()> {
    let is_longer = |text: &str, most: usize| text.chars().count() > most;
    let refused = |field: &'static str| Err(Problem::field(Code::InvalidField, field));
    if contact.name.as_ref().is_some_and(|name| is_longer(name, NAME_CHARACTERS_MAX)) {
        return refused("contacts.name");
    }
    if contact.consent_source.as_ref().is_some_and(|source| is_longer(source, TEXT_CHARACTERS_MAX)) {
        return refused("contacts.consent_source");
    }
    if contact.consent_date.as_ref().is_some_and(|date| is_longer(date, DATE_CHARACTERS_MAX)) {
        return refused("contacts.consent_date");
    }
    let is_bad = |(name, value): (&String, &String)| {
        name.trim().is_empty()
            || is_longer(name, FIELD_NAME_CHARACTERS_MAX)
            || is_longer(value, FIELD_CHARACTERS_MAX)
    };
    if contact.fields.len() > FIELDS_MAX || contact.fields.iter().any(is_bad) {
        return refused("contacts.fields");
    }
    if contact.fields.keys().any(|name| special_categories::is_named_by(name)) {
        return Err(Problem::field(Code::CsvSpecialCategoryColumn, "contacts.fields"));
    }
    Ok(())
}
