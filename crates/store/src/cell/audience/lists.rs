//! Lists and tags: made, named, shown, deleted. Underneath they are one thing, a name with members.

use std::collections::BTreeMap;

use domain::ids::IdKind;

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, hex, json, params, sql};

/// Members that one step of a deletion takes.
const DELETE_ROWS: i64 = 10_000;

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Made and named by its owner.
    List,
    /// A word, also made where it is first used.
    Tag,
}

impl ListKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Tag => "tag",
        }
    }

    const fn id_kind(self) -> IdKind {
        match self {
            Self::List => IdKind::List,
            Self::Tag => IdKind::Tag,
        }
    }

    /// How many of them an account may have.
    const fn most(self) -> i64 {
        match self {
            Self::List => 1_000,
            Self::Tag => 200,
        }
    }

    const fn too_many(self) -> Refusal {
        match self {
            Self::List => Refusal::TooManyLists,
            Self::Tag => Refusal::TooManyTags,
        }
    }
}

/// A list or a tag as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// `lst_…` or `tag_…`
    pub list: String,
    /// What it is called.
    pub name: String,
    /// How many are in it.
    pub members: i64,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// The lists and tags that people join as they come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// `lst_…`, which must be there.
    pub lists: Vec<String>,
    /// Words, each made if it is not there.
    pub tags: Vec<String>,
}

/// Lists and tags as they were asked for, each with its id and how many are in it.
pub(in crate::cell) type Named = BTreeMap<String, (String, i64)>;

impl<D: Database> Tenant<'_, D> {
    /// Makes a list or a tag. Its name is another's of its kind only if they differ in more than the case of letters.
    pub async fn create_list(&self, act: &Act, kind: ListKind, name: &str) -> Result<List, StoreError> {
        let list = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                self.add_list(db, kind, name, act.now).await?.ok_or_else(|| Refusal::ListNameTaken.into())
            })
            .await?;
        self.list(&list).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// Adds it, unless there is one of that name. Belongs inside a transaction.
    async fn add_list(
        &self,
        db: &D,
        kind: ListKind,
        name: &str,
        now: i64,
    ) -> Result<Option<String>, StoreError> {
        let list = self.new_id(kind.id_kind(), now)?;
        let sealed = self.keys.personal()?.seal(&self.place("list name", &list), name.as_bytes())?;
        let hash = self.list_name_hash(kind, name)?;
        let parameters = params![&self.account, &list, kind.as_str(), sealed, hash, now];
        if db.query(sql!("lists.sql", "add"), parameters).await?.is_empty() {
            return Ok(None);
        }
        let rows = db
            .query(
                "SELECT count(*) AS lists FROM list WHERE account = ?1 AND kind = ?2 AND deleted_at IS NULL",
                params![&self.account, kind.as_str()],
            )
            .await?;
        match rows.first().map_or(Ok(0), |row| row.int("lists"))? > kind.most() {
            true => Err(kind.too_many().into()),
            false => Ok(Some(list)),
        }
    }

    /// By what a name is found: as people mean it, in whatever case.
    fn list_name_hash(&self, kind: ListKind, name: &str) -> Result<Vec<u8>, DbError> {
        let named = format!("{} {}", kind.as_str(), name.to_lowercase());
        Ok(self.keys.personal()?.index(&named).to_vec())
    }

    /// One of them.
    pub async fn list(&self, list: &str) -> Result<Option<List>, DbError> {
        let rows = self.db.query(sql!("lists.sql", "one"), params![&self.account, list]).await?;
        rows.first().map(|row| self.read_list(row)).transpose()
    }

    /// Those of a kind, in the order in which they were made.
    pub async fn lists(
        &self,
        kind: ListKind,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<List>, DbError> {
        let parameters = params![&self.account, cursor.unwrap_or(""), kind.as_str(), limit as i64 + 1];
        let rows = self.db.query(sql!("lists.sql", "page"), parameters).await?;
        let lists = rows.iter().map(|row| self.read_list(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(lists, limit, |list| list.list.clone()))
    }

    fn read_list(&self, row: &Row) -> Result<List, DbError> {
        let list = row.text("list")?;
        let name = self.keys.personal()?.open_text(&self.place("list name", &list), &row.blob("name")?)?;
        Ok(List { list, name, members: row.int("members")?, created_at: row.int("created_at")? })
    }

    /// Gives a list another name.
    pub async fn rename_list(&self, kind: ListKind, list: &str, name: &str) -> Result<List, StoreError> {
        let sealed = self.keys.personal()?.seal(&self.place("list name", list), name.as_bytes())?;
        let hash = self.list_name_hash(kind, name)?;
        let parameters = params![&self.account, list, sealed, hash];
        let renamed = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                Ok(db.query(sql!("lists.sql", "rename"), parameters.clone()).await?)
            })
            .await?;
        let found = self.list(list).await?.ok_or(Refusal::NotFound)?;
        if renamed.is_empty() { Err(Refusal::ListNameTaken.into()) } else { Ok(found) }
    }

    /// Deletes a list; its contacts stay. It is gone at once, and its memberships follow in steps: a campaign that is
    /// started meanwhile must not take what is left of it for the list.
    pub async fn delete_list(&self, act: &Act, list: &str) -> Result<(), StoreError> {
        let begun = self
            .write(async |db| {
                let parameters = params![&self.account, list, act.now];
                Ok(db.query(sql!("lists.sql", "begin_deletion"), parameters).await?)
            })
            .await?;
        if begun.is_empty() {
            return Err(Refusal::NotFound.into());
        }
        loop {
            let is_over = self
                .write(async |db| {
                    let parameters = params![&self.account, list, DELETE_ROWS];
                    let gone = db.query(sql!("lists.sql", "delete_members"), parameters).await?.len() as i64;
                    if gone == DELETE_ROWS {
                        return Ok(false);
                    }
                    db.query(
                        "DELETE FROM list WHERE account = ?1 AND list = ?2",
                        params![&self.account, list],
                    )
                    .await?;
                    Ok(true)
                })
                .await?;
            if is_over {
                return Ok(());
            }
        }
    }

    /// Those of some lists and tags that are there, by what they were asked for.
    pub(in crate::cell) async fn named_lists(
        &self,
        db: &D,
        lists: &[&str],
        tags: &[&str],
    ) -> Result<Named, DbError> {
        // Two words that differ in case alone are one tag.
        let mut hashes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for tag in tags {
            hashes.entry(hex(&self.list_name_hash(ListKind::Tag, tag)?)).or_default().push(tag);
        }
        let asked: Vec<&str> = hashes.keys().map(String::as_str).collect();
        let parameters = params![&self.account, json(&lists)?, json(&asked)?];
        let rows = db.query(sql!("lists.sql", "named"), parameters).await?;
        let mut named = Named::new();
        for row in &rows {
            let asked = row.text("asked")?;
            let found = (row.text("list")?, row.int("members")?);
            match hashes.get(&asked) {
                Some(words) => named.extend(words.iter().map(|word| ((*word).to_owned(), found.clone()))),
                None => {
                    named.insert(asked, found);
                }
            }
        }
        Ok(named)
    }

    /// The ids of what people join, with the tags made that are not there yet. Belongs inside a transaction.
    pub(in crate::cell) async fn joined_lists(
        &self,
        db: &D,
        joined: &Joined,
        now: i64,
    ) -> Result<Vec<String>, StoreError> {
        let lists: Vec<&str> = joined.lists.iter().map(String::as_str).collect();
        let tags: Vec<&str> = joined.tags.iter().map(String::as_str).collect();
        let named = self.named_lists(db, &lists, &tags).await?;
        let mut ids = Vec::with_capacity(lists.len() + tags.len());
        for list in lists {
            ids.push(named.get(list).ok_or(Refusal::ListUnknown)?.0.clone());
        }
        for tag in tags {
            match named.get(tag) {
                Some((id, _)) => ids.push(id.clone()),
                // Two words of a request that differ in case alone are one.
                None => ids.extend(self.add_list(db, ListKind::Tag, tag, now).await?),
            }
        }
        Ok(ids)
    }
}
