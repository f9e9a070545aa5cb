//! Recordings: kept as they came, sealed, each its owner's alone, and gone when they are deleted (R71, R74, R158).

use domain::account::AccountKind;
use domain::audio::{AudioFormat, RECORDINGS_MAX};
use pollster::FutureExt as _;
use sendbox_store::cell::{Audio, NewAudio, Repeatable};
use sendbox_store::{DbError, Refusal, StoreError};

use crate::support::{Bench, files, holds};

/// Bytes that repeat nowhere within a piece, over three pieces and a bit.
fn sound() -> Vec<u8> {
    (0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect()
}

fn keep_as(bench: &Bench, bytes: &[u8], key: Option<&str>) -> Result<Audio, StoreError> {
    let new = NewAudio {
        name: "Тапсырыс дайын".to_owned(),
        format: AudioFormat::Mp3,
        duration_ms: 9_000,
        sha256: domain::documents::sha256_hex(bytes),
    };
    let repeat = key.map(|key| Repeatable {
        route: "POST /v1/audio",
        key: key.to_owned(),
        request: [bytes.len() as u8; 32],
    });
    bench.tenant().create_audio(&bench.act(), &new, bytes, repeat.as_ref()).block_on()
}

fn keep(bench: &Bench, bytes: &[u8]) -> Audio {
    keep_as(bench, bytes, None).expect("kept")
}

#[test]
fn more_recordings_than_an_account_may_keep_are_refused() {
    let bench = Bench::new();
    bench.top_up("pay_first", 1).expect("credited");
    for _ in 0..RECORDINGS_MAX {
        keep(&bench, b"sound");
    }
    assert_eq!(keep_as(&bench, b"sound", None), Err(Refusal::TooManyRecordings.into()));
    let newest = bench.tenant().audios(None, 1).block_on().expect("reads").items.remove(0);
    bench.tenant().delete_audio(&bench.act(), &newest.audio).block_on().expect("deleted");
    assert!(keep_as(&bench, b"sound", None).is_ok());
}

#[test]
fn anothers_recording_is_neither_found_nor_deleted() {
    let bench = Bench::new();
    let audio = keep(&bench, &sound());
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let stranger = bench.tenant_of(&stranger);
    assert_eq!(stranger.audio(&audio.audio).block_on(), Ok(None));
    assert_eq!(stranger.audio_bytes(&audio, 0..audio.bytes).block_on(), Ok(None));
    assert!(stranger.audios(None, 10).block_on().expect("reads").items.is_empty());
    let refused = stranger.delete_audio(&bench.act(), &audio.audio).block_on();
    assert_eq!(refused, Err(Refusal::NotFound.into()));
    assert_eq!(bench.tenant().audio_bytes(&audio, 0..audio.bytes).block_on(), Ok(Some(sound())));
}

/// Two pieces that changed places would play another message.
#[test]
fn a_piece_in_anothers_place_does_not_open() {
    let bench = Bench::new();
    let audio = keep(&bench, &sound());
    bench.sql("UPDATE audio_piece SET piece = 2 - piece - 10 WHERE piece < 3");
    bench.sql("UPDATE audio_piece SET piece = piece + 10 WHERE piece < 0");
    assert_eq!(bench.tenant().audio_bytes(&audio, 0..10).block_on(), Err(DbError::Seal));
}

#[test]
fn a_repeat_under_the_same_key_keeps_nothing_twice() {
    let bench = Bench::new();
    let first = keep_as(&bench, b"sound", Some("k")).expect("kept");
    assert_eq!(keep_as(&bench, b"sound", Some("k")), Ok(first));
    assert_eq!(keep_as(&bench, b"other sound", Some("k")), Err(Refusal::IdempotencyKeyReused.into()));
    assert_eq!(bench.count("SELECT count(*) FROM audio WHERE account = ?1"), 1);
}

/// R74: what is played is what was uploaded, to the byte, from wherever a player begins.
#[test]
fn a_recording_comes_back_as_it_was_whole_and_in_parts() {
    let bench = Bench::new();
    let bytes = sound();
    let audio = keep(&bench, &bytes);
    assert_eq!(bench.tenant().audio(&audio.audio).block_on(), Ok(Some(audio.clone())));
    let piece = 256 * 1024;
    for range in [0..bytes.len(), 0..1, piece - 1..piece + 1, piece..2 * piece, bytes.len() - 1..bytes.len()]
    {
        let part = bench.tenant().audio_bytes(&audio, range.clone()).block_on();
        assert_eq!(part.expect("reads").as_deref(), bytes.get(range));
    }
}

/// R10, R91: who uploaded and deleted what stands in the log, by its hash.
#[test]
fn an_upload_and_a_deletion_are_proven() {
    let bench = Bench::new();
    let audio = keep(&bench, b"sound");
    bench.tenant().delete_audio(&bench.act(), &audio.audio).block_on().expect("deleted");
    for kind in ["audio_uploaded", "audio_deleted"] {
        let events = bench.events(kind);
        assert_eq!(events.len(), 1, "{kind}");
        assert_eq!(events[0]["sha256"], audio.sha256.as_str());
    }
}

/// R74, R158: a thief of the file hears nothing; after the deletion not even the sealed bytes are there.
#[test]
fn the_file_holds_no_sound_and_after_a_deletion_no_sealed_one() {
    for erase_account in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("cell.db");
        let bench = Bench::in_file(&path);
        let bytes = sound();
        let audio = keep(&bench, &bytes);
        let rows = bench.sql("SELECT sealed FROM audio_piece");
        // SQLite lays a value out over pages of 4 KiB: a part that fits into any of them is looked for.
        let sealed: Vec<Vec<u8>> =
            rows.iter().map(|row| row.blob("sealed").expect("bytes")[5_000..5_064].to_vec()).collect();
        bench.cell().truncate_wal().block_on().expect("truncated");
        let found = |wanted: &[u8]| files(&path).iter().any(|(_, bytes)| holds(bytes, wanted));
        assert!(sealed.iter().any(|sealed| found(sealed)), "they were there");
        for at in (0..bytes.len() - 64).step_by(50_000) {
            assert!(!found(&bytes[at..at + 64]), "the sound itself at {at}");
        }
        if erase_account {
            bench.erase();
        } else {
            bench.tenant().delete_audio(&bench.act(), &audio.audio).block_on().expect("deleted");
        }
        bench.cell().truncate_wal().block_on().expect("truncated");
        assert!(!sealed.iter().any(|sealed| found(sealed)), "account erased: {erase_account}");
        assert_eq!(bench.count("SELECT count(*) FROM audio WHERE account = ?1"), 0);
        assert_eq!(bench.count("SELECT count(*) FROM audio_piece WHERE account = ?1"), 0);
    }
}
