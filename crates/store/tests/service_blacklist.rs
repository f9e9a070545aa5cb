//! Numbers that the service listed for all accounts: nobody sends to them, from the moment on that a cell has the list,
//! and nobody but staff takes them off (R65, R66).

use domain::account::AccountKind;
use domain::message::{MessageState, Reason};
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{HandOver, LeaseOutcome, LeasedMessage, NewBlacklistEntry, Next};
use sendbox_store::directory::ServiceListed;

use crate::support::moving::Moving;
use crate::support::{Bench, MINUTE, PRICE, all, files, holds, number, numbers};

const OF_SERVICE: &str = "SELECT count(*) FROM blacklist WHERE account = ?1 AND source = 'service'";
const LEAVES: &str = "SELECT size FROM log WHERE log = 'send-box.com/directory'";
const BLOCKED: (MessageState, Option<Reason>) = (MessageState::Blocked, Some(Reason::Blacklisted));

fn phones(messages: &[LeasedMessage]) -> Vec<String> {
    messages.iter().filter_map(|message| message.phone.clone()).collect()
}

/// R65: neither the account nor anybody but staff takes off what the service listed.
#[test]
fn an_account_cannot_take_off_what_the_service_listed() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.list_here(&numbers(1));
    bench.follow();
    let entry = bench.shown_blacklist().remove(0);
    assert_eq!((entry.source.as_str(), entry.actor.as_str(), entry.reason), ("service", "staff", None));
    let removed = bench.tenant().remove_from_blacklist(&bench.act(), &entry.entry).block_on();
    assert_eq!(removed, Err(Refusal::BlacklistedByService.into()));
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing);
}

/// R66: what was leased before the listing and has not left yet does not leave: it goes back, and is judged anew.
#[test]
fn what_has_not_left_when_a_number_is_listed_stays() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    assert!(bench.depart(&lease, &messages[..1], &[]).is_some());
    bench.list_here(&[number(1)]);
    assert_eq!(bench.depart(&lease, &messages, &[]), None);
}

/// R65: whom the service lists no account learns of who does not have the number.
#[test]
fn a_stranger_on_the_services_list_is_nobody_to_an_account() {
    let bench = Bench::new();
    bench.list_here(&numbers(1));
    bench.follow();
    let person = || bench.tenant().person(&number(0)).block_on().expect("reads");
    assert!(person().is_nobody());
    let entry = NewBlacklistEntry { phone: number(0) };
    let added = bench.tenant().add_to_blacklist(&bench.act(), &[entry], None).block_on().expect("listed");
    assert_eq!((added.added, added.already_listed), (1, 0), "as any other number");
}

#[test]
fn what_is_not_listed_or_was_taken_off_is_not_taken_off_again() {
    let bench = Bench::new();
    let refused = Err(Refusal::NotFound.into());
    assert_eq!(bench.take_off_for_all("bls_ffffffffffffffffffffffffffffffff"), refused);
    bench.list_for_all(&numbers(1));
    let entry = bench.service_entries().remove(0).entry;
    let removed = bench.take_off_for_all(&entry).expect("taken off");
    assert_eq!(removed.phone, None);
    assert_eq!(removed.removed.expect("an end").basis, "Letter 8");
    assert_eq!(bench.take_off_for_all(&entry), refused);
    assert_eq!(bench.figure(LEAVES), 2, "what comes to nothing leaves no leaf");
}

/// R10: each listing and each removal says where its leaf stands.
#[test]
fn each_change_knows_its_place_in_the_log() {
    let bench = Bench::new();
    bench.list_for_all(&numbers(2));
    bench.pass(1);
    bench.list_for_all(&[number(2)]);
    let entries = bench.service_entries();
    let mut places: Vec<i64> = entries.iter().map(|entry| entry.log_index).collect();
    assert_eq!(places[0], 2, "the newest entry");
    places.sort_unstable();
    assert_eq!(places, [0, 1, 2]);
    let removed = bench.take_off_for_all(&entries[0].entry).expect("taken off");
    assert_eq!((removed.log_index, removed.removed.expect("an end").log_index), (2, 3));
    let shown = bench.service_entries().remove(0);
    assert_eq!((shown.log_index, shown.removed.expect("an end").log_index), (2, 3));
}

/// R66: the gate has no window: the account has not followed yet, and nothing of it is taken.
#[test]
fn once_a_cell_has_the_list_nothing_is_taken_for_an_account_that_has_not() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.list_for_all(&[number(0)]);
    bench.take_list(&bench.directory());
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    assert_eq!(bench.balance(), (2 * PRICE, 0), "nothing is held for it");
    bench.follow();
    assert_eq!(phones(&bench.take(&campaign, 10).1), [number(1)]);
    assert_eq!(bench.fate(&number(0)), BLOCKED);
    assert_eq!(bench.balance(), (PRICE, PRICE), "whoever is blocked is not charged for");
}

/// R66: what is with an operator when the number is listed does not come back into the queue.
#[test]
fn a_number_listed_while_leased_does_not_return_to_the_queue() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.list_here(&numbers(1));
    bench.follow();
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now())));
    assert_eq!(bench.fate(&number(0)), BLOCKED);
}

#[test]
fn a_number_that_is_listed_twice_is_listed_once() {
    let bench = Bench::new();
    let twice = [number(0), number(1), number(0)];
    assert_eq!(bench.list_for_all(&twice), ServiceListed { added: 2, already_listed: 0 });
    assert_eq!(bench.list_for_all(&twice), ServiceListed { added: 0, already_listed: 2 });
    let more = [number(2), number(2), number(1)];
    assert_eq!(bench.list_for_all(&more), ServiceListed { added: 1, already_listed: 1 });
    let entries = bench.service_entries();
    assert_eq!(entries.len(), 3);
    assert!(
        entries
            .iter()
            .all(|entry| (entry.by.as_str(), entry.basis.as_str()) == ("Duty lawyer", "Complaint 7"))
    );
    assert_eq!(bench.figure(LEAVES), 3, "each listing is a leaf of the directory's log");
}

/// R66: every account of the cell with contacts gets a job of its own, and one that is there already is not doubled.
#[test]
fn accounts_follow_by_jobs_whether_they_send_or_not() {
    let mut bench = Bench::new();
    bench.upload(&numbers(2));
    let (first, other) = (bench.account.clone(), bench.open_account(AccountKind::LegalEntity));
    bench.account = other.clone();
    bench.upload(&numbers(1));
    bench.account = first;
    bench.list_here(&[number(0)]);
    bench.list_here(&[number(7)]);
    let mut followed = bench.follow_by_jobs();
    followed.sort();
    let mut wanted = [bench.account.clone(), other.clone()];
    wanted.sort();
    assert_eq!(followed, wanted);
    assert_eq!(bench.count(OF_SERVICE), 2);
    let hashes = "SELECT count(DISTINCT number_hash) FROM blacklist WHERE source = 'service'";
    assert_eq!(bench.figure(hashes), 4, "two accounts' hashes of one number differ");
    assert!(bench.follow_by_jobs().is_empty());
}

/// R65: whom an account has nothing to do with it is not shown, whoever listed them.
#[test]
fn of_whom_the_service_listed_an_account_is_shown_those_in_its_base() {
    let bench = Bench::new();
    bench.upload(&[number(0)]);
    bench.list_here(&[number(0), number(5)]);
    bench.follow();
    let shown: Vec<String> = bench.shown_blacklist().into_iter().map(|entry| entry.phone).collect();
    assert_eq!(shown, [number(0)]);
}

/// R66: an account that is made later has the list before it takes anything in or sends, and nothing copies the list for
/// it before that.
#[test]
fn a_new_account_gets_the_whole_list() {
    let mut bench = Bench::new();
    bench.list_here(&[number(0)]);
    bench.account = bench.open_account(AccountKind::NaturalPerson);
    bench.list_here(&[number(2)]);
    assert!(bench.follow_by_jobs().is_empty());
    assert_eq!(bench.lease(&bench.queue(1), 1), LeaseOutcome::Nothing, "it is behind");
    bench.follow();
    assert_eq!(bench.fate(&number(0)), BLOCKED);
    let import = bench.begin_upload();
    bench.add_batch(&import, &[number(0), number(1)]).expect("stored");
    assert_eq!(bench.complete(&import).expect("completed").blacklisted, 1, "it is not taken in again");
}

/// R66: what staff took off may be written to again, unless somebody else listed it too.
#[test]
fn what_staff_take_off_is_free_but_for_who_else_listed_it() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.blacklist(&number(1));
    bench.list_here(&numbers(2));
    bench.follow();
    assert_eq!(bench.shown_blacklist().len(), 3);
    for entry in bench.service_entries() {
        bench.take_off_for_all(&entry.entry).expect("taken off");
    }
    bench.take_list(&bench.directory());
    bench.follow();
    let left: Vec<_> = bench.shown_blacklist().into_iter().map(|entry| (entry.phone, entry.source)).collect();
    assert_eq!(left, [(number(1), "account".to_owned())]);
    assert_eq!(phones(&bench.take(&bench.queue(2), 10).1), [number(0)]);
    assert_eq!(bench.figure("SELECT count(*) FROM service_blacklist_number WHERE number IS NOT NULL"), 0);
    assert_eq!(bench.figure("SELECT count(*) FROM service_blacklist WHERE number IS NOT NULL"), 0);
}

/// R66: taken off and listed again before an account followed, it is listed.
#[test]
fn of_several_changes_of_a_number_the_last_one_counts() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.list_here(&numbers(1));
    bench.follow();
    for _ in 0..3 {
        let entry = bench.service_entries().into_iter().find(|entry| entry.phone.is_some()).expect("listed");
        bench.take_off_for_all(&entry.entry).expect("taken off");
        bench.pass(1);
        bench.list_for_all(&numbers(1));
    }
    bench.take_list(&bench.directory());
    bench.follow();
    assert_eq!(bench.count(OF_SERVICE), 1);
    assert_eq!(phones(&bench.take(&bench.queue(2), 10).1), [number(1)]);
}

/// More changes than one step takes.
#[test]
fn a_long_list_is_followed_in_steps() {
    let bench = Bench::new();
    bench.list_for_all(&numbers(1_001));
    bench.take_list(&bench.directory());
    bench.follow();
    assert_eq!(bench.count(OF_SERVICE), 1_001);
}

/// R127: an account that is gone follows nothing, and its blacklist does not come back.
#[test]
fn an_erased_account_gets_no_entries() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.list_here(&[number(0)]);
    assert_eq!(bench.follow_by_jobs(), std::slice::from_ref(&bench.account));
    let late = bench.tenant();
    bench.erase();
    bench.list_here(&[number(1)]);
    assert!(!bench.follow_by_jobs().contains(&bench.account));
    bench.cell().follow_service_blacklist(&late, bench.now()).block_on().expect("nothing to do");
    assert_eq!(bench.count("SELECT count(*) FROM blacklist WHERE account = ?1"), 0);
}

/// R158: the list names nobody in the file.
#[test]
fn no_listed_number_stands_in_the_file() {
    let folder = std::env::temp_dir().join(format!("sendbox-service-list-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("cell.db");
    let bench = Bench::in_file(&path);
    bench.list_here(&[number(1234)]);
    bench.follow();
    assert_eq!(bench.service_entries()[0].phone, Some(number(1234)), "staff read it");
    for (file, bytes) in files(&path) {
        assert!(!holds(&bytes, b"7010001234"), "{}", file.display());
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// R66: listed while the account was on its way, in both cells: it sends nothing there before it has followed.
#[test]
fn what_is_listed_while_an_account_moves_holds_where_it_arrives() {
    let (bench, campaign) = Bench::with_queue(2);
    let moving = Moving::of(bench).begin();
    moving.freeze();
    moving.from.list_for_all(&[number(0)]);
    let directory = moving.from.directory();
    moving.from.take_list(&directory);
    moving.to.take_list(&directory);
    moving.arrive();
    assert_eq!(moving.to.lease(&campaign, 10), LeaseOutcome::Nothing, "it is behind");
    assert!(moving.to.follow_by_jobs().contains(&moving.to.account));
    assert_eq!(phones(&moving.to.take(&campaign, 10).1), [number(1)]);
    assert_eq!(moving.to.fate(&number(0)), BLOCKED);
}

/// R66: a cell that heard of the list later than the account did changes nothing of what the account has.
#[test]
fn what_an_account_followed_before_it_moved_it_keeps() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.list_here(&[number(0)]);
    bench.follow();
    let moving = Moving::of(bench).begin();
    moving.arrive();
    assert_eq!(phones(&moving.to.take(&campaign, 1).1), [number(1)]);
    moving.to.take_list(&moving.from.directory());
    moving.to.follow();
    assert_eq!(moving.to.count(OF_SERVICE), 1);
    assert_eq!(moving.to.fate(&number(0)), BLOCKED);
}

/// R66: one that stays after all follows what was listed while it was to leave.
#[test]
fn an_account_that_stays_after_all_follows_what_it_missed() {
    let (bench, campaign) = Bench::with_queue(2);
    let moving = Moving::of(bench).begin();
    moving.freeze();
    moving.from.list_here(&[number(0)]);
    assert!(moving.from.follow_by_jobs().is_empty(), "nothing of it changes now");
    let undone = moving.from.cell().undo_move(&moving.from.account, moving.from.now()).block_on();
    assert_eq!(undone, Ok(false));
    while moving.step() != Next::Done {}
    assert_eq!(moving.from.lease(&campaign, 10), LeaseOutcome::Nothing);
    moving.from.pass(MINUTE);
    assert_eq!(moving.from.follow_by_jobs(), std::slice::from_ref(&moving.from.account));
    assert_eq!(phones(&moving.from.take(&campaign, 10).1), [number(1)]);
}
