//! The log that anyone can check: signed, growing only at its end, and provable offline.

use evidence::checkpoint;
use sendbox_tests::{Account, Fields, Platform, consistent, csv_of, mobiles, verifies};
use serde_json::Value;

fn verifier_key(platform: &Platform) -> String {
    platform.visitor().get("/v1/log/key").is(200).text_body().trim().to_owned()
}

fn signed_checkpoint(platform: &Platform) -> evidence::Checkpoint {
    platform.tick("checkpoint").ok();
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

/// R21, R22, R181: an account proves its own consents; personal data are not in the proof.
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
    platform.tick("checkpoint").ok();
    let path = format!("/v1/evidence?campaign={}", campaign.id);
    let honest = shop.browser.get(&path).ok();
    let other_account = Account::sign_up(platform);
    let of_another = other_account.browser.get("/v1/evidence?kind=consents").ok();
    let forgeries: [Forgery<'_>; 4] = [
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
    assert_eq!(campaign.report().0, sent.0);
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
