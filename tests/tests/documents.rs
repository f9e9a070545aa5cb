//! The documents: readable by anyone, hashed as listed, announced in time.

use chrono::Duration;
use domain::hexadecimal::hex;
use sendbox_tests::{Fields, Platform, instant};
use sha2::{Digest as _, Sha256};

const KINDS: [&str; 7] = [
    "offer",
    "pd_policy",
    "pd_consent",
    "cookie_policy",
    "marketing_consent",
    "recipients_attestation",
    "content_attestation",
];

/// R21, R24, R35: what is accepted by its hash is the very text that is shown, in every language
/// and in every version that ever was.
#[test]
fn the_hash_of_every_text_is_the_listed_one() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    for document in platform.documents().list("/documents") {
        let (kind, version) = (document.text("/kind"), document.text("/version"));
        for language in ["kk", "ru", "en"] {
            let path = format!("/v1/documents/{kind}?version={version}&language={language}");
            let shown = visitor.get(&path).ok();
            let hash = hex(&Sha256::digest(shown.text("/text").as_bytes()));
            assert_eq!(hash, document.text(&format!("/sha256/{language}")), "{path}");
            assert_eq!(hash, shown.text("/sha256"), "{path}");
            assert!(!document.text(&format!("/title/{language}")).is_empty());
        }
    }
}

/// R24: each kind has one text in force.
#[test]
fn each_kind_has_exactly_one_version_in_force() {
    let platform = Platform::shared();
    for kind in KINDS {
        let documents = platform.documents().list("/documents");
        let in_force = documents
            .iter()
            .filter(|document| document.text("/kind") == kind && document.text("/state") == "in_force");
        assert_eq!(in_force.count(), 1, "{kind}");
    }
}

/// R28: a policy on personal data is announced seven days before it binds anyone.
#[test]
fn the_personal_data_policy_was_announced_seven_days_ahead() {
    for document in Platform::shared().documents().list("/documents") {
        let at = |name: &str| instant(&document.text(name));
        assert!(at("/announced_at") <= at("/effective_at"), "{document}");
        if document.text("/kind") == "pd_policy" {
            let notice = at("/effective_at") - at("/announced_at");
            assert!(notice >= Duration::days(7), "{document}");
        }
    }
}

#[test]
fn a_document_that_is_not_there_is_not_found() {
    let visitor = Platform::shared().visitor();
    for path in [
        "/v1/documents/recipes?language=kk",
        "/v1/documents/offer?version=1999-01-01&language=kk",
        "/v1/documents/..%2Fregistry.json?language=kk",
        "/v1/documents/offer?version=..%2F..%2Fspin&language=kk",
    ] {
        visitor.get(path).refused(404, "not_found");
    }
    let unknown_language = visitor.get("/v1/documents/offer?language=xx");
    unknown_language.refused_field(422, "invalid_field", "language");
}
