//! The log that anyone can check: signed, growing only at its end, and provable offline.

use domain::hexadecimal::hex;
use evidence::checkpoint;
use sendbox_tests::{Account, Fields, Platform, consistent, csv_of, mobiles, sendbox, state_bytes, verifies};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn verifier_key(platform: &Platform) -> String {
    platform.visitor().get("/v1/log/key").is(200).text_body().trim().to_owned()
}

fn signed_checkpoint(platform: &Platform) -> evidence::Checkpoint {
    platform.sign_log();
    let note = platform.visitor().get("/v1/log/checkpoint").is(200);
    assert!(note.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    checkpoint::verify(&note.text_body(), &verifier_key(platform)).expect("our own signature")
}

/// R91: every later log begins with every earlier one.
#[test]
fn the_log_only_grows_at_its_end() {
    let platform = Platform::shared();
    Account::sign_up(platform);
    let mut checkpoints = vec![signed_checkpoint(platform)];
    for _ in 0..3 {
        Account::sign_up(platform);
        checkpoints.push(signed_checkpoint(platform));
    }
    for (index, old) in checkpoints.iter().enumerate() {
        for new in &checkpoints[index..] {
            let path = format!("/v1/log/consistency?from={}&to={}", old.size, new.size);
            consistent(&platform.visitor().get(&path).ok(), old, new);
        }
    }
    assert!(checkpoints.windows(2).all(|pair| pair[0].size < pair[1].size));
}

#[test]
fn a_proof_over_a_range_that_is_none_is_refused() {
    let visitor = Platform::shared().visitor();
    for range in ["from=5&to=2", "from=1&to=99999999", "from=-1&to=2", "from=a&to=b", ""] {
        let answer = visitor.get(&format!("/v1/log/consistency?{range}"));
        assert_eq!(answer.status, 422, "{range}: {}", answer.text_body());
    }
}

/// R91: another key's signature is not ours.
#[test]
fn the_checkpoint_is_signed_by_the_published_key_only() {
    let platform = Platform::shared();
    Account::sign_up(platform);
    signed_checkpoint(platform);
    let note = platform.visitor().get("/v1/log/checkpoint").is(200).text_body();
    let key = verifier_key(platform);
    let mut lines: Vec<String> = note.lines().map(str::to_owned).collect();
    lines[1] = format!("{}0", lines[1]);
    let longer = format!("{}\n", lines.join("\n"));
    assert!(checkpoint::verify(&longer, &key).is_err(), "a size that nobody signed");
}

/// R21, R22, R91: an account proves its own consents; personal data are not in the proof.
#[test]
fn consents_are_proven_offline_without_naming_the_person() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let evidence = shop.evidence("kind=consents").concat();
    let verified = verifies(&evidence, Some(&verifier_key(platform)));
    assert!(verified.success, "{verified:?}");
    let value: Value = serde_json::from_str(&evidence).expect("JSON");
    assert!(value.list("/events").len() >= 2, "the offer and the consent: {evidence}");
    for secret in ["77015559999", "Асель", "@example.com"] {
        assert!(!evidence.contains(secret), "{secret} stands in the evidence");
    }
}

/// What is changed, and how.
type Forgery<'a> = (&'a str, &'a dyn Fn(&mut Value));

/// R91, R93: every kind of change to an evidence file is noticed.
#[test]
fn a_changed_evidence_file_proves_nothing() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, 3)));
    shop.top_up("45.00");
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    platform.sign_log();
    let path = format!("/v1/evidence?campaign={}", campaign.id);
    let honest = shop.browser.get(&path).ok();
    let other_account = Account::sign_up(platform);
    let of_another = other_account.browser.get("/v1/evidence?kind=consents").ok();
    let forgeries: [Forgery<'_>; 8] = [
        ("an event left out", &|file| drop(file["events"].as_array_mut().expect("events").remove(1))),
        ("no event at all", &|file| file["events"] = Value::Array(Vec::new())),
        ("two events exchanged", &|file| file["events"].as_array_mut().expect("events").swap(0, 1)),
        ("another file's count", &|file| file["checkpoint"] = of_another["checkpoint"].clone()),
        ("another index", &|file| file["events"][0]["index"] = 0.into()),
        ("another salt", &|file| file["events"][0]["salt"] = file["events"][1]["salt"].clone()),
        ("another event", &|file| file["events"][0]["event"] = file["events"][1]["event"].clone()),
        ("another log's leaf", &|file| file["events"][0]["event"] = of_another["events"][0]["event"].clone()),
    ];
    assert!(verifies(&honest.to_string(), None).success, "the honest file");
    for (what, forge) in forgeries {
        let mut forged = honest.clone();
        forge(&mut forged);
        assert_ne!(forged, honest, "{what} changed nothing");
        assert!(!verifies(&forged.to_string(), None).success, "{what} was believed");
    }
}

/// R91: the number that stands first under a doubled key is not the one that was written to.
#[test]
fn a_second_phone_key_before_the_true_one_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, 1)));
    shop.top_up("15.00");
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    let honest = shop.evidence(&format!("campaign={}", campaign.id)).concat();
    let forged = honest.replacen("\"phone\":", "\"phone\":\"+77019999999\",\"phone\":", 1);
    assert_ne!(forged, honest);
    assert!(verifies(&honest, None).success && !verifies(&forged, None).success);
}

/// R91, R93: a later file shows that the log was only continued since an earlier one.
#[test]
fn a_later_evidence_file_continues_an_earlier_one() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let old = shop.browser.get("/v1/evidence").is(200);
    let size = old.json().text("/checkpoint").lines().nth(1).expect("a size").to_owned();
    let path = platform.state_folder().with_file_name("old.json");
    std::fs::write(&path, old.text_body()).expect("written");
    shop.top_up("45.00");
    let since = path.display().to_string();
    let check = |query: &str| {
        let new = shop.browser.get(&format!("/v1/evidence{query}")).is(200).text_body();
        sendbox(&["verify", "-", "--since", &since], &new)
    };
    for query in ["", "?kind=payments", &format!("?since={size}")] {
        let checked = check(query);
        assert!(checked.success && checked.stdout.contains("only continued"), "{query}: {checked:?}");
        assert!(checked.stdout.contains(&shop.id), "whose it is: {checked:?}");
    }
    let unproven = check("?since=1");
    assert!(!unproven.success && unproven.stderr.contains("since="), "{unproven:?}");
    shop.browser.get("/v1/evidence?since=999999").refused(422, "invalid_field");
}

/// R74, R91: a stolen database does not tell a short text by its hash; the owner checks it by the salt.
#[test]
fn the_hash_of_a_text_is_salted_and_the_evidence_has_the_salt() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, 1)));
    shop.top_up("15.00");
    let campaign = shop.draft("1234");
    campaign.start();
    campaign.send_all();
    let shown = campaign.get();
    let evidence = shop.evidence(&format!("campaign={}", campaign.id)).concat();
    let evidence: Value = serde_json::from_str(&evidence).expect("JSON");
    for field in ["text_sha256", "text_salt"] {
        assert_eq!(shown.text(&format!("/{field}")), evidence.text(&format!("/events/0/event/{field}")));
    }
    let bare = hex(&Sha256::digest(b"1234"));
    assert_ne!(shown.text("/text_sha256"), bare);
    assert!(state_bytes::files_containing(&platform.kept_in(), &bare).is_empty());
}

/// R92: what was sent stays provable when the contacts are gone.
#[test]
fn the_history_survives_the_contacts() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, 3)));
    shop.top_up("45.00");
    let campaign = shop.draft("Hello");
    campaign.start();
    let sent = campaign.send_all();
    shop.browser.delete("/v1/contacts").ok();
    assert_eq!(campaign.report(), sent);
    assert_eq!(campaign.messages().len(), 3);
    let evidence = shop.evidence(&format!("campaign={}", campaign.id)).concat();
    assert!(verifies(&evidence, None).success);
    let evidence: Value = serde_json::from_str(&evidence).expect("JSON");
    assert_eq!(evidence.list("/events").len(), 3);
}

/// R91: a file from one log is no evidence under the key of another.
#[test]
fn evidence_of_another_log_is_not_believed() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let evidence = shop.evidence("kind=consents").concat();
    let other = evidence::SigningKey::from_seed("send-box.com/another", [1; 32]).verifier_key();
    assert!(!verifies(&evidence, Some(&other)).success);
}
