//! Acts: who did something, and through what, as events of the account (R10).

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::cell::proof::events::NewEvent;
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::refusal::StoreError;
use crate::seal::MasterKey;
use crate::{Act, json, params, sql};

/// An act that waits for its account to arrive in another cell.
#[derive(Serialize, Deserialize)]
pub(crate) struct WaitingAct {
    at: i64,
    actor: String,
    through: String,
    kind: String,
    fields: Json,
}

/// Where a sealed act lives that waits.
fn waiting_place(account: &str) -> String {
    format!("{account} waiting act")
}

impl<D: Database> Cell<'_, D> {
    /// Opens an act that waits.
    pub(crate) fn open_act(&self, account: &str, sealed: &[u8]) -> Result<WaitingAct, DbError> {
        let plain = self.keys.directory_key()?.open(&waiting_place(account), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| DbError::Seal)
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Records an act whose own rows are kept elsewhere, such as a sign-in in the directory, with its
    /// actor and channel (R10). The act has happened: it is written down even if the session has ended since, or
    /// by it; and of an account that is on its way to another cell it is recorded there. `fields` is an object and holds
    /// no personal data.
    pub async fn record_act(
        &self,
        master: &MasterKey,
        act: &Act,
        kind: &str,
        fields: Json,
    ) -> Result<(), DbError> {
        let recorded =
            transaction(self.db, async |db| self.write_act(db, act, kind, None, fields.clone()).await);
        match recorded.await {
            Err(DbError::AccountMoving) => self.keep_act(master, act, kind, fields).await,
            recorded => recorded.map(|_| ()),
        }
    }

    /// Records that something is read, before it is: whose session or key has ended reads nothing. An account that is on
    /// its way to another cell can be read, and has it recorded there.
    pub async fn record_read(
        &self,
        master: &MasterKey,
        act: &Act,
        kind: &str,
        fields: Json,
    ) -> Result<(), StoreError> {
        let record = async |db: &D| Ok(self.write_act(db, act, kind, None, fields.clone()).await?);
        match self.write(record).await {
            Err(StoreError::Db(DbError::AccountMoving)) => {
                Ok(self.keep_act(master, act, kind, fields.clone()).await?)
            }
            recorded => recorded.map(|_| ()),
        }
    }

    /// Keeps an act until its account has arrived in another cell.
    async fn keep_act(&self, master: &MasterKey, act: &Act, kind: &str, fields: Json) -> Result<(), DbError> {
        let waiting = WaitingAct {
            at: act.now,
            actor: act.actor.clone(),
            through: act.through.to_owned(),
            kind: kind.to_owned(),
            fields,
        };
        let plain = json(&waiting)?;
        let sealed = master.directory_key()?.seal(&waiting_place(&self.account), plain.as_bytes())?;
        let insert = "INSERT INTO waiting_act (account, sealed) VALUES (?1, ?2)";
        self.db.query(insert, params![&self.account, sealed]).await?;
        Ok(())
    }

    /// Records an act that waited in the cell that the account came from; once.
    pub(crate) async fn record_waiting_act(
        &self,
        sealed: &[u8],
        waiting: &WaitingAct,
    ) -> Result<(), DbError> {
        let through = ["cabinet", "api"].into_iter().find(|through| *through == waiting.through);
        let act =
            Act { now: waiting.at, actor: waiting.actor.clone(), through: through.unwrap_or("cabinet") };
        transaction(self.db, async |db| {
            let parameters = params![&self.account, sealed.to_vec(), act.now];
            let claimed = db.query(sql!("acts.sql", "claim_waiting"), parameters);
            if !claimed.await?.is_empty() {
                self.write_act(db, &act, &waiting.kind, None, waiting.fields.clone()).await?;
            }
            Ok::<_, DbError>(())
        })
        .await
    }

    /// Writes down who did it and through what. Belongs inside the transaction of the act.
    pub(crate) async fn write_act(
        &self,
        db: &D,
        act: &Act,
        kind: &str,
        campaign: Option<&str>,
        mut fields: Json,
    ) -> Result<i64, DbError> {
        if let Json::Object(fields) = &mut fields {
            fields.insert("actor".to_owned(), act.actor.as_str().into());
            fields.insert("channel".to_owned(), act.through.into());
            if let Some(campaign) = campaign {
                fields.insert("campaign".to_owned(), campaign.into());
            }
        }
        let event = NewEvent { kind, campaign, fields };
        self.recorder().record(db, act.now, vec![event]).await
    }
}
