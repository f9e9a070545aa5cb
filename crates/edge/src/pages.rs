//! Lists in pages.

use api::page::{LIMIT_DEFAULT, LIMIT_MAX};
use domain::ids::IdKind;

use crate::{Call, Code, Problem, Result};

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// Where it begins.
    cursor: Option<String>,
    /// How long it may be.
    pub limit: usize,
}

impl PageQuery {
    /// From the query.
    pub fn of(call: &Call) -> Result<Self> {
        let limit = match call.query("limit") {
            Some(text) => text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)),
            None => Some(LIMIT_DEFAULT),
        };
        let limit = limit.ok_or_else(|| Problem::field(Code::InvalidField, "limit"))?;
        Ok(Self { cursor: call.query("cursor"), limit })
    }

    /// The cursor of lists that go by id; the beginning if there is none.
    pub fn id(&self, kind: IdKind) -> Result<Option<&str>> {
        match self.cursor.as_deref() {
            Some(cursor) if !kind.is_id(cursor) => Err(Problem::field(Code::InvalidField, "cursor")),
            cursor => Ok(cursor),
        }
    }

    /// The cursor of lists that go by number; the beginning if there is none.
    pub fn number(&self, beginning: i64) -> Result<i64> {
        let Some(cursor) = &self.cursor else { return Ok(beginning) };
        cursor.parse().map_err(|_| Problem::field(Code::InvalidField, "cursor"))
    }
}

/// A stored page, each item in its wire form.
pub fn page_of<S, T>(page: store::StoredPage<S>, item: impl FnMut(S) -> T) -> api::Page<T> {
    api::Page { items: page.items.into_iter().map(item).collect(), next_cursor: page.next_cursor }
}

/// [`page_of`] items that may turn out not to have that form.
pub fn try_page_of<S, T>(
    page: store::StoredPage<S>,
    item: impl FnMut(S) -> Result<T>,
) -> Result<api::Page<T>> {
    let items = page.items.into_iter().map(item).collect::<Result<_>>()?;
    Ok(api::Page { items, next_cursor: page.next_cursor })
}
