//! Lists in pages.

use domain::ids::IdKind;
use serde::Serialize;
use store::Page;

use crate::{Call, Problem, Result};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 500;

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
        let limit = limit.ok_or_else(|| Problem::field("invalid_field", "limit"))?;
        Ok(Self { cursor: call.query("cursor"), limit })
    }

    /// The cursor of lists that go by id; the beginning if there is none.
    pub fn id(&self, kind: IdKind) -> Result<Option<&str>> {
        match self.cursor.as_deref() {
            Some(cursor) if !kind.is_id(cursor) => Err(Problem::field("invalid_field", "cursor")),
            cursor => Ok(cursor),
        }
    }

    /// The cursor of lists that go by number; the beginning if there is none.
    pub fn number(&self, beginning: i64) -> Result<i64> {
        let Some(cursor) = &self.cursor else { return Ok(beginning) };
        cursor.parse().map_err(|_| Problem::field("invalid_field", "cursor"))
    }
}

/// A page on the wire.
#[derive(Serialize)]
pub struct ListOf<T> {
    /// The items.
    pub items: Vec<T>,
    /// `null` at the end.
    pub next_cursor: Option<String>,
}

impl<T> ListOf<T> {
    /// From a stored page, each item in its wire form.
    pub fn of<S>(page: Page<S>, item: impl FnMut(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(item).collect(), next_cursor: page.next_cursor }
    }
}
