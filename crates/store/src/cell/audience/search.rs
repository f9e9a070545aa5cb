//! Contacts that are looked for: by number, by list and tag, by the beginnings of a name's words (R61, R69).

use domain::audience::{Audience, Selection};
use domain::names;

use crate::StoredPage;
use crate::cell::Tenant;
use crate::cell::audience::matching::{Matching, Step};
use crate::cell::people::contacts::Contact;
use crate::database::Database;
use crate::params;
use crate::refusal::StoreError;

/// Contacts whose names one request compares at most: a page ends there, and its cursor goes on.
const COMPARED_MAX: usize = 2_000;
const COLUMNS: &str = "c.contact, c.number, c.name, c.fields, c.import, c.created_at, \
    EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash) AS is_blacklisted";

/// Whom a request looks for: all of it is true of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// In E.164.
    pub phone: Option<String>,
    /// Words with which words of the name begin.
    pub name: Vec<String>,
    /// `lst_…`
    pub list: Option<String>,
    /// A word.
    pub tag: Option<String>,
}

impl<D: Database> Tenant<'_, D> {
    /// One contact of the base.
    pub async fn contact(&self, contact: &str) -> Result<Option<Contact>, StoreError> {
        let who = crate::cell::Who::Contacts(vec![contact.to_owned()]);
        let matching = self.matching_who(self.db, &who).await?;
        let parameters = matching.parameters(&self.account, &Step::all());
        let rows = self.db.query(&matching.select(COLUMNS), parameters).await?;
        Ok(rows.first().map(|row| self.open_contact(row)).transpose()?)
    }

    /// The contacts that are looked for, in the order of the base. A page may be short though there are more.
    pub async fn search(
        &self,
        search: &Search,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<Contact>, StoreError> {
        let include = Selection {
            lists: search.list.iter().cloned().collect(),
            tags: search.tag.iter().cloned().collect(),
            phones: search.phone.iter().cloned().collect(),
            rules: Vec::new(),
        };
        let mut matching = self.matching(self.db, &Audience { include, exclude: Vec::new() }).await?;
        for asked in &search.name {
            let Some(beginning) = names::looked_up(asked) else { continue };
            matching.with_mark(&self.name_mark(&beginning)?);
        }
        self.compare(&matching, search, cursor.unwrap_or(""), limit).await
    }

    /// Goes through those who may be meant until a page is full.
    async fn compare(
        &self,
        matching: &Matching,
        search: &Search,
        after: &str,
        limit: usize,
    ) -> Result<StoredPage<Contact>, StoreError> {
        let (most, page) = match search.name.is_empty() {
            true => (limit, limit),
            false => (COMPARED_MAX, limit),
        };
        let sql =
            format!("{} {} LIMIT {}", matching.select(COLUMNS), matching.in_order(), matching.behind(0));
        let step = Step::behind(after.to_owned());
        let parameters = [matching.parameters(&self.account, &step), params![most as i64 + 1]].concat();
        let rows = self.db.query(&sql, parameters).await?;
        let mut items = Vec::new();
        let mut last = None;
        for (place, row) in rows.iter().enumerate() {
            if place == most || items.len() == page {
                return Ok(StoredPage { items, next_cursor: last });
            }
            let contact = self.open_contact(row)?;
            last = Some(contact.contact.clone());
            let is_meant = search.name.is_empty()
                || contact.name.as_ref().is_some_and(|name| names::is_meant(name, &search.name));
            if is_meant {
                items.push(contact);
            }
        }
        Ok(StoredPage { items, next_cursor: None })
    }
}
