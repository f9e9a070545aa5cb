//! Evidence files that hold, and the same files tampered with.

use serde_json::json;

use super::*;
use crate::{Checkpoint, SigningKey};

/// A log of these hand-overs with other leaves between them, and the file that proves them.
fn evidence_of(events: &[Value]) -> EvidenceFile {
    let key = SigningKey::from_seed("send-box.com/log", [1; 32]);
    let salt = |index: u64| [index as u8; 32];
    let mut leaves = Vec::new();
    for event in events {
        leaves.push(merkle::leaf_hash("another account's leaf"));
        leaves.push(merkle::leaf_hash(commitment(&salt(leaves.len() as u64), event)));
    }
    let size = leaves.len() as u64;
    let checkpoint = Checkpoint { origin: "send-box.com/log".into(), size, root: merkle::root(&leaves) };
    let proven = events.iter().enumerate().map(|(position, event)| {
        let index = position as u64 * 2 + 1;
        let proof: Vec<Hash> = merkle::inclusion_ranges(index, size)
            .into_iter()
            .map(|range| merkle::root(&leaves[range.start as usize..range.end as usize]))
            .collect();
        EvidenceEvent::new(index, &salt(index), event.clone(), &proof)
    });
    EvidenceFile::new(key.verifier_key(), checkpoint.sign(&key), proven.collect(), None)
}

fn some_evidence() -> EvidenceFile {
    evidence_of(&[
        json!({"kind": "hand_over", "message": "msg_1", "at": "2026-11-20T05:00:00Z"}),
        json!({"kind": "hand_over", "message": "msg_2", "at": "2026-11-20T05:00:01Z"}),
        json!({"kind": "result", "message": "msg_1", "status": "delivered"}),
    ])
}

fn check(file: &EvidenceFile) -> Result<Verified, EvidenceError> {
    verify(&serde_json::to_string(file).expect("a file is JSON"), None)
}

fn problem(file: &EvidenceFile) -> (u64, EventProblem) {
    match check(file) {
        Err(EvidenceError::Event { index, reason }) => (index, reason),
        other => panic!("not a problem of an event: {other:?}"),
    }
}

#[test]
fn a_true_file_verifies_and_its_events_are_counted_by_kind() {
    let verified = check(&some_evidence()).expect("a true file");
    assert_eq!(verified.size, 6);
    assert_eq!(verified.by_kind, BTreeMap::from([("hand_over".into(), 2), ("result".into(), 1)]));
    assert_eq!(verified.events[1].index, 3);
    assert_eq!(verified.events[1].event["message"], "msg_2");
}

#[test]
fn a_changed_event_is_named_by_its_index() {
    let mut file = some_evidence();
    file.events[1].event["at"] = json!("2026-11-20T17:00:01Z");
    assert_eq!(problem(&file), (3, EventProblem::NotInTheLog));
}

#[test]
fn a_changed_salt_is_named_by_its_index() {
    let mut file = some_evidence();
    file.events[2].salt = "00".repeat(32);
    assert_eq!(problem(&file), (5, EventProblem::NotInTheLog));
}

#[test]
fn a_salt_that_is_no_salt_is_named_by_its_index() {
    for salt in ["", "zz", "05", &"05".repeat(33), &"AB".repeat(32)] {
        let mut file = some_evidence();
        file.events[2].salt = salt.to_owned();
        assert_eq!(problem(&file), (5, EventProblem::Salt), "{salt:?}");
    }
}

#[test]
fn a_proof_that_is_not_of_hashes_is_named_by_its_index() {
    let mut file = some_evidence();
    file.events[0].proof[1] = "AAAA".into();
    assert_eq!(problem(&file), (1, EventProblem::ProofHash(1)));
}

#[test]
fn an_event_beyond_the_checkpoint_is_not_proven() {
    let mut file = some_evidence();
    file.events[0].index = 6;
    assert_eq!(problem(&file), (6, EventProblem::AfterTheCheckpoint));
}

#[test]
fn an_event_is_not_counted_twice() {
    let mut file = some_evidence();
    file.events.push(file.events[0].clone());
    assert_eq!(problem(&file), (1, EventProblem::Twice));
}

#[test]
fn an_event_without_a_kind_is_refused() {
    assert_eq!(problem(&evidence_of(&[json!({"message": "msg_1"})])), (1, EventProblem::Kind));
}

#[test]
fn the_expected_key_is_held_to() {
    let file = serde_json::to_string(&some_evidence()).expect("a file is JSON");
    let own = SigningKey::from_seed("send-box.com/log", [1; 32]).verifier_key();
    let other = SigningKey::from_seed("send-box.com/log", [2; 32]).verifier_key();
    assert!(verify(&file, Some(&format!("{own}\n"))).is_ok());
    assert!(matches!(verify(&file, Some(&other)), Err(EvidenceError::OtherKey { .. })));
}

#[test]
fn a_file_that_names_another_key_than_it_was_signed_with_is_refused() {
    let mut file = some_evidence();
    file.verifier_key = SigningKey::from_seed("send-box.com/log", [2; 32]).verifier_key();
    assert!(matches!(check(&file), Err(EvidenceError::Checkpoint(CheckpointError::NotSigned))));
}

#[test]
fn a_format_of_the_future_is_not_guessed_at() {
    let mut file = some_evidence();
    file.format = "sendbox-evidence-2".into();
    assert!(matches!(check(&file), Err(EvidenceError::Format(_))));
}

#[test]
fn the_canonical_form_does_not_depend_on_the_order_of_keys() {
    let one: Value = serde_json::from_str(r#"{"b": [1, {"z": null, "a": "ә\n"}], "a": true}"#).expect("JSON");
    let two: Value = serde_json::from_str(r#"{"a":true,"b":[1,{"a":"ә\n","z":null}]}"#).expect("JSON");
    assert_eq!(canonical(&one), canonical(&two));
    assert_eq!(canonical(&one), r#"{"a":true,"b":[1,{"a":"ә\n","z":null}]}"#.as_bytes());
}

#[test]
fn the_salt_hides_an_event_that_could_be_guessed() {
    let event = json!({"kind": "hand_over", "phone": "+77010000001"});
    assert_ne!(commitment(&[1; 32], &event), commitment(&[2; 32], &event));
}
