//! What is said of a route: where it is and who may call it, what it takes and what it answers. One constant a route,
//! beside the types that it speaks in; the components' tables, the description and the tests follow from it.

use std::fmt;

use crate::Code;
use crate::schema::Schema;

/// One route.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name in the description, such as `start_campaign`; no other route has it.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path, with what varies in braces: `/v1/campaigns/{campaign}`.
    pub path: &'static str,
    /// The component that serves it.
    pub component: Component,
    /// Who may call it.
    pub who: Who,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// The rules that it carries out, by their numbers.
    pub rules: &'static [u16],
    /// What stands in the path, the query and the headers.
    pub parameters: &'static [Parameter],
    /// What is sent.
    pub body: Option<Body>,
    /// What is answered when all is well.
    pub answers: &'static [Answer],
    /// The codes that it may answer, beside those that [`Operation::problems`] adds to every route of its kind.
    pub codes: &'static [Code],
    /// So many requests a minute are taken from one network.
    pub per_minute: Option<u32>,
}

/// A route of which nothing special is to be said; constants write what differs.
const PLAIN: Operation = Operation {
    id: "",
    method: Method::Get,
    path: "",
    component: Component::Site,
    who: Who::Public,
    summary: "",
    rules: &[],
    parameters: &[],
    body: None,
    answers: &[],
    codes: &[],
    per_minute: None,
};

impl Operation {
    /// A route that changes nothing.
    pub(crate) const GET: Self = PLAIN;
    /// A route that makes something or has something done.
    pub(crate) const POST: Self = Self { method: Method::Post, ..PLAIN };
    /// A route that puts something in a place.
    pub(crate) const PUT: Self = Self { method: Method::Put, ..PLAIN };
    /// A route that changes parts.
    pub(crate) const PATCH: Self = Self { method: Method::Patch, ..PLAIN };
    /// A route that takes something away.
    pub(crate) const DELETE: Self = Self { method: Method::Delete, ..PLAIN };

    /// Every code that the route may answer: its own, and those that follow from who may call it, from what it
    /// takes, and from there being a database and a deployment at all. Sorted, each once.
    pub fn problems(&self) -> Vec<Code> {
        use Code::*;
        let mut codes = self.codes.to_vec();
        codes.extend([InternalError, DataRegionNotDeclared]);
        if self.component != Component::Site {
            codes.extend([
                AccountMoving,
                BusyTryAgain,
                DatabaseOfAnotherCell,
                DatabaseSchemaNewer,
                DatabaseSchemaOther,
            ]);
            codes.extend([CellsMalformed, MasterKeyMalformed, MasterKeyWrong]);
        }
        codes.extend_from_slice(self.who.problems());
        if self.parameters.iter().any(|parameter| parameter.place == Place::Path) {
            codes.push(NotFound);
        }
        if self.parameters.iter().any(|parameter| parameter.place != Place::Path) {
            codes.push(InvalidField);
        }
        if let Some(body) = &self.body {
            codes.extend_from_slice(body.problems());
        } else if self.method != Method::Get && self.who.is_waited_for() {
            // What nobody asked for is read all the same, as far as a body may go.
            codes.extend([BodyTooLarge, BodyTooSlow, BodyInterrupted]);
        }
        if self.per_minute.is_some() {
            codes.push(TooManyRequests);
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

impl Operation {
    /// The path with what varies put in, in its order.
    pub fn at(&self, varying: &[&str]) -> String {
        let mut varying = varying.iter();
        let parts = self.path.split('/').map(|part| match part.starts_with('{') {
            true => varying.next().copied().unwrap_or(part),
            false => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Whether a path is the one of a template. What varies is never empty, so a slash at the end leads nowhere.
pub fn is_at(template: &str, path: &str) -> bool {
    let mut wanted = template.split('/');
    let same = path.split('/').all(|part| match wanted.next() {
        Some(wanted) if wanted.starts_with('{') => !part.is_empty(),
        wanted => wanted == Some(part),
    });
    same && wanted.next().is_none()
}

/// The parts of a template's path that vary, in their order.
pub fn varying<'p>(template: &str, path: &'p str) -> Vec<&'p str> {
    let wanted = template.split('/').zip(path.split('/'));
    wanted.filter(|(wanted, _)| wanted.starts_with('{')).map(|(_, part)| part).collect()
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)
    }
}

/// A method that some route has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the method of its name")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call a route, and so what is asked of them before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// Anybody.
    Public,
    /// Whoever has the address: a token in it opens one thing.
    Link,
    /// A person in the cabinet: the session's cookie.
    Session,
    /// A person by the session's cookie, or a program by an API key.
    SessionOrKey,
    /// Staff: the bearer token `staff_token`.
    Staff,
    /// The scheduler: the bearer token `tick_token`.
    Scheduler,
    /// The scheduler, and only while the sandbox is on; else nothing is there.
    Sandbox,
    /// A bank, by the signature of Standard Webhooks over the body.
    Bank,
    /// A telecom operator, by its signature or by a token in the address.
    Operator,
}

impl Who {
    /// Whether who asks is judged once the body is there.
    const fn is_waited_for(self) -> bool {
        matches!(self, Self::Session | Self::SessionOrKey | Self::Staff)
    }

    /// What a caller is told who may not.
    pub const fn problems(self) -> &'static [Code] {
        match self {
            Self::Public => &[],
            Self::Link => &[Code::NotFound],
            Self::Session => {
                &[Code::Unauthenticated, Code::SessionRequired, Code::CrossSiteRequest, Code::AccountBlocked]
            }
            Self::SessionOrKey => &[Code::Unauthenticated, Code::CrossSiteRequest, Code::AccountBlocked],
            Self::Staff => &[Code::Unauthenticated, Code::StaffNotConfigured],
            Self::Scheduler => &[Code::Unauthenticated],
            Self::Sandbox => &[Code::NotFound, Code::Unauthenticated],
            Self::Bank => &[
                Code::WebhookNotConfigured,
                Code::WebhookSignatureInvalid,
                Code::WebhookTimestampOutsideTolerance,
            ],
            Self::Operator => &[
                Code::WebhookNotConfigured,
                Code::WebhookSignatureInvalid,
                Code::MalformedJson,
                Code::InvalidField,
            ],
        }
    }
}

/// A component of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the component of its name in spin.toml")]
pub enum Component {
    Accounts,
    Audio,
    Campaigns,
    Consent,
    Contacts,
    Delivery,
    Dispatch,
    Exports,
    People,
    Proof,
    Requests,
    Sandbox,
    Scoring,
    Site,
    Topup,
    Workbooks,
    Worker,
}

impl Component {
    /// The name in spin.toml, and of the folder.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Audio => "audio",
            Self::Campaigns => "campaigns",
            Self::Consent => "consent",
            Self::Contacts => "contacts",
            Self::Delivery => "delivery",
            Self::Dispatch => "dispatch",
            Self::Exports => "exports",
            Self::People => "people",
            Self::Proof => "proof",
            Self::Requests => "requests",
            Self::Sandbox => "sandbox",
            Self::Scoring => "scoring",
            Self::Site => "site",
            Self::Topup => "topup",
            Self::Workbooks => "workbooks",
            Self::Worker => "worker",
        }
    }
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the place of its name")]
pub enum Place {
    Path,
    Query,
    Header,
}

/// Something that a request carries beside its body.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Its form.
    pub schema: Schema,
    /// What it is for, in a sentence.
    pub says: &'static str,
}

impl Parameter {
    /// A part of the path.
    pub(crate) const fn path(name: &'static str, schema: Schema, says: &'static str) -> Self {
        Self { name, place: Place::Path, required: true, schema, says }
    }

    /// One of the query that may be left out.
    pub(crate) const fn query(name: &'static str, schema: Schema, says: &'static str) -> Self {
        Self { name, place: Place::Query, required: false, schema, says }
    }

    /// A header that may be left out.
    pub(crate) const fn header(name: &'static str, schema: Schema, says: &'static str) -> Self {
        Self { name, place: Place::Header, required: false, schema, says }
    }

    /// The same, without which a request is refused.
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// What a request brings.
#[derive(Clone, Copy)]
pub struct Body {
    /// What it may be said to be; the first is what programs should say.
    pub media_types: &'static [&'static str],
    /// Its form.
    pub schema: Schema,
    /// The largest, in bytes.
    pub bytes_max: u64,
    /// Whether a request without one is refused.
    pub required: bool,
    /// Whether it is taken in while it comes, by the handler: who asks is judged before it is there.
    pub streamed: bool,
}

/// The largest JSON body, in bytes.
pub const JSON_BYTES_MAX: u64 = 256 * 1024;

impl Body {
    /// JSON of one form; unknown fields are refused.
    pub(crate) const fn json(schema: Schema) -> Self {
        let media_types = &["application/json"];
        Self { media_types, schema, bytes_max: JSON_BYTES_MAX, required: true, streamed: false }
    }

    const fn problems(&self) -> &'static [Code] {
        use Code::*;
        const JSON: &[Code] = &[
            BodyTooLarge,
            BodyTooSlow,
            BodyInterrupted,
            UnsupportedMediaType,
            MalformedJson,
            UnknownField,
            MissingField,
            InvalidField,
        ];
        if self.streamed { JSON.split_at(4).0 } else { JSON }
    }
}

/// What is answered when all is well.
#[derive(Clone, Copy)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What the body is; `None` without one.
    pub media_type: Option<&'static str>,
    /// The body's form.
    pub schema: Schema,
    /// Headers that it carries beside those of every answer.
    pub headers: &'static [Parameter],
    /// What it means, in a sentence.
    pub says: &'static str,
}

impl Answer {
    /// JSON of one form.
    pub(crate) const fn json(status: u16, schema: Schema, says: &'static str) -> Self {
        Self { status, media_type: Some("application/json"), schema, headers: &[], says }
    }

    /// Without a body.
    pub(crate) const fn empty(says: &'static str) -> Self {
        Self { status: 204, media_type: None, schema: Schema::TEXT, headers: &[], says }
    }

    /// A text, a page or a file.
    pub(crate) const fn of(
        status: u16,
        media_type: &'static str,
        schema: Schema,
        says: &'static str,
    ) -> Self {
        Self { status, media_type: Some(media_type), schema, headers: &[], says }
    }

    /// The same with headers.
    pub(crate) const fn with(self, headers: &'static [Parameter]) -> Self {
        Self { headers, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'p>(template: &str, path: &'p str) -> Option<Vec<&'p str>> {
        is_at(template, path).then(|| varying(template, path))
    }

    #[test]
    fn a_path_is_found_with_what_varies_in_it() {
        assert_eq!(found("/v1/campaigns", "/v1/campaigns"), Some(vec![]));
        assert_eq!(found("/v1/campaigns/{campaign}/start", "/v1/campaigns/x/start"), Some(vec!["x"]));
        assert_eq!(found("/audio/{audio}/{expires}/{token}", "/audio/a/b/c"), Some(vec!["a", "b", "c"]));
    }

    #[test]
    fn nothing_is_found_that_is_longer_shorter_or_ends_in_a_slash() {
        for path in
            ["/v1", "/v1/campaigns/", "/v1/campaigns/x/", "/v1/campaigns/x/y", "/", "", "v1/campaigns/x"]
        {
            assert_eq!(found("/v1/campaigns/{campaign}", path), None, "{path}");
        }
    }
}
