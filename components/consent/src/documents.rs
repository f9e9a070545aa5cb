//! The documents, with their versions and hashes: readable by anybody, before signing up (R2, R24, R35).

use domain::documents::{ByLanguage, Document, DocumentKind, DocumentState};
use domain::language::Language;
use edge::{Answer, Call, Problem, Result, format_time, instant, json, read_registry, read_text};
use serde::Serialize;

#[derive(Serialize)]
struct Documents<'d> {
    documents: Vec<DocumentView<'d>>,
}

#[derive(Serialize)]
struct DocumentView<'d> {
    kind: &'static str,
    version: &'d str,
    title: &'d ByLanguage<String>,
    announced_at: String,
    published_at: String,
    effective_at: String,
    state: &'static str,
    sha256: ByLanguage<&'d str>,
}

/// `GET /v1/documents`
pub async fn list(call: Call) -> Result<Answer> {
    let now = instant(call.now().await?)?;
    let registry = read_registry()?;
    let documents =
        registry.announced(now).map(|(document, state)| DocumentView::of(document, state)).collect();
    json(200, &Documents { documents })
}

impl<'d> DocumentView<'d> {
    fn of(document: &'d Document, state: DocumentState) -> Self {
        let hash = |language: Language| document.texts.get(language).sha256.as_str();
        Self {
            kind: document.kind.as_str(),
            version: &document.version,
            title: &document.title,
            announced_at: format_time(document.announced_at.timestamp_millis()),
            published_at: format_time(document.published_at.timestamp_millis()),
            effective_at: format_time(document.effective_at.timestamp_millis()),
            state: state.as_str(),
            sha256: ByLanguage { kk: hash(Language::Kk), ru: hash(Language::Ru), en: hash(Language::En) },
        }
    }
}

#[derive(Serialize)]
struct TextView<'d> {
    kind: &'static str,
    version: &'d str,
    language: &'static str,
    sha256: &'d str,
    title: &'d str,
    text: String,
    effective_at: String,
}

/// `GET /v1/documents/:kind?version=…&language=…`
pub async fn get(call: Call, kind: &str) -> Result<Answer> {
    let now = instant(call.now().await?)?;
    let registry = read_registry()?;
    let kind = DocumentKind::parse(kind).ok_or_else(Problem::not_found)?;
    let document = match call.query("version") {
        Some(version) => registry.find(kind, &version, now),
        None => registry.in_force(kind, now),
    };
    let document = document.ok_or_else(Problem::not_found)?;
    let language = match call.query("language") {
        Some(text) => Language::parse(&text).ok_or_else(|| Problem::field("invalid_field", "language"))?,
        None => call.language(),
    };
    let view = TextView {
        kind: kind.as_str(),
        version: &document.version,
        language: language.as_str(),
        sha256: &document.texts.get(language).sha256,
        title: document.title.get(language),
        text: read_text(document, language)?,
        effective_at: format_time(document.effective_at.timestamp_millis()),
    };
    json(200, &view)
}
