//! How operators are: their rest, and their rate over all ticks (R84).

use pollster::FutureExt;

use sendbox_store::directory::Directory;

use crate::support::Bench;

const KANNEL: &str = "kannel";

#[test]
fn failures_add_up_until_a_success() {
    let bench = Bench::new();
    let (directory, now) = (Directory::new(&bench.db), bench.now());
    for until in [now + 5_000, now + 9_000] {
        directory.operator_failed(KANNEL, "unwell", until, now).block_on().expect("noted");
    }
    let state = directory.operator_states().block_on().expect("reads").remove(0);
    assert_eq!((state.failures, state.resting_until), (2, now + 9_000));
    directory.operator_works(KANNEL).block_on().expect("noted");
    let state = directory.operator_states().block_on().expect("reads").remove(0);
    assert_eq!((state.failures, state.resting_until), (0, 0));
}

/// R66: what could not be read may have been a refusal, so that it happened is not forgotten.
#[test]
fn what_could_not_be_read_is_counted_by_operator_and_kind() {
    let bench = Bench::new();
    let (directory, now) = (Directory::new(&bench.db), bench.now());
    for (what, at) in [("number", now), ("body", now + 1), ("number", now + 2)] {
        directory.note_unread(KANNEL, what, at).block_on().expect("noted");
    }
    let counts = directory.unread().block_on().expect("reads");
    let counts: Vec<_> = counts.iter().map(|one| (one.what.as_str(), one.times, one.last_at)).collect();
    assert_eq!(counts, [("body", 1, now + 1), ("number", 2, now + 2)]);
}

/// Of two ticks that overlap, the second starts where the first ends.
#[test]
fn an_operators_rate_holds_over_all_ticks_together() {
    let bench = Bench::new();
    let (directory, now) = (Directory::new(&bench.db), bench.now());
    let reserve =
        |messages, now| directory.reserve_slots(KANNEL, messages, 10, now).block_on().expect("reserved");
    assert_eq!((reserve(20, now).first_at, reserve(20, now).first_at), (now, now + 2_000));
    assert_eq!(reserve(1, now + 1_000).first_at, now + 4_000);
    // What was not used does not add up to a burst later.
    assert_eq!(reserve(1, now + 60_000).first_at, now + 60_000);
    assert_eq!(reserve(1, now).apart_us, 100_000);
}
