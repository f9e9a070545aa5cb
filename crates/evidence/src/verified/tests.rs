//! Evidence files that hold, and the same files with every kind of edit.

use serde_json::json;

use super::*;
use crate::file::{Since, in_base64};
use crate::{Checkpoint, EvidenceEvent, EvidenceFile, SigningKey, commitment};

/// A log that grows: events under salts, and leaves of others between them.
struct Log {
    key: SigningKey,
    leaves: Vec<Hash>,
    events: Vec<(u64, Value)>,
}

fn salt(index: u64) -> [u8; 32] {
    [index as u8; 32]
}

impl Log {
    fn new() -> Self {
        let key = SigningKey::from_seed("send-box.com/log", [1; 32]);
        Self { key, leaves: Vec::new(), events: Vec::new() }
    }

    fn add(&mut self, event: Value) {
        self.leaves.push(merkle::leaf_hash("another account's leaf"));
        let index = self.leaves.len() as u64;
        self.leaves.push(merkle::leaf_hash(commitment(&salt(index), &event)));
        self.events.push((index, event));
    }

    fn checkpoint(&self) -> Checkpoint {
        let (size, root) = (self.leaves.len() as u64, merkle::root(&self.leaves));
        Checkpoint { origin: self.key.origin().to_owned(), size, root }
    }

    fn prove(&self, index: u64, event: &Value) -> EvidenceEvent {
        let ranges = merkle::inclusion_ranges(index, self.leaves.len() as u64).into_iter();
        let hash = |range: std::ops::Range<u64>| {
            merkle::root(&self.leaves[range.start as usize..range.end as usize])
        };
        EvidenceEvent::new(index, &salt(index), event, &ranges.map(hash).collect::<Vec<_>>())
            .expect("an event")
    }

    /// The file of these events, signed as the whole of a campaign.
    fn file_of(&self, account: &str, campaign: &str) -> EvidenceFile {
        let ours: Vec<_> = (self.events.iter())
            .filter(|(_, event)| event["account"] == account && event["campaign"] == campaign)
            .map(|(index, event)| self.prove(*index, event))
            .collect();
        let series = Series { account: account.into(), name: campaign.into(), events: ours.len() as u64 };
        let note = self.checkpoint().sign_with(&self.key, Some(&series));
        EvidenceFile::new(self.key.verifier_key(), note, ours, None)
    }

    fn since(&self, size: u64) -> Since {
        let ranges = merkle::consistency_ranges(size, self.leaves.len() as u64).into_iter();
        let hash = |range: std::ops::Range<u64>| {
            merkle::root(&self.leaves[range.start as usize..range.end as usize])
        };
        Since { size, proof: in_base64(&ranges.map(hash).collect::<Vec<_>>()) }
    }
}

fn hand_over(account: &str, campaign: &str, number: u64) -> Value {
    json!({
        "kind": "handed_over", "account": account, "campaign": campaign, "message": format!("msg_{number}"),
        "phone": format!("+7701000000{number}"), "handed_over_at": format!("2026-11-20T05:00:0{number}.000Z"),
        "number_in_campaign": number,
    })
}

/// Two messages and a result of one campaign, and somebody else's message.
fn log() -> Log {
    let mut log = Log::new();
    log.add(hand_over("acc_1", "cmp_1", 1));
    log.add(hand_over("acc_2", "cmp_9", 1));
    log.add(hand_over("acc_1", "cmp_1", 2));
    log.add(json!({
        "kind": "result", "account": "acc_1", "campaign": "cmp_1", "message": "msg_1", "result": "delivered",
        "at": "2026-11-20T05:01:00.000Z", "number_in_campaign": 3,
    }));
    log
}

fn honest() -> EvidenceFile {
    log().file_of("acc_1", "cmp_1")
}

fn text(file: &EvidenceFile) -> String {
    serde_json::to_string(file).expect("a file is JSON")
}

fn check(file: &EvidenceFile) -> Result<Verified, EvidenceError> {
    verify(&[text(file)], None)
}

fn problem(file: &EvidenceFile) -> (u64, EventProblem) {
    match check(file) {
        Err(EvidenceError::Event { index, reason }) => (index, reason),
        other => panic!("not a problem of an event: {other:?}"),
    }
}

fn with_event(file: &EvidenceFile, place: usize, bytes: &str) -> EvidenceFile {
    let mut file = file.clone();
    file.events[place].event = serde_json::from_str(bytes).expect("JSON of some kind");
    file
}

/// R91, R93: who, how many, from when to when, in which log.
#[test]
fn a_true_file_says_whose_events_it_shows_and_how_many() {
    let verified = check(&honest()).expect("a true file");
    assert_eq!(verified.size, 8);
    assert_eq!(verified.series, Series { account: "acc_1".into(), name: "cmp_1".into(), events: 3 });
    assert_eq!(verified.by_kind, BTreeMap::from([("handed_over".into(), 2), ("result".into(), 1)]));
    assert_eq!(verified.period(), Some(("2026-11-20T05:00:01.000Z", "2026-11-20T05:01:00.000Z")));
    assert_eq!(verified.events[1].event["message"], "msg_2");
}

/// R93: what was left out is noticed: any one, all of one kind, the first, the last, all of them.
#[test]
fn a_file_from_which_events_were_removed_is_refused() {
    for (kept, first) in [(vec![1, 2], 1), (vec![0, 2], 2), (vec![0, 1], 3), (vec![2], 1), (vec![], 1)] {
        let mut file = honest();
        let events = file.events.clone();
        file.events = kept.iter().map(|place: &usize| events[*place].clone()).collect();
        let missing = Incomplete::Missing { expected: 3, found: kept.len() as u64, first };
        assert!(
            matches!(check(&file), Err(EvidenceError::Incomplete(found)) if found == missing),
            "{kept:?}"
        );
    }
}

/// R93: nor may a count be taken away, or come from somewhere else.
#[test]
fn a_file_whose_count_was_taken_away_or_exchanged_is_refused() {
    let log = log();
    let mut file = honest();
    file.checkpoint = log.checkpoint().sign(&log.key);
    assert!(matches!(check(&file), Err(EvidenceError::Incomplete(Incomplete::NoCount))));
    file.checkpoint = log.file_of("acc_2", "cmp_9").checkpoint;
    assert_eq!(problem(&file), (1, EventProblem::NotOfTheSeries));
    file.checkpoint = honest().checkpoint.replace("cmp_1 3", "cmp_1 2");
    assert!(matches!(check(&file), Err(EvidenceError::Checkpoint(_))));
}

#[test]
fn an_event_that_stands_twice_is_refused() {
    let mut file = honest();
    file.events.insert(1, file.events[0].clone());
    assert_eq!(problem(&file), (1, EventProblem::OutOfOrder));
}

#[test]
fn events_in_another_order_are_refused() {
    let mut file = honest();
    file.events.swap(0, 2);
    assert_eq!(problem(&file), (5, EventProblem::OutOfOrder));
}

/// R91: the number that a second key of the same name shows is never believed, wherever it stands.
#[test]
fn a_second_key_of_the_same_name_is_refused() {
    let honest = honest();
    let bytes = honest.events[0].event.get();
    for forged in [
        bytes.replacen(r#""phone""#, r#""phone":"+77019999999","phone""#, 1),
        bytes.replacen(r#""v""#, r#""phone":"+77019999999","v""#, 1).replacen(
            '}',
            r#","phone":"+77019999999"}"#,
            1,
        ),
    ] {
        assert_eq!(problem(&with_event(&honest, 0, &forged)), (1, EventProblem::NotCanonical), "{forged}");
    }
}

/// R91: only the bytes that were committed to.
#[test]
fn an_event_in_other_bytes_is_refused() {
    let honest = honest();
    let bytes = honest.events[0].event.get();
    for forged in [
        bytes.replacen(':', ": ", 1),
        bytes.replacen("handed_over", "handed\\u005fover", 1),
        bytes.replacen(r#""number_in_campaign":1"#, r#""number_in_campaign":1.0"#, 1),
        bytes.replacen(r#""number_in_campaign":1"#, r#""number_in_campaign":1e0"#, 1),
    ] {
        assert_ne!(forged, bytes);
        assert_eq!(problem(&with_event(&honest, 0, &forged)), (1, EventProblem::NotCanonical), "{forged}");
    }
}

/// R91: no byte of the whole file can be changed, a digit of a cursor or white space aside.
#[test]
fn a_file_of_which_any_byte_was_changed_is_refused() {
    let text = text(&honest());
    let cursor = text.find(r#""next_cursor""#).expect("there is one");
    for at in 0..cursor {
        for flip in [0x01, 0x02, 0x20] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= flip;
            if let Ok(changed) = String::from_utf8(bytes) {
                let found = verify(&[changed], None);
                assert!(found.is_err(), "byte {at} of {text}");
            }
        }
    }
}

#[test]
fn what_is_behind_or_before_the_file_is_refused() {
    let honest = text(&honest());
    for forged in [
        format!("{honest}{honest}"),
        format!("{honest} {{}}"),
        format!("{honest}x"),
        format!("\u{feff}{honest}"),
    ] {
        assert!(matches!(verify(&[forged], None), Err(EvidenceError::Json(_))));
    }
    assert!(verify(&[format!("{honest}\n")], None).is_ok(), "a text file ends with a line end");
}

#[test]
fn members_that_nobody_knows_and_members_that_stand_twice_are_refused() {
    let honest = text(&honest());
    for (from, to) in [
        (r#"{"format""#, r#"{"note":1,"format""#),
        (r#"{"format""#, r#"{"events":[],"format""#),
        (r#"{"index""#, r#"{"note":1,"index""#),
        (r#"{"index":1"#, r#"{"index":7,"index":1"#),
        (r#""salt""#, r#""event":{"kind":"x"},"salt""#),
    ] {
        let forged = honest.replacen(from, to, 1);
        assert_ne!(forged, honest);
        assert!(matches!(verify(&[forged], None), Err(EvidenceError::Json(_))), "{to}");
    }
}

#[test]
fn another_accounts_event_is_refused() {
    let log = log();
    let mut file = honest();
    file.events[0] = log.prove(3, &log.events[1].1);
    assert_eq!(problem(&file), (3, EventProblem::NotOfTheSeries));
}

/// Against a service that gave one number to two events, to hide one behind the other.
#[test]
fn a_number_that_was_given_twice_is_refused() {
    let mut log = log();
    log.add(hand_over("acc_1", "cmp_1", 2));
    assert_eq!(problem(&log.file_of("acc_1", "cmp_1")), (9, EventProblem::NumberTwice));
}

#[test]
fn a_changed_salt_or_proof_is_refused() {
    let mut file = honest();
    file.events[2].salt = "00".repeat(32);
    assert_eq!(problem(&file), (7, EventProblem::NotInTheLog));
    for salt in ["", "zz", "05", &"05".repeat(33), &"AB".repeat(32)] {
        let mut file = honest();
        file.events[2].salt = salt.to_owned();
        assert_eq!(problem(&file), (7, EventProblem::Salt), "{salt:?}");
    }
    let mut file = honest();
    file.events[0].proof[1] = "AAAA".into();
    assert_eq!(problem(&file), (1, EventProblem::ProofHash(1)));
    let mut file = honest();
    file.events[2].index = 8;
    assert_eq!(problem(&file), (8, EventProblem::AfterTheCheckpoint));
}

/// An older checkpoint proves nothing of what came after it, though its signature is true.
#[test]
fn an_older_checkpoint_is_refused() {
    let mut older = log();
    let stale = older.file_of("acc_1", "cmp_1").checkpoint;
    older.add(hand_over("acc_1", "cmp_1", 4));
    let mut file = older.file_of("acc_1", "cmp_1");
    file.checkpoint = stale;
    assert!(check(&file).is_err());
}

#[test]
fn a_file_of_another_key_or_format_is_refused() {
    let (own, other) =
        (log().key.verifier_key(), SigningKey::from_seed("send-box.com/log", [2; 32]).verifier_key());
    assert!(verify(&[text(&honest())], Some(&format!("{own}\n"))).is_ok());
    assert!(matches!(verify(&[text(&honest())], Some(&other)), Err(EvidenceError::OtherKey { .. })));
    let mut file = honest();
    file.verifier_key = other;
    assert!(matches!(check(&file), Err(EvidenceError::Checkpoint(_))));
    let mut file = honest();
    file.format = "sendbox-evidence-2".into();
    assert!(matches!(check(&file), Err(EvidenceError::Format { .. })));
}

/// A campaign in two files, as pages come.
fn pages() -> (EvidenceFile, EvidenceFile) {
    let log = log();
    let (mut first, mut second) = (honest(), honest());
    second.events.drain(..2);
    first.events.truncate(2);
    second.checkpoint = log.checkpoint().sign(&log.key);
    (first, second)
}

/// R93: a large campaign comes in pages, and only all of them are the whole.
#[test]
fn pages_prove_together_what_none_of_them_proves_alone() {
    let (first, second) = pages();
    let (one, two) = (text(&first), text(&second));
    assert_eq!(verify(&[&two, &one], None).expect("all of it").events.len(), 3);
    assert!(verify(&[&one], None).is_err());
    assert!(verify(&[&two], None).is_err());
    assert!(verify(&[&one, &two, &two], None).is_err());
    assert!(verify::<String>(&[], None).is_err());
}

#[test]
fn pages_of_different_checkpoints_or_campaigns_are_refused() {
    let (first, _) = pages();
    let mut longer = log();
    longer.add(hand_over("acc_1", "cmp_1", 4));
    let mut second = longer.file_of("acc_1", "cmp_1");
    second.events.drain(..2);
    assert!(verify(&[text(&first), text(&second)], None).is_err());
    assert!(verify(&[text(&honest()), text(&log().file_of("acc_2", "cmp_9"))], None).is_err());
}

/// A file, and one from the same log when it had grown.
fn earlier_and_later() -> (Verified, Log) {
    let mut log = log();
    let earlier = check(&log.file_of("acc_1", "cmp_1")).expect("a true file");
    log.add(hand_over("acc_1", "cmp_1", 4));
    log.add(hand_over("acc_2", "cmp_9", 2));
    (earlier, log)
}

fn since(log: &Log, size: u64, account: &str, campaign: &str) -> Verified {
    let mut file = log.file_of(account, campaign);
    file.since = vec![log.since(size)];
    check(&file).expect("a true file")
}

/// R91: what was shown once stays, and the log was only continued.
#[test]
fn a_later_file_continues_an_earlier_one() {
    let (earlier, log) = earlier_and_later();
    assert_eq!(since(&log, earlier.size, "acc_1", "cmp_1").continues(&earlier), Ok(Some(1)));
    assert_eq!(since(&log, earlier.size, "acc_2", "cmp_9").continues(&earlier), Ok(None), "another campaign");
    assert_eq!(earlier.continues(&earlier), Ok(Some(0)));
}

#[test]
fn a_log_that_was_rewritten_does_not_continue_the_earlier_one() {
    let (earlier, honest) = earlier_and_later();
    let mut rewritten = Log::new();
    for (_, event) in &honest.events {
        let mut event = event.clone();
        event["phone"] = "+77019999999".into();
        rewritten.add(event);
    }
    let later = since(&rewritten, earlier.size, "acc_1", "cmp_1");
    assert_eq!(later.continues(&earlier), Err(NotContinued::Rewritten));
    rewritten.leaves.truncate(8);
    rewritten.events.truncate(4);
    let same_size = check(&rewritten.file_of("acc_1", "cmp_1")).expect("of one piece");
    assert_eq!(same_size.continues(&earlier), Err(NotContinued::Rewritten));
}

#[test]
fn without_a_proof_or_the_other_way_round_nothing_is_continued() {
    let (earlier, log) = earlier_and_later();
    let later = check(&log.file_of("acc_1", "cmp_1")).expect("a true file");
    assert_eq!(later.continues(&earlier), Err(NotContinued::NoProof(8)));
    assert_eq!(earlier.continues(&later), Err(NotContinued::Shorter));
    let stranger = Verified { verifier_key: "another".into(), ..earlier.clone() };
    assert_eq!(later.continues(&stranger), Err(NotContinued::OtherLog));
}

/// Against a service that gives the number of an event which it showed before to another one.
#[test]
fn an_event_that_was_shown_before_and_is_gone_is_noticed() {
    let (earlier, mut log) = earlier_and_later();
    let hidden = log.events.remove(0);
    log.add(hand_over("acc_1", "cmp_1", 1));
    let later = since(&log, earlier.size, "acc_1", "cmp_1");
    assert_eq!(later.continues(&earlier), Err(NotContinued::EventGone(hidden.0)));
}
