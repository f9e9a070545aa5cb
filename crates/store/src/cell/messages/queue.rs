//! The queue: campaigns become messages, and messages are taken for sending under every gate at
//! once, with their price held (R45, R52, R66, R86, R87).

use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::one_time_codes::FRESH_MS;

use crate::cell::Tenant;
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::people::blocked::Blocked;
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::{json, new_id, params, unhex};

/// One step of queueing a campaign's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Messages made by this step, the blocked ones included.
    pub messages: i64,
    /// Whether all are made.
    pub done: bool,
}

/// Which route the messages of a campaign are queued for, by the number's range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// `(range, route)`
    pub by_range: Vec<(String, String)>,
    /// The route of every other number.
    pub other: String,
}

/// What to take, at what price.
#[derive(Clone, Debug)]
pub struct Lease<'l> {
    /// From which campaign.
    pub campaign: &'l str,
    /// Of which route's messages.
    pub route: &'l str,
    /// By which operator they will go.
    pub operator: &'l str,
    /// The operator's part of one message's price.
    pub operator_price: Tiyn,
    /// The service's part.
    pub service_price: Tiyn,
    /// Whether it is given back unless the line was open.
    pub paid_if_answered: bool,
    /// At most so many.
    pub limit: usize,
    /// How long it lasts: of one that nobody settled by then, what may have left counts as ambiguous.
    /// Milliseconds.
    pub lasts_ms: i64,
    /// What that is counted by.
    pub clock: DatabaseClock,
}

/// A message that is taken and may be handed over by nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedMessage {
    /// The row.
    pub id: i64,
    /// `msg_…`, under which the operator knows it.
    pub message: String,
    /// E.164; `None` if the contact was erased between queueing and now.
    pub phone: Option<String>,
}

/// What a lease brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseOutcome {
    /// These, under one lease.
    Taken {
        /// The lease's own id: only its holder can settle.
        lease: String,
        /// Until when, by the database's clock. Unix milliseconds.
        until: i64,
        /// Never empty; in the order of their rows, in which they must leave.
        messages: Vec<LeasedMessage>,
    },
    /// Something is queued, but there is no money for one message (R52, R53).
    NoMoney,
    /// Nothing of the campaign is due, or a gate is shut.
    Nothing,
}

/// The routes for which a campaign (`?2`) has queued messages, as `queued (route)`: one step through the index for
/// each, and a NULL behind the last.
pub(crate) const QUEUED_ROUTES: &str = "WITH RECURSIVE queued (route) AS (
   SELECT min(route) FROM message WHERE account = ?1 AND campaign = ?2 AND state = 'queued'
   UNION ALL
   SELECT (SELECT min(m.route) FROM message m WHERE m.account = ?1 AND m.campaign = ?2
     AND m.state = 'queued' AND m.route > queued.route)
   FROM queued WHERE queued.route IS NOT NULL)";

impl<D: Database> Tenant<'_, D> {
    /// Queues the next messages of a started campaign, one per contact that was in the base when it
    /// started. Repeating a step queues nothing twice: the number is unique in a campaign (R87). Nor does
    /// it queue more than was agreed to: the start's clock may have been read before the last upload's,
    /// and a number may have left the blacklist since (R50).
    pub async fn prepare(
        &self,
        campaign: &str,
        routes: &Routes,
        limit: usize,
        now: i64,
    ) -> Result<Prepared, DbError> {
        let blocked = Blocked::at(now);
        transaction(self.db, async |db| {
            let rows = db
                .query(
                    "SELECT prepared_to, started_at, agreed_messages - queued_messages,
                       (SELECT coalesce(max(id), 0) FROM message) FROM campaign
                     WHERE account = ?1 AND campaign = ?2 AND state = 'preparing'",
                    params![&self.account, campaign],
                )
                .await?;
            let Some(row) = rows.first() else { return Ok(Prepared { messages: 0, done: true }) };
            let (from, started_at) = (row.text(0)?, row.int(1)?);
            let (agreed, before) = (row.int(2)?, row.int(3)?);
            let rows = db
                .query(
                    "SELECT max(contact), count(*), coalesce(sum(in_base), 0) FROM
                       (SELECT c.contact, EXISTS (SELECT 1 FROM import i WHERE i.account = c.account
                          AND i.import = c.import AND i.state = 'completed' AND i.finished_at <= ?4) AS in_base
                        FROM contact c WHERE c.account = ?1 AND c.contact > ?2 ORDER BY c.contact LIMIT ?3)",
                    params![&self.account, &from, limit as i64, started_at],
                )
                .await?;
            let row = rows.first().ok_or(DbError::NoRow)?;
            let (to, seen, messages) = (row.opt_text(0)?, row.int(1)?, row.int(2)?);
            if let Some(to) = &to {
                // The id is a UUIDv7 made by SQLite, so that a million rows do not cross the boundary.
                db.query(
                        "INSERT INTO message (account, message, campaign, contact, number_hash, route, state, reason,
                           blocked_at, window_rule, offset_minutes, call_attempt)
                         SELECT c.account,
                           lower(printf('msg_%012x7', ?5) || substr(hex(randomblob(2)), 2)
                             || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(8)), 2)),
                           ?2, c.contact, c.number_hash, coalesce(r.route, ?8),
                           iif(b.entry IS NULL, 'queued', 'blocked'), iif(b.entry IS NULL, NULL, 'blacklisted'),
                           iif(b.entry IS NULL, NULL, ?9), iif(b.entry IS NULL, NULL, ?10),
                           iif(b.entry IS NULL, NULL, ?11),
                           (SELECT p.channel = 'voice' FROM campaign p WHERE p.account = ?1 AND p.campaign = ?2)
                         FROM contact c
                         JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
                         LEFT JOIN blacklist b ON b.account = c.account AND b.number_hash = c.number_hash
                         LEFT JOIN (SELECT value ->> 0 AS range, value ->> 1 AS route FROM json_each(?7)) r
                           ON r.range = c.number_range
                         WHERE c.account = ?1 AND c.contact > ?3 AND c.contact <= ?4 AND i.finished_at <= ?6
                         ORDER BY c.contact ON CONFLICT (account, campaign, number_hash, call_attempt) DO NOTHING",
                        blocked.behind(params![
                            &self.account,
                            campaign,
                            &from,
                            to,
                            now,
                            started_at,
                            json(&routes.by_range)?,
                            &routes.other
                        ]),
                )
                .await?;
            }
            let queued = self.block_beyond(db, campaign, before, agreed, &blocked).await?;
            let done = seen < limit as i64;
            self.note_turn(db, campaign, now).await?;
            db.query(
                "UPDATE campaign SET prepared_to = coalesce(?3, prepared_to), state = iif(?4, 'running', state),
                   queued_messages = queued_messages + ?5, turn_at = ?6
                 WHERE account = ?1 AND campaign = ?2",
                params![&self.account, campaign, to, i64::from(done), queued, now],
            )
            .await?;
            Ok(Prepared { messages, done })
        })
        .await
    }

    /// Of the messages queued behind row `before`, leaves the first `agreed` and blocks the rest. Answers
    /// how many are left.
    async fn block_beyond(
        &self,
        db: &D,
        campaign: &str,
        before: i64,
        agreed: i64,
        blocked: &Blocked,
    ) -> Result<i64, DbError> {
        let rows = db
            .query(
                "SELECT count(*) FROM message
                 WHERE account = ?1 AND campaign = ?2 AND id > ?3 AND state = 'queued'",
                params![&self.account, campaign, before],
            )
            .await?;
        let queued = rows.first().map_or(Ok(0), |row| row.int(0))?;
        if queued > agreed {
            let columns = Blocked::columns(5);
            let sql = format!(
                "UPDATE message SET state = 'blocked', reason = 'beyond_agreement', {columns} WHERE id IN
                   (SELECT id FROM message WHERE account = ?1 AND campaign = ?2 AND id > ?3 AND state = 'queued'
                    ORDER BY id LIMIT -1 OFFSET ?4)"
            );
            db.query(&sql, blocked.behind(params![&self.account, campaign, before, agreed])).await?;
        }
        Ok(queued.min(agreed))
    }

    /// The routes for which a campaign has queued messages: one step through the index for each.
    pub async fn queued_routes(&self, campaign: &str) -> Result<Vec<String>, DbError> {
        let rows = self
            .db
            .query(
                &format!("{QUEUED_ROUTES} SELECT route FROM queued WHERE route IS NOT NULL"),
                params![&self.account, campaign],
            )
            .await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Takes due messages of a campaign for sending and holds their price, in one transaction. The
    /// gates stand in the statement that takes them: whatever another request changes at this
    /// moment is either before it or after it.
    pub async fn lease(&self, lease: &Lease<'_>, now: i64) -> Result<LeaseOutcome, DbError> {
        let price = lease.operator_price + lease.service_price;
        let id = new_id(IdKind::Transfer, now)?;
        transaction(self.db, async |db| {
            let sql = format!("SELECT available, {} FROM balance WHERE account = ?1", DatabaseClock::SQL);
            let rows = db.query(&sql, params![&self.account]).await?;
            let row = rows.first().ok_or(DbError::NoRow)?;
            let (available, until) = (row.int(0)?, row.int(1)? + lease.clock.shift_ms + lease.lasts_ms);
            let affordable = if price.0 > 0 { available / price.0 } else { i64::MAX };
            let limit = affordable.min(lease.limit as i64);
            if limit == 0 {
                let queued = db
                    .query(
                        "SELECT 1 FROM message
                         WHERE account = ?1 AND campaign = ?2 AND route = ?3 AND state = 'queued' LIMIT 1",
                        params![&self.account, lease.campaign, lease.route],
                    )
                    .await?;
                return Ok(if queued.is_empty() { LeaseOutcome::Nothing } else { LeaseOutcome::NoMoney });
            }
            db.query(
                "UPDATE message SET state = 'leased', lease = ?3, hold = ?3, lease_until = ?4, operator = ?5,
                       operator_price = ?6, service_price = ?7, paid_if_answered = ?11, attempts = attempts + 1
                     WHERE id IN (
                       SELECT m.id FROM message m
                       WHERE m.account = ?1 AND m.campaign = ?2 AND m.route = ?10 AND m.state = 'queued'
                         AND m.not_before <= ?8
                         AND NOT EXISTS (SELECT 1 FROM blacklist b
                           WHERE b.account = m.account AND b.number_hash = m.number_hash)
                       ORDER BY m.not_before, m.id LIMIT ?9)
                     AND EXISTS (SELECT 1 FROM campaign c JOIN account a ON a.account = c.account
                       WHERE c.account = ?1 AND c.campaign = ?2 AND c.state = 'running'
                         AND (c.class <> 'advertising' OR c.advertising_approved = 1)
                         AND (c.class <> 'one_time_code' OR c.started_at > ?12)
                         AND a.state IN ('active', 'closing')
                         AND (a.agreement_ended_at IS NULL OR a.agreement_ended_at > ?8))
                     AND NOT EXISTS (SELECT 1 FROM deletion
                       WHERE account = ?1 AND state IN ('scheduled', 'executing') AND due_at <= ?8)
                     AND EXISTS (SELECT 1 FROM consent
                       WHERE account = ?1 AND document = 'offer' AND withdrawn_at IS NULL)
                     AND EXISTS (SELECT 1 FROM consent
                       WHERE account = ?1 AND document = 'pd_consent' AND withdrawn_at IS NULL)",
                params![
                    &self.account,
                    lease.campaign,
                    &id,
                    until,
                    lease.operator,
                    lease.operator_price.0,
                    lease.service_price.0,
                    now,
                    limit,
                    lease.route,
                    i64::from(lease.paid_if_answered),
                    now - FRESH_MS
                ],
            )
            .await?;
            let messages = self.leased(db, &id, until).await?;
            if messages.is_empty() {
                return Ok(LeaseOutcome::Nothing);
            }
            let held = Tiyn(price.0 * messages.len() as i64);
            let posting = Posting {
                transfer: &id,
                kind: "hold",
                payment: None,
                campaign: Some(lease.campaign),
                messages: Some(messages.len() as i64),
                entries: &[(Book::Available, held.negated()), (Book::Held, held)],
            };
            ledger::post(db, &self.account, now, &posting).await?;
            Ok(LeaseOutcome::Taken { lease: id.clone(), until, messages })
        })
        .await
    }

    /// The messages of a lease with their numbers. They come as one row: each row that comes out of
    /// SQLite wakes two threads, which costs more than everything else about it.
    pub(crate) async fn leased(
        &self,
        db: &D,
        lease: &str,
        until: i64,
    ) -> Result<Vec<LeasedMessage>, DbError> {
        let rows = db
            .query(
                "SELECT json_group_array(json_array(m.id, m.message, m.contact, hex(c.number)))
                 FROM message m INDEXED BY message_leased
                 LEFT JOIN contact c ON c.account = m.account AND c.contact = m.contact
                 WHERE m.state = 'leased' AND m.lease_until = ?3 AND m.lease = ?2 AND m.account = ?1",
                params![&self.account, lease, until],
            )
            .await?;
        let rows = rows.first().ok_or(DbError::NoRow)?.text(0)?;
        let rows: Vec<(i64, String, Option<String>, String)> =
            serde_json::from_str(&rows).map_err(|_| DbError::Column(0))?;
        let mut messages = rows
            .into_iter()
            .map(|(id, message, contact, sealed)| {
                let sealed = unhex(&sealed).filter(|sealed| !sealed.is_empty());
                let phone = self.contact_number(contact.as_deref(), sealed.as_deref())?;
                Ok(LeasedMessage { id, message, phone })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        messages.sort_unstable_by_key(|message| message.id);
        Ok(messages)
    }

    /// From a row of the message's id, `msg_…`, its contact and the contact's sealed number.
    pub(crate) fn read_leased(&self, row: &crate::Row) -> Result<LeasedMessage, DbError> {
        let phone = self.contact_number(row.opt_text(2)?.as_deref(), row.opt_blob(3)?.as_deref())?;
        Ok(LeasedMessage { id: row.int(0)?, message: row.text(1)?, phone })
    }

    fn contact_number(
        &self,
        contact: Option<&str>,
        sealed: Option<&[u8]>,
    ) -> Result<Option<String>, DbError> {
        let (Some(contact), Some(sealed)) = (contact, sealed) else { return Ok(None) };
        Ok(Some(self.keys.personal()?.open_text(&self.place("contact number", contact), sealed)?))
    }
}
