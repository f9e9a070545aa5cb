//! The response to a request: status, headers and body, with entity tags and the security headers.

use api::{Code, Problem};
use domain::language::Language;

use crate::content_type;
use crate::kept::{Content, Kept};
use crate::language::{choose, segment};
use crate::pages::{Read, render};
use crate::routing::{Page, Route, resolve};
use bytes::Bytes;
use http::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, COOKIE, ETAG, HeaderName, IF_NONE_MATCH, LOCATION, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

/// A whole response, before the runtime's types.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// No host but our own, nothing inline, no frames (R169). `trusted-types 'none'` makes the browser itself
/// refuse markup made from data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const SECURITY: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // A browser heeds it over HTTPS only (R176).
    (HeaderName::from_static("strict-transport-security"), "max-age=31536000"),
];

/// Kept by the browser, but asked about each time: a new release is seen at once, an old one costs a 304.
const REVALIDATE: &str = "no-cache";

/// Where bodies come from.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// Gives a file's bytes by its path under `static/`.
    pub read: Read<'s>,
    /// What was read and put together before.
    pub kept: &'s Kept,
}

impl Source<'_> {
    fn page(self, page: Page, language: Language, rest: &str) -> Option<Content> {
        let name = format!("{} {} {rest}", page.name(), language.as_str());
        self.kept.get_or_make(&name, || Some(render(page, language, rest, self.read)?.into_bytes()))
    }

    fn file(self, path: &str) -> Option<Content> {
        self.kept.get_or_make(path, || (self.read)(path))
    }
}

/// Answers a request.
pub fn to(method: &Method, path: &str, query: Option<&str>, asked: &HeaderMap, source: Source<'_>) -> Answer {
    let route = resolve(path);
    if route == Route::NothingForPrograms {
        return problem(Code::NotFound, asked);
    }
    if method != Method::GET && method != Method::HEAD {
        let mut answer = problem(Code::MethodNotAllowed, asked);
        answer.headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    match route {
        Route::Page { page, language, rest } => match source.page(page, language, rest) {
            Some(html) => html_answer(StatusCode::OK, language, html, asked),
            None => missing(Some(language), asked, source),
        },
        Route::File(path) => match content_type::of(path).and_then(|kind| Some((kind, source.file(path)?))) {
            Some((kind, content)) => cached(StatusCode::OK, kind, content, asked),
            None => missing(None, asked, source),
        },
        Route::Moved(to) => moved(StatusCode::PERMANENT_REDIRECT, &with_query(to, query)),
        Route::PickLanguage(rest) => {
            let language = visitors_language(query, asked);
            let query = query.filter(|query| !query.starts_with("language="));
            let mut answer =
                moved(StatusCode::FOUND, &with_query(format!("/{}/{rest}", segment(language)), query));
            answer.headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
            answer
        }
        Route::NothingForPeople(language) => missing(language, asked, source),
        Route::NothingForPrograms => problem(Code::NotFound, asked),
    }
}

fn visitors_language(query: Option<&str>, asked: &HeaderMap) -> Language {
    let header = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    choose(query, header(COOKIE), header(ACCEPT_LANGUAGE))
}

fn with_query(to: String, query: Option<&str>) -> String {
    match query {
        Some(query) if !query.is_empty() => format!("{to}?{query}"),
        _ => to,
    }
}

/// The page that says that there is no such page.
fn missing(language: Option<Language>, asked: &HeaderMap, source: Source<'_>) -> Answer {
    let language = language.unwrap_or_else(|| visitors_language(None, asked));
    match source.page(Page::NotFound, language, "/") {
        Some(html) => {
            let mut answer = html_answer(StatusCode::NOT_FOUND, language, html, &HeaderMap::new());
            answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            answer
        }
        None => problem(Code::NotFound, asked),
    }
}

fn html_answer(status: StatusCode, language: Language, html: Content, asked: &HeaderMap) -> Answer {
    let mut answer = cached(status, "text/html; charset=utf-8", html, asked);
    answer.headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    answer
}

/// A body with an entity tag, or 304 when the browser has it already.
fn cached(status: StatusCode, kind: &'static str, content: Content, asked: &HeaderMap) -> Answer {
    let Content { body, tag } = content;
    let known = asked
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.split(',').any(|known| matches(known.trim(), &tag)));
    let mut answer = if known {
        // A 304 has no body, and its length would have to be the whole body's: it is left out.
        let mut answer = plain(StatusCode::NOT_MODIFIED, Bytes::new());
        answer.headers.remove(CONTENT_LENGTH);
        answer
    } else {
        let mut answer = plain(status, body);
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        answer
    };
    answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static(REVALIDATE));
    answer.headers.insert(ETAG, tag);
    answer
}

fn matches(known: &str, tag: &HeaderValue) -> bool {
    known == "*" || tag == known.strip_prefix("W/").unwrap_or(known)
}

fn moved(status: StatusCode, to: &str) -> Answer {
    let mut answer = plain(status, Bytes::new());
    if let Ok(to) = HeaderValue::from_str(to) {
        answer.headers.insert(LOCATION, to);
    }
    answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static(REVALIDATE));
    answer
}

/// The headers that every answer has. `content-length` is always set for a body: without it the host sends
/// head and body in two packets, and each answer waits for a delayed acknowledgement. A HEAD answer carries
/// the body too: the server drops it and keeps its length.
fn plain(status: StatusCode, body: Bytes) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    Answer { status, headers, body }
}

/// An RFC 9457 answer, in the form of the HTTP interface.
fn problem(code: Code, asked: &HeaderMap) -> Answer {
    let problem = Problem::of(code, visitors_language(None, asked));
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = plain(status, serde_json::to_vec(&problem).unwrap_or_default().into());
    answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::{Answer, Kept, Source, to};
    use http::header::{ACCEPT_LANGUAGE, COOKIE, IF_NONE_MATCH};
    use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

    fn ask(method: Method, target: &str, headers: &[(HeaderName, &str)]) -> Answer {
        let mut asked = HeaderMap::new();
        for (name, value) in headers {
            asked.insert(name, HeaderValue::from_str(value).expect("a header"));
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let read =
            |path: &str| std::fs::read(format!("{}/../../static/{path}", env!("CARGO_MANIFEST_DIR"))).ok();
        to(&method, path, query, &asked, Source { read: &read, kept: &Kept::default() })
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
        answer.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[test]
    fn the_start_address_leads_to_the_browsers_language() {
        let answer = ask(Method::GET, "/", &[(ACCEPT_LANGUAGE, "ru-RU,ru;q=0.9,en;q=0.8")]);
        assert_eq!((answer.status, header(&answer, "location")), (StatusCode::FOUND, "/ru/"));
    }

    #[test]
    fn a_language_remembered_with_consent_leads_back_to_it_r165() {
        let answer = ask(Method::GET, "/cabinet", &[(COOKIE, "language=kk"), (ACCEPT_LANGUAGE, "en")]);
        assert_eq!(header(&answer, "location"), "/kz/cabinet");
        assert_eq!(header(&answer, "vary"), "Accept-Language, Cookie");
    }

    #[test]
    fn the_site_itself_sets_no_cookie_r168() {
        for target in ["/", "/kz/", "/en/cabinet", "/scripts/api.js", "/nothing"] {
            assert!(!ask(Method::GET, target, &[]).headers.contains_key("set-cookie"), "{target}");
        }
    }

    #[test]
    fn a_page_that_has_not_changed_is_not_sent_again() {
        let first = ask(Method::GET, "/kz/", &[]);
        assert_eq!(first.status, StatusCode::OK);
        let tag = header(&first, "etag").to_owned();
        let second = ask(Method::GET, "/kz/", &[(IF_NONE_MATCH, &format!("\"other\", W/{tag}"))]);
        assert_eq!(second.status, StatusCode::NOT_MODIFIED);
        assert!(second.body.is_empty());
        assert!(!second.headers.contains_key("content-length"));
    }

    #[test]
    fn every_body_comes_with_its_length() {
        for target in ["/kz/", "/styles/site.css", "/languages/kk.json", "/nothing", "/v1/nothing", "/"] {
            let answer = ask(Method::GET, target, &[]);
            assert_eq!(header(&answer, "content-length"), answer.body.len().to_string(), "{target}");
        }
    }

    #[test]
    fn no_answer_lets_another_host_in_or_frames_us_r169() {
        for target in ["/kz/", "/scripts/api.js", "/nothing", "/v1/nothing", "/"] {
            let answer = ask(Method::GET, target, &[]);
            let policy = header(&answer, "content-security-policy").to_owned();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
            assert!(!policy.contains("http") && !policy.contains("unsafe") && !policy.contains('*'));
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        }
    }

    #[test]
    fn an_unknown_page_says_so_in_the_language_of_its_path() {
        let answer = ask(Method::GET, "/ru/nothing", &[(ACCEPT_LANGUAGE, "en")]);
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(header(&answer, "content-language"), "ru");
    }

    #[test]
    fn a_file_that_is_not_there_is_a_404() {
        assert_eq!(ask(Method::GET, "/scripts/none.js", &[]).status, StatusCode::NOT_FOUND);
    }

    #[test]
    fn writing_to_a_page_is_refused_with_what_is_allowed() {
        let answer = ask(Method::POST, "/kz/", &[]);
        assert_eq!((answer.status, header(&answer, "allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    }

    #[test]
    fn an_unknown_route_of_the_interface_is_a_problem_in_three_languages() {
        let answer = ask(Method::POST, "/v1/nothing", &[(ACCEPT_LANGUAGE, "en")]);
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
        let body: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!((answer.status.as_u16(), &body["code"]), (404, &serde_json::json!("not_found")));
        for language in ["kk", "ru", "en"] {
            assert!(body["messages"][language].is_string(), "{language}");
        }
    }

    #[test]
    fn a_query_survives_the_way_to_the_page() {
        let answer = ask(Method::GET, "/kk/documents/offer?version=1.0", &[]);
        assert_eq!(header(&answer, "location"), "/kz/documents/offer?version=1.0");
    }

    #[test]
    fn a_line_break_in_an_address_makes_no_header() {
        let answer = ask(Method::GET, "/kk/a\r\nset-cookie: b=c", &[]);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
}
