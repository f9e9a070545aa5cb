//! Evidence: events with their salts, each with the place of its leaf, ready to be proven (R91, R93).

use chrono::{DateTime, FixedOffset};
use domain::money::Tiyn;
use serde_json::Value as Json;

use crate::cell::Tenant;
use crate::cell::events;
use crate::cell::hand_over::{HandOverEvent, hand_over_salt};
use crate::cell::reports::{result_event, result_salt};
use crate::database::{Database, DbError, Row};
use crate::params;

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
                "SELECT m.id, m.message, m.number, m.operator, m.operator_reference, m.handed_over_at, m.offset_minutes,
                   m.window_rule, c.text_sha256, c.segments, m.operator_price, m.service_price, m.hand_over_index,
                   m.state, m.result_at, m.result_index, m.window_hours
                 FROM message m JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
                 WHERE m.account = ?1 AND m.campaign = ?2 AND m.id > ?3 AND m.hand_over_index IS NOT NULL
                 ORDER BY m.id LIMIT ?4",
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
        let (rule, text_sha256, hours) = (row.text(7)?, row.text(8)?, row.opt_text(16)?);
        let event = HandOverEvent {
            account: &self.account,
            campaign,
            message: &message,
            phone: phone.as_deref(),
            operator: &operator,
            reference: reference.as_deref(),
            at,
            local: &local_text(at, row.int(6)?),
            hours: hours.as_deref(),
            rule: &rule,
            text_sha256: &text_sha256,
            segments: row.int(9)?,
            operator_price: Tiyn(row.int(10)?),
            service_price: Tiyn(row.int(11)?),
        };
        into.push(ProvableEvent {
            index: row.int(12)?,
            salt: key.salt(&hand_over_salt(&message)),
            event: event.json(),
        });
        if let (Some(result_at), Some(index)) = (row.opt_int(14)?, row.opt_int(15)?) {
            into.push(ProvableEvent {
                index,
                salt: key.salt(&result_salt(&message)),
                event: result_event(&self.account, &message, &row.text(13)?, result_at),
            });
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
            let (salt, event) = events::open(&self.keys.evidence, &self.account, &row.blob(1)?)?;
            page.events.push(ProvableEvent { index: row.int(0)?, salt, event });
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
