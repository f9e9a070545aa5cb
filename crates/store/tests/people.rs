//! One person's request: found in all that the account has, and acts that leave a receipt and an event (R69, R183).

use std::collections::BTreeMap;

use domain::campaign::DeliveryResult;
use domain::message::{MessageState, Reason};
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{
    AppealKind, Correction, Joined, Kept, NewAppeal, NewContact, PersonAct, PersonReceipt, PersonRequestKind,
    PutContacts, Repeatable, Stance, Word,
};

use crate::support::{Bench, DAY, OPERATOR, PRICE, acceptance, number, numbers};

const DELETE: PersonAct = PersonAct::Delete { blacklist: true };

fn act(bench: &Bench, phone: &str, what: &PersonAct) -> PersonReceipt {
    try_act(bench, phone, what).expect("done")
}

fn try_act(bench: &Bench, phone: &str, what: &PersonAct) -> Result<PersonReceipt, sendbox_store::StoreError> {
    bench.tenant().act_on_person(&bench.act(), phone, what, Some("called on Monday"), None).block_on()
}

fn put(bench: &Bench, name: &str, proof: &str) {
    let attestation = acceptance(domain::documents::DocumentKind::RecipientsAttestation);
    let contact = NewContact {
        line: 1,
        phone: number(0),
        name: Some(name.to_owned()),
        fields: Some(r#"{"city":"Almaty"}"#.to_owned()),
        consent_proof: Some(format!(r#"{{"source":"{proof}","date":null}}"#)),
        ..NewContact::default()
    };
    let put = PutContacts {
        name: "f".to_owned(),
        attestation,
        contacts: vec![contact],
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().expect("put");
}

fn consent(bench: &Bench) {
    let phones = [number(0)];
    bench.tenant().note_stances(&bench.act(), &phones, Word::Consents, "form").block_on().expect("noted");
}

fn appeal(bench: &Bench) {
    let new = NewAppeal {
        kind: AppealKind::Appeal,
        phone: number(0),
        said: "why".to_owned(),
        due_at: bench.now() + 3 * DAY,
    };
    bench.tenant().receive_appeal(&bench.act(), &new).block_on().expect("received");
}

/// R69, R183: everything of one number, and nothing of the others.
#[test]
fn a_person_is_found_with_all_that_the_account_has() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    put(&bench, "Aru", "first form");
    put(&bench, "Aru", "second form");
    bench.top_up("pay", 10 * PRICE).expect("credited");
    let campaign = bench.running_campaign();
    bench.hand_over(&campaign, 3);
    bench.blacklist(&number(0));
    bench.blacklist(&number(1));
    appeal(&bench);
    let person = bench.tenant().person(&number(0)).block_on().expect("reads");
    let contact = person.contact.expect("a contact");
    assert_eq!((contact.phone, contact.name.as_deref()), (number(0), Some("Aru")));
    assert!(person.consent.expect("a proof").contains("second form"));
    assert!(person.former_consents[0].proof.contains("first form"));
    assert_eq!((person.blacklist.len(), person.blacklist[0].actor.as_str()), (1, "ses_test"));
    assert_eq!(person.stance.expect("a stance").stance, Stance::Objected);
    assert_eq!((person.appeals.len(), person.appeals[0].phone.clone()), (1, number(0)));
    let messages = bench.tenant().messages_of_person(&number(0), None).block_on().expect("reads");
    assert_eq!((messages.items.len(), messages.next_cursor), (1, None));
    assert_eq!(messages.items[0].phone, Some(number(0)));
}

/// R182: what one account keeps of a person no other sees, nor can it act on them.
#[test]
fn a_person_of_another_account_is_nobody() {
    let mut bench = Bench::new();
    put(&bench, "Aru", "form");
    appeal(&bench);
    let owner = bench.account.clone();
    bench.account = bench.open_account(domain::account::AccountKind::LegalEntity);
    assert!(bench.tenant().person(&number(0)).block_on().expect("reads").is_nobody());
    for what in [DELETE, PersonAct::Show, PersonAct::Withdraw, PersonAct::Correct(Correction::default())] {
        assert_eq!(try_act(&bench, &number(0), &what), Err(Refusal::PersonUnknown.into()), "{what:?}");
    }
    act(&bench, &number(0), &PersonAct::Block);
    bench.account = owner;
    let person = bench.tenant().person(&number(0)).block_on().expect("reads");
    assert!(person.contact.is_some() && person.blacklist.is_empty() && person.requests.is_empty());
}

/// R92: of whom the contact was deleted long ago the history still knows.
#[test]
fn a_person_who_was_only_written_to_is_found_by_the_history() {
    let (bench, campaign) = Bench::with_queue(1);
    let message = bench.hand_over(&campaign, 1).remove(0);
    bench.report(&message.message, DeliveryResult::Delivered);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    let messages = bench.tenant().messages_of_person(&number(0), None).block_on().expect("reads");
    assert_eq!(messages.items[0].state, MessageState::Delivered);
    act(&bench, &number(0), &PersonAct::Withdraw);
}

/// R67, R92, R183: what goes, what stays, and that the person is not brought back by the next file.
#[test]
fn a_deletion_says_what_goes_and_what_stays_and_outlives_the_next_file() {
    let bench = Bench::new();
    put(&bench, "Aru", "form");
    consent(&bench);
    bench.top_up("pay", 10 * PRICE).expect("credited");
    let first = bench.running_campaign();
    bench.hand_over(&first, 1);
    bench.running_campaign();
    let receipt = act(&bench, &number(0), &DELETE);
    assert_eq!(receipt.kind, PersonRequestKind::Deleted);
    let done = &receipt.done;
    assert!(done.contact_deleted && done.stance_ended && done.blacklisted, "{done:?}");
    assert_eq!(done.cancelled_messages, 1);
    assert_eq!(done.kept, [Kept::Blacklist, Kept::History, Kept::Consents]);
    let person = bench.tenant().person(&number(0)).block_on().expect("reads");
    assert!(person.contact.is_none() && person.stance.is_none());
    assert_eq!(person.former_consents.len(), 1, "R63: the proof is kept");
    assert_eq!((person.requests.len(), &person.requests[0]), (1, &receipt));
    assert_eq!(bench.figure("SELECT count(*) FROM message WHERE reason = 'contact_erased'"), 1);
    bench.upload(&numbers(2));
    assert!(bench.tenant().person(&number(0)).block_on().expect("reads").contact.is_none());
    let event = bench.events("person_deleted").remove(0);
    assert_eq!(event["request"].as_str(), Some(receipt.request.as_str()));
    assert!(!event.to_string().contains(&number(0)[1..]), "the event names no number: {event}");
}

/// R100: an objection is not forgotten with the person: the next file would make decisions about them again.
#[test]
fn an_objection_and_an_appeal_outlive_the_deletion() {
    let bench = Bench::new();
    put(&bench, "Aru", "form");
    appeal(&bench);
    let receipt = act(&bench, &number(0), &PersonAct::Delete { blacklist: false });
    assert_eq!(receipt.done.kept, [Kept::Consents, Kept::Stance, Kept::Appeals]);
    let person = bench.tenant().person(&number(0)).block_on().expect("reads");
    assert_eq!(person.stance.expect("a stance").stance, Stance::Objected);
    assert!(person.blacklist.is_empty(), "as it was asked");
}

/// R89: a message that is with the operator at this moment keeps its record.
#[test]
fn a_deletion_while_a_message_is_on_its_way_loses_no_record() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    act(&bench, &number(0), &DELETE);
    let taken = sendbox_store::cell::HandOver::Taken(None);
    bench.settle(&campaign, &lease, crate::support::all(&messages, &taken));
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
}

/// R65, R99: the person's word is the person's: the account cannot take it off, and no list of consents undoes it.
#[test]
fn a_withdrawal_stops_messages_and_decisions_for_good() {
    let (bench, campaign) = Bench::with_queue(1);
    consent(&bench);
    let receipt = act(&bench, &number(0), &PersonAct::Withdraw);
    assert!(receipt.done.blacklisted && receipt.done.stance_ended);
    assert_eq!(receipt.done.cancelled_messages, 1);
    assert_eq!(bench.fate(&number(0)), (MessageState::Blocked, Some(Reason::Blacklisted)));
    let person = bench.tenant().person(&number(0)).block_on().expect("reads");
    let entry = person.blacklist[0].clone();
    assert_eq!((entry.source.as_str(), entry.actor.as_str()), ("opt_out", "ses_test"));
    assert_eq!(entry.reason.as_deref(), Some("called on Monday"));
    let removed = bench.tenant().remove_from_blacklist(&bench.act(), &entry.entry).block_on();
    assert_eq!(removed, Err(Refusal::NotFound.into()));
    assert_eq!(person.stance.expect("a stance").stance, Stance::Withdrawn);
    // The person thinks better of it, in their own words.
    bench.sql(&format!("UPDATE message SET operator = '{OPERATOR}' RETURNING 1"));
    let back = bench.cell().take_incoming(OPERATOR, &number(0), "START", bench.now()).block_on();
    assert_eq!(back.expect("taken").given_back, 1, "{campaign}");
}

/// R183: the right name goes out from now on, and the next file with the wrong one is seen as a change.
#[test]
fn a_correction_replaces_what_it_names_and_nothing_else() {
    let bench = Bench::new();
    put(&bench, "Aro", "form");
    let right = Correction { name: Some("Aru".to_owned()), fields: None };
    let receipt = act(&bench, &number(0), &PersonAct::Correct(right));
    assert_eq!(receipt.done.corrected, ["name"]);
    let person = bench.tenant().person(&number(0)).block_on().expect("reads");
    let contact = person.contact.expect("a contact");
    assert_eq!((contact.name.as_deref(), contact.fields["city"].as_str()), (Some("Aru"), "Almaty"));
    assert!(person.consent.expect("a proof").contains("form"));
    let none = Correction { name: Some(" ".to_owned()), fields: Some(BTreeMap::new()) };
    assert_eq!(act(&bench, &number(0), &PersonAct::Correct(none)).done.corrected, ["name", "fields"]);
    put(&bench, "Aro", "form");
    let contact = bench.tenant().person(&number(0)).block_on().expect("reads").contact.expect("a contact");
    assert_eq!(contact.name.as_deref(), Some("Aro"), "the file's row is no repetition of what is there");
}

/// A person who is only on the blacklist has no name to put right.
#[test]
fn who_is_in_no_base_cannot_be_corrected() {
    let bench = Bench::new();
    bench.blacklist(&number(0));
    let refused = try_act(&bench, &number(0), &PersonAct::Correct(Correction::default()));
    assert_eq!(refused, Err(Refusal::PersonNotInBase.into()));
    assert!(bench.events("person_corrected").is_empty());
}

/// A repeat under one key is answered with the first receipt, also where the first deleted all there was.
#[test]
fn a_repeated_request_is_done_once() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    let repeat = Repeatable { route: "delete", key: "k".to_owned(), request: [1; 32] };
    let delete = || {
        let what = PersonAct::Delete { blacklist: false };
        bench.tenant().act_on_person(&bench.act(), &number(0), &what, None, Some(&repeat)).block_on()
    };
    let first = delete().expect("deleted");
    bench.pass(DAY);
    assert_eq!(delete(), Ok(first));
    assert_eq!(bench.events("person_deleted").len(), 1);
}

/// What a file is about to bring must not survive a deletion that came meanwhile.
#[test]
fn nobody_is_deleted_or_corrected_while_a_file_is_read() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.sql("UPDATE import SET state = 'reading' RETURNING 1");
    bench.blacklist(&number(0));
    for what in [DELETE, PersonAct::Correct(Correction::default())] {
        assert_eq!(try_act(&bench, &number(0), &what), Err(Refusal::ImportInProgress.into()), "{what:?}");
    }
}

/// R127: nothing of a person's request outlives the account but the log.
#[test]
fn an_erased_account_keeps_no_receipt_and_no_hash_of_a_person() {
    let bench = Bench::new();
    put(&bench, "Aru", "form");
    act(&bench, &number(0), &DELETE);
    bench.erase();
    assert_eq!(bench.figure("SELECT count(*) FROM person_request"), 0);
    assert_eq!(bench.figure("SELECT count(*) FROM former_consent_proof"), 1, "R63: the proof stays");
    assert_eq!(bench.figure("SELECT count(number_hash) FROM former_consent_proof"), 0);
}

/// R93: a receipt is a row that nothing changes.
#[test]
fn a_receipt_cannot_be_changed() {
    let bench = Bench::new();
    act(&bench, &number(0), &PersonAct::Block);
    bench.db_refuses("UPDATE person_request SET done = '{}'");
}
