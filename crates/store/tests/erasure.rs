//! Erasure: thirty days, then what is personal is gone from the file and what is proof stays.

use std::path::Path;

use domain::account::{AccountKind, AccountState};
use domain::campaign::DeliveryResult::Delivered;
use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use domain::message::MessageState;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    CampaignsAtWork, FileForm, HandOver, JobKind, Joined, NewBlacklistEntry, NewCampaign, NewContact,
    NewContent, Next, Repeatable,
};
use sendbox_store::{Database, DbError, Refusal, Row, StoreError, params};

use crate::support::{Bench, DAY, MINUTE, PRICE, acceptance, add_rows, all, files, holds, number, numbers};

/// Where an erasure stands that destroys contacts next.
const CONTACTS: &str = r#"{"phase":"contacts","contacts":0,"after":0}"#;

fn request(bench: &Bench, shown: i64) -> String {
    let deletion = bench.tenant().request_deletion(&bench.act(), Tiyn(shown)).block_on();
    deletion.expect("requested").deletion
}

/// R55: who is shown one balance does not give up another.
#[test]
fn a_request_that_names_another_balance_is_refused() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1000).expect("credited");
    let refused = bench.tenant().request_deletion(&bench.act(), Tiyn(999)).block_on();
    assert_eq!(refused, Err(Refusal::ForfeitAmountChanged.into()));
    assert_eq!(bench.tenant().state(), AccountState::Active);
}

#[test]
fn a_second_request_while_one_is_open_is_refused() {
    let bench = Bench::new();
    request(&bench, 0);
    let refused = bench.tenant().request_deletion(&bench.act(), Tiyn(0)).block_on();
    assert_eq!(refused, Err(Refusal::DeletionAlreadyRequested.into()));
}

/// R120: not a moment before the thirty days are over.
#[test]
fn an_erasure_before_its_day_is_neither_due_nor_begun() {
    let bench = Bench::new();
    let deletion = request(&bench, 0);
    bench.pass(30 * DAY - 1);
    assert_eq!(bench.take_other_job(), None);
    assert_eq!(
        bench.erasure_step(&deletion, ""),
        Next::At(bench.now() + 1),
        "a host whose clock is behind waits"
    );
    assert_eq!(bench.tenant().state(), AccountState::Closing);
    bench.pass(1);
    let job = bench.take_other_job().expect("due");
    assert_eq!((job.kind, job.subject), (JobKind::Deletion, deletion));
}

/// R128: what was taken back is not carried out, however late the worker hears of it.
#[test]
fn a_request_that_was_taken_back_destroys_nothing() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    let deletion = request(&bench, 0);
    bench.pass(30 * DAY);
    bench.tenant().cancel_deletion(&bench.act()).block_on().expect("cancelled");
    assert_eq!(bench.take_other_job(), None);
    assert_eq!(bench.erasure_step(&deletion, ""), Next::Done);
    assert_eq!(bench.erasure_step(&deletion, CONTACTS), Next::Done);
    assert_eq!(bench.tenant().state(), AccountState::Active);
    assert_eq!(bench.tenant().audience().block_on(), Ok((1, 0)));
}

/// R128: nor is an erasure that was never begun, or of a request that is not there.
#[test]
fn an_erasure_that_was_not_begun_destroys_nothing() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    let deletion = request(&bench, 0);
    for deletion in [deletion.as_str(), "del_ffffffffffffffffffffffffffffffff"] {
        assert_eq!(bench.erasure_step(deletion, CONTACTS), Next::Done);
    }
    assert_eq!(bench.tenant().audience().block_on(), Ok((1, 0)));
    assert!(bench.tenant().profile().block_on().is_ok());
}

/// R128: once it is being carried out there is no way back.
#[test]
fn a_request_that_is_being_carried_out_cannot_be_taken_back() {
    let bench = Bench::new();
    let deletion = request(&bench, 0);
    bench.pass(30 * DAY);
    bench.begin_erasure(&deletion);
    assert_eq!(bench.tenant().cancel_deletion(&bench.act()).block_on(), Err(Refusal::NotFound.into()));
}

/// Taking a request back does not lift a block.
#[test]
fn a_blocked_account_stays_blocked_through_request_and_withdrawal() {
    let bench = Bench::new();
    bench.sql("UPDATE account SET state = 'blocked'");
    request(&bench, 0);
    assert_eq!(bench.tenant().state(), AccountState::Blocked);
    bench.tenant().cancel_deletion(&bench.act()).block_on().expect("cancelled");
    assert_eq!(bench.tenant().state(), AccountState::Blocked);
}

/// R48: what an operator has is settled first, so that no charge is lost with the account.
#[test]
fn an_erasure_waits_for_messages_that_are_with_an_operator() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    let deletion = request(&bench, 2 * PRICE);
    bench.pass(30 * DAY);
    let begun = bench.begin_erasure(&deletion);
    bench.settle(&campaign, &lease, all(&messages[..1], &HandOver::Taken(None)));
    bench.settle(&campaign, &lease, all(&messages[1..], &HandOver::Unknown(bench.now())));
    assert!(!bench.erase_from(&deletion, begun.clone()), "it waits");
    bench.settle(&campaign, &lease, all(&messages[1..], &HandOver::Later(bench.now())));
    assert!(bench.erase_from(&deletion, begun));
    assert_eq!(bench.balance(), (0, 0));
    assert_eq!(bench.fate(messages[0].phone.as_ref().expect("a number")).0, MessageState::HandedOver);
}

/// R125: from the beginning of the erasure on nothing is sent.
#[test]
fn once_an_erasure_is_begun_nothing_is_taken() {
    let (bench, campaign) = Bench::with_queue(1);
    let deletion = request(&bench, PRICE);
    bench.pass(30 * DAY);
    bench.begin_erasure(&deletion);
    assert_eq!(bench.lease(&campaign, 1), sendbox_store::cell::LeaseOutcome::Nothing);
    assert_eq!(bench.cell().campaigns_at_work(10, bench.now()).block_on(), Ok(CampaignsAtWork::default()));
}

/// R127, R158: an upload that is still coming in does not bring contacts back.
#[test]
fn an_upload_under_way_neither_goes_on_nor_completes_once_an_erasure_is_begun() {
    let bench = Bench::new();
    let under_way = bench.begin_upload();
    let waiting = bench.create_import();
    bench.add_batch(&under_way, &numbers(2)).expect("stored");
    // Whoever read the account before it closed still holds its key.
    let uploader = bench.tenant();
    let deletion = request(&bench, 0);
    bench.pass(30 * DAY);
    let erasure = bench.begin_erasure(&deletion);
    let late = || vec![NewContact { line: 9, phone: number(9), ..NewContact::default() }];
    let stored = add_rows(&bench.db, &uploader, &under_way, late(), &[], bench.now());
    assert!(matches!(stored, Err(StoreError::Refused(_))), "{stored:?}");
    let completed = bench.complete(&under_way);
    assert!(completed.is_err(), "{completed:?}");
    let begun = uploader.begin_file(&waiting, 0, FileForm::Text, bench.now()).block_on();
    assert!(matches!(begun, Err(StoreError::Refused(_))), "{begun:?}");
    assert!(bench.erase_from(&deletion, erasure));
    add_rows(&bench.db, &uploader, &under_way, late(), &[], bench.now()).expect_err("closed");
    for left in [
        "SELECT count(*) FROM contact WHERE account = ?1",
        "SELECT count(format) FROM import WHERE account = ?1",
        "SELECT count(*) FROM import WHERE account = ?1 AND state <> 'failed'",
    ] {
        assert_eq!(bench.count(left), 0, "{left}");
    }
}

/// R127: nor does any other request that read the account before it was closed.
#[test]
fn nothing_personal_is_made_for_an_account_that_is_closed() {
    let bench = Bench::new();
    let late = bench.tenant();
    let profile = late.profile().block_on().expect("reads");
    bench.erase();
    let (act, closed) = (bench.act(), StoreError::from(Refusal::AccountBlocked));
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    assert_eq!(
        late.create_import(&act, "clients.csv", attestation, &Joined::default(), false, None).block_on(),
        Err(closed.clone())
    );
    let campaign = NewCampaign {
        name: "November".to_owned(),
        content: NewContent::Text {
            text: "Your order is ready.".to_owned(),
            encoding: "GSM-7",
            segments: 1,
            opt_out_link: None,
            links: None,
        },
        class: MessageClass::Informational,
        audience: None,
        attestation: acceptance(DocumentKind::ContentAttestation),
    };
    assert_eq!(late.create_campaign(&act, &campaign, None).block_on(), Err(closed.clone()));
    let entry = NewBlacklistEntry { phone: number(1) };
    assert_eq!(late.add_to_blacklist(&act, &[entry], None).block_on(), Err(closed.clone()));
    assert_eq!(late.update_profile(&act, &profile, "ru").block_on(), Err(closed.clone()));
    let marketing = acceptance(DocumentKind::MarketingConsent);
    assert_eq!(late.give_consent(&act, &marketing).block_on(), Err(closed.clone()));
    assert_eq!(late.request_deletion(&act, Tiyn(0)).block_on(), Err(closed));
    for table in ["import", "campaign", "blacklist", "profile_change"] {
        assert_eq!(bench.count(&format!("SELECT count(*) FROM {table} WHERE account = ?1")), 0, "{table}");
    }
    assert_eq!(bench.count("SELECT count(profile) FROM account WHERE account = ?1"), 0);
}

/// R128: whoever does a step of before once more, after all, comes to the same end.
#[test]
fn an_erasure_can_be_begun_and_done_again_and_is_recorded_once() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    let deletion = request(&bench, 0);
    bench.pass(30 * DAY);
    let begun = bench.begin_erasure(&deletion);
    assert_eq!(bench.begin_erasure(&deletion), begun);
    for _ in 0..2 {
        assert!(bench.erase_from(&deletion, begun.clone()));
    }
    assert_eq!(bench.erasure_step(&deletion, ""), Next::Done);
    let erased = bench.tenant().event_evidence("account_erased", -1, 10).block_on().expect("reads").events;
    assert_eq!(erased.len(), 1);
    assert_eq!(erased[0].event["contacts"], 3);
}

/// R127: the personal key, contacts, blacklist, profile and texts are gone.
#[test]
fn what_is_personal_is_destroyed() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.hand_over(&campaign, 1);
    bench.blacklist(&number(5));
    bench
        .tenant()
        .update_profile(&bench.act(), &bench.tenant().profile().block_on().expect("reads"), "ru")
        .block_on()
        .expect("updated");
    let repeat = Repeatable { route: "POST /v1/imports", key: number(6), request: [1; 32] };
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    bench
        .tenant()
        .create_import(&bench.act(), "f", attestation, &Joined::default(), false, Some(&repeat))
        .block_on()
        .expect("made");
    bench.erase();
    for left in [
        "SELECT count(personal_key) + count(profile) FROM account WHERE account = ?1",
        "SELECT count(*) FROM contact WHERE account = ?1",
        "SELECT count(*) FROM blacklist WHERE account = ?1",
        "SELECT count(*) FROM profile_change WHERE account = ?1",
        "SELECT count(*) FROM import_problem WHERE account = ?1",
        "SELECT count(*) FROM idempotency WHERE account = ?1",
        "SELECT count(name) + count(format) FROM import WHERE account = ?1",
        "SELECT count(name) + count(text) FROM campaign WHERE account = ?1",
        "SELECT count(contact) + coalesce(sum(number_hash IS NOT evidence_hash), 0) FROM message WHERE account = ?1",
    ] {
        assert_eq!(bench.count(left), 0, "{left}");
    }
    assert_eq!(bench.tenant().profile().block_on(), Err(DbError::Column("profile".to_owned())));
    assert_eq!(bench.tenant().state(), AccountState::Closed);
}

/// R54, R55, R127: the ledger stays, balanced, with the rest forfeited; acts and proofs stay.
#[test]
fn ledger_consents_and_history_outlive_the_account() {
    let (bench, campaign) = Bench::with_queue(3);
    let sent = bench.hand_over(&campaign, 1).remove(0).phone.expect("a number");
    let kept = |bench: &Bench| -> Vec<Vec<Row>> {
        ["SELECT * FROM consent", "SELECT * FROM payment", "SELECT leaf, hash FROM log_leaf WHERE leaf < 6"]
            .map(|sql| bench.sql(sql))
            .into()
    };
    let before = kept(&bench);
    bench.erase();
    assert_eq!(kept(&bench), before);
    assert_eq!(bench.balance(), (0, 0));
    let forfeited = "SELECT sum(amount) FROM entry WHERE account = ?1 AND book = 'forfeited'";
    assert_eq!(bench.count(forfeited), 2 * PRICE);
    assert_eq!(bench.fate(&sent).0, MessageState::HandedOver);
}

/// A cell in a file with numbers in every place that takes one.
fn lived_in(path: &Path) -> Bench {
    let bench = Bench::in_file(path);
    let campaign = bench.queue(40);
    bench.blacklist(&number(3));
    let messages = bench.hand_over(&campaign, 10);
    bench.report(&messages[0].message, Delivered);
    let (lease, messages) = bench.take(&campaign, 10);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now() + MINUTE)));
    let mut profile = bench.tenant().profile().block_on().expect("reads");
    profile.phone = number(8888);
    bench.tenant().update_profile(&bench.act(), &profile, "ru").block_on().expect("updated");
    // A client may make its keys of anything, a number too.
    let repeat = Repeatable { route: "POST /v1/imports", key: number(6), request: [1; 32] };
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    bench
        .tenant()
        .create_import(&bench.act(), "f", attestation, &Joined::default(), false, Some(&repeat))
        .block_on()
        .expect("made");
    bench
}

/// R158: whoever steals the files learns no number, no name and no text.
#[test]
fn the_bytes_of_the_files_hold_no_number_no_name_and_no_text_before_and_after_erasure() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = lived_in(&path);
    // All made-up numbers begin with +7 701 000.
    let secrets =
        ["701000", "Client of line", "Ару", "aru@example.kz", "Your order", "clients.csv", "November"];
    for erased in [false, true] {
        if erased {
            bench.erase();
        }
        let files = files(&path);
        assert!(files.len() == 2 && files[1].1.len() > 4096, "the write-ahead log is searched too");
        for (file, bytes) in &files {
            for secret in secrets {
                assert!(
                    !holds(bytes, secret.as_bytes()),
                    "{secret} in {} (erased: {erased})",
                    file.display()
                );
            }
        }
    }
}

/// R127, R158: the wrapped key is overwritten wherever SQLite wrote it, however the table's pages
/// were rearranged since, so that even who has the master key opens nothing of what the file still
/// holds in the unused parts of its pages.
#[test]
fn after_erasure_neither_file_holds_the_wrapped_key_of_an_erased_account() {
    const ACCOUNTS: usize = 120;
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let mut bench = Bench::in_file(&path);
    bench.sql("PRAGMA synchronous = OFF");
    let accounts: Vec<String> = (0..ACCOUNTS).map(|_| bench.open_account(AccountKind::LegalEntity)).collect();
    // Rows that grow and shrink make SQLite move their neighbours between pages.
    for (step, account) in accounts.iter().cycle().step_by(7).take(2 * ACCOUNTS).enumerate() {
        let tenant = bench.tenant_of(account);
        let mut profile = tenant.profile().block_on().expect("reads");
        profile.name = "Ару ".repeat(1 + step * 31 % 50);
        tenant.update_profile(&bench.act(), &profile, "ru").block_on().expect("updated");
    }
    let erased = &accounts[..ACCOUNTS / 2];
    let of_the_erased =
        "SELECT k.wrapped FROM account a JOIN personal_key k ON k.id = a.personal_key WHERE a.account = ?1";
    let keys: Vec<Vec<u8>> = erased
        .iter()
        .map(|account| {
            bench.db.query(of_the_erased, params![account]).block_on().expect("reads")[0]
                .blob("wrapped")
                .expect("bytes")
        })
        .collect();
    bench.cell().truncate_wal().block_on().expect("truncated");
    let bytes = &files(&path)[0].1;
    assert!(keys.iter().all(|key| holds(bytes, key)), "they were there");

    for account in erased {
        let tenant = bench.tenant_of(account);
        tenant.request_deletion(&bench.act(), Tiyn(0)).block_on().expect("requested");
    }
    bench.pass(30 * DAY);
    for account in erased {
        bench.account.clone_from(account);
        bench.erase_due();
    }
    bench.cell().truncate_wal().block_on().expect("truncated");
    for (file, bytes) in files(&path) {
        let left = keys.iter().filter(|key| holds(&bytes, key)).count();
        assert_eq!(left, 0, "of {} keys in {}", keys.len(), file.display());
    }
}

/// R127: without the personal key its data do not open; the evidence key is alive.
#[test]
fn after_erasure_the_evidence_opens_and_the_owners_pages_do_not() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.hand_over(&campaign, 1);
    bench.erase();
    assert_eq!(bench.tenant().campaigns(None, 10).block_on().err(), Some(DbError::Seal));
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
}

/// R158: a reader holds the old pages in the write-ahead log; that must not pass for destroyed.
#[test]
fn cutting_the_write_ahead_log_while_a_reader_holds_it_is_not_called_done() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = lived_in(&path);
    let reader = rusqlite::Connection::open(&path).expect("opens");
    reader.execute_batch("BEGIN; SELECT count(*) FROM message;").expect("reads");
    reader.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0)).expect("reads");
    bench.erase();
    bench.sql("PRAGMA busy_timeout = 1");
    assert_eq!(bench.cell().truncate_wal().block_on(), Err(DbError::Busy));
    reader.execute_batch("COMMIT").expect("ends");
    assert_eq!(bench.cell().truncate_wal().block_on(), Ok(()));
    assert!(std::fs::metadata(dir.path().join("cell.db-wal")).is_ok_and(|wal| wal.len() == 0));
}
