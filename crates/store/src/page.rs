//! One page of a list, and where the next one begins.

/// One page of a list.
#[derive(Clone, Debug)]
pub struct StoredPage<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
}

impl<T> StoredPage<T> {
    /// From rows of which one more than `limit` was asked for, so that the end is known.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(cursor) } else { None };
        Self { items, next_cursor }
    }
}
