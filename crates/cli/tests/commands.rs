//! The commands that need no host, run as a person or a script runs them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use evidence::merkle::{self, Hash};
use evidence::{Checkpoint, EvidenceEvent, EvidenceFile, SigningKey, commitment};
use serde_json::{Value, json};

/// Runs `sendbox` with these words and this standard input.
fn sendbox(words: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sendbox"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    let input = input.to_owned();
    let feeding = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    // A command that refused its input early closes it.
    let _ = feeding.join();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn vectors(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    std::fs::read_to_string(path).expect("the vectors stand beside the tests")
}

/// Three hand-overs in a log, and the file that proves them.
fn evidence_file(key: &SigningKey) -> String {
    let events: Vec<Value> =
        (0..3).map(|n| json!({"kind": "handed_over", "message": format!("msg_{n}")})).collect();
    let salt = [3; 32];
    let leaves: Vec<Hash> = events.iter().map(|event| merkle::leaf_hash(commitment(&salt, event))).collect();
    let checkpoint = Checkpoint { origin: key.origin().to_owned(), size: 3, root: merkle::root(&leaves) };
    let proven = events.into_iter().zip(0_u64..).map(|(event, index)| {
        let ranges = merkle::inclusion_ranges(index, 3).into_iter();
        let proof: Vec<Hash> =
            ranges.map(|range| merkle::root(&leaves[range.start as usize..range.end as usize])).collect();
        EvidenceEvent::new(index, &salt, event, &proof)
    });
    let file = EvidenceFile::new(key.verifier_key(), checkpoint.sign(key), proven.collect(), None);
    serde_json::to_string(&file).expect("a file is JSON")
}

#[test]
fn every_reference_number_is_answered_as_the_reference_reads_it() {
    let vectors = vectors("phones.jsonl");
    let output = sendbox(&["phone"], &vectors);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(json_lines(&text(&output.stdout)), json_lines(&vectors));
}

#[test]
fn every_reference_text_is_answered_with_the_segments_of_the_reference() {
    let vectors = vectors("segments.jsonl");
    let output = sendbox(&["segments"], &vectors);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(json_lines(&text(&output.stdout)), json_lines(&vectors));
}

#[test]
fn a_line_that_is_no_question_is_named_by_its_number() {
    let output = sendbox(&["phone"], "{\"raw\": \"112\"}\nnonsense\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("line 2"), "{}", text(&output.stderr));
}

#[test]
fn a_true_evidence_file_verifies_offline_r91() {
    let key = SigningKey::from_seed("send-box.com/log", [1; 32]);
    let output = sendbox(&["verify", "-", "--key", &key.verifier_key()], &evidence_file(&key));
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(said.contains("size      3") && said.contains("3 handed_over"), "{said}");
}

#[test]
fn a_changed_event_fails_and_is_named_by_its_index_r91() {
    let key = SigningKey::from_seed("send-box.com/log", [1; 32]);
    let changed = evidence_file(&key).replace("msg_1", "msg_7");
    let output = sendbox(&["verify", "-"], &changed);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("event 1:"), "{}", text(&output.stderr));
}

#[test]
fn evidence_of_another_log_fails_against_the_expected_key() {
    let key = SigningKey::from_seed("send-box.com/log", [1; 32]);
    let other = SigningKey::from_seed("send-box.com/log", [2; 32]);
    let output = sendbox(&["verify", "-", "--key", &key.verifier_key()], &evidence_file(&other));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn no_two_installations_get_the_same_secrets() {
    let (one, two) = (sendbox(&["secrets"], ""), sendbox(&["secrets"], ""));
    let secrets = |output: &Output| -> Vec<String> {
        let text = text(&output.stdout);
        text.lines().filter(|line| line.starts_with("SPIN_VARIABLE_")).map(str::to_owned).collect()
    };
    assert_eq!(secrets(&one).len(), 4);
    assert!(secrets(&one).iter().zip(secrets(&two)).all(|(one, two)| *one != two));
}
