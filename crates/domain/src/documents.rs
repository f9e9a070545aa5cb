//! The registry of documents shown to people: kinds, versions, texts and the terms of notice before
//! a version takes effect. The texts themselves stay in files; the registry holds hashes.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hexadecimal::hex;
use crate::language::Language;

/// What a document is for (R24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The user agreement, a public offer.
    Offer,
    /// How personal data are processed.
    PdPolicy,
    /// The consent of the person who opens an account, apart from the offer (R22).
    PdConsent,
    /// Cookies, part of the offer (R25).
    CookiePolicy,
    /// News and offers by email or phone: always optional (R36).
    MarketingConsent,
    /// The customer's guarantee that recipients consented, given at each upload (R62, R63).
    RecipientsAttestation,
    /// The customer's answer for the content, given for each campaign (R76, R77, R78, R79).
    ContentAttestation,
}

impl DocumentKind {
    /// Every kind, in the order in which they are listed to people.
    pub const ALL: [Self; 7] = [
        Self::Offer,
        Self::PdPolicy,
        Self::PdConsent,
        Self::CookiePolicy,
        Self::MarketingConsent,
        Self::RecipientsAttestation,
        Self::ContentAttestation,
    ];

    /// Reads the kind as it stands in addresses and records; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// As it stands in addresses and records: `offer`, `pd_policy` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::PdPolicy => "pd_policy",
            Self::PdConsent => "pd_consent",
            Self::CookiePolicy => "cookie_policy",
            Self::MarketingConsent => "marketing_consent",
            Self::RecipientsAttestation => "recipients_attestation",
            Self::ContentAttestation => "content_attestation",
        }
    }

    /// Whether an account cannot be without it: the offer and the consent to processing, each by an
    /// act of its own (R22). Such an acceptance ends only with the agreement.
    pub const fn mandatory(self) -> bool {
        matches!(self, Self::Offer | Self::PdConsent)
    }

    /// The least time between the announcement of a version and its taking effect: 7 calendar days
    /// for the policy (R28), none for the others (R27, R30).
    pub const fn notice(self) -> TimeDelta {
        match self {
            Self::PdPolicy => TimeDelta::days(7),
            _ => TimeDelta::zero(),
        }
    }
}

/// One value for each language: none can be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ByLanguage<T> {
    /// Kazakh.
    pub kk: T,
    /// Russian.
    pub ru: T,
    /// English.
    pub en: T,
}

impl<T> ByLanguage<T> {
    /// The value in one language.
    pub const fn get(&self, language: Language) -> &T {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}

/// Where a text stands and what it hashes to, so that an acceptance names the exact text (R21).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentText {
    /// Below the documents' folder: always `<kind>/<version>/<language>.md`.
    pub path: String,
    /// SHA-256 of the file's bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// One version of one document. Past versions stay in the registry, readable for ever (R35).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is for.
    pub kind: DocumentKind,
    /// The version's name: 1 to 32 ASCII letters, digits, dots and dashes, by custom a date.
    pub version: String,
    /// What people see in a list.
    pub title: ByLanguage<String>,
    /// Whether the change matters enough to show the cookie banner again (R30, R177).
    pub significant: bool,
    /// When the site first told of this version; the term of notice runs from here (R28).
    pub announced_at: DateTime<Utc>,
    /// When the text itself could be read.
    pub published_at: DateTime<Utc>,
    /// From this instant on, inclusive, the version is in force.
    pub effective_at: DateTime<Utc>,
    /// From this instant on the document is withdrawn, nothing takes its place, and who has not
    /// accepted it no longer can (R33).
    #[serde(default)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The text in each language.
    pub texts: ByLanguage<DocumentText>,
}

impl Document {
    /// Whether these bytes are the registered text. A file that was changed after its publication
    /// must not be shown: what a person accepted would no longer be what is kept (R21).
    pub fn is_text(&self, language: Language, bytes: &[u8]) -> bool {
        self.texts.get(language).sha256 == sha256_hex(bytes)
    }
}

/// What a version is at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// People were told of it; it takes effect later.
    Announced,
    /// The one that applies.
    InForce,
    /// A later version applies.
    Superseded,
    /// Taken back with nothing in its place (R33).
    Withdrawn,
}

impl DocumentState {
    /// As it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::InForce => "in_force",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why an acceptance does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// No version of this kind applies now: the offer is withdrawn, say (R33).
    NotInForce,
    /// Another version than the one in force: older, only announced, or never there. The person
    /// must be shown the one in force and asked again.
    VersionStale,
    /// The version is right, the hash is not that of its text in the language shown.
    TextMismatch,
}

/// Why a registry is refused as a whole: nothing is served from one that breaks a rule.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Not JSON of the expected shape: an unknown kind or field, a missing language, a bad time.
    #[error("the document registry is malformed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A kind without a single version.
    #[error("no document of the kind {0}")]
    KindMissing(&'static str),
    /// The version's name would not do in an address or as a folder.
    #[error("{kind}: the version {version:?} is not 1-32 ASCII letters, digits, dots and dashes")]
    VersionMalformed { kind: &'static str, version: String },
    /// The same version twice, or two versions that take effect at the same instant.
    #[error("{kind}/{version}: this version or its instant stands there twice")]
    Ambiguous { kind: &'static str, version: String },
    /// A title without a letter, a path elsewhere, or a hash that is not one.
    #[error("{kind}/{version}/{language}: the title, path or hash is malformed")]
    TextMalformed { kind: &'static str, version: String, language: &'static str },
    /// The instants are out of order: announced, published, effective, withdrawn (R27).
    #[error("{kind}/{version}: announced, published and effective are out of order")]
    OutOfOrder { kind: &'static str, version: String },
    /// People would be told too late (R28).
    #[error("{kind}/{version}: takes effect less than {days} days after its announcement")]
    NoticeTooShort { kind: &'static str, version: String, days: i64 },
}

/// Every version of every document, checked.
#[derive(Clone, Debug)]
pub struct Registry {
    /// By kind, then by the instant of taking effect, earliest first.
    documents: Vec<Document>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistryFile {
    documents: Vec<Document>,
}

impl Registry {
    /// Reads and checks the registry file (R24, R27, R28, R35).
    pub fn parse(json: &str) -> Result<Self, RegistryError> {
        let RegistryFile { mut documents } = serde_json::from_str(json)?;
        documents.sort_by_key(|document| (document.kind, document.effective_at));
        for document in &documents {
            check_document(document)?;
        }
        for (place, document) in documents.iter().enumerate() {
            let ambiguous =
                documents.iter().take(place).filter(|earlier| earlier.kind == document.kind).any(|earlier| {
                    earlier.version == document.version || earlier.effective_at == document.effective_at
                });
            if ambiguous {
                let (kind, version) = (document.kind.as_str(), document.version.clone());
                return Err(RegistryError::Ambiguous { kind, version });
            }
        }
        let registry = Self { documents };
        match DocumentKind::ALL.into_iter().find(|kind| registry.versions(*kind).next().is_none()) {
            Some(kind) => Err(RegistryError::KindMissing(kind.as_str())),
            None => Ok(registry),
        }
    }

    /// Every version of a kind, earliest first, also those not announced yet.
    pub fn versions(&self, kind: DocumentKind) -> impl DoubleEndedIterator<Item = &Document> {
        self.documents.iter().filter(move |document| document.kind == kind)
    }

    /// What may be listed at an instant: all that was announced by then, with its state (R35).
    pub fn announced(&self, at: DateTime<Utc>) -> impl Iterator<Item = (&Document, DocumentState)> {
        self.documents.iter().filter_map(move |document| Some((document, self.state(document, at)?)))
    }

    /// One version by name, in force or not; `None` before its announcement.
    pub fn find(&self, kind: DocumentKind, version: &str, at: DateTime<Utc>) -> Option<&Document> {
        self.versions(kind).find(|document| document.version == version && document.announced_at <= at)
    }

    /// The version that applies: of those that took effect by `at` the latest, unless it was
    /// withdrawn (R27, R33).
    pub fn in_force(&self, kind: DocumentKind, at: DateTime<Utc>) -> Option<&Document> {
        self.latest_effective(kind, at).filter(|document| document.withdrawn_at.is_none_or(|end| at < end))
    }

    /// What a version of this registry is at an instant; `None` before its announcement.
    pub fn state(&self, document: &Document, at: DateTime<Utc>) -> Option<DocumentState> {
        if at < document.announced_at {
            return None;
        }
        if at < document.effective_at {
            return Some(DocumentState::Announced);
        }
        let latest = self.latest_effective(document.kind, at);
        let superseded = latest.is_some_and(|latest| latest.version != document.version);
        let withdrawn = document.withdrawn_at.is_some_and(|end| end <= at);
        Some(match (superseded, withdrawn) {
            (true, _) => DocumentState::Superseded,
            (false, true) => DocumentState::Withdrawn,
            (false, false) => DocumentState::InForce,
        })
    }

    /// Whether an act names the very text in force (R21): the version, and the hash of the text in
    /// the language that was shown. Answers the document, to be recorded with the act.
    pub fn check_acceptance(
        &self,
        kind: DocumentKind,
        version: &str,
        sha256: &str,
        language: Language,
        at: DateTime<Utc>,
    ) -> Result<&Document, DocumentError> {
        let document = self.in_force(kind, at).ok_or(DocumentError::NotInForce)?;
        if document.version != version {
            return Err(DocumentError::VersionStale);
        }
        if document.texts.get(language).sha256 != sha256 {
            return Err(DocumentError::TextMismatch);
        }
        Ok(document)
    }

    /// Whether a significant version took effect after the one that a person decided on: then the
    /// banner asks again (R30, R177). A version that was never here asks again too.
    pub fn changed_significantly_since(&self, kind: DocumentKind, version: &str, at: DateTime<Utc>) -> bool {
        match self.versions(kind).find(|document| document.version == version) {
            None => true,
            Some(seen) => self.versions(kind).any(|later| {
                later.significant && later.effective_at > seen.effective_at && later.effective_at <= at
            }),
        }
    }

    fn latest_effective(&self, kind: DocumentKind, at: DateTime<Utc>) -> Option<&Document> {
        self.versions(kind).rev().find(|document| document.effective_at <= at)
    }
}

/// SHA-256 in lower-case hexadecimal, as acceptances name a text (R21).
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The rules that a version must keep by itself.
fn check_document(document: &Document) -> Result<(), RegistryError> {
    let kind = document.kind.as_str();
    let version = document.version.clone();
    if !is_version(&version) {
        return Err(RegistryError::VersionMalformed { kind, version });
    }
    for language in Language::ALL {
        let text = document.texts.get(language);
        let language_name = language.as_str();
        // The path is no more than a check that kind, version and language agree: no other file can
        // ever be served under a document's name.
        if document.title.get(language).trim().is_empty()
            || text.path != format!("{kind}/{version}/{language_name}.md")
            || !is_sha256(&text.sha256)
        {
            return Err(RegistryError::TextMalformed { kind, version, language: language_name });
        }
    }
    let in_order = document.announced_at <= document.published_at
        && document.published_at <= document.effective_at
        && document.withdrawn_at.is_none_or(|end| document.effective_at <= end);
    if !in_order {
        return Err(RegistryError::OutOfOrder { kind, version });
    }
    let notice = document.kind.notice();
    if document.effective_at - document.announced_at < notice {
        return Err(RegistryError::NoticeTooShort { kind, version, days: notice.num_days() });
    }
    Ok(())
}

/// Fit for an address and for the name of a folder: nothing in it can climb out of one.
pub(crate) fn is_version(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && !text.starts_with('.')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
#[path = "documents_tests.rs"]
mod tests;
