//! The commands that need no host, run as a person or a script runs them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use evidence::file::{Since, in_base64};
use evidence::merkle::{self, Hash};
use evidence::{Checkpoint, EvidenceEvent, EvidenceFile, Series, SigningKey, commitment};
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

/// A log of so many hand-overs of one campaign, and the file that proves them all; with a proof that it
/// continues an earlier one.
fn evidence_of(key: &SigningKey, count: u64, since: Option<u64>) -> EvidenceFile {
    let event = |number: u64| {
        json!({
            "kind": "handed_over", "account": "acc_1", "campaign": "cmp_1", "message": format!("msg_{number}"),
            "handed_over_at": format!("2026-11-20T05:00:0{number}.000Z"), "number_in_campaign": number,
        })
    };
    let events: Vec<Value> = (1..=count).map(event).collect();
    let salt = [3; 32];
    let leaves: Vec<Hash> = events.iter().map(|event| merkle::leaf_hash(commitment(&salt, event))).collect();
    let hashes = |ranges: Vec<std::ops::Range<u64>>| -> Vec<Hash> {
        let ranges = ranges.into_iter();
        ranges.map(|range| merkle::root(&leaves[range.start as usize..range.end as usize])).collect()
    };
    let checkpoint = Checkpoint { origin: key.origin().to_owned(), size: count, root: merkle::root(&leaves) };
    let series = Series { account: "acc_1".into(), name: "cmp_1".into(), events: count };
    let proven = events.iter().zip(0_u64..).map(|(event, index)| {
        let proof = hashes(merkle::inclusion_ranges(index, count));
        EvidenceEvent::new(index, &salt, event, &proof).expect("an event is JSON")
    });
    let note = checkpoint.sign_with(key, Some(&series));
    let mut file = EvidenceFile::new(key.verifier_key(), note, proven.collect(), None);
    let proof = |size| in_base64(&hashes(merkle::consistency_ranges(size, count)));
    file.since.extend(since.map(|size| Since { size, proof: proof(size) }));
    file
}

fn written(file: &EvidenceFile) -> String {
    serde_json::to_string(file).expect("a file is JSON")
}

fn evidence_file(key: &SigningKey) -> String {
    written(&evidence_of(key, 3, None))
}

fn own_key() -> SigningKey {
    SigningKey::from_seed("send-box.com/log", [1; 32])
}

/// Verifies a file against one from earlier, which lies in a folder.
fn verify_since(old: &EvidenceFile, new: &EvidenceFile) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("old.json");
    std::fs::write(&path, written(old)).expect("written");
    sendbox(&["verify", "-", "--since", &path.display().to_string()], &written(new))
}

#[test]
fn every_reference_number_is_answered_as_the_reference_reads_it() {
    let vectors = vectors("phones.jsonl");
    let output = sendbox(&["phone"], &vectors);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(json_lines(&text(&output.stdout)), json_lines(&vectors));
}

/// R19: of a cell it is said whom an upload would take, and why nobody.
#[test]
fn a_cell_is_answered_with_whom_an_upload_takes() {
    let cells =
        "{\"raw\":\"7.70123E+10\"}\n{\"raw\":\"77012345678.0\"}\n{\"raw\":\"87012345678, 87012345679\"}\n";
    let output = sendbox(&["phone", "--cell"], cells);
    let answers = json_lines(&text(&output.stdout));
    let said: Vec<_> =
        answers.iter().map(|answer| (answer["recipient"].as_str(), answer["code"].as_str())).collect();
    let taken = Some("+77012345678");
    assert_eq!(said, [(Some(""), Some("phone_rounded")), (taken, Some("")), (taken, Some("phone_several"))]);
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
    let key = own_key();
    let output = sendbox(&["verify", "-", "--key", &key.verifier_key()], &evidence_file(&key));
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(said.contains("size      3") && said.contains("3 handed_over"), "{said}");
    let who_and_when =
        ["acc_1", "cmp_1", "2026-11-20T05:00:01.000Z", "2026-11-20T05:00:03.000Z", &key.verifier_key()];
    assert!(who_and_when.iter().all(|word| said.contains(word)), "{said}");
}

#[test]
fn a_file_with_its_events_removed_fails_r93() {
    for removed in [0..1, 1..2, 2..3, 0..3] {
        let mut file = evidence_of(&own_key(), 3, None);
        file.events.drain(removed.clone());
        let output = sendbox(&["verify", "-"], &written(&file));
        assert_eq!(output.status.code(), Some(1), "{removed:?}");
        assert!(text(&output.stderr).contains("events are missing"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_second_message_key_before_the_true_one_fails_r91() {
    let forged = evidence_file(&own_key()).replacen("\"message\":", "\"message\":\"msg_9\",\"message\":", 1);
    let output = sendbox(&["verify", "-"], &forged);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("canonical"), "{}", text(&output.stderr));
}

#[test]
fn a_log_that_was_only_continued_is_told_from_one_that_was_rewritten_r91() {
    let (old, new) = (evidence_of(&own_key(), 3, None), evidence_of(&own_key(), 5, Some(3)));
    let output = verify_since(&old, &new);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("only continued"), "{}", text(&output.stdout));
    let other = SigningKey::from_seed("send-box.com/log", [2; 32]);
    let mut rewritten = evidence_of(&own_key(), 5, Some(3));
    rewritten.since = evidence_of(&own_key(), 5, Some(2)).since;
    rewritten.since[0].size = 3;
    for (old, new) in [
        (&old, &rewritten),
        (&new, &old),
        (&evidence_of(&other, 3, None), &new),
        (&old, &evidence_of(&own_key(), 5, None)),
    ] {
        let output = verify_since(old, new);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    }
}

/// R93: the pages of one file are given together.
#[test]
fn a_page_alone_fails_and_all_pages_together_verify() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut one, mut two) = (evidence_of(&own_key(), 3, None), evidence_of(&own_key(), 3, None));
    one.events.truncate(2);
    two.events.drain(..2);
    let paths: Vec<String> = [one, two]
        .iter()
        .zip(["1.json", "2.json"])
        .map(|(page, name)| {
            let path = folder.path().join(name);
            std::fs::write(&path, written(page)).expect("written");
            path.display().to_string()
        })
        .collect();
    assert!(sendbox(&["verify", &paths[0], &paths[1]], "").status.success());
    assert_eq!(sendbox(&["verify", &paths[0]], "").status.code(), Some(1));
}

#[test]
fn a_changed_event_fails_and_is_named_by_its_index_r91() {
    let key = own_key();
    let changed = evidence_file(&key).replace("msg_2", "msg_7");
    let output = sendbox(&["verify", "-"], &changed);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("event 1:"), "{}", text(&output.stderr));
}

#[test]
fn evidence_of_another_log_fails_against_the_expected_key() {
    let key = own_key();
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
