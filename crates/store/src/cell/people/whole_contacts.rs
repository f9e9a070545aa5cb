//! Contacts with everything that is kept beside them, for their owner's own copy (R68).

use crate::StoredPage;
use crate::cell::Tenant;
use crate::cell::people::contacts::Contact;
use crate::cell::scores::stances::Stance;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{params, sql};

/// A contact with what stands in tables of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeContact {
    /// The contact.
    pub contact: Contact,
    /// Source and date of the consent, as JSON.
    pub consent: Option<String>,
    /// What the person said last of automated decisions; `None` where they said nothing.
    pub stance: Option<Stance>,
    /// `lst_…` and `tag_…`
    pub lists: Vec<String>,
}

impl<D: Database> Tenant<'_, D> {
    /// The contacts of completed uploads, oldest first. Each page is a short read of its own: what is changed while
    /// somebody goes through them is seen by the pages behind.
    pub async fn whole_contacts(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<WholeContact>, DbError> {
        let parameters = params![&self.account, cursor.unwrap_or(""), limit as i64 + 1];
        let rows = self.db.query(sql!("whole_contacts.sql", "page"), parameters).await?;
        let contacts = rows.iter().map(|row| self.open_whole(row)).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(contacts, limit, |whole| whole.contact.contact.clone()))
    }

    fn open_whole(&self, row: &Row) -> Result<WholeContact, DbError> {
        let contact = self.open_contact(row)?;
        let place = self.place("contact consent", &contact.contact);
        let sealed = row.opt_blob("consent_proof")?;
        let consent = sealed.map(|sealed| self.keys.evidence.open_text(&place, &sealed)).transpose()?;
        let stance = row.opt_read("stance", Stance::parse)?;
        Ok(WholeContact { contact, consent, stance, lists: row.json("lists")? })
    }
}
