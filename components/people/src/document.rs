//! What an account has of a person, as a document that they can be given: a text, a table, or JSON.

use api::automated_decisions::{Appeal, ContestedScore};
use api::messages::Message;
use api::number_lookups::NumberAnswer;
use api::people::{AskDocument, DocumentForm, Person, PersonDocument, PersonReceipt};
use domain::language::Language;
use edge::{Answer, Call, Result, Time, file, json, text};
use store::cell::PersonAct;
use tables::csv::{BEGINNING, write_row};

use crate::words::{self, Word};
use crate::{acts, find, phones};

/// Messages in one document: the answer is made in memory.
const MESSAGES_MAX: usize = 10_000;

/// `POST /v1/people/document`
pub async fn give(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (AskDocument, _) = call.json_with_bytes().await?;
    let phone = phones::read(&form.phone)?;
    let said = acts::said(form.said.as_deref())?;
    let repeat = call.repeatable("POST /v1/people/document", &body)?;
    let language = form.language.unwrap_or(call.language());
    let tenant = caller.tenant().await?;
    // Read first: that it was given is no part of what there was.
    let person = tenant.person(&phone).await?;
    let messages = find::all_messages(&tenant, &phone, MESSAGES_MAX).await?;
    let receipt = tenant.act_on_person(&caller.act, &phone, &PersonAct::Show, said, repeat.as_ref()).await?;
    let receipt = shown::receipt(receipt, &phone, language)?;
    let person = find::view(person, messages, caller.act.now, language)?;
    // A repeat of the request is answered with what there is by then.
    let made_at = Time::of(caller.act.now);
    match form.form {
        DocumentForm::Json => json(200, &PersonDocument { receipt, person }),
        DocumentForm::Csv => {
            Ok(file("text/csv; charset=utf-8", table(&receipt, &person, made_at, language).into()))
        }
        DocumentForm::Text => Ok(text(200, letter(&receipt, &person, made_at, language))),
    }
}

/// A line of the document.
struct Line {
    section: &'static str,
    field: String,
    value: String,
}

/// Puts lines together, in one language.
struct Lines {
    language: Language,
    lines: Vec<Line>,
}

impl Lines {
    fn add(&mut self, section: Word, field: &str, value: impl Into<String>) {
        let section = section.of(self.language);
        self.lines.push(Line { section, field: field.to_owned(), value: value.into() });
    }

    fn put(&mut self, section: Word, field: Word, value: impl Into<String>) {
        self.add(section, field.of(self.language), value);
    }

    /// Nothing for what is not there.
    fn put_if(&mut self, section: Word, field: Word, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.put(section, field, value);
        }
    }
}

/// Everything, in the order in which a person asks about it.
fn lines(receipt: &PersonReceipt, person: &Person, made_at: Time, language: Language) -> Vec<Line> {
    let mut lines = Lines { language, lines: Vec::new() };
    lines.put(Word::Title, Word::Number, &person.phone);
    lines.put(Word::Title, Word::MadeAt, made_at.to_string());
    lines.put(Word::Title, Word::Receipt, receipt.id.to_string());
    contact(&mut lines, person);
    for entry in &person.blacklist {
        lines.put(Word::Blacklist, Word::ListedBy, words::source(entry.source, language));
        lines.put(Word::Blacklist, Word::Time, entry.created_at.to_string());
        lines.put_if(Word::Blacklist, Word::Reason, entry.reason.as_deref());
    }
    if let Some(noted) = &person.stance {
        lines.put(Word::Decisions, Word::Stance, words::stance(noted.stance, language));
        lines.put(Word::Decisions, Word::Time, noted.at.to_string());
        lines.put_if(Word::Decisions, Word::Said, noted.said.as_deref());
    }
    person.scores.iter().for_each(|one| score(&mut lines, one));
    person.lookups.iter().for_each(|one| lookup(&mut lines, one));
    person.appeals.iter().for_each(|one| appeal(&mut lines, one));
    person.messages.items.iter().for_each(|one| message(&mut lines, one));
    if person.messages.next_cursor.is_some() {
        lines.put(Word::Message, Word::NotAll, "");
    }
    for visit in &person.visits {
        lines.put(Word::Visit, Word::Message, visit.message.to_string());
        lines.put(Word::Visit, Word::Visitor, words::visitor(visit.visitor, language));
        lines.put(Word::Visit, Word::Time, visit.visited_at.to_string());
    }
    for request in &person.requests {
        lines.put(Word::Request, Word::Request, words::request(request.kind, language));
        lines.put(Word::Request, Word::Time, request.at.to_string());
        lines.put_if(Word::Request, Word::Said, request.said.as_deref());
    }
    lines.lines
}

fn contact(lines: &mut Lines, person: &Person) {
    if let Some(contact) = &person.contact {
        lines.put_if(Word::Contact, Word::Name, contact.name.as_deref());
        for (name, value) in &contact.fields {
            lines.add(Word::Contact, name, value);
        }
        lines.put(Word::Contact, Word::Since, contact.created_at.to_string());
        lines.put(Word::Contact, Word::Upload, contact.import.to_string());
    }
    let former = person.former_consents.iter().map(|former| (Word::FormerConsent, &former.consent));
    for (section, consent) in person.consent.iter().map(|consent| (Word::Consent, consent)).chain(former) {
        lines.put_if(section, Word::ConsentSource, consent.source.as_deref());
        lines.put_if(section, Word::ConsentDate, consent.date.as_deref());
    }
}

fn score(lines: &mut Lines, score: &ContestedScore) {
    lines.put(Word::Score, Word::Score, words::score(score.kind, lines.language));
    lines.put(Word::Score, Word::Value, format!("{:.6}", score.score));
    for reason in &score.reasons {
        lines.put(Word::Score, Word::Reason, &reason.words);
    }
}

fn lookup(lines: &mut Lines, said: &NumberAnswer) {
    lines.put(Word::Lookup, Word::State, words::subscriber_status(said.status, lines.language));
    lines.put_if(Word::Lookup, Word::Network, said.network.as_deref());
    lines.put_if(Word::Lookup, Word::Abroad, said.roaming_country.as_deref());
    lines.put_if(Word::Lookup, Word::Abroad, said.roaming_network.as_deref());
    lines.put(Word::Lookup, Word::SaidBy, &said.operator);
    lines.put(Word::Lookup, Word::Time, said.answered_at.to_string());
}

fn appeal(lines: &mut Lines, appeal: &Appeal) {
    lines.put(Word::Appeal, Word::Appeal, words::appeal(appeal.kind, lines.language));
    lines.put(Word::Appeal, Word::Time, appeal.received_at.to_string());
    lines.put(Word::Appeal, Word::Said, &appeal.said);
    if let Some(decision) = &appeal.decision {
        lines.put(Word::Appeal, Word::Outcome, words::outcome(decision.outcome, lines.language));
        lines.put(Word::Appeal, Word::Reason, &decision.reason);
    }
}

fn message(lines: &mut Lines, message: &Message) {
    let at = message.handed_over_local.as_ref().or(message.blocked_local.as_ref());
    lines.put(Word::Message, Word::Message, message.id.to_string());
    lines.put(Word::Message, Word::State, words::state(message.state, lines.language));
    lines.put_if(Word::Message, Word::Time, at.map(String::as_str));
}

/// One line is one line, whatever somebody put into a field.
fn on_one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn letter(receipt: &PersonReceipt, person: &Person, made_at: Time, language: Language) -> String {
    let mut letter = String::new();
    let mut section = "";
    for line in lines(receipt, person, made_at, language) {
        if line.section != section {
            if !section.is_empty() {
                letter.push('\n');
            }
            section = line.section;
            letter.push_str(section);
            letter.push('\n');
        }
        letter.push_str(&format!("  {}: {}\n", on_one_line(&line.field), on_one_line(&line.value)));
    }
    letter
}

fn table(receipt: &PersonReceipt, person: &Person, made_at: Time, language: Language) -> String {
    let mut table = BEGINNING.to_owned();
    write_row(&mut table, [Word::Section, Word::Field, Word::Value].map(|word| word.of(language)));
    for line in lines(receipt, person, made_at, language) {
        write_row(&mut table, [line.section, line.field.as_str(), line.value.as_str()]);
    }
    table
}
