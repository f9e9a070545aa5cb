//! What a call's end brings: the charge given back of those that are paid only if they are answered, and the next
//! attempt (R46, R48, R78, R87). A call that nobody speaks of any more is closed with its money given back.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::voice::CallResult;

use crate::cell::messages::transitions::{self, NextAttempt};
use crate::cell::messages::turns::{Done, PUT_OFF_MS, of_one_account};
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::proof::events::NewEvent;
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{json, params, sql};

/// A call that has come to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndedCall {
    /// The row.
    pub id: i64,
    /// `None` where nobody said in time.
    pub result: Option<CallResult>,
}

/// What was charged for calls of one campaign that came to nothing.
#[derive(Default)]
struct Charged {
    calls: Vec<i64>,
    operator: Tiyn,
    service: Tiyn,
    /// Those of them of which nobody said how they ended: `msg_…`
    unreported: Vec<String>,
}

impl Charged {
    fn add(&mut self, row: &Row, unreported: bool) -> Result<(), DbError> {
        self.calls.push(row.int("id")?);
        self.operator = self.operator + Tiyn(row.int("operator_price")?);
        self.service = self.service + Tiyn(row.int("service_price")?);
        if unreported {
            self.unreported.push(row.text("message")?);
        }
        Ok(())
    }
}

impl<D: Database> Cell<'_, D> {
    /// Closes up to `limit` calls whose result was waited for in vain: what they cost is given back, and no
    /// attempt follows. A result that comes later is written down and costs nothing. What breaks with one account is put
    /// off.
    pub async fn close_unreported_calls(&self, limit: usize, now: i64) -> Result<Done, DbError> {
        let rows = self.db.query(sql!("calls.sql", "unreported"), params![now, limit as i64]).await?;
        let mut by_account: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for row in &rows {
            by_account.entry(row.text("account")?).or_default().push(row.int("id")?);
        }
        let mut closed = Done::default();
        for (account, calls) in by_account {
            match self.close_calls_of(&account, &calls, now).await {
                Ok(count) => closed.count += count,
                // What is wrong with one account must not keep all others' money, nor fill the next step.
                Err(error) => {
                    let error = of_one_account(error)?;
                    transitions::put_result_off(self.db, &calls, now + PUT_OFF_MS, now).await?;
                    closed.put_off.push((account, error));
                }
            }
        }
        Ok(closed)
    }

    async fn close_calls_of(&self, account: &str, calls: &[i64], now: i64) -> Result<i64, DbError> {
        match self.tenant(account).await? {
            Some(tenant) => tenant.close_calls(calls, now).await,
            None => Err(DbError::NoRow),
        }
    }
}

impl<D: Database> Tenant<'_, D> {
    async fn close_calls(&self, calls: &[i64], now: i64) -> Result<i64, DbError> {
        transaction(self.db, async |db| {
            // A result may have come just before.
            let rows = db
                .query(sql!("calls.sql", "still_unreported"), params![&self.account, now, json(&calls)?])
                .await?;
            let ended = rows
                .iter()
                .map(|row| Ok(EndedCall { id: row.int("id")?, result: None }))
                .collect::<Result<Vec<_>, DbError>>()?;
            self.end_calls(db, &ended, now).await?;
            Ok(ended.len() as i64)
        })
        .await
    }

    /// Settles the money of calls that ended, queues the next attempt of those that may be repeated, and ends the
    /// campaigns of which nothing is left. Belongs inside the transaction that writes their results down.
    pub(crate) async fn end_calls(&self, db: &D, ended: &[EndedCall], now: i64) -> Result<(), DbError> {
        if ended.is_empty() {
            return Ok(());
        }
        self.give_back(db, ended, now).await?;
        let mut next = Vec::new();
        for call in ended {
            if call.result.is_some_and(CallResult::may_be_repeated) {
                next.push(NextAttempt { after: call.id, message: self.new_id(IdKind::Message, now)? });
            }
        }
        transitions::queue_next_attempts(db, &self.account, &next, now).await?;
        let ids: Vec<i64> = ended.iter().map(|call| call.id).collect();
        let rows = transitions::stop_waiting(db, &self.account, &ids).await?;
        // This may have been the last of a campaign, or what it does next is due sooner than it was.
        let campaigns = rows.iter().map(|row| row.text("campaign")).collect::<Result<BTreeSet<_>, _>>()?;
        for campaign in campaigns {
            self.served(&campaign, now).await?;
        }
        Ok(())
    }

    /// Gives back what was charged for calls that are paid only if the line was open, and was not or nobody said
    /// so in time: one transfer a campaign (R48, X29). Where nobody said, there is no result to prove it by, so it
    /// is an event of its own.
    async fn give_back(&self, db: &D, ended: &[EndedCall], now: i64) -> Result<(), DbError> {
        let in_vain: BTreeMap<i64, Option<CallResult>> = ended
            .iter()
            .filter(|call| !call.result.is_some_and(CallResult::was_connected))
            .map(|call| (call.id, call.result))
            .collect();
        let ids: Vec<&i64> = in_vain.keys().collect();
        let rows =
            db.query(sql!("calls.sql", "charged_in_vain"), params![&self.account, json(&ids)?]).await?;
        let mut campaigns: BTreeMap<String, Charged> = BTreeMap::new();
        for row in &rows {
            let unreported = in_vain.get(&row.int("id")?) == Some(&None);
            campaigns.entry(row.text("campaign")?).or_default().add(row, unreported)?;
        }
        for (campaign, charged) in campaigns {
            let transfer = self.new_id(IdKind::Transfer, now)?;
            transitions::give_back(db, &self.account, &charged.calls, &transfer).await?;
            let Charged { calls, operator, service, unreported } = charged;
            let entries = [
                (Book::Operator, operator.negated()),
                (Book::Service, service.negated()),
                (Book::Available, operator + service),
            ];
            let posting = Posting {
                transfer: &transfer,
                kind: "refund",
                payment: None,
                campaign: Some(&campaign),
                scoring: None,
                lookup: None,
                messages: Some(calls.len() as i64),
                entries: &entries,
            };
            ledger::post(db, &self.account, now, &posting).await?;
            if !unreported.is_empty() {
                let fields = serde_json::json!({
                    "campaign": campaign, "transfer": transfer, "messages": unreported, "reason": "no_result",
                });
                let event = NewEvent { kind: "charge_returned", campaign: Some(&campaign), fields };
                self.recorder().record(db, now, vec![event]).await?;
            }
        }
        Ok(())
    }
}
