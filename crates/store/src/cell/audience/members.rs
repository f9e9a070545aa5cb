//! Who is in lists and has tags: one by one, or all that an import brought or an audience takes, in steps.

use domain::unpaid::Kept;

use crate::cell::Tenant;
use crate::cell::audience::lists::Joined;
use crate::cell::audience::matching::{Matching, Step, Who};
use crate::cell::people::contacts::Contact;
use crate::database::{Database, DbError, Value};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, StoredPage, json, params, sql};

/// Contacts that one step looks at.
const STEP: i64 = 5_000;
/// Tags of one contact.
pub const TAGS_MAX: i64 = 20;

/// What is to become of contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// They join the list.
    Add,
    /// They leave it.
    Remove,
    /// Those who are in it go over into another one.
    MoveTo(String),
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MembersChanged {
    /// Contacts that are in the list from now on, or not any more.
    pub changed: i64,
    /// Contacts that have as many tags as one may have.
    pub full: i64,
    /// Contacts that were meant, whether something changed for them or not.
    pub contacts: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// Changes who is in a list, or has a tag. What takes more than one step and breaks off is done as far as it came: a
    /// repeat finds the rest.
    pub async fn change_members(
        &self,
        act: &Act,
        list: &str,
        change: &MemberChange,
        who: &Who,
    ) -> Result<MembersChanged, StoreError> {
        let matching = self.matching_who(self.db, who).await?;
        let mut all = MembersChanged::default();
        let mut after = String::new();
        loop {
            let (step, changed) = self
                .write(async |db| {
                    self.refuse_if_closed(db).await?;
                    self.find_list(db, list).await?;
                    self.check_same(db, who, &matching).await?;
                    let step = self.next_step(db, &matching, &after, STEP).await?;
                    let changed = self.change_step(db, list, change, &matching, &step, act.now).await?;
                    if *change == MemberChange::Add {
                        self.check_unpaid_limit(db, Kept::ListMembers).await?;
                    }
                    Ok((step, changed))
                })
                .await?;
            all.changed += changed.changed;
            all.full += changed.full;
            all.contacts += changed.contacts;
            if step.is_last {
                return Ok(all);
            }
            after = step.up_to;
        }
    }

    async fn find_list(&self, db: &D, list: &str) -> Result<(), StoreError> {
        let found = db.query(sql!("members.sql", "is_there"), params![&self.account, list]).await?;
        if found.is_empty() { Err(Refusal::NotFound.into()) } else { Ok(()) }
    }

    async fn change_step(
        &self,
        db: &D,
        list: &str,
        change: &MemberChange,
        matching: &Matching,
        step: &Step,
        now: i64,
    ) -> Result<MembersChanged, StoreError> {
        let counted = matching.select("count(*) AS contacts");
        let counted = db.query(&counted, matching.parameters(&self.account, step)).await?;
        let contacts = counted.first().ok_or(DbError::NoRow)?.int("contacts")?;
        let (changed, full) = match change {
            MemberChange::Add => (self.add_step(db, list, matching, step, now).await?, 0),
            MemberChange::Remove => (self.remove_step(db, list, matching, step).await?, 0),
            MemberChange::MoveTo(to) => {
                self.find_list(db, to).await.map_err(|_| Refusal::ListUnknown)?;
                (self.move_step(db, list, to, matching, step, now).await?, 0)
            }
        };
        let full = match change {
            MemberChange::Add if is_tag(list) => self.full_in_step(db, list, matching, step).await?,
            _ => full,
        };
        Ok(MembersChanged { changed, full, contacts })
    }

    async fn add_step(
        &self,
        db: &D,
        list: &str,
        matching: &Matching,
        step: &Step,
        now: i64,
    ) -> Result<i64, DbError> {
        let (to, at) = (matching.behind(0), matching.behind(1));
        let who = matching.select(&format!("?1, {to}, c.contact, {at}"));
        let room = if is_tag(list) { format!(" AND {HAS_ROOM}") } else { String::new() };
        let add = format!(
            "INSERT INTO list_member (account, list, contact, added_at) {who}{room} ON CONFLICT DO NOTHING RETURNING 1"
        );
        let parameters = [matching.parameters(&self.account, step), params![list, now]].concat();
        Ok(db.query(&add, parameters).await?.len() as i64)
    }

    /// Of a step those who do not have a tag, and no room for it.
    async fn full_in_step(
        &self,
        db: &D,
        list: &str,
        matching: &Matching,
        step: &Step,
    ) -> Result<i64, DbError> {
        let has = format!(
            "EXISTS (SELECT 1 FROM list_member h WHERE h.account = ?1 AND h.list = {} AND h.contact = c.contact)",
            matching.behind(0)
        );
        let full = format!("{} AND NOT {HAS_ROOM} AND NOT {has}", matching.select("count(*) AS contacts"));
        let parameters = [matching.parameters(&self.account, step), params![list]].concat();
        db.query(&full, parameters).await?.first().ok_or(DbError::NoRow)?.int("contacts")
    }

    async fn remove_step(
        &self,
        db: &D,
        list: &str,
        matching: &Matching,
        step: &Step,
    ) -> Result<i64, DbError> {
        let remove = format!(
            "DELETE FROM list_member WHERE account = ?1 AND list = {} AND contact IN ({}) RETURNING 1",
            matching.behind(0),
            matching.select("c.contact")
        );
        let parameters = [matching.parameters(&self.account, step), params![list]].concat();
        Ok(db.query(&remove, parameters).await?.len() as i64)
    }

    /// They join the other list first: a step has both or nothing.
    async fn move_step(
        &self,
        db: &D,
        list: &str,
        to: &str,
        matching: &Matching,
        step: &Step,
        now: i64,
    ) -> Result<i64, DbError> {
        let (from, into, at) = (matching.behind(0), matching.behind(1), matching.behind(2));
        let is_in = format!(
            "EXISTS (SELECT 1 FROM list_member h WHERE h.account = ?1 AND h.list = {from} AND h.contact = c.contact)"
        );
        let who = matching.select(&format!("?1, {into}, c.contact, {at}"));
        let add = format!(
            "INSERT INTO list_member (account, list, contact, added_at) {who} AND {is_in} ON CONFLICT DO NOTHING"
        );
        let parameters = matching.parameters(&self.account, step);
        db.query(&add, [parameters, params![list, to, now]].concat()).await?;
        self.remove_step(db, list, matching, step).await
    }

    /// Who is in a list, in the order of their contacts.
    pub async fn members(
        &self,
        list: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<Contact>, StoreError> {
        self.list(list).await?.ok_or(Refusal::NotFound)?;
        let parameters = params![&self.account, list, cursor.unwrap_or(""), limit as i64 + 1];
        let rows = self.db.query(sql!("members.sql", "page"), parameters).await?;
        let contacts = rows.iter().map(|row| self.open_contact(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(contacts, limit, |contact| contact.contact.clone()))
    }

    /// Notes which lists and tags the people of an import join. Belongs inside the transaction that makes it.
    pub(in crate::cell) async fn note_joined(
        &self,
        db: &D,
        import: &str,
        joined: &Joined,
        now: i64,
    ) -> Result<(), StoreError> {
        if joined.lists.is_empty() && joined.tags.is_empty() {
            return Ok(());
        }
        let lists = self.joined_lists(db, joined, now).await?;
        db.query(
            "UPDATE import SET joins = ?3 WHERE account = ?1 AND import = ?2",
            params![&self.account, import, json(&lists)?],
        )
        .await?;
        Ok(())
    }

    /// People of an import join its lists, by the hashes of their numbers one behind the other: those that it brings and
    /// those that the base has. Belongs inside the transaction that merges them.
    pub(in crate::cell) async fn join_lists(
        &self,
        db: &D,
        import: &str,
        hashes: Vec<u8>,
        now: i64,
    ) -> Result<(), DbError> {
        let rows = db.query(sql!("members.sql", "joins"), params![&self.account, import]).await?;
        let Some(joins) = rows.first().map_or(Ok(None), |row| row.opt_text("joins"))? else { return Ok(()) };
        let lists: Vec<String> =
            serde_json::from_str(&joins).map_err(|_| DbError::Column("joins".to_owned()))?;
        let places = json(&(0..hashes.len() / 32).collect::<Vec<_>>())?;
        for list in lists {
            let parameters: Vec<Value> =
                params![&self.account, hashes.clone(), places.as_str(), list, now, TAGS_MAX];
            db.query(sql!("members.sql", "join"), parameters).await?;
        }
        Ok(())
    }
}

/// `c` has fewer tags than one may have: they lie side by side, since their ids begin so.
const HAS_ROOM: &str = "(SELECT count(*) FROM list_member t WHERE t.account = ?1 AND t.contact = c.contact AND t.list BETWEEN 'tag_' AND 'tag~') < 20";

fn is_tag(list: &str) -> bool {
    list.starts_with("tag_")
}
