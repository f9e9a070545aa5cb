//! Lists.

use serde::{Deserialize, Serialize};

use crate::operation::Parameter;
use crate::schema::Schema;

/// The longest page.
pub const LIMIT_MAX: usize = 500;
/// The length of a page where nothing is said.
pub const LIMIT_DEFAULT: usize = 100;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Asks for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A list that is answered whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Items<T> {
    /// All of it.
    pub items: Vec<T>,
}

/// How long a page may be, as a query says it.
#[cfg(feature = "description")]
struct Limit;

#[cfg(feature = "description")]
impl utoipa::PartialSchema for Limit {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::Integer)
            .minimum(Some(1))
            .maximum(Some(LIMIT_MAX))
            .default(Some(LIMIT_DEFAULT.into()))
            .into()
    }
}

#[cfg(feature = "description")]
impl utoipa::ToSchema for Limit {}

#[cfg(not(feature = "description"))]
type Limit = usize;

/// Where a page begins.
pub(crate) const CURSOR: Parameter =
    Parameter::query("cursor", Schema::TEXT, "`next_cursor` of the page before; the first page without it.");
/// How long it may be.
pub(crate) const LIMIT: Parameter =
    Parameter::query("limit", Schema::of::<Limit>(), "How many items a page has at most.");
/// What every list takes.
pub(crate) const PAGE: &[Parameter] = &[CURSOR, LIMIT];

/// Makes a request the same as an earlier one: a repeat answers what the first one did.
pub(crate) const IDEMPOTENCY_KEY: Parameter = Parameter::header(
    "idempotency-key",
    Schema::TEXT,
    "1 to 64 visible ASCII characters: a repeat answers what the first one did, the same key with another body is \
     refused.",
);
