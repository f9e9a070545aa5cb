//! Checks that a later log begins with an earlier one, as an auditor would: offline.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence::{Checkpoint, merkle};
use serde_json::Value;

use crate::answer::Fields;

/// `answer` is what `GET /v1/log/consistency` said of the two checkpoints.
#[track_caller]
pub fn consistent(answer: &Value, old: &Checkpoint, new: &Checkpoint) {
    assert_eq!(answer.integer("/from"), old.size.cast_signed());
    assert_eq!(answer.integer("/to"), new.size.cast_signed());
    let hash = |value: &Value| {
        let bytes = STANDARD.decode(value.as_str().expect("a text")).expect("base64");
        evidence::Hash::try_from(bytes).expect("a hash of 32 bytes")
    };
    let proof: Vec<evidence::Hash> = answer.list("/proof").iter().map(hash).collect();
    let holds = merkle::verify_consistency(old.size, new.size, &old.root, &new.root, &proof);
    assert!(holds, "the log of {} leaves is no beginning of that of {}", old.size, new.size);
}
