//! Settling hand-overs: history, charge and proof in one transaction (R48, R85, R89, R90, R91).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use domain::campaign::Volume;
use domain::hours::WindowVerdict;
use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::voice::RESULT_WAIT_MS;
use evidence::merkle::Hash;
use evidence::{Form, Open};
use serde_json::Value as Json;

use crate::cell::messages::content::SentContent;
use crate::cell::messages::queue::LeasedMessage;
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::proof::events::{self, time_text};
use crate::cell::{Cell, Tenant};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::log;
use crate::{hex, json, new_id, params};

/// An operator that has not said by so long after the lease what became of a message never will.
const OUTCOME_WAIT_MS: i64 = 72 * 60 * 60 * 1000;
/// And has been asked so often: three days in which nobody asked are no silence of the operator.
const UNCLEAR_MIN: i64 = 10;

/// What an operator said of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// It took it, under this reference of its own.
    Taken(Option<String>),
    /// It will never take it. Nothing is charged.
    Refused(Cow<'static, str>),
    /// Nothing was sent; try again from this instant (Unix milliseconds). Nothing is charged.
    Later(i64),
    /// Nobody can say. Ask from this instant; until then the price stays held.
    Unknown(i64),
    /// Nobody will say: it is not asked about any more. The price stays held until its owner decides.
    Undecided,
}

/// One batch's hand-over: a campaign's messages that were sent together at one instant.
#[derive(Clone, Debug)]
pub struct Settlement<'s> {
    /// The lease under which the messages were taken.
    pub lease: &'s str,
    /// Their campaign.
    pub campaign: &'s str,
    /// What was sent.
    pub content: &'s SentContent,
    /// Through whom.
    pub operator: &'s str,
    /// The price that was held for each, by parts.
    pub operator_price: Tiyn,
    /// See `operator_price`.
    pub service_price: Tiyn,
    /// Whether it is given back unless the line was open.
    pub paid_if_answered: bool,
    /// The instant of the hand-over, Unix milliseconds.
    pub at: i64,
    /// What the calling hours said of that instant.
    pub verdict: &'s WindowVerdict,
    /// Each message with what became of it.
    pub outcomes: Vec<(LeasedMessage, HandOver)>,
}

/// What a settlement changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Charged and proven.
    pub handed_over: i64,
    /// Never to be sent.
    pub blocked: i64,
    /// Back in the queue.
    pub requeued: i64,
    /// Waiting for the operator's word.
    pub unknown: i64,
}

impl Settled {
    /// Counts what another settlement changed.
    pub(crate) const fn add(&mut self, other: Self) {
        self.handed_over += other.handed_over;
        self.blocked += other.blocked;
        self.requeued += other.requeued;
        self.unknown += other.unknown;
    }
}

/// `(row, reason, not before)`, as [`Tenant::release`] takes it.
pub(crate) type Released<'r> = (i64, Option<&'r str>, i64);

/// A message of which nobody knows whether the operator took it.
#[derive(Clone, Debug)]
pub struct UnknownMessage {
    /// Whose.
    pub account: String,
    /// Of which campaign.
    pub campaign: String,
    /// The row and the id.
    pub message: LeasedMessage,
    /// Under which lease it was taken.
    pub lease: String,
    /// Through whom.
    pub operator: String,
    /// When the lease began, Unix milliseconds.
    pub leased_at: i64,
    /// When the lease ended, Unix milliseconds.
    pub lease_until: i64,
    /// When its operator first said that it does not have it, by the database's clock. Unix milliseconds.
    pub not_found_at: Option<i64>,
    /// How often nobody could say what became of it.
    pub unclear: i64,
    /// The price held for it, by parts.
    pub operator_price: Tiyn,
    /// See `operator_price`.
    pub service_price: Tiyn,
    /// Whether it is given back unless the line was open.
    pub paid_if_answered: bool,
}

impl UnknownMessage {
    /// The instant of the hand-over, where an operator names one: its clock may be wrong or its word
    /// false, but before the lease it was not asked, and the future has not been (R48, R89).
    pub fn taken_at(&self, said: i64, now: i64) -> i64 {
        said.min(now).max(self.leased_at)
    }

    /// Whether its operator said so long before an instant that it does not have it. A request that is slower
    /// than the first such answer is not slower than this (R87).
    pub fn was_not_found(&self, asked_at: i64, apart_ms: i64) -> bool {
        self.not_found_at.is_some_and(|first| first + apart_ms <= asked_at)
    }

    /// What an answer that leaves the matter open comes to: asked again at `again`, or, after 72 hours of
    /// asking, left to its owner: it may have arrived, and it may not (R48, R85).
    pub const fn left_open(&self, now: i64, again: i64) -> HandOver {
        if now >= self.lease_until + OUTCOME_WAIT_MS && self.unclear >= UNCLEAR_MIN {
            HandOver::Undecided
        } else {
            HandOver::Unknown(again)
        }
    }
}

impl<D: Database> Cell<'_, D> {
    /// Puts the question about messages off, so that those which cannot be settled do not keep others from
    /// being asked about.
    pub async fn ask_later(&self, messages: &[UnknownMessage], at: i64) -> Result<(), DbError> {
        let ids: Vec<i64> = messages.iter().map(|message| message.message.id).collect();
        self.db
            .query(
                "UPDATE message SET not_before = ?2
                 WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'unknown'",
                params![json(&ids)?, at],
            )
            .await?;
        Ok(())
    }

    /// Notes that an operator has just said that it does not have messages; it is asked again so long from now.
    /// The instant is taken here: an answer may come long after its tick began to ask.
    pub async fn not_found(
        &self,
        ids: &[i64],
        clock: DatabaseClock,
        again_after_ms: i64,
    ) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        let now = DatabaseClock::SQL;
        let sql = format!(
            "UPDATE message SET not_found_at = coalesce(not_found_at, {now} + ?2), not_before = {now} + ?2 + ?3
             WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'unknown'"
        );
        self.db.query(&sql, params![json(&ids)?, clock.shift_ms, again_after_ms]).await?;
        Ok(())
    }

    /// Messages to ask an operator about, without their numbers.
    pub async fn unknown_due(&self, limit: usize, now: i64) -> Result<Vec<UnknownMessage>, DbError> {
        let rows = self
            .db
            .query(
                // A lease is named after the transfer that held its money, which has its instant.
                "SELECT m.account, m.campaign, m.id, m.message, m.lease, m.operator, m.lease_until, m.operator_price,
                   m.service_price, (SELECT t.at FROM transfer t WHERE t.account = m.account AND t.transfer = m.lease),
                   m.unclear, m.paid_if_answered, m.not_found_at
                 FROM message m WHERE m.state = 'unknown' AND m.not_before <= ?1 ORDER BY m.not_before LIMIT ?2",
                params![now, limit as i64],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(UnknownMessage {
                    account: row.text(0)?,
                    campaign: row.text(1)?,
                    message: LeasedMessage { id: row.int(2)?, message: row.text(3)?, phone: None },
                    lease: row.text(4)?,
                    operator: row.text(5)?,
                    leased_at: row.int(9)?,
                    lease_until: row.int(6)?,
                    not_found_at: row.opt_int(12)?,
                    unclear: row.int(10)?,
                    operator_price: Tiyn(row.int(7)?),
                    service_price: Tiyn(row.int(8)?),
                    paid_if_answered: row.int(11)? != 0,
                })
            })
            .collect()
    }
}

impl<D: Database> Tenant<'_, D> {
    /// The number of a message that is with an operator. It outlives its contact.
    pub async fn with_number(&self, message: LeasedMessage) -> Result<LeasedMessage, DbError> {
        let rows = self
            .db
            .query(
                "SELECT m.id, m.message, m.contact, c.number, m.number FROM message m
                 LEFT JOIN contact c ON c.account = m.account AND c.contact = m.contact
                 WHERE m.account = ?1 AND m.id = ?2",
                params![&self.account, message.id],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(message) };
        match row.opt_blob(4)? {
            Some(sealed) => {
                let place = self.place("message number", &message.message);
                Ok(LeasedMessage { phone: Some(self.keys.evidence.open_text(&place, &sealed)?), ..message })
            }
            None => self.read_leased(row),
        }
    }

    /// Writes down what an operator said: for what it took, the history, the charge and the leaf of the log; for
    /// the rest, the release of the money. A message that this lease does not hold any
    /// more, since somebody settled it meanwhile, is left as it is; so is one that was taken for
    /// another campaign, operator or price, since what was held is what is charged.
    pub async fn settle(&self, settlement: &Settlement<'_>, now: i64) -> Result<Settled, DbError> {
        transaction(self.db, async |db| self.write_settlement(db, settlement, now).await).await
    }

    /// The same for every message of a lease, by its holder: nothing has to be known of its departures any more.
    pub async fn settle_lease(&self, settlement: &Settlement<'_>, now: i64) -> Result<Settled, DbError> {
        transaction(self.db, async |db| {
            let settled = self.write_settlement(db, settlement, now).await?;
            self.forget_departures(db, settlement.lease).await?;
            Ok(settled)
        })
        .await
    }

    /// Inside a transaction.
    pub(crate) async fn write_settlement(
        &self,
        db: &D,
        settlement: &Settlement<'_>,
        now: i64,
    ) -> Result<Settled, DbError> {
        let ids: Vec<i64> = settlement.outcomes.iter().map(|(message, _)| message.id).collect();
        let ours = db
                .query(
                    // One row, however many there are: each row that comes out of SQLite wakes two threads.
                    "SELECT json_group_array(id) FROM message
                     WHERE id IN (SELECT value FROM json_each(?2)) AND account = ?1 AND lease = ?3 AND state IN ('leased', 'unknown') AND campaign = ?4 AND operator = ?5
                       AND operator_price = ?6 AND service_price = ?7",
                    params![
                        &self.account,
                        json(&ids)?,
                        settlement.lease,
                        settlement.campaign,
                        settlement.operator,
                        settlement.operator_price.0,
                        settlement.service_price.0
                    ],
                )
                .await?;
        let ours = ours.first().ok_or(DbError::NoRow)?.text(0)?;
        let mut ours: HashSet<i64> = serde_json::from_str(&ours).map_err(|_| DbError::Column(0))?;
        let mut taken = Vec::new();
        let mut released = Vec::new();
        let mut unknown = Vec::new();
        let mut undecided = Vec::new();
        let mut settled = Settled::default();
        for (message, outcome) in &settlement.outcomes {
            // Removed, so that a message that is named twice is settled once.
            if !ours.remove(&message.id) {
                continue;
            }
            match outcome {
                HandOver::Taken(reference) => taken.push((message, reference.as_deref())),
                HandOver::Refused(reason) => released.push((message.id, Some(reason.as_ref()), 0)),
                HandOver::Later(at) => released.push((message.id, None, *at)),
                HandOver::Unknown(at) => unknown.push((message.id, *at)),
                HandOver::Undecided => undecided.push(message.id),
            }
        }
        settled.handed_over = taken.len() as i64;
        settled.unknown = (unknown.len() + undecided.len()) as i64;
        self.capture(db, settlement, &taken, now).await?;
        settled.requeued = self.release(db, settlement, &released, now).await?;
        settled.blocked = released.len() as i64 - settled.requeued;
        if !unknown.is_empty() {
            db.query(
                "UPDATE message SET state = 'unknown', not_before = j.value ->> 1, unclear = unclear + 1
                     FROM json_each(?2) j
                     WHERE message.id = j.value ->> 0 AND +account = ?1",
                params![&self.account, json(&unknown)?],
            )
            .await?;
        }
        if !undecided.is_empty() {
            db.query(
                "UPDATE message SET state = 'unknown', not_before = ?3, asking_ended_at = ?4
                 WHERE id IN (SELECT value FROM json_each(?2)) AND +account = ?1",
                params![&self.account, json(&undecided)?, i64::MAX, now],
            )
            .await?;
        }
        Ok(settled)
    }

    async fn capture(
        &self,
        db: &D,
        settlement: &Settlement<'_>,
        taken: &[(&LeasedMessage, Option<&str>)],
        now: i64,
    ) -> Result<(), DbError> {
        if taken.is_empty() {
            return Ok(());
        }
        let key = &self.keys.evidence;
        let hours = settlement.verdict.hours.map(|hours| hours.to_string());
        let wanted = BTreeMap::from([(settlement.campaign.to_owned(), taken.len() as u64)]);
        let numbers = events::take_numbers(db, &self.account, &wanted).await?;
        let number = *numbers.get(settlement.campaign).ok_or(DbError::NoRow)?;
        let text_salt = hex(&self.text_salt(settlement.campaign));
        let mut leaves: Vec<Hash> = Vec::with_capacity(taken.len());
        let mut rows = Vec::with_capacity(taken.len());
        // What all have in common is written once.
        let mut form = None;
        for ((message, reference), number) in taken.iter().zip(number..) {
            let form = form.get_or_insert_with(|| {
                let event = HandOverEvent {
                    account: &self.account,
                    campaign: settlement.campaign,
                    number,
                    message: &message.message,
                    phone: message.phone.as_deref(),
                    operator: settlement.operator,
                    reference: *reference,
                    at: settlement.at,
                    local: &settlement.verdict.local_text(),
                    hours: hours.as_deref(),
                    rule: &settlement.verdict.rule,
                    content: settlement.content,
                    text_salt: &text_salt,
                    operator_price: settlement.operator_price,
                    service_price: settlement.service_price,
                    paid_if_answered: settlement.paid_if_answered,
                };
                Form::new(&event.json(), &["message", "phone", "operator_reference", "number_in_campaign"])
            });
            let event = form.fill(&[
                Open::Text(Some(&message.message)),
                Open::Text(message.phone.as_deref()),
                Open::Text(*reference),
                Open::Number(number),
            ]);
            leaves.push(events::leaf_of(&key.salt(&hand_over_salt(&message.message)), &event));
            let number = message
                .phone
                .as_ref()
                .map(|phone| key.seal(&self.place("message number", &message.message), phone.as_bytes()))
                .transpose()?;
            let hash = message.phone.as_ref().map(|phone| hex(&key.index(phone)));
            rows.push((message.id, reference, number.map(|number| hex(&number)), hash));
        }
        let first = log::append(db, &self.cell.log(), &leaves).await?;
        let capture = new_id(IdKind::Transfer, now)?;
        let result_due = match settlement.content.volume {
            Volume::Segments(_) => None,
            // From now on: what was unknown for a day could not be reported on before.
            Volume::Sound(_) => Some(now + RESULT_WAIT_MS),
        };
        db.query(
            "UPDATE message SET state = 'handed_over', operator_reference = j.value ->> 1, number = unhex(j.value ->> 2),
               evidence_hash = unhex(j.value ->> 3), hand_over_index = ?3 + j.key, capture = ?4, handed_over_at = ?5,
               window_rule = ?6, offset_minutes = ?7, window_hours = ?8, lease = NULL, lease_until = NULL,
               result_due = ?9, hand_over_number = ?10 + j.key
             FROM json_each(?2) j WHERE message.id = j.value ->> 0 AND +account = ?1",
            params![
                &self.account,
                json(&rows)?,
                first,
                &capture,
                settlement.at,
                &settlement.verdict.rule,
                offset_minutes(settlement.verdict),
                hours,
                result_due,
                number as i64
            ],
        )
        .await?;
        let count = taken.len() as i64;
        let operator = Tiyn(settlement.operator_price.0 * count);
        let service = Tiyn(settlement.service_price.0 * count);
        let posting = Posting {
            transfer: &capture,
            kind: "capture",
            payment: None,
            campaign: Some(settlement.campaign),
            messages: Some(count),
            entries: &[
                (Book::Held, (operator + service).negated()),
                (Book::Operator, operator),
                (Book::Service, service),
            ],
        };
        ledger::post(db, &self.account, now, &posting).await
    }

    /// Gives the money of messages back: `(row, reason, not before)`. With a reason a message is
    /// blocked; without one it returns to the queue, unless meanwhile its campaign was cancelled, its
    /// number blacklisted or its contact erased (R66, R67). Answers how many did return.
    pub(crate) async fn release(
        &self,
        db: &D,
        settlement: &Settlement<'_>,
        released: &[Released<'_>],
        now: i64,
    ) -> Result<i64, DbError> {
        if released.is_empty() {
            return Ok(0);
        }
        let states = db
            .query(
                "WITH released AS (
                   SELECT m.id, j.value ->> 2 AS not_before, CASE
                     WHEN j.value ->> 1 IS NOT NULL THEN j.value ->> 1
                     WHEN EXISTS (SELECT 1 FROM campaign c WHERE c.account = ?1 AND c.campaign = m.campaign
                       AND c.state = 'cancelled') THEN 'cancelled_by_owner'
                     WHEN EXISTS (SELECT 1 FROM blacklist b WHERE b.account = ?1 AND b.number_hash = m.number_hash)
                       THEN 'blacklisted'
                     WHEN NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = ?1 AND c.contact = m.contact)
                       THEN 'contact_erased' END AS reason
                   FROM json_each(?2) j CROSS JOIN message m ON m.id = j.value ->> 0)
                 UPDATE message SET
                   state = CASE released.reason WHEN 'cancelled_by_owner' THEN 'cancelled'
                     ELSE iif(released.reason IS NULL, 'queued', 'blocked') END,
                   reason = released.reason, not_before = released.not_before, lease = NULL, lease_until = NULL,
                   hold = NULL, operator_price = NULL, service_price = NULL, number = NULL, not_found_at = NULL, asking_ended_at = NULL,
                   blocked_at = iif(released.reason IS NULL, NULL, ?3), window_rule = iif(released.reason IS NULL, NULL, ?4),
                   offset_minutes = iif(released.reason IS NULL, NULL, ?5), window_hours = iif(released.reason IS NULL, NULL, ?6)
                 FROM released WHERE message.id = released.id AND +account = ?1 RETURNING state",
                params![
                    &self.account,
                    json(&released)?,
                    settlement.at,
                    &settlement.verdict.rule,
                    offset_minutes(settlement.verdict),
                    settlement.verdict.hours.map(|hours| hours.to_string())
                ],
            )
            .await?;
        let mut queued = 0;
        for row in &states {
            queued += i64::from(row.text(0)? == "queued");
        }
        // The campaign's next turn may have been put off beyond these.
        let due_at = released.iter().filter(|(_, reason, _)| reason.is_none()).map(|(_, _, at)| *at).min();
        if let Some(due_at) = due_at {
            db.query(
                "UPDATE campaign SET turn_at = ?3 WHERE account = ?1 AND campaign = ?2 AND turn_at > ?3",
                params![&self.account, settlement.campaign, due_at],
            )
            .await?;
        }
        let count = released.len() as i64;
        let price = Tiyn((settlement.operator_price + settlement.service_price).0 * count);
        let transfer = new_id(IdKind::Transfer, now)?;
        let posting = Posting {
            transfer: &transfer,
            kind: "release",
            payment: None,
            campaign: Some(settlement.campaign),
            messages: Some(count),
            entries: &[(Book::Held, price.negated()), (Book::Available, price)],
        };
        ledger::post(db, &self.account, now, &posting).await?;
        Ok(queued)
    }
}

/// Minutes east of UTC of the local time that was judged.
fn offset_minutes(verdict: &WindowVerdict) -> i64 {
    i64::from(verdict.local.offset().local_minus_utc() / 60)
}

/// The salt's name of a hand-over's leaf.
pub(crate) fn hand_over_salt(message: &str) -> String {
    format!("handed_over {message}")
}

/// What the log commits to for one hand-over (R89, R90). It is made when the message is settled and
/// again, from the stored row, when it is shown; both must give the same bytes.
pub(crate) struct HandOverEvent<'e> {
    pub account: &'e str,
    pub campaign: &'e str,
    /// Its number among the campaign's events.
    pub number: u64,
    pub message: &'e str,
    pub phone: Option<&'e str>,
    pub operator: &'e str,
    pub reference: Option<&'e str>,
    pub at: i64,
    pub local: &'e str,
    /// Of the local day, as people write them; `None` where it was shut as a whole.
    pub hours: Option<&'e str>,
    pub rule: &'e str,
    pub content: &'e SentContent,
    /// With which a text's hash was made: see [`Tenant::text_salt`].
    pub text_salt: &'e str,
    pub operator_price: Tiyn,
    pub service_price: Tiyn,
    pub paid_if_answered: bool,
}

impl HandOverEvent<'_> {
    pub fn json(&self) -> Json {
        let mut event = serde_json::json!({
            "v": 1, "kind": "handed_over", "account": self.account, "campaign": self.campaign,
            "number_in_campaign": self.number, "message": self.message, "phone": self.phone, "operator": self.operator,
            "operator_reference": self.reference, "handed_over_at": time_text(self.at), "local_time": self.local,
            "window": self.hours, "window_rule": self.rule, "operator_price": self.operator_price.to_string(),
            "service_price": self.service_price.to_string(), "currency": "KZT",
        });
        let sha256 = self.content.sha256.as_str();
        let what = match self.content.volume {
            Volume::Segments(segments) => {
                serde_json::json!({"text_sha256": sha256, "text_salt": self.text_salt, "segments": segments})
            }
            Volume::Sound(duration_ms) => serde_json::json!({
                "audio_sha256": sha256, "duration_ms": duration_ms,
                "paid": if self.paid_if_answered { "if_answered" } else { "in_any_case" },
            }),
        };
        if let (Json::Object(event), Json::Object(what)) = (&mut event, what) {
            event.extend(what);
        }
        event
    }
}
