//! What stays unknown when the operator is not asked any more: its owner decides (R48, R85, R87).

use std::collections::BTreeMap;

use domain::hours::window_at;
use domain::money::Tiyn;

use crate::Act;
use crate::cell::messages::hand_over::{Released, Settlement};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::{json, params};

/// Why a message that its owner left alone was not sent, as far as anybody knows.
const OUTCOME_UNKNOWN: &str = "outcome_unknown";

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

    const fn reason(self) -> Option<&'static str> {
        match self {
            Self::SendAgain => None,
            Self::Leave => Some(OUTCOME_UNKNOWN),
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
                self.release_undecided(db, &campaign, Some(OUTCOME_UNKNOWN), now).await
            })
            .await?;
        }
        Ok(())
    }

    async fn release_undecided(
        &self,
        db: &D,
        campaign: &str,
        reason: Option<&'static str>,
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
        let (content, _) = self.sent_content(campaign).await?.ok_or(DbError::NoRow)?;
        let instant = chrono::DateTime::from_timestamp_millis(now).ok_or(DbError::Column(0))?;
        let verdict = window_at(instant);
        let mut leases = Vec::with_capacity(rows.len());
        let mut by_price: BTreeMap<(i64, i64), Vec<Released<'_>>> = BTreeMap::new();
        for row in &rows {
            leases.push((row.int(0)?, row.text(1)?));
            by_price.entry((row.int(2)?, row.int(3)?)).or_default().push((row.int(0)?, reason, now));
        }
        for ((operator_price, service_price), released) in by_price {
            let settlement = Settlement {
                lease: "",
                campaign,
                content: &content,
                operator: "",
                operator_price: Tiyn(operator_price),
                service_price: Tiyn(service_price),
                paid_if_answered: false,
                at: now,
                verdict: &verdict,
                outcomes: Vec::new(),
            };
            self.release(db, &settlement, &released, now).await?;
        }
        if reason.is_some() {
            // Under which lease it left stays known, for a report that comes after all.
            db.query(
                "UPDATE message SET lease = j.value ->> 1, lease_until = ?3, operator_price = 0, service_price = 0
                 FROM json_each(?2) j WHERE message.id = j.value ->> 0 AND +account = ?1 AND state = 'blocked'",
                params![&self.account, json(&leases)?, now],
            )
            .await?;
        }
        Ok(rows.len() as i64)
    }
}

impl<D: Database> Cell<'_, D> {
    /// An operator speaks of a message that its owner left alone: it can be settled after all. It is not asked about
    /// again: should the settlement fail, "not found" would send it against its owner's word.
    pub(crate) async fn reopen_left(&self, id: i64, now: i64) -> Result<bool, DbError> {
        let reopened = self
            .db
            .query(
                "UPDATE message SET state = 'unknown', reason = NULL, blocked_at = NULL, asking_ended_at = ?3,
                   not_before = ?4
                 WHERE id = ?1 AND state = 'blocked' AND reason = ?2 AND lease IS NOT NULL RETURNING 1",
                params![id, OUTCOME_UNKNOWN, now, i64::MAX],
            )
            .await?;
        Ok(!reopened.is_empty())
    }
}
