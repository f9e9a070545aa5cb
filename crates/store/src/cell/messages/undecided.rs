//! What stays unknown when the operator is not asked any more: its owner decides (R48, R85, R87).

use std::collections::BTreeMap;

use domain::hours::window_at;
use domain::message::{Reason, UnknownDecision};
use domain::money::Tiyn;

use crate::Act;
use crate::cell::Tenant;
use crate::cell::messages::judged::Judged;
use crate::cell::messages::terms::Terms;
use crate::cell::messages::transitions::{self, LeftLease, Released};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{params, sql};

impl<D: Database> Tenant<'_, D> {
    /// Decides about the messages of a campaign that stayed unknown; answers how many there were. Either way
    /// what was held for them is given back: a second departure holds its own price. What is left alone and
    /// is reported after all costs nothing: the money was promised back. A repeat finds nothing to decide.
    pub async fn decide_unknown(
        &self,
        act: &Act,
        campaign: &str,
        decision: UnknownDecision,
    ) -> Result<i64, StoreError> {
        self.write(async |db| {
            let state = db
                .query(
                    "SELECT state FROM campaign WHERE account = ?1 AND campaign = ?2",
                    params![&self.account, campaign],
                )
                .await?;
            let state = state.first().ok_or(Refusal::NotFound)?.text("state")?;
            let goes_on = matches!(state.as_str(), "running" | "paused" | "completed");
            if decision == UnknownDecision::SendAgain && !goes_on {
                return Err(Refusal::CampaignStateConflict.into());
            }
            let messages = self.release_undecided(db, campaign, decision.reason(), act.now).await?;
            if messages == 0 {
                return Ok(0);
            }
            if decision == UnknownDecision::SendAgain {
                db.query(sql!("undecided.sql", "go_on"), params![&self.account, campaign, act.now]).await?;
            }
            let fields = serde_json::json!({"decision": decision.as_str(), "messages": messages});
            self.write_act(db, act, "unknown_decided", Some(campaign), fields).await?;
            Ok(messages)
        })
        .await
    }

    /// With the account's end nobody is left to decide. Leaves those of one campaign alone; answers whether there
    /// was one. Belongs inside a transaction, of an erasure that was begun.
    pub(crate) async fn leave_undecided_at_the_end(&self, db: &D, now: i64) -> Result<bool, DbError> {
        let rows = db.query(sql!("undecided.sql", "of_the_erased"), params![&self.account]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        self.release_undecided(db, &row.text("campaign")?, Some(Reason::OutcomeUnknown), now).await?;
        Ok(true)
    }

    async fn release_undecided(
        &self,
        db: &D,
        campaign: &str,
        reason: Option<Reason>,
        now: i64,
    ) -> Result<i64, DbError> {
        let rows = db.query(sql!("undecided.sql", "of_campaign"), params![&self.account, campaign]).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let instant = chrono::DateTime::from_timestamp_millis(now)
            .ok_or_else(|| DbError::Other(format!("no instant: {now}")))?;
        let judged = Judged::by(&window_at(instant), now);
        let mut left = Vec::with_capacity(rows.len());
        // What is given back stands once a price in the ledger, whoever carried the messages.
        let mut by_price: BTreeMap<(Tiyn, Tiyn), (Terms, Vec<Released>)> = BTreeMap::new();
        for row in &rows {
            let id = row.int("id")?;
            left.push(LeftLease { id, lease: row.text("lease")? });
            let terms = Terms::from_row(row)?;
            let of_price = by_price.entry((terms.operator_price, terms.service_price));
            let (_, released) = of_price.or_insert_with(|| (terms, Vec::new()));
            released.push(Released { id, reason, not_before: now });
        }
        for (terms, released) in by_price.values() {
            self.release(db, terms, &judged, released, now).await?;
        }
        if reason.is_some() {
            transitions::leave_alone(db, &self.account, &left, now).await?;
        }
        Ok(rows.len() as i64)
    }
}
