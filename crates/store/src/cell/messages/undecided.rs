//! What stays unknown when the operator is not asked any more: its owner decides (R48, R85, R87).

use std::collections::BTreeMap;

use domain::hours::window_at;
use domain::message::Reason;
use domain::money::Tiyn;

use crate::Act;
use crate::cell::Tenant;
use crate::cell::messages::judged::Judged;
use crate::cell::messages::terms::Terms;
use crate::cell::messages::transitions::{self, LeftLease, Released};
use crate::database::{Database, DbError, transaction};
use crate::params;
use crate::refusal::{Refusal, StoreError};

/// What an owner decides about messages of which nobody can say whether they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownDecision {
    /// Into the queue again: whoever has it already gets it twice.
    SendAgain,
    /// Never again: whoever has not got it does not get it.
    Leave,
}

impl UnknownDecision {
    /// As the interface and the log write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendAgain => "send_again",
            Self::Leave => "leave",
        }
    }

    const fn reason(self) -> Option<Reason> {
        match self {
            Self::SendAgain => None,
            Self::Leave => Some(Reason::OutcomeUnknown),
        }
    }
}

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
            let state = state.first().ok_or(Refusal::NotFound)?.text(0)?;
            let goes_on = matches!(state.as_str(), "running" | "paused" | "completed");
            if decision == UnknownDecision::SendAgain && !goes_on {
                return Err(Refusal::CampaignStateConflict.into());
            }
            let messages = self.release_undecided(db, campaign, decision.reason(), act.now).await?;
            if messages == 0 {
                return Ok(0);
            }
            if decision == UnknownDecision::SendAgain {
                db.query(
                    "UPDATE campaign SET finished_at = iif(state = 'completed', NULL, finished_at),
                       state = iif(state = 'completed', 'running', state), turn_at = ?3
                     WHERE account = ?1 AND campaign = ?2",
                    params![&self.account, campaign, act.now],
                )
                .await?;
            }
            let fields = serde_json::json!({"decision": decision.as_str(), "messages": messages});
            self.write_act(db, act, "unknown_decided", Some(campaign), fields).await?;
            Ok(messages)
        })
        .await
    }

    /// With the account's end nobody is left to decide.
    pub(crate) async fn leave_undecided_at_the_end(&self, deletion: &str, now: i64) -> Result<(), DbError> {
        let rows = self
            .db
            .query(
                "SELECT DISTINCT campaign FROM message INDEXED BY message_open
                 WHERE account = ?1 AND state IN ('leased', 'unknown')
                   AND state = 'unknown' AND asking_ended_at IS NOT NULL AND EXISTS
                   (SELECT 1 FROM deletion WHERE account = ?1 AND deletion = ?2 AND state = 'executing')",
                params![&self.account, deletion],
            )
            .await?;
        for row in &rows {
            let campaign = row.text(0)?;
            transaction(self.db, async |db| {
                self.release_undecided(db, &campaign, Some(Reason::OutcomeUnknown), now).await
            })
            .await?;
        }
        Ok(())
    }

    async fn release_undecided(
        &self,
        db: &D,
        campaign: &str,
        reason: Option<Reason>,
        now: i64,
    ) -> Result<i64, DbError> {
        let rows = db
            .query(
                "SELECT id, lease, operator_price, service_price FROM message INDEXED BY message_open
                 WHERE account = ?1 AND campaign = ?2 AND state IN ('leased', 'unknown')
                   AND state = 'unknown' AND asking_ended_at IS NOT NULL",
                params![&self.account, campaign],
            )
            .await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let instant = chrono::DateTime::from_timestamp_millis(now).ok_or(DbError::Column(0))?;
        let judged = Judged::by(&window_at(instant), now);
        let mut left = Vec::with_capacity(rows.len());
        let mut by_price: BTreeMap<(Tiyn, Tiyn), Vec<Released>> = BTreeMap::new();
        for row in &rows {
            let id = row.int(0)?;
            left.push(LeftLease { id, lease: row.text(1)? });
            let prices = (Tiyn(row.int(2)?), Tiyn(row.int(3)?));
            by_price.entry(prices).or_default().push(Released { id, reason, not_before: now });
        }
        for ((operator_price, service_price), released) in by_price {
            let terms = Terms {
                campaign: campaign.to_owned(),
                operator: String::new(),
                operator_price,
                service_price,
                paid_if_answered: false,
            };
            self.release(db, &terms, &judged, &released, now).await?;
        }
        if reason.is_some() {
            transitions::leave_alone(db, &self.account, &left, now).await?;
        }
        Ok(rows.len() as i64)
    }
}
