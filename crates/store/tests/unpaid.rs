//! What an account keeps before its first payment: enough to try everything, and no more (R118).

use std::collections::BTreeMap;

use domain::audience::Selection;
use domain::audio::AudioFormat;
use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use domain::unpaid::{Kept, SAID_BYTES_UNPAID_MAX};
use pollster::FutureExt as _;
use sendbox_store::cell::{
    AppealKind, Joined, MemberChange, NewAppeal, NewAudio, NewBlacklistEntry, NewContact, PersonAct,
    PutContacts, Who, Word,
};
use sendbox_store::{Refusal, StoreError};

use crate::support::audiences::{only, phones, with_numbers};
use crate::support::{Bench, acceptance, number, numbers};

/// Adds one of a kind.
fn add(bench: &Bench, kept: Kept, n: usize) -> Result<(), StoreError> {
    let (act, tenant) = (bench.act(), bench.tenant());
    match kept {
        Kept::Contacts => {
            let import = bench.begin_upload();
            let added = bench.add_batch(&import, &[number(n)]);
            if added.is_ok() {
                bench.complete(&import).expect("completed");
            } else {
                bench.refuse_import(&import, "storage_limit_until_payment", None);
            }
            added
        }
        Kept::Imports => {
            let attestation = acceptance(DocumentKind::RecipientsAttestation);
            tenant
                .create_import(&act, "f.csv", attestation, &Joined::default(), false, None)
                .block_on()
                .map(drop)
        }
        Kept::Blacklisted => {
            let entry = NewBlacklistEntry { phone: number(n) };
            tenant.add_to_blacklist(&act, &[entry], None).block_on().map(drop)
        }
        Kept::Recordings => {
            let audio = NewAudio {
                name: "a".to_owned(),
                format: AudioFormat::Mp3,
                duration_ms: 9_000,
                sha256: domain::documents::sha256_hex(b"sound"),
            };
            tenant.create_audio(&act, &audio, b"sound", None).block_on().map(drop)
        }
        Kept::Drafts => bench.try_draft_of(MessageClass::Informational).map(drop),
        Kept::DecisionConsents => {
            tenant.note_stances(&act, &[number(n)], Word::Consents, "Form").block_on().map(drop)
        }
        Kept::DecisionStances => {
            tenant.note_stances(&act, &[number(n)], Word::Objects, "Call").block_on().map(drop)
        }
        Kept::Appeals => {
            let new = NewAppeal {
                kind: AppealKind::Appeal,
                phone: number(1),
                said: "why".to_owned(),
                due_at: bench.now(),
            };
            tenant.receive_appeal(&act, &new).block_on().map(drop)
        }
        Kept::PersonRequests => {
            tenant.act_on_person(&act, &number(1), &PersonAct::Block, None, None).block_on().map(drop)
        }
        Kept::ListMembers => {
            let list = bench.list(&format!("List {n}"));
            bench.change_members(&list, MemberChange::Add, &phones(&[1])).map(drop)
        }
        Kept::SavedAudiences => {
            tenant.save_audience(&act, "Some", &only(with_numbers(&[n]))).block_on().map(drop)
        }
        Kept::Fields => put(bench, vec![(n, format!(r#"{{"field {n}":"x"}}"#))]),
    }
}

/// Puts contacts in by their numbers and fields.
fn put(bench: &Bench, contacts: Vec<(usize, String)>) -> Result<(), StoreError> {
    let contact = |(line, (n, fields)): (i64, (usize, String))| NewContact {
        line,
        phone: number(n),
        fields: Some(fields),
        ..NewContact::default()
    };
    let put = PutContacts {
        name: "f".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts: (1..).zip(contacts).map(contact).collect(),
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().map(drop)
}

/// Contacts of twenty fields each, none of which two of them share.
fn put_with_fields(bench: &Bench, fields: usize) -> Result<(), StoreError> {
    let of = |contact: usize| {
        let names: BTreeMap<String, &str> =
            (0..20).map(|place| (format!("{contact} {place}"), "x")).collect();
        (contact, serde_json::json!(names).to_string())
    };
    put(bench, (0..fields / 20).map(of).collect())
}

/// Makes a thousand rows of the one that there is, each under an id of its own, which is none that the product makes.
fn copy(bench: &Bench, table: &str, id: &str, rest: &str) {
    bench.sql(&format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 999)
         INSERT INTO {table} (account, {id}, {rest})
         SELECT t.account, printf('%s-%03d', substr(t.{id}, 1, 32), n.n), {rest} FROM n, {table} t"
    ));
}

/// An account that keeps all that it may of a kind.
fn full_of(kept: Kept) -> Bench {
    let bench = Bench::new();
    let most = kept.most_unpaid() as usize;
    match kept {
        Kept::Contacts => drop(bench.upload(&numbers(most))),
        Kept::Blacklisted => {
            let all: Vec<_> = numbers(most).into_iter().map(|phone| NewBlacklistEntry { phone }).collect();
            bench.tenant().add_to_blacklist(&bench.act(), &all, None).block_on().expect("listed");
        }
        Kept::DecisionConsents => bench.say(&numbers(most), Word::Consents),
        Kept::DecisionStances => bench.say(&numbers(most), Word::Objects),
        Kept::ListMembers => {
            bench.upload(&numbers(10_000));
            let everybody = Who::Audience(only(Selection::default()));
            for n in 0..most / 10_000 {
                let list = bench.list(&format!("Full {n}"));
                bench.change_members(&list, MemberChange::Add, &everybody).expect("within the limit");
            }
        }
        Kept::Fields => put_with_fields(&bench, most).expect("within the limit"),
        // A thousand acts with their events would take a minute on a server.
        Kept::Appeals => {
            add(&bench, kept, 0).expect("within the limit");
            copy(
                &bench,
                "appeal",
                "appeal",
                "kind, number_hash, number, said, contested, received_at, due_at",
            );
        }
        Kept::PersonRequests => {
            add(&bench, kept, 0).expect("within the limit");
            let rest = "kind, number_hash, said, done, actor, channel, at, log_index";
            copy(&bench, "person_request", "request", rest);
        }
        Kept::Imports | Kept::Recordings | Kept::Drafts | Kept::SavedAudiences => {
            (0..most).for_each(|n| add(&bench, kept, n).expect("within the limit"));
        }
    }
    bench
}

const ALL: [Kept; 12] = [
    Kept::Contacts,
    Kept::Imports,
    Kept::Blacklisted,
    Kept::Recordings,
    Kept::Drafts,
    Kept::DecisionConsents,
    Kept::DecisionStances,
    Kept::Appeals,
    Kept::PersonRequests,
    Kept::ListMembers,
    Kept::SavedAudiences,
    Kept::Fields,
];

const TABLES: [&str; 11] = [
    "contact",
    "import",
    "blacklist",
    "audio",
    "campaign",
    "decision_stance",
    "appeal",
    "person_request",
    "list_member",
    "saved_audience",
    "contact_field",
];

/// R118: one more than it may is refused and leaves nothing; the first payment lifts the limit.
#[test]
fn nobody_fills_the_disk_without_having_paid_anything() {
    for kept in ALL {
        let bench = full_of(kept);
        let counts = |bench: &Bench| {
            let count =
                |table: &str| bench.count(&format!("SELECT count(*) FROM {table} WHERE account = ?1"));
            TABLES.map(count)
        };
        let before = counts(&bench);
        assert_eq!(add(&bench, kept, 30_000), Err(Refusal::StorageLimitUntilPayment.into()), "{kept:?}");
        let mut after = counts(&bench);
        if kept == Kept::Contacts {
            // The upload itself stands as failed.
            after[1] -= 1;
        }
        assert_eq!(after, before, "{kept:?}");
        bench.top_up("pay_first", 1).expect("credited");
        assert_eq!(add(&bench, kept, 30_001), Ok(()), "{kept:?}");
    }
}

/// R118: more names than there may be are refused as a whole, also where many contacts are marked only later.
#[test]
fn more_fields_than_there_may_be_come_in_with_no_request() {
    let bench = Bench::new();
    let most = Kept::Fields.most_unpaid() as usize;
    let refused = Err(Refusal::StorageLimitUntilPayment.into());
    assert_eq!(put_with_fields(&bench, 8 * most), refused);
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 0);
    put_with_fields(&bench, most).expect("within the limit");
    put_with_fields(&bench, most).expect("no new ones");
}

/// R118: of each person their own copy of the words is sealed, so that a short request must not fill a disk.
#[test]
fn long_words_about_automated_decisions_wait_for_the_first_payment() {
    let bench = Bench::new();
    let long = "x".repeat(SAID_BYTES_UNPAID_MAX + 1);
    let say = |said: &str| {
        bench.tenant().note_stances(&bench.act(), &[number(1)], Word::Objects, said).block_on().map(drop)
    };
    assert_eq!(say(&long), Err(Refusal::StorageLimitUntilPayment.into()));
    assert_eq!(bench.stance(&number(1)), None);
    say(&long[1..]).expect("taken");
    bench.top_up("pay_first", 1).expect("credited");
    let said = "ж".repeat(2_000);
    bench.tenant().note_stances(&bench.act(), &[number(2)], Word::Objects, &said).block_on().expect("taken");
}

/// R118: a file is refused before it is merged if its rows could join more lists than they may.
#[test]
fn a_file_puts_nobody_into_more_lists_than_there_is_room_for() {
    for (lists, fits) in [(5, true), (6, false)] {
        let bench = Bench::new();
        let joined = Joined {
            lists: (0..lists).map(|n| bench.list(&format!("List {n}"))).collect(),
            tags: Vec::new(),
        };
        let (tenant, attestation) = (bench.tenant(), acceptance(DocumentKind::RecipientsAttestation));
        let import = tenant.create_import(&bench.act(), "f", attestation, &joined, false, None).block_on();
        let import = import.expect("made").import;
        bench.send_file(&import);
        assert!(bench.begin_reading(&import));
        bench.add_batch(&import, &numbers(10_000)).expect("as many contacts as there may be");
        let checked = tenant.check_unpaid_joins(&bench.db, &import).block_on();
        let wanted = if fits { Ok(()) } else { Err(Refusal::StorageLimitUntilPayment.into()) };
        assert_eq!(checked, wanted, "{lists}");
    }
}

/// R99, R118: a file is refused before it is merged if its rows could say something of more people than is kept.
#[test]
fn a_file_says_something_of_no_more_people_than_there_is_room_for() {
    for (spoken, fits) in [(10_000, true), (10_001, false)] {
        let bench = Bench::new();
        bench.say(&numbers(spoken), Word::Objects);
        let import = bench.begin_upload();
        bench.add_batch(&import, &numbers(10_000)).expect("as many contacts as there may be");
        let checked = bench.tenant().check_unpaid_rows_of_decisions(&bench.db, &import).block_on();
        let wanted = if fits { Ok(()) } else { Err(Refusal::StorageLimitUntilPayment.into()) };
        assert_eq!(checked, wanted, "{spoken}");
    }
}
