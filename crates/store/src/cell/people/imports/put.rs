//! A few contacts put in at once, by a program or by a person: an import without a file, in one transaction (R61, R62).

use domain::ids::IdKind;
use domain::unpaid::Kept;

use crate::Act;
use crate::cell::Tenant;
use crate::cell::audience::lists::Joined;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::people::consents::{self, Acceptance};
use crate::cell::people::imports::Import;
use crate::cell::people::imports::batch::{NewContact, RejectedRow};
use crate::cell::proof::events::NewEvent;
use crate::database::Database;
use crate::refusal::{Refusal, StoreError};
use crate::{params, sql};

/// What is put in.
pub struct PutContacts {
    /// What its owner calls it.
    pub name: String,
    /// That the recipients consented (R62).
    pub attestation: Acceptance,
    /// Rows whose number can be written to.
    pub contacts: Vec<NewContact>,
    /// The others.
    pub rejected: Vec<RejectedRow>,
    /// The lists and tags that they join.
    pub joined: Joined,
}

impl<D: Database> Tenant<'_, D> {
    /// Inserts contacts, or updates those that are known. A repeat under the same key finds what the first came to.
    pub async fn put_contacts(
        &self,
        act: &Act,
        put: PutContacts,
        repeat: Option<&Repeatable>,
    ) -> Result<Import, StoreError> {
        let import = self.new_id(IdKind::Import, act.now)?;
        let key = self.keys.personal()?;
        let name = key.seal(&self.place("import name", &import), put.name.as_bytes())?;
        let attestation = Acceptance { subject: Some(import.clone()), ..put.attestation };
        let rows = put.contacts.len() + put.rejected.len();
        self.check_unpaid_fields(&put.contacts).await?;
        let batch = self.prepare_batch(&import, 1, put.contacts, put.rejected).await?;
        let made = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &import, act.now).await?
                {
                    return Ok(first);
                }
                let consent = consents::record(db, &self.recorder(), act, &attestation).await?;
                let parameters = params![
                    &self.account,
                    &import,
                    name.clone(),
                    consent.consent,
                    act.now,
                    &act.actor,
                    act.through
                ];
                db.query(sql!("put.sql", "create_complete"), parameters).await?;
                self.check_unpaid_limit(db, Kept::Imports).await?;
                self.note_joined(db, &import, &put.joined, act.now).await?;
                self.write_batch(db, &import, &batch, act.now).await?.ok_or(Refusal::NotFound)?;
                self.merge_part(db, &import, 0, act.now).await?;
                let mut after = String::new();
                while let Some(up_to) = self.change_contacts(db, &import, &after).await? {
                    after = up_to;
                }
                self.check_unpaid_limit(db, Kept::Contacts).await?;
                for kept in [Kept::ListMembers, Kept::DecisionConsents, Kept::DecisionStances] {
                    self.check_unpaid_limit(db, kept).await?;
                }
                self.mark_soon(db, rows as i64, act.now).await?;
                let fields = serde_json::json!({
                    "import": &import, "rows": rows, "actor": &act.actor, "channel": act.through,
                });
                let event = NewEvent { kind: "contacts_put", campaign: None, fields };
                self.recorder().record(db, act.now, vec![event]).await?;
                Ok(import.clone())
            })
            .await?;
        self.import(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }
}
