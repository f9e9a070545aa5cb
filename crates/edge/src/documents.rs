//! The documents, tariffs, routes and calendars that the deployment mounts at `/documents`, read once an
//! instance; and acts that must name the very text that was shown.

use std::cell::RefCell;
use std::rc::Rc;

use api::consents::Attestation;
use domain::calendars::Calendars;
use domain::documents::{Document, DocumentError, DocumentKind, Registry};
use domain::language::Language;
use domain::routing::Routing;
use domain::tariffs::Tariffs;
use store::cell::Acceptance;

use crate::{Code, Problem, Result, instant};

const FOLDER: &str = "/documents";

thread_local! {
    // Public texts, the same for everybody: they may outlive a request.
    static REGISTRY: RefCell<Option<Rc<Registry>>> = const { RefCell::new(None) };
    static TARIFFS: RefCell<Option<Rc<Tariffs>>> = const { RefCell::new(None) };
    static CALENDARS: RefCell<Option<Rc<Calendars>>> = const { RefCell::new(None) };
    static ROUTING: RefCell<Option<Rc<Routing>>> = const { RefCell::new(None) };
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(format!("{FOLDER}/{path}")).map_err(|error| Problem::internal(path, &error))
}

/// The registry of documents (R24).
pub fn read_registry() -> Result<Rc<Registry>> {
    if let Some(registry) = REGISTRY.with_borrow(Clone::clone) {
        return Ok(registry);
    }
    let registry = Registry::parse(&read("registry.json")?);
    let registry = Rc::new(registry.map_err(|error| Problem::internal("registry.json", &error))?);
    REGISTRY.set(Some(Rc::clone(&registry)));
    Ok(registry)
}

/// The published tariffs (R26).
pub fn read_tariffs() -> Result<Rc<Tariffs>> {
    if let Some(tariffs) = TARIFFS.with_borrow(Clone::clone) {
        return Ok(tariffs);
    }
    let tariffs = Tariffs::parse(&read("tariffs.json")?);
    let tariffs = Rc::new(tariffs.map_err(|error| Problem::internal("tariffs.json", &error))?);
    TARIFFS.set(Some(Rc::clone(&tariffs)));
    Ok(tariffs)
}

/// When operators take messages, and the public holidays (section L).
pub fn read_calendars() -> Result<Rc<Calendars>> {
    if let Some(calendars) = CALENDARS.with_borrow(Clone::clone) {
        return Ok(calendars);
    }
    let calendars = Calendars::parse(&read("calendars.json")?);
    let calendars = Rc::new(calendars.map_err(|error| Problem::internal("calendars.json", &error))?);
    CALENDARS.set(Some(Rc::clone(&calendars)));
    Ok(calendars)
}

/// Which operator messages go by.
pub fn read_routing() -> Result<Rc<Routing>> {
    if let Some(routing) = ROUTING.with_borrow(Clone::clone) {
        return Ok(routing);
    }
    let routing = Routing::parse(&read("routing.json")?);
    let routing = Rc::new(routing.map_err(|error| Problem::internal("routing.json", &error))?);
    ROUTING.set(Some(Rc::clone(&routing)));
    Ok(routing)
}

/// One document's text, which must be the one that the registry's hash names (R21).
pub fn read_text(document: &Document, language: Language) -> Result<String> {
    let text = read(&document.texts.get(language).path)?;
    if document.is_text(language, text.as_bytes()) {
        return Ok(text);
    }
    Err(Problem::internal(&document.texts.get(language).path, &"its hash is not the registry's"))
}

/// A document as a request names it: the version and the hash of the text that the person saw.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'s> {
    /// The version.
    pub version: &'s str,
    /// In hexadecimal.
    pub sha256: &'s str,
    /// In which language it was shown; `None` where the hash tells.
    pub language: Option<Language>,
}

/// The act of accepting a document, if it names the very text that is in force (R21).
pub fn accepted(kind: DocumentKind, shown: Shown<'_>, now: i64, field: &str) -> Result<Acceptance> {
    let registry = read_registry()?;
    let at = instant(now)?;
    let languages = shown.language.map_or(Language::ALL.to_vec(), |language| vec![language]);
    let mut refused = None;
    for language in languages {
        match registry.check_acceptance(kind, shown.version, shown.sha256, language, at) {
            Ok(_) => {
                return Ok(Acceptance {
                    document: kind,
                    version: shown.version.to_owned(),
                    sha256: shown.sha256.to_owned(),
                    language: language.as_str().to_owned(),
                    subject: None,
                });
            }
            Err(error) => refused = Some(error),
        }
    }
    Err(Problem::field(refused.unwrap_or(DocumentError::NotInForce), field))
}

/// The act of giving an attestation, if it was given (R62, R76).
pub fn attested(attestation: Option<Attestation>, kind: DocumentKind, now: i64) -> Result<Acceptance> {
    let attestation = attestation.filter(|attestation| attestation.accepted);
    let Attestation { version, sha256, .. } =
        attestation.ok_or_else(|| Problem::field(Code::AttestationNotGiven, "attestation"))?;
    accepted(kind, Shown { version: &version, sha256: &sha256, language: None }, now, "attestation")
}
