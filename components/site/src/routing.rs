//! What a path means: a page, a file, a permanent address elsewhere, or nothing.

use domain::language::Language;

use crate::language::{of_tag, segment};

/// A page with a frame and texts: `static/pages/<name>.html` and `static/scripts/<name>.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Front,
    Documents,
    Document,
    Cookies,
    Cabinet,
    Developers,
    NotFound,
}

impl Page {
    #[cfg(test)]
    pub const ALL: [Self; 7] = [
        Self::Front,
        Self::Documents,
        Self::Document,
        Self::Cookies,
        Self::Cabinet,
        Self::Developers,
        Self::NotFound,
    ];

    /// The name of the page's files, and the first part of its text keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Documents => "documents",
            Self::Document => "document",
            Self::Cookies => "cookies",
            Self::Cabinet => "cabinet",
            Self::Developers => "developers",
            Self::NotFound => "not-found",
        }
    }
}

/// What to answer to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// A page in a language; `rest` is the path after the language, the same in every language.
    Page { page: Page, language: Language, rest: &'a str },
    /// A file under `static/`, by its path there.
    File(&'a str),
    /// The page's own address.
    Moved(String),
    /// `/` and other paths without a language: the visitor's language is put in front.
    PickLanguage(&'a str),
    /// Nothing is here, and a program is asking.
    NothingForPrograms,
    /// Nothing is here, and a person is asking. The language is known when the path says it.
    NothingForPeople(Option<Language>),
}

/// Folders of `static/` whose files are public. `pages/` holds frames, which are not pages yet.
const PUBLIC_FOLDERS: [&str; 5] = ["documents", "images", "languages", "scripts", "styles"];
/// Public files at the top of `static/`. `openapi.json` describes the HTTP interface.
const PUBLIC_FILES: [&str; 3] = ["about.json", "openapi.json", "robots.txt"];
/// Where programs ask: an unknown path below these is answered with problem JSON, not with a page.
const PROGRAMS: [&str; 4] = ["v1", "webhooks", "internal", "sandbox"];

/// Reads a request's path. A path that could leave `static/` names nothing.
pub fn resolve(path: &str) -> Route<'_> {
    let Some(path) = path.strip_prefix('/') else { return Route::NothingForPeople(None) };
    let first = path.split('/').next().unwrap_or_default();
    if PROGRAMS.contains(&first) {
        return Route::NothingForPrograms;
    }
    if let Some(language) = language_of(first) {
        let rest = &path[first.len()..];
        if first != segment(language) {
            return Route::Moved(format!("/{}{}", segment(language), or_root(rest)));
        }
        return in_language(language, rest);
    }
    if PUBLIC_FILES.contains(&path) || (PUBLIC_FOLDERS.contains(&first) && is_plain(path)) {
        // `/documents` and `/cookies` without a language are pages; `/documents/x/y.md` is a file.
        if path.contains('.') {
            return Route::File(path);
        }
    }
    if is_plain(path) && page(path).is_some() {
        return Route::PickLanguage(path);
    }
    Route::NothingForPeople(None)
}

/// A language's path segment, `kk` included; `kk-KZ` and `KZ` are not addresses.
fn language_of(segment: &str) -> Option<Language> {
    matches!(segment, "kk" | "kz" | "ru" | "en").then(|| of_tag(segment)).flatten()
}

fn in_language(language: Language, rest: &str) -> Route<'_> {
    let inner = rest.strip_prefix('/').unwrap_or(rest);
    if rest.is_empty() {
        return Route::Moved(format!("/{}/", segment(language)));
    }
    if let Some(kind) = printed_address(inner) {
        return Route::Moved(format!("/{}/{kind}", segment(language)));
    }
    if let Some(without) = inner.strip_suffix('/')
        && is_plain(without)
        && page(without).is_some()
    {
        return Route::Moved(format!("/{}/{without}", segment(language)));
    }
    match page(inner) {
        Some(page) if inner.is_empty() || is_plain(inner) => Route::Page { page, language, rest },
        _ => Route::NothingForPeople(Some(language)),
    }
}

/// Addresses that are printed in the documents themselves (R24, R25, R30).
fn printed_address(inner: &str) -> Option<&'static str> {
    match inner {
        "officialdocuments" => Some("documents"),
        "docs/agreement.html" => Some("documents/offer"),
        "docs/cookie-policy.html" => Some("documents/cookie_policy"),
        _ => None,
    }
}

/// The page at a path after the language.
fn page(inner: &str) -> Option<Page> {
    match inner {
        "" => Some(Page::Front),
        "documents" => Some(Page::Documents),
        "cookies" => Some(Page::Cookies),
        "cabinet" => Some(Page::Cabinet),
        "developers" => Some(Page::Developers),
        _ => {
            let kind = inner.strip_prefix("documents/")?;
            (!kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
                .then_some(Page::Document)
        }
    }
}

fn or_root(rest: &str) -> &str {
    if rest.is_empty() { "/" } else { rest }
}

/// Whether every segment is a plain name: no `..`, no hidden file, no escape, no backslash, nothing empty.
fn is_plain(path: &str) -> bool {
    path.is_empty()
        || path.split('/').all(|segment| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        })
}

#[cfg(test)]
mod tests {
    use super::{Page, Route, resolve};
    use domain::language::Language;

    #[test]
    fn a_path_with_a_language_is_a_page_in_it() {
        let expected = Route::Page { page: Page::Documents, language: Language::Kk, rest: "/documents" };
        assert_eq!(resolve("/kz/documents"), expected);
    }

    #[test]
    fn each_document_has_a_page() {
        let rest = "/documents/pd_consent";
        assert_eq!(
            resolve("/ru/documents/pd_consent"),
            Route::Page { page: Page::Document, language: Language::Ru, rest }
        );
    }

    #[test]
    fn the_start_address_waits_for_the_visitors_language() {
        assert_eq!(resolve("/"), Route::PickLanguage(""));
        assert_eq!(resolve("/cabinet"), Route::PickLanguage("cabinet"));
    }

    #[test]
    fn the_iso_code_leads_to_the_address_that_the_offer_prints() {
        assert_eq!(resolve("/kk/cookies"), Route::Moved("/kz/cookies".into()));
        assert_eq!(resolve("/en"), Route::Moved("/en/".into()));
    }

    #[test]
    fn addresses_printed_in_the_documents_lead_to_the_documents_r24_r25_r30() {
        assert_eq!(resolve("/kz/officialdocuments"), Route::Moved("/kz/documents".into()));
        assert_eq!(resolve("/kz/docs/agreement.html"), Route::Moved("/kz/documents/offer".into()));
        assert_eq!(
            resolve("/ru/docs/cookie-policy.html"),
            Route::Moved("/ru/documents/cookie_policy".into())
        );
    }

    #[test]
    fn files_are_served_from_public_folders_only() {
        assert_eq!(resolve("/scripts/cabinet/contacts.js"), Route::File("scripts/cabinet/contacts.js"));
        assert_eq!(resolve("/documents/offer/1.0/kk.md"), Route::File("documents/offer/1.0/kk.md"));
        assert_eq!(resolve("/about.json"), Route::File("about.json"));
        assert_eq!(resolve("/openapi.json"), Route::File("openapi.json"));
        assert_eq!(resolve("/pages/front.html"), Route::NothingForPeople(None));
    }

    #[test]
    fn a_path_that_would_leave_the_folder_names_nothing() {
        for path in [
            "/scripts/../../spin.toml",
            "/scripts/%2e%2e/%2e%2e/spin.toml",
            "/scripts/..%2f..%2fspin.toml",
            "/scripts/..\\..\\spin.toml",
            "/scripts//etc/passwd.txt",
            "/scripts/.env.txt",
            "//scripts/api.js",
            "/scripts/a\0.js",
        ] {
            assert_eq!(resolve(path), Route::NothingForPeople(None), "{path:?}");
        }
        let kazakh = Route::NothingForPeople(Some(Language::Kk));
        assert_eq!(resolve("/kz/../../spin.toml"), kazakh);
        assert_eq!(resolve("/kz//evil.example/"), kazakh);
    }

    #[test]
    fn a_program_that_asks_for_an_unknown_route_is_told_so_as_a_program() {
        assert_eq!(resolve("/v1/nothing"), Route::NothingForPrograms);
        assert_eq!(resolve("/webhooks/payments/unknown"), Route::NothingForPrograms);
    }
}
