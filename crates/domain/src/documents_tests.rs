//! What people may rely on in the registry: the texts they accepted, and being told in time.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::*;
use crate::hours::almaty_offset;

fn published_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../static/documents")
}

fn published() -> Registry {
    let json = std::fs::read_to_string(published_folder().join("registry.json")).expect("the registry file");
    Registry::parse(&json).expect("the published registry keeps its own rules")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn text_of(kind: &str, version: &str, language: &str) -> Value {
    let sha256 = sha256_hex(format!("{kind} {version} {language}").as_bytes());
    json!({"path": format!("{kind}/{version}/{language}.md"), "sha256": sha256})
}

/// A version announced and published at `announced`.
fn version(kind: &str, version: &str, announced: &str, effective: &str) -> Value {
    json!({
        "kind": kind, "version": version, "significant": false,
        "title": {"kk": "Құжат", "ru": "Документ", "en": "Document"},
        "announced_at": announced, "published_at": announced, "effective_at": effective,
        "texts": {
            "kk": text_of(kind, version, "kk"),
            "ru": text_of(kind, version, "ru"),
            "en": text_of(kind, version, "en"),
        },
    })
}

/// The first version of every kind, in force from 1 January 2026.
fn first_versions() -> Vec<Value> {
    DocumentKind::ALL
        .into_iter()
        .map(|kind| version(kind.as_str(), "1", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"))
        .collect()
}

fn parse(documents: Vec<Value>) -> Result<Registry, RegistryError> {
    Registry::parse(&json!({ "documents": documents }).to_string())
}

fn with(more: impl IntoIterator<Item = Value>) -> Result<Registry, RegistryError> {
    parse(first_versions().into_iter().chain(more).collect())
}

/// R21: what a person accepts by its hash is the text that lies in the file.
#[test]
fn every_hash_in_the_published_registry_is_that_of_its_file() {
    for document in &published().documents {
        for language in Language::ALL {
            let text = document.texts.get(language);
            let bytes = std::fs::read(published_folder().join(&text.path)).expect("the text's file");
            assert_eq!(sha256_hex(&bytes), text.sha256, "{}", text.path);
            assert!(document.is_text(language, &bytes), "{}", text.path);
        }
    }
}

/// R2, R24: nobody can register unless everything that binds him can be read.
#[test]
fn every_kind_is_in_force_on_the_first_of_november() {
    let registry = published();
    for kind in DocumentKind::ALL {
        assert!(registry.in_force(kind, instant("2026-11-01T00:00:00Z")).is_some(), "{}", kind.as_str());
    }
}

/// R35: the date that a text shows is the day on which it took effect in Almaty.
#[test]
fn a_published_version_is_named_by_its_first_day_in_almaty() {
    for document in &published().documents {
        let (offset, _) = almaty_offset(document.effective_at);
        let local = document.effective_at.with_timezone(&offset);
        assert_eq!(local.format("%Y-%m-%dT%H:%M").to_string(), format!("{}T00:00", document.version));
    }
}

/// The title in a list and the heading of the text are the same words.
#[test]
fn a_published_text_begins_with_its_title() {
    for document in &published().documents {
        for language in Language::ALL {
            let path = &document.texts.get(language).path;
            let text = std::fs::read_to_string(published_folder().join(path)).expect("the text's file");
            assert_eq!(text.lines().next(), Some(format!("# {}", document.title.get(language)).as_str()));
        }
    }
}

/// R28: seven calendar days, and not a second less.
#[test]
fn a_policy_announced_less_than_seven_days_ahead_is_refused() {
    let late = version("pd_policy", "2", "2026-03-01T00:00:01Z", "2026-03-08T00:00:00Z");
    let refused = with([late]);
    assert!(matches!(refused, Err(RegistryError::NoticeTooShort { kind: "pd_policy", days: 7, .. })));
}

#[test]
fn a_policy_announced_exactly_seven_days_ahead_is_taken() {
    assert!(with([version("pd_policy", "2", "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z")]).is_ok());
}

/// R27: the offer may change from its publication on.
#[test]
fn an_offer_may_take_effect_when_it_is_published() {
    assert!(with([version("offer", "2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")]).is_ok());
}

/// R27: nothing binds before it could be read.
#[test]
fn a_version_in_force_before_its_publication_is_refused() {
    let mut backdated = version("offer", "2", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
    backdated["published_at"] = json!("2026-03-02T00:00:01Z");
    assert!(matches!(with([backdated]), Err(RegistryError::OutOfOrder { .. })));
}

#[test]
fn a_version_is_in_force_from_its_very_instant() {
    let registry =
        with([version("offer", "2", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")]).expect("a registry");
    let change = instant("2026-04-01T00:00:00Z");
    let in_force = |at| registry.in_force(DocumentKind::Offer, at).map(|document| document.version.as_str());
    assert_eq!(in_force(change - TimeDelta::nanoseconds(1)), Some("1"));
    assert_eq!(in_force(change), Some("2"));
    assert_eq!(in_force(instant("2025-12-31T23:59:59Z")), None);
}

#[test]
fn a_version_goes_from_unknown_to_announced_to_in_force_to_superseded() {
    let registry = with([
        version("offer", "2", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        version("offer", "3", "2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"),
    ])
    .expect("a registry");
    let state_of_2 = |at: &str| {
        let at = instant(at);
        registry
            .announced(at)
            .find(|(document, _)| document.kind == DocumentKind::Offer && document.version == "2")
            .map(|(_, state)| state.as_str())
    };
    assert_eq!(state_of_2("2026-02-28T23:59:59Z"), None);
    assert_eq!(state_of_2("2026-03-01T00:00:00Z"), Some("announced"));
    assert_eq!(state_of_2("2026-04-01T00:00:00Z"), Some("in_force"));
    assert_eq!(state_of_2("2026-05-01T00:00:00Z"), Some("superseded"));
}

/// R35: what somebody accepted long ago can still be read.
#[test]
fn a_superseded_version_is_still_found_by_its_name() {
    let registry =
        with([version("offer", "2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")]).expect("a registry");
    let at = instant("2027-01-01T00:00:00Z");
    assert_eq!(registry.find(DocumentKind::Offer, "1", at).map(|found| found.version.as_str()), Some("1"));
    assert_eq!(registry.find(DocumentKind::Offer, "4", at), None);
}

/// R33: a withdrawn offer stops new registrations; the version before it does not come back.
#[test]
fn a_withdrawn_offer_cannot_be_accepted() {
    let mut last = version("offer", "2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    last["withdrawn_at"] = json!("2026-06-01T00:00:00Z");
    let sha256 = last["texts"]["kk"]["sha256"].as_str().expect("a hash").to_owned();
    let registry = with([last]).expect("a registry");
    let end = instant("2026-06-01T00:00:00Z");
    let accept = |at| registry.check_acceptance(DocumentKind::Offer, "2", &sha256, Language::Kk, at);
    assert!(accept(end - TimeDelta::nanoseconds(1)).is_ok());
    assert_eq!(accept(end), Err(DocumentError::NotInForce));
    let withdrawn = registry.announced(end).any(|(_, state)| state == DocumentState::Withdrawn);
    assert!(withdrawn);
}

/// R21: an acceptance of yesterday's text says nothing of today's.
#[test]
fn another_version_than_the_one_in_force_is_stale() {
    let registry =
        with([version("offer", "2", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")]).expect("a registry");
    let accept = |name: &str, at: &str| {
        let sha256 = sha256_hex(format!("offer {name} ru").as_bytes());
        registry
            .check_acceptance(DocumentKind::Offer, name, &sha256, Language::Ru, instant(at))
            .map(|document| document.version.clone())
    };
    let stale = Err(DocumentError::VersionStale);
    assert_eq!(accept("1", "2026-04-01T00:00:00Z"), stale, "superseded");
    assert_eq!(accept("2", "2026-03-31T23:59:59Z"), stale, "only announced");
    assert_eq!(accept("9", "2026-04-01T00:00:00Z"), stale, "never there");
    assert_eq!(accept("2", "2026-04-01T00:00:00Z"), Ok("2".to_owned()));
}

/// R21: the hash must be that of the text in the language that the person read.
#[test]
fn the_hash_of_another_language_is_not_an_acceptance() {
    let registry = with([]).expect("a registry");
    let at = instant("2026-02-01T00:00:00Z");
    let russian = sha256_hex(b"offer 1 ru");
    let accept =
        |language, sha256: &str| registry.check_acceptance(DocumentKind::Offer, "1", sha256, language, at);
    assert_eq!(accept(Language::Kk, &russian), Err(DocumentError::TextMismatch));
    assert_eq!(accept(Language::Ru, &russian.to_uppercase()), Err(DocumentError::TextMismatch));
    assert!(accept(Language::Ru, &russian).is_ok());
}

/// R22, R36: exactly two acts are needed for an account; news and offers are never among them.
#[test]
fn only_the_offer_and_the_consent_to_processing_are_mandatory() {
    let mandatory: Vec<_> = DocumentKind::ALL.into_iter().filter(|kind| kind.mandatory()).collect();
    assert_eq!(mandatory, [DocumentKind::Offer, DocumentKind::PdConsent]);
}

/// R30: an editor's change of a comma does not bring the banner back, a significant one does.
#[test]
fn only_a_significant_change_in_force_asks_for_cookies_again() {
    let mut significant = version("cookie_policy", "3", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z");
    significant["significant"] = json!(true);
    let minor = version("cookie_policy", "2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    let registry = with([minor, significant]).expect("a registry");
    let asks_again = |seen: &str, at: &str| {
        registry.changed_significantly_since(DocumentKind::CookiePolicy, seen, instant(at))
    };
    assert!(!asks_again("1", "2026-05-31T23:59:59Z"));
    assert!(asks_again("1", "2026-06-01T00:00:00Z"));
    assert!(!asks_again("3", "2026-06-01T00:00:00Z"));
    assert!(asks_again("0", "2026-03-01T00:00:00Z"), "an unknown version");
}

/// A registry is refused as a whole, whatever the flaw.
#[test]
fn a_registry_that_lacks_a_kind_or_a_language_is_refused() {
    let without_offer = first_versions().into_iter().skip(1).collect();
    assert!(matches!(parse(without_offer), Err(RegistryError::KindMissing("offer"))));
    let mut without_kazakh = version("offer", "2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    without_kazakh["texts"].as_object_mut().expect("texts").remove("kk");
    assert!(matches!(with([without_kazakh]), Err(RegistryError::Malformed(_))));
}

/// No file elsewhere can be served under a document's name.
#[test]
fn a_path_that_leaves_the_documents_own_folder_is_refused() {
    for path in ["../registry.json", "/etc/passwd", "offer/2/ru.md", "offer/1/kk.md"] {
        let mut astray = version("offer", "2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        astray["texts"]["kk"]["path"] = json!(path);
        assert!(matches!(with([astray]), Err(RegistryError::TextMalformed { .. })), "{path}");
    }
    for name in ["", "..", "a/b", "1 2", "год"] {
        let odd = version("offer", name, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        assert!(matches!(with([odd]), Err(RegistryError::VersionMalformed { .. })), "{name:?}");
    }
}

/// Which text was accepted must never be a matter of the file's order.
#[test]
fn two_versions_of_one_name_or_one_instant_are_refused() {
    let again = version("offer", "1", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    assert!(matches!(with([again]), Err(RegistryError::Ambiguous { .. })));
    let same_instant = version("offer", "2", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z");
    assert!(matches!(with([same_instant]), Err(RegistryError::Ambiguous { .. })));
}
