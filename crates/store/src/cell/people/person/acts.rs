//! Acts at a person's request, each in one transaction with its receipt and its event (R69, R183).

use std::collections::BTreeMap;

use domain::ids::IdKind;
use domain::unpaid;

use crate::cell::idempotency::{self, Repeatable};
use crate::cell::people::blacklist::{SealedEntries, Source};
use crate::cell::people::imports::batch::fingerprint;
use crate::cell::people::person::receipts::{Kept, PersonDone, PersonReceipt, PersonRequestKind, Written};
use crate::cell::{NewBlacklistEntry, Tenant};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, json, params, sql};

/// What is put right; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// An empty name is none.
    pub name: Option<String>,
    /// All fields that are kept from now on.
    pub fields: Option<BTreeMap<String, String>>,
}

/// What a person wants, or their account for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonAct {
    /// To be given what the account has of them.
    Show,
    /// To have it put right.
    Correct(Correction),
    /// Not to be written to, which the account may take back.
    Block,
    /// To withdraw their consent: to messages, and to automated decisions. Only they take that back.
    Withdraw,
    /// To be deleted.
    Delete {
        /// Whether the number is put on the blacklist, so that no file brings them back.
        blacklist: bool,
    },
}

impl PersonAct {
    const fn kind(&self) -> PersonRequestKind {
        match self {
            Self::Show => PersonRequestKind::Shown,
            Self::Correct(_) => PersonRequestKind::Corrected,
            Self::Block => PersonRequestKind::Blocked,
            Self::Withdraw => PersonRequestKind::Withdrawn,
            Self::Delete { .. } => PersonRequestKind::Deleted,
        }
    }

    const fn lists_as(&self) -> Option<Source> {
        match self {
            Self::Block | Self::Delete { blacklist: true } => Some(Source::Account),
            Self::Withdraw => Some(Source::OptOut),
            Self::Show | Self::Correct(_) | Self::Delete { blacklist: false } => None,
        }
    }
}

/// Whom an act is about, as it was found before the transaction.
struct About<'a> {
    phone: &'a str,
    hash: [u8; 32],
    entries: SealedEntries,
    said: &'a str,
    was_written_to: bool,
}

impl<D: Database> Tenant<'_, D> {
    /// Does what a person wants, and answers the receipt. Of whom the account has nothing there is nothing to do, but a
    /// number can always be blocked. A repeat under the same key finds what the first came to.
    pub async fn act_on_person(
        &self,
        act: &Act,
        phone: &str,
        what: &PersonAct,
        said: Option<&str>,
        repeat: Option<&Repeatable>,
    ) -> Result<PersonReceipt, StoreError> {
        let request = self.new_id(IdKind::PersonRequest, act.now)?;
        let key = self.keys.personal()?;
        let number = NewBlacklistEntry { phone: phone.to_owned() };
        let about = About {
            phone,
            hash: key.index(phone),
            entries: self.sealed_entries(act, &[number], said)?,
            said: said.unwrap_or_default(),
            // Out of the transaction, since it goes through the campaigns. Anybody can be blocked.
            was_written_to: *what != PersonAct::Block && self.wrote_ever_to(phone).await?,
        };
        let is_nobody = !about.was_written_to && self.person(phone).await?.is_nobody();
        let made = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &request, act.now).await?
                {
                    return Ok(first);
                }
                if is_nobody && *what != PersonAct::Block {
                    return Err(Refusal::PersonUnknown.into());
                }
                let done = self.do_to_person(db, act, &about, what).await?;
                let written = Written { request: &request, kind: what.kind(), phone, said, done: &done };
                self.write_receipt(db, act, &written).await?;
                self.check_unpaid_limit(db, unpaid::Kept::PersonRequests).await?;
                Ok(request.clone())
            })
            .await?;
        self.receipt(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// Belongs inside a transaction.
    async fn do_to_person(
        &self,
        db: &D,
        act: &Act,
        about: &About<'_>,
        what: &PersonAct,
    ) -> Result<PersonDone, StoreError> {
        let mut done = PersonDone::default();
        match what {
            PersonAct::Show | PersonAct::Block => {}
            PersonAct::Correct(correction) => {
                self.refuse_while_reading(db).await?;
                done.corrected = self.correct(db, about, correction).await?;
                self.mark_soon(db, 1, act.now).await?;
                self.check_unpaid_limit(db, unpaid::Kept::Fields).await?;
            }
            PersonAct::Withdraw => {
                done.scores_voided = self.scores_count(db, &about.hash).await?;
                done.stance_ended = self.withdraw_in(db, act, about.phone, about.said).await?;
            }
            PersonAct::Delete { .. } => {
                self.refuse_while_reading(db).await?;
                self.delete_person(db, act, about, &mut done).await?;
            }
        }
        if let Some(source) = what.lists_as() {
            let added = self.list_entries(db, act, &about.entries, source).await?;
            done.blacklisted = added.added > 0;
            done.cancelled_messages += added.cancelled_messages;
            self.check_unpaid_limit(db, unpaid::Kept::Blacklisted).await?;
        }
        if matches!(what, PersonAct::Delete { .. }) {
            done.kept = self.kept_of(db, about).await?;
        }
        Ok(done)
    }

    /// A file that is being read may be about to bring or to change the very person.
    async fn refuse_while_reading(&self, db: &D) -> Result<(), StoreError> {
        let reading = db.query(sql!("acts.sql", "is_reading"), params![&self.account]).await?;
        if reading.is_empty() { Ok(()) } else { Err(Refusal::ImportInProgress.into()) }
    }

    async fn correct(
        &self,
        db: &D,
        about: &About<'_>,
        correction: &Correction,
    ) -> Result<Vec<String>, StoreError> {
        let known = self.contact_of_number(db, &about.hash).await?;
        let (contact, proof) = known.ok_or(Refusal::PersonNotInBase)?;
        let name = correction.name.clone().map(|name| Some(name).filter(|name| !name.trim().is_empty()));
        let name = name.unwrap_or_else(|| contact.name.clone());
        let fields = correction.fields.clone().unwrap_or_else(|| contact.fields.clone());
        let mut corrected = Vec::new();
        if name != contact.name {
            corrected.push("name".to_owned());
        }
        if fields != contact.fields {
            corrected.push("fields".to_owned());
        }
        let fields = if fields.is_empty() { None } else { Some(json(&fields)?) };
        let key = self.keys.personal()?;
        let seal = |column: &str, text: &Option<String>| {
            let place = self.place(column, &contact.contact);
            text.as_ref().map(|text| key.seal(&place, text.as_bytes())).transpose()
        };
        let parameters = params![
            &self.account,
            &contact.contact,
            seal("contact name", &name)?,
            seal("contact fields", &fields)?
        ];
        db.query(sql!("acts.sql", "correct"), parameters).await?;
        let print = fingerprint(key, name.as_deref(), fields.as_deref(), proof.as_deref());
        let parameters = params![&self.account, &about.hash, print.to_vec()];
        db.query(sql!("acts.sql", "fingerprint"), parameters).await?;
        Ok(corrected)
    }

    async fn delete_person(
        &self,
        db: &D,
        act: &Act,
        about: &About<'_>,
        done: &mut PersonDone,
    ) -> Result<(), StoreError> {
        done.scores_voided = self.scores_count(db, &about.hash).await?;
        if let Some((contact, _)) = self.contact_of_number(db, &about.hash).await? {
            let parameters = params![&self.account, &contact.contact];
            let queued = db.query(sql!("acts.sql", "queued"), parameters).await?;
            done.cancelled_messages = queued.first().ok_or(DbError::NoRow)?.int("messages")?;
            done.contact_deleted = self.delete_contact(db, &contact.contact, act.now).await?;
        }
        // A consent of theirs has nothing left to be for. What they said against decisions protects them still.
        done.stance_ended = self.forget_consent_in(db, &about.hash).await?;
        Ok(())
    }

    /// What is still there of a person.
    async fn kept_of(&self, db: &D, about: &About<'_>) -> Result<Vec<Kept>, DbError> {
        let rows = db.query(sql!("acts.sql", "kept"), params![&self.account, &about.hash]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        let all = [
            (Kept::Blacklist, row.flag("is_listed")?),
            (Kept::History, about.was_written_to),
            (Kept::Consents, row.flag("has_consents")?),
            (Kept::Stance, row.flag("has_stance")?),
            (Kept::Appeals, row.flag("has_appeals")?),
        ];
        Ok(all.into_iter().filter(|(_, is_kept)| *is_kept).map(|(kept, _)| kept).collect())
    }

    async fn scores_count(&self, db: &D, hash: &[u8; 32]) -> Result<i64, DbError> {
        let rows = db.query(sql!("acts.sql", "scores"), params![&self.account, hash]).await?;
        rows.first().ok_or(DbError::NoRow)?.int("scores")
    }
}
