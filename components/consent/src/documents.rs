//! The documents, with their versions and hashes: readable by anybody, before signing up (R2, R24, R35).

use api::consents::{self, DocumentText, Documents};
use domain::documents::{ByLanguage, Document, DocumentKind, DocumentState};
use domain::language::Language;
use edge::{Answer, Call, Code, Problem, Result, instant, json, read_registry, read_text};

/// `GET /v1/documents`
pub async fn list(call: Call) -> Result<Answer> {
    let now = instant(call.now().await?)?;
    let registry = read_registry()?;
    let documents = registry.announced(now).map(|(document, state)| view(document, state)).collect();
    json(200, &Documents { documents })
}

fn view(document: &Document, state: DocumentState) -> consents::Document {
    let hash = |language: Language| document.texts.get(language).sha256.clone();
    consents::Document {
        kind: document.kind,
        version: document.version.clone(),
        title: document.title.clone(),
        announced_at: document.announced_at.into(),
        published_at: document.published_at.into(),
        effective_at: document.effective_at.into(),
        state,
        sha256: ByLanguage { kk: hash(Language::Kk), ru: hash(Language::Ru), en: hash(Language::En) },
    }
}

/// `GET /v1/documents/{kind}`
pub async fn get(call: Call, kind: String) -> Result<Answer> {
    let now = instant(call.now().await?)?;
    let registry = read_registry()?;
    let kind = DocumentKind::parse(&kind).ok_or_else(Problem::not_found)?;
    let document = match call.query("version") {
        Some(version) => registry.find(kind, &version, now),
        None => registry.in_force(kind, now),
    };
    let document = document.ok_or_else(Problem::not_found)?;
    let language = match call.query("language") {
        Some(text) => Language::parse(&text).ok_or_else(|| Problem::field(Code::InvalidField, "language"))?,
        None => call.language(),
    };
    let text = DocumentText {
        kind,
        version: document.version.clone(),
        language,
        sha256: document.texts.get(language).sha256.clone(),
        title: document.title.get(language).clone(),
        text: read_text(document, language)?,
        effective_at: document.effective_at.into(),
    };
    json(200, &text)
}
