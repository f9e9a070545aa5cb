//! Departures: before messages of a lease may leave, that is written down, in groups no larger than what
//! is on its way at once, and with it what was answered of those before. So a host that dies leaves
//! behind which messages may be with the operator, which are, and which never left (R87, R88).

use std::collections::{BTreeMap, HashMap};

use domain::calendars::Calendars;
use domain::campaign::MessageClass;
use domain::hours::WindowVerdict;
use domain::message::Reason;
use domain::tariffs::Channel;
use serde::{Deserialize, Serialize};

use crate::cell::messages::hand_over::{HandOver, Settled, Settlement};
use crate::cell::messages::terms::Terms;
use crate::cell::{Cell, Tenant};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{json, params, sql};

/// How the statement begins that notes a departure: a fault point. Whoever dies before it has sent nothing
/// of the group; whoever dies after it may have sent all of it.
pub const DEPARTURE_NOTE: &str = "INSERT INTO departure";

/// Leases that ran out, looked after by one tick.
const LEASES_MAX: i64 = 1_000;

/// What an operator answered of a message, as it is written down before the lease is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answered {
    /// It took it, under this reference of its own.
    #[serde(rename = "t")]
    Taken(Option<String>),
    /// It will never take it, for this reason.
    #[serde(rename = "r")]
    Refused(Reason),
    /// Nothing was sent.
    #[serde(rename = "n")]
    NotSent,
}

/// A group of messages that is about to leave.
#[derive(Clone, Debug)]
pub struct Departure<'d> {
    /// The lease under which they were taken.
    pub lease: &'d str,
    /// The row of the last of them: every message of the lease up to it may have left from now on.
    pub up_to: i64,
    /// The instant of the lease's hand-over, Unix milliseconds.
    pub at: i64,
    /// What was answered since the note before, by row.
    pub answered: &'d [(i64, Answered)],
    /// The lease must last so long still.
    pub needs_ms: i64,
}

/// What became of the leases that nobody settled in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Of their messages.
    pub settled: Settled,
    /// Leases that could not be looked after, and why: they are tried again.
    pub failed: Vec<(String, DbError)>,
}

/// A lease that nobody settled in time.
struct ExpiredLease {
    account: String,
    lease: String,
    terms: Terms,
    until: i64,
}

/// What is written down of a lease's departures.
#[derive(Default)]
struct Noted {
    up_to: i64,
    at: Option<i64>,
    answered: HashMap<i64, Answered>,
}

impl<D: Database> Tenant<'_, D> {
    /// Notes that messages may leave. Answers how long their lease lasts still, in milliseconds; `None`
    /// where it does not last as long as is needed, or is not held any more, or where the account has not followed the
    /// service's list: then nothing may leave.
    pub async fn note_departure(
        &self,
        departure: &Departure<'_>,
        clock: DatabaseClock,
    ) -> Result<Option<i64>, DbError> {
        let rows = self
            .db
            .query(
                sql!("departures.sql", "note"),
                params![
                    departure.lease,
                    departure.up_to,
                    departure.at,
                    json(&departure.answered)?,
                    &self.account,
                    clock.shift_ms,
                    departure.needs_ms
                ],
            )
            .await?;
        rows.first().map(Row::only_int).transpose()
    }

    async fn noted(&self, lease: &str) -> Result<Noted, DbError> {
        let rows = self
            .db
            .query(
                "SELECT up_to, at, answered FROM departure WHERE lease = ?1 ORDER BY up_to",
                params![lease],
            )
            .await?;
        let mut noted = Noted::default();
        for row in &rows {
            noted.up_to = row.int("up_to")?;
            noted.at = Some(row.int("at")?);
            noted.answered.extend(row.json::<Vec<(i64, Answered)>>("answered")?);
        }
        Ok(noted)
    }

    /// Settles a lease that ran out: what was answered, as it was answered; what may have left, as unknown,
    /// to be asked about; and the rest back into the queue, where every gate stands before it again.
    async fn recover(
        &self,
        expired: &ExpiredLease,
        calendars: &Calendars,
        clock: DatabaseClock,
        now: i64,
    ) -> Result<Settled, DbError> {
        // From the look at the notes to the end nobody else writes one.
        let settled = transaction(self.db, async |db| {
            let ask_at = clock.now(db).await?;
            if ask_at <= expired.until {
                return Ok(Settled::default());
            }
            let settled = self.settle_expired(db, expired, calendars, ask_at, now).await?;
            self.forget_departures(db, &expired.lease).await?;
            Ok::<_, DbError>(settled)
        });
        let settled = settled.await?;
        self.served(&expired.terms.campaign, now).await?;
        Ok(settled)
    }

    async fn settle_expired(
        &self,
        db: &D,
        expired: &ExpiredLease,
        calendars: &Calendars,
        ask_at: i64,
        now: i64,
    ) -> Result<Settled, DbError> {
        let (content, class) = self.sent_content(&expired.terms.campaign).await?.ok_or(DbError::NoRow)?;
        let channel = content.volume.channel();
        let noted = self.noted(&expired.lease).await?;
        let (mut answered, mut rest) = (Vec::new(), Vec::new());
        for message in self.leased(db, &expired.lease, expired.until).await? {
            match noted.answered.get(&message.id) {
                Some(Answered::Taken(reference)) => {
                    let message = self.with_number(message).await?;
                    answered.push((message, HandOver::Taken(reference.clone())));
                }
                Some(Answered::Refused(reason)) => {
                    answered.push((message, HandOver::Refused(*reason)));
                }
                None if message.id <= noted.up_to => rest.push((message, HandOver::Unknown(ask_at))),
                Some(Answered::NotSent) | None => rest.push((message, HandOver::Later(now))),
            }
        }
        let mut settled = Settled::default();
        for (at, outcomes) in [(noted.at.unwrap_or(now), answered), (now, rest)] {
            let verdict = self.judge(calendars, &expired.terms.operator, (channel, class), at).await?;
            let settlement = Settlement {
                lease: &expired.lease,
                terms: &expired.terms,
                content: &content,
                at,
                verdict: &verdict,
                outcomes,
            };
            settled.add(self.write_settlement(db, &settlement, now).await?);
        }
        Ok(settled)
    }

    async fn judge(
        &self,
        calendars: &Calendars,
        operator: &str,
        (channel, class): (Channel, MessageClass),
        at: i64,
    ) -> Result<WindowVerdict, DbError> {
        let instant =
            chrono::DateTime::from_timestamp_millis(at).ok_or_else(|| DbError::Column("at".to_owned()))?;
        Ok(calendars.judge(instant, operator, channel, class, &self.other_hours(at).await?))
    }

    /// Settles every message of a lease, by its holder: nothing has to be known of its departures any more.
    pub async fn settle_lease(&self, settlement: &Settlement<'_>, now: i64) -> Result<Settled, DbError> {
        transaction(self.db, async |db| {
            let settled = self.write_settlement(db, settlement, now).await?;
            self.forget_departures(db, settlement.lease).await?;
            Ok(settled)
        })
        .await
    }

    /// Belongs behind the settlement of a whole lease: the notes say of its messages what may have left.
    async fn forget_departures(&self, db: &D, lease: &str) -> Result<(), DbError> {
        db.query("DELETE FROM departure WHERE lease = ?1", params![lease]).await?;
        Ok(())
    }
}

impl<D: Database> Cell<'_, D> {
    /// Looks after leases that nobody settled in time, by the database's clock. Of their messages those that
    /// may be with the operator wait for its word, and are never sent again on a guess (R85, R87).
    pub async fn recover_expired_leases(
        &self,
        calendars: &Calendars,
        clock: DatabaseClock,
        now: i64,
    ) -> Result<Recovered, DbError> {
        let mut recovered = Recovered::default();
        let mut by_account: BTreeMap<String, Vec<ExpiredLease>> = BTreeMap::new();
        for expired in self.expired_leases(clock).await? {
            by_account.entry(expired.account.clone()).or_default().push(expired);
        }
        for (account, leases) in by_account {
            for expired in leases {
                let settled = async {
                    let tenant = self.tenant(&account).await?.ok_or(DbError::NoRow)?;
                    tenant.recover(&expired, calendars, clock, now).await
                };
                // What is wrong with one account must not keep all others waiting.
                match settled.await {
                    Ok(settled) => recovered.settled.add(settled),
                    Err(error) => recovered.failed.push((expired.lease, error)),
                }
            }
        }
        Ok(recovered)
    }

    async fn expired_leases(&self, clock: DatabaseClock) -> Result<Vec<ExpiredLease>, DbError> {
        let parameters = params![clock.shift_ms, LEASES_MAX];
        let rows = self.db.query(sql!("departures.sql", "expired"), parameters).await?;
        rows.iter()
            .map(|row| {
                Ok(ExpiredLease {
                    account: row.text("account")?,
                    lease: row.text("lease")?,
                    terms: Terms::from_row(row)?,
                    until: row.int("lease_until")?,
                })
            })
            .collect()
    }
}
