//! Recordings: only what people can listen to is taken, nobody else hears it, and it is gone when it is deleted.

use chrono::Duration;
use sendbox_tests::signatures::recording_link;
use sendbox_tests::{Account, Fields, Platform, Request, mp3, raw, state_bytes, wav};
use serde_json::json;

/// R71: what a file is its content says, not its name and not who sends it.
#[test]
fn a_file_that_only_calls_itself_a_recording_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let text = "Тапсырысыңыз дайын. ".repeat(500);
    let csv = "phone,name\n+77015550001,A\n".repeat(500);
    let ogg = [b"OggS\0\x02".as_slice(), &[7; 9_000]].concat();
    for kind in ["audio/wav", "audio/mpeg"] {
        for file in [text.as_bytes(), csv.as_bytes(), &ogg, b""] {
            shop.send_recording(kind, file).refused(422, "audio_format_unsupported");
        }
    }
    assert!(shop.browser.list("/v1/audio").is_empty());
}

#[test]
fn a_recording_that_is_broken_or_cut_off_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let whole = wav(3_000);
    let mut garbage = mp3(1);
    garbage.extend((0..50_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    for file in [whole[..whole.len() / 2].to_vec(), whole[..30].to_vec(), garbage] {
        shop.send_recording("audio/wav", file).refused(422, "audio_malformed");
    }
    let silence = mp3(100);
    shop.send_recording("audio/mpeg", &silence[..silence.len() - 9]).refused(422, "audio_malformed");
    assert!(shop.browser.list("/v1/audio").is_empty());
}

/// R78: to ring and say nothing is a ring and a drop; what lasts longer than a minute nobody listens to.
#[test]
fn a_recording_shorter_than_a_second_or_longer_than_a_minute_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    for file in [wav(0), wav(999), wav(60_001), wav(61_000), mp3(30), mp3(2_400)] {
        shop.send_recording("audio/wav", file).refused(422, "audio_duration_out_of_bounds");
    }
    assert!(shop.browser.list("/v1/audio").is_empty());
}

#[test]
fn a_recording_of_more_than_eight_megabytes_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let cookie = shop.browser.cookie_header();
    let headers: [(&str, &[u8]); 2] = [("content-type", b"audio/wav"), ("cookie", cookie.as_bytes())];
    let path = "/v1/audio?name=x";
    raw::send(platform, "POST", path, &headers, &vec![0; (8 << 20) + 1]).refused(413, "body_too_large");
    raw::send_announcing(platform, "POST", path, &headers, b"RIFF", 9 << 20).refused(413, "body_too_large");
}

#[test]
fn a_recording_without_a_name_or_of_another_type_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let send = |path: &str, kind: &str| {
        let request = Request::new("POST", path).header("content-type", kind).bytes(wav(1_000));
        shop.browser.send(request)
    };
    send("/v1/audio", "audio/wav").refused_field(422, "missing_field", "name");
    send("/v1/audio?name=%20", "audio/wav").refused_field(422, "invalid_field", "name");
    send(&format!("/v1/audio?name={}", "x".repeat(121)), "audio/wav").refused_field(
        422,
        "invalid_field",
        "name",
    );
    for kind in ["text/csv", "audio/ogg", "application/octet-stream", "application/json"] {
        send("/v1/audio?name=x", kind).refused(415, "unsupported_media_type");
    }
    assert!(shop.browser.list("/v1/audio").is_empty());
}

/// R71: whatever case its name is in, and whatever stands behind it.
#[test]
fn a_recording_is_taken_under_its_names_in_any_case() {
    let shop = Account::sign_up(Platform::shared());
    for kind in ["Audio/WAV", "audio/x-wav; codecs=1", "AUDIO/MPEG;rate=8000", "audio/mp3"] {
        shop.send_recording(kind, wav(1_000)).created();
    }
}

/// R71: a call of minutes was sold as 25 seconds, since players differ in which sound they take.
#[test]
fn a_recording_with_two_sounds_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let mut two = wav(25_000);
    two.extend_from_slice(&wav(50_000)[36..]);
    let length = (two.len() - 8) as u32;
    two[4..8].copy_from_slice(&length.to_le_bytes());
    shop.send_recording("audio/wav", two).refused(422, "audio_malformed");
    shop.send_recording("audio/wav", [wav(25_000), wav(20_000)].concat()).refused(422, "audio_malformed");
    let hidden = [mp3(1_000), vec![0; 500], mp3(900)].concat();
    shop.send_recording("audio/mpeg", hidden).refused(422, "audio_malformed");
    assert!(shop.browser.list("/v1/audio").is_empty());
}

/// R71: as speech services send it, without knowing how long it will be.
#[test]
fn a_streamed_recording_is_taken_with_its_true_length() {
    let shop = Account::sign_up(Platform::shared());
    let mut file = wav(3_000);
    file[4..8].fill(0xff);
    file[40..44].fill(0xff);
    let audio = shop.send_recording("audio/wav", file).created();
    assert_eq!(audio.integer("/duration_ms"), 3_000);
    let audio = shop.send_recording("audio/mpeg", [mp3(100), vec![0; 700]].concat()).created();
    assert_eq!(audio.integer("/duration_ms"), 2_613);
}

#[test]
fn nobody_uploads_or_hears_anything_without_an_account() {
    let platform = Platform::shared();
    let recording = Account::sign_up(platform).recording(wav(1_000));
    let visitor = platform.visitor();
    let upload =
        Request::new("POST", "/v1/audio?name=x").header("content-type", "audio/wav").bytes(wav(1_000));
    visitor.send(upload).refused(401, "unauthenticated");
    for path in
        ["/v1/audio".to_owned(), format!("/v1/audio/{recording}"), format!("/v1/audio/{recording}/file")]
    {
        visitor.get(&path).refused(401, "unauthenticated");
    }
}

/// R71, R74: it plays as it was uploaded, to the byte.
#[test]
fn a_recording_is_kept_and_played_as_it_came() {
    let shop = Account::sign_up(Platform::shared());
    for (kind, sent_as, file, milliseconds) in
        [("wav", "audio/x-wav", wav(60_000), 60_000), ("mp3", "audio/mpeg", mp3(100), 2_613)]
    {
        let audio = shop.send_recording(sent_as, file.clone()).created();
        assert_eq!(audio.text("/name"), "Тапсырыс");
        assert_eq!(audio.text("/format"), kind);
        assert_eq!(audio.integer("/duration_ms"), milliseconds);
        assert_eq!(audio.integer("/bytes"), file.len() as i64);
        let path = format!("/v1/audio/{}", audio.text("/id"));
        assert_eq!(shop.browser.get(&path).ok(), audio);
        let played = shop.browser.get(&format!("{path}/file")).is(200);
        assert!(played.body == file, "other bytes than were uploaded");
        let expected = if kind == "wav" { "audio/wav" } else { "audio/mpeg" };
        assert_eq!(played.header("content-type"), Some(expected));
        assert_eq!(played.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(shop.browser.list("/v1/audio").len(), 2);
}

/// Players ask for parts: without them nobody can jump within a recording.
#[test]
fn a_player_gets_the_part_that_it_asks_for() {
    let shop = Account::sign_up(Platform::shared());
    let file = wav(30_000);
    let path = format!("/v1/audio/{}/file", shop.recording(file.clone()));
    let length = file.len();
    for (range, first, last) in [
        ("bytes=0-".to_owned(), 0, length - 1),
        ("bytes=262143-262144".to_owned(), 262_143, 262_144),
        ("bytes=-100".to_owned(), length - 100, length - 1),
    ] {
        let answer = shop.browser.send(Request::new("GET", &path).header("range", &range)).is(206);
        let expected = format!("bytes {first}-{last}/{length}");
        assert_eq!(answer.header("content-range"), Some(expected.as_str()));
        assert!(answer.body == file[first..=last], "{range}");
    }
    for range in ["bytes=9-3", "bytes=0-1,5-6", "pages=1-2"] {
        let answer = shop.browser.send(Request::new("GET", &path).header("range", range)).is(200);
        assert_eq!(answer.body.len(), length, "{range}");
    }
}

#[test]
fn an_upload_repeated_under_its_key_is_kept_once() {
    let shop = Account::sign_up(Platform::shared());
    let send = |file: Vec<u8>| {
        let request = Request::new("POST", "/v1/audio?name=x").header("content-type", "audio/wav");
        shop.browser.send(request.header("idempotency-key", "upload-1").bytes(file))
    };
    let first = send(wav(1_000)).created();
    assert_eq!(send(wav(1_000)).created(), first);
    send(wav(1_001)).refused(409, "idempotency_key_reused");
    assert_eq!(shop.browser.list("/v1/audio").len(), 1);
}

#[test]
fn a_deleted_recording_is_gone() {
    let shop = Account::sign_up(Platform::shared());
    let path = format!("/v1/audio/{}", shop.recording(wav(1_000)));
    shop.browser.delete(&path).no_content();
    for path in [path.clone(), format!("{path}/file")] {
        shop.browser.get(&path).refused(404, "not_found");
    }
    shop.browser.delete(&path).refused(404, "not_found");
}

/// R71, R74: a link is for one recording and for a time; whatever is wrong with it, nothing is there.
#[test]
fn a_link_that_is_not_ours_or_is_over_opens_nothing() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let (one, other) = (shop.recording(wav(1_000)), shop.recording(wav(2_000)));
    let visitor = platform.visitor();
    let until = platform.now() + Duration::hours(24);
    let link = recording_link(&one, until);
    visitor.get(&link).is(200);

    let token = link.rsplit('/').next().expect("a token");
    let later = (until + Duration::seconds(1)).timestamp();
    let mut flipped = link.clone();
    flipped.pop();
    flipped.push(if link.ends_with('0') { '1' } else { '0' });
    for wrong in [
        format!("/audio/{other}/{}/{token}", until.timestamp()),
        format!("/audio/{one}/{later}/{token}"),
        format!("/audio/{one}/+{}/{token}", until.timestamp()),
        format!("/audio/{one}/{}/", until.timestamp()),
        format!("/audio/{one}/{}/{}", until.timestamp(), &token[..30]),
        format!("/audio/{one}/{}", until.timestamp()),
        format!("/audio/{one}"),
        format!("{link}/file"),
        flipped,
        recording_link("aud_00000000000000000000000000000000", until),
        recording_link(&one, platform.now() - Duration::seconds(1)),
        "/audio/".to_owned(),
    ] {
        visitor.get(&wrong).refused(404, "not_found");
    }
    visitor.send(Request::new("DELETE", &link)).refused(405, "method_not_allowed");

    platform.set_clock(until);
    visitor.get(&link).refused(404, "not_found");
}

/// R71: an operator gets the very bytes that were uploaded, without an account; and with the recording the link dies.
#[test]
fn an_operator_fetches_a_recording_by_its_link_until_it_is_deleted() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let file = mp3(500);
    let audio = shop.send_recording("audio/mpeg", file.clone()).created().text("/id");
    let link = recording_link(&audio, platform.now() + Duration::hours(1));
    let fetched = platform.visitor().get(&link).is(200);
    assert!(fetched.body == file, "other bytes than were uploaded");
    assert_eq!(fetched.header("content-type"), Some("audio/mpeg"));
    let part = Request::new("GET", &link).header("range", "bytes=10-19");
    assert_eq!(platform.visitor().send(part).is(206).body, file[10..20]);
    shop.browser.delete(&format!("/v1/audio/{audio}")).no_content();
    platform.visitor().get(&link).refused(404, "not_found");
}

/// R74, R127, R158: a thief of the disk hears nothing, neither while the account lives nor after it is gone.
#[test]
fn no_recording_stands_in_the_bytes_of_the_disk() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let file = wav(20_000);
    let recording = shop.recording(file.clone());
    let in_files = |wanted: &[u8]| !state_bytes::files_holding(&platform.kept_in(), wanted).is_empty();
    let audible = || (100..file.len() - 64).step_by(20_000).any(|at| in_files(&file[at..at + 64]));
    assert!(in_files(recording.as_bytes()), "the search finds what stands in the clear");
    assert!(!audible(), "while the account lives");
    let body = json!({
        "forfeits": {"amount": "0.00", "currency": "KZT"}, "recipients_duty_acknowledged": true,
    });
    shop.browser.post("/v1/account/deletion", &body).created();
    platform.pass(Duration::days(31));
    assert_eq!(platform.finish_jobs("deletion"), 1);
    assert!(!audible(), "after the deletion");
}
