//! The documents and tariffs that the deployment mounts at `/documents`, read once an instance.

use std::cell::RefCell;
use std::rc::Rc;

use domain::documents::{Document, Registry};
use domain::language::Language;
use domain::tariffs::Tariffs;

use crate::{Problem, Result};

const FOLDER: &str = "/documents";

thread_local! {
    // Public texts, the same for everybody: they may outlive a request.
    static REGISTRY: RefCell<Option<Rc<Registry>>> = const { RefCell::new(None) };
    static TARIFFS: RefCell<Option<Rc<Tariffs>>> = const { RefCell::new(None) };
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

/// One document's text, which must be the one that the registry's hash names (R21).
pub fn read_text(document: &Document, language: Language) -> Result<String> {
    let text = read(&document.texts.get(language).path)?;
    if document.is_text(language, text.as_bytes()) {
        return Ok(text);
    }
    Err(Problem::internal(&document.texts.get(language).path, &"its hash is not the registry's"))
}
