//! An account's beginnings and its profile.

use domain::account::AccountKind;
use serde::{Deserialize, Serialize};

use crate::cell::people::consents::{self, Acceptance, ConsentRecord};
use crate::cell::proof::events::{NewEvent, Recorder};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, StoredPage, params, sql};

/// What a person declares of themselves: no more than the contract needs (R7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// In its stored spelling.
    pub login: String,
    /// As declared (R8).
    pub name: String,
    /// E.164.
    pub phone: String,
    /// As declared.
    pub email: String,
}

/// A change of the profile: what it replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileChange {
    /// Grows with each change.
    pub id: i64,
    /// Unix milliseconds.
    pub at: i64,
    /// The session that made it.
    pub actor: String,
    /// The declared data before it.
    pub former: Profile,
    /// The language before it.
    pub language: String,
}

/// A sign-up that the rules let through.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// `acc_…`
    pub account: String,
    /// The number that a payer writes.
    pub account_number: String,
    /// One of the three (R1).
    pub kind: AccountKind,
    /// `kk`, `ru` or `en`.
    pub language: String,
    /// What is declared.
    pub profile: Profile,
    /// The offer's acceptance and the personal-data consent: two acts (R22).
    pub acts: [Acceptance; 2],
}

impl<D: Database> Cell<'_, D> {
    /// Makes the account, whose data its owner declared to be true (R5), with its two acts, its keys and its
    /// empty balance, or nothing at all.
    pub async fn create_account(&self, act: &Act, new: &NewAccount) -> Result<Vec<ConsentRecord>, DbError> {
        let (keys, wrapped) = self.keys.new_account_keys(&new.account)?;
        let plain = serde_json::to_vec(&new.profile).map_err(|error| DbError::Other(error.to_string()))?;
        let profile = keys.personal()?.seal(&profile_place(&new.account), &plain)?;
        let recorder = Recorder { cell: self.name, account: &new.account, key: &keys.evidence };
        transaction(self.db, async |db| {
            let key = db
                .query(
                    "INSERT INTO personal_key (wrapped) VALUES (?1) RETURNING id",
                    params![wrapped.personal.clone()],
                )
                .await?;
            let key = key.first().ok_or(DbError::NoRow)?.int("id")?;
            db.query(
                sql!("accounts.sql", "create"),
                params![
                    &new.account,
                    &new.account_number,
                    new.kind.as_str(),
                    &new.language,
                    profile.clone(),
                    key,
                    wrapped.evidence.clone(),
                    act.now
                ],
            )
            .await?;
            db.query("INSERT INTO balance (account) VALUES (?1)", params![&new.account]).await?;
            let fields = serde_json::json!({
                "account_kind": new.kind.as_str(), "language": new.language, "truth_declared": true,
                "actor": act.actor, "channel": act.through,
            });
            let event = NewEvent { kind: "signed_up", campaign: None, fields };
            recorder.record(db, act.now, vec![event]).await?;
            let mut records = Vec::with_capacity(new.acts.len());
            for acceptance in &new.acts {
                records.push(consents::record(db, &recorder, act, acceptance).await?);
            }
            Ok(records)
        })
        .await
    }
}

fn profile_place(account: &str) -> String {
    format!("{account} profile")
}

impl<D: Database> Tenant<'_, D> {
    /// The declared data.
    pub async fn profile(&self) -> Result<Profile, DbError> {
        let rows =
            self.db.query("SELECT profile FROM account WHERE account = ?1", params![&self.account]).await?;
        let sealed = rows.first().ok_or(DbError::NoRow)?.blob("profile")?;
        let plain = self.keys.personal()?.open(&profile_place(&self.account), &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| DbError::Seal)
    }

    /// Replaces the declared data and keeps what stood there before (R6).
    pub async fn update_profile(
        &self,
        act: &Act,
        profile: &Profile,
        language: &str,
    ) -> Result<(), StoreError> {
        let plain = serde_json::to_vec(profile).map_err(|error| DbError::Other(error.to_string()))?;
        let sealed = self.keys.personal()?.seal(&profile_place(&self.account), &plain)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let fields = serde_json::json!({"changed": self.changed_fields(db, profile, language).await?});
            db.query(
                sql!("accounts.sql", "keep_former_profile"),
                params![&self.account, act.now, &act.actor],
            )
            .await?;
            db.query(
                "UPDATE account SET profile = ?2, language = ?3 WHERE account = ?1",
                params![&self.account, sealed.clone(), language],
            )
            .await?;
            self.write_act(db, act, "profile_changed", None, fields).await?;
            Ok(())
        })
        .await
    }

    /// What stood in the profile before each change, the last one first (R6).
    pub async fn profile_changes(
        &self,
        before: i64,
        limit: usize,
    ) -> Result<StoredPage<ProfileChange>, DbError> {
        let rows = self
            .db
            .query(sql!("accounts.sql", "profile_changes"), params![&self.account, before, limit as i64 + 1])
            .await?;
        let key = self.keys.personal()?;
        let changes = rows
            .iter()
            .map(|row| {
                let plain = key.open(&profile_place(&self.account), &row.blob("former")?)?;
                let former = serde_json::from_slice(&plain).map_err(|_| DbError::Seal)?;
                Ok(ProfileChange {
                    id: row.int("id")?,
                    at: row.int("at")?,
                    actor: row.text("actor")?,
                    former,
                    language: row.text("language")?,
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(changes, limit, |change| change.id.to_string()))
    }

    /// Which of the declared data differ from what is stored: names only, which the evidence may keep.
    async fn changed_fields(
        &self,
        db: &D,
        profile: &Profile,
        language: &str,
    ) -> Result<Vec<&'static str>, DbError> {
        let rows = db
            .query("SELECT profile, language FROM account WHERE account = ?1", params![&self.account])
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        let plain = self.keys.personal()?.open(&profile_place(&self.account), &row.blob("profile")?)?;
        let former: Profile = serde_json::from_slice(&plain).map_err(|_| DbError::Seal)?;
        let differences = [
            ("login", former.login != profile.login),
            ("name", former.name != profile.name),
            ("phone", former.phone != profile.phone),
            ("email", former.email != profile.email),
            ("language", row.text("language")? != language),
        ];
        Ok(differences.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect())
    }

    /// Refuses what would bring rows back to an account that is closed: a request that began before the
    /// erasure must not end after it (R127). Belongs inside the transaction that makes the rows.
    pub(crate) async fn refuse_if_closed(&self, db: &D) -> Result<(), StoreError> {
        let open = db
            .query("SELECT 1 FROM account WHERE account = ?1 AND state <> 'closed'", params![&self.account])
            .await?;
        if open.is_empty() { Err(Refusal::AccountBlocked.into()) } else { Ok(()) }
    }
}
