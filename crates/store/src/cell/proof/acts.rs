//! Acts: who did something, and through what, as events of the account (R10).

use serde_json::Value as Json;

use crate::Act;
use crate::cell::Tenant;
use crate::cell::proof::events::NewEvent;
use crate::database::{Database, DbError, transaction};

impl<D: Database> Tenant<'_, D> {
    /// Records an act whose own rows are kept elsewhere, such as a sign-in in the directory, with its
    /// actor and channel (R10). The act has happened: it is written down even if the session has ended since, or
    /// by it. `fields` is an object and holds no personal data. Returns the leaf's index.
    pub async fn record_act(&self, act: &Act, kind: &'static str, fields: Json) -> Result<i64, DbError> {
        transaction(self.db, async |db| self.write_act(db, act, kind, None, fields).await).await
    }

    /// Writes down who did it and through what. Belongs inside the transaction of the act.
    pub(crate) async fn write_act(
        &self,
        db: &D,
        act: &Act,
        kind: &'static str,
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
