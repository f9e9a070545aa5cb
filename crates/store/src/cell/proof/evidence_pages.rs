//! Evidence: events with their salts, each with the place of its leaf, ready to be proven (R91, R93).

use chrono::{DateTime, FixedOffset};
use domain::money::Tiyn;
use serde_json::Value as Json;

use crate::cell::Tenant;
use crate::cell::messages::content::{SENT_COLUMNS, SentContent};
use crate::cell::messages::hand_over::{HandOverEvent, hand_over_salt};
use crate::cell::messages::reports::{ResultEvent, result_salt};
use crate::cell::proof::events;
use crate::database::{Database, DbError, Row};
use crate::{hex, params};

/// Sizes of the log that are remembered as shown to an account.
const SHOWN_MAX: i64 = 16;

/// One event with what its leaf was made from.
#[derive(Clone, Debug)]
pub struct ProvableEvent {
    /// The leaf's place in the cell's log.
    pub index: i64,
    /// Hides the event in the leaf.
    pub salt: [u8; 32],
    /// The event itself.
    pub event: Json,
}

/// Events in their order, and where the next page begins.
#[derive(Clone, Debug, Default)]
pub struct EvidencePage {
    /// Provable events.
    pub events: Vec<ProvableEvent>,
    /// `None` at the end.
    pub next_cursor: Option<String>,
}

impl<D: Database> Tenant<'_, D> {
    /// How many leaves the log has, and how many events of a series are among them: of a campaign (`cmp_…`),
    /// or of a run of the account's acts (`acts`, `consents`, `payments`, `deletions`, `decisions`).
    pub async fn counted_evidence(&self, series: &str) -> Result<(u64, u64), DbError> {
        let rows = self
            .db
            .query(
                // One statement, so that both numbers are of one moment.
                "SELECT coalesce((SELECT size FROM log WHERE log = ?3), 0),
                   coalesce((SELECT events FROM series WHERE account = ?1 AND series = ?2), 0)",
                params![&self.account, series, self.cell.log()],
            )
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok((row.int(0)?.unsigned_abs(), row.int(1)?.unsigned_abs()))
    }

    /// Notes that the account was shown the log at this size, and answers the earlier sizes at which it was, the
    /// last sixteen: whoever kept a file from then is to find a proof since it in the next one.
    pub async fn note_shown_log(&self, size: u64) -> Result<Vec<u64>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT size FROM shown_log WHERE account = ?1 ORDER BY size DESC LIMIT ?2",
                params![&self.account, SHOWN_MAX],
            )
            .await?;
        let shown =
            rows.iter().map(|row| Ok(row.int(0)?.unsigned_abs())).collect::<Result<Vec<_>, DbError>>()?;
        if size > 0 && !shown.contains(&size) {
            match self.remember_shown_log(size).await {
                // Whoever only reads waits for no writer; a note that is lost costs a convenience.
                Ok(()) | Err(DbError::Busy) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(shown.into_iter().filter(|earlier| *earlier < size).collect())
    }

    async fn remember_shown_log(&self, size: u64) -> Result<(), DbError> {
        let (insert, forget) = (
            "INSERT OR IGNORE INTO shown_log (account, size) VALUES (?1, ?2)",
            "DELETE FROM shown_log WHERE account = ?1 AND size NOT IN
               (SELECT size FROM shown_log WHERE account = ?1 ORDER BY size DESC LIMIT ?2)",
        );
        self.db.query(insert, params![&self.account, size as i64]).await?;
        self.db.query(forget, params![&self.account, SHOWN_MAX]).await?;
        Ok(())
    }

    /// Hand-overs and results of one campaign's messages.
    pub async fn campaign_evidence(
        &self,
        campaign: &str,
        after: i64,
        limit: usize,
    ) -> Result<EvidencePage, DbError> {
        let rows = self
            .db
            .query(
                &format!(
                    "SELECT m.id, m.message, m.number, m.operator, m.operator_reference, m.handed_over_at, m.offset_minutes,
                       m.window_rule, m.operator_price, m.service_price, m.hand_over_index, m.state, m.result_at,
                       m.result_index, m.call_result, m.paid_if_answered, m.capture IS NOT NULL AND m.refund IS NULL, m.window_hours,
                       m.hand_over_number, m.result_number, {SENT_COLUMNS}
                     FROM message m JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
                     WHERE m.account = ?1 AND m.campaign = ?2 AND m.id > ?3 AND m.hand_over_index IS NOT NULL
                     ORDER BY m.id LIMIT ?4"
                ),
                params![&self.account, campaign, after, limit as i64],
            )
            .await?;
        let mut page = EvidencePage::default();
        for row in &rows {
            self.message_evidence(campaign, row, &mut page.events)?;
        }
        if rows.len() == limit {
            page.next_cursor = rows.last().map(|row| row.int(0)).transpose()?.map(|id| id.to_string());
        }
        Ok(page)
    }

    fn message_evidence(
        &self,
        campaign: &str,
        row: &Row,
        into: &mut Vec<ProvableEvent>,
    ) -> Result<(), DbError> {
        let key = &self.keys.evidence;
        let message = row.text(1)?;
        let phone = row
            .opt_blob(2)?
            .map(|sealed| key.open_text(&self.place("message number", &message), &sealed))
            .transpose()?;
        let (operator, reference, at) = (row.text(3)?, row.opt_text(4)?, row.int(5)?);
        let (rule, hours) = (row.text(7)?, row.opt_text(17)?);
        let content = SentContent::read(row, 20)?;
        let (operator_price, service_price) = (Tiyn(row.int(8)?), Tiyn(row.int(9)?));
        let paid_if_answered = row.int(15)? != 0;
        let event = HandOverEvent {
            account: &self.account,
            campaign,
            number: row.int(18)?.unsigned_abs(),
            message: &message,
            phone: phone.as_deref(),
            operator: &operator,
            reference: reference.as_deref(),
            at,
            local: &local_text(at, row.int(6)?),
            hours: hours.as_deref(),
            rule: &rule,
            content: &content,
            text_salt: &hex(&self.text_salt(campaign)),
            operator_price,
            service_price,
            paid_if_answered,
        };
        into.push(ProvableEvent {
            index: row.int(10)?,
            salt: key.salt(&hand_over_salt(&message)),
            event: event.json(),
        });
        if let (Some(at), Some(index), Some(number)) = (row.opt_int(12)?, row.opt_int(13)?, row.opt_int(19)?)
        {
            let (state, call_result) = (row.text(11)?, row.opt_text(14)?);
            let charged =
                if row.int(16)? != 0 { (operator_price, service_price) } else { Default::default() };
            let event = ResultEvent {
                account: &self.account,
                campaign,
                number: number.unsigned_abs(),
                message: &message,
                result: call_result.as_deref().unwrap_or(&state),
                at,
                charged: paid_if_answered.then_some(charged),
            };
            into.push(ProvableEvent { index, salt: key.salt(&result_salt(&message)), event: event.json() });
        }
        Ok(())
    }

    /// The account's other events, of all kinds that begin with `kind`: consents, top-ups, deletions.
    pub async fn event_evidence(
        &self,
        kind: &str,
        after: i64,
        limit: usize,
    ) -> Result<EvidencePage, DbError> {
        let rows = self
            .db
            .query(
                "SELECT log_index, sealed FROM event WHERE account = ?1 AND log_index > ?2
                   AND substr(kind, 1, length(?3)) = ?3 ORDER BY log_index LIMIT ?4",
                params![&self.account, after, kind, limit as i64],
            )
            .await?;
        let mut page = EvidencePage::default();
        for row in &rows {
            let index = row.int(0)?;
            let (salt, event) = events::open(&self.keys.evidence, &self.account, index, &row.blob(1)?)?;
            page.events.push(ProvableEvent { index, salt, event });
        }
        if rows.len() == limit {
            page.next_cursor = page.events.last().map(|event| event.index.to_string());
        }
        Ok(page)
    }
}

/// The local time of an instant with its offset, to the second.
fn local_text(unix_ms: i64, offset_minutes: i64) -> String {
    let offset = i32::try_from(offset_minutes * 60).ok().and_then(FixedOffset::east_opt);
    DateTime::from_timestamp_millis(unix_ms)
        .zip(offset)
        .map(|(time, offset)| time.with_timezone(&offset).to_rfc3339_opts(chrono::SecondsFormat::Secs, false))
        .unwrap_or_default()
}
