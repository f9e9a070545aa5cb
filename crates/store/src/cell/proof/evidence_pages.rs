//! Evidence: events with their salts, each with the place of its leaf, ready to be proven (R91, R93).

use serde_json::Value as Json;

use crate::cell::Tenant;
use crate::cell::messages::content::SentContent;
use crate::cell::messages::hand_over_event::{HandOverEvent, hand_over_salt};
use crate::cell::messages::judged::Judged;
use crate::cell::messages::reports::{ResultEvent, result_salt};
use crate::cell::messages::terms::Terms;
use crate::cell::proof::events;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{hex, params, sql};

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
            .query(sql!("evidence_pages.sql", "counts"), params![&self.account, series, self.cell.log()])
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok((row.number("leaves")?, row.number("events")?))
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
        let shown = rows.iter().map(|row| row.number("size")).collect::<Result<Vec<u64>, DbError>>()?;
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
            sql!("evidence_pages.sql", "forget_shown"),
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
                sql!("evidence_pages.sql", "of_campaign"),
                params![&self.account, campaign, after, limit as i64],
            )
            .await?;
        let mut page = EvidencePage::default();
        for row in &rows {
            self.message_evidence(campaign, row, &mut page.events)?;
        }
        if rows.len() == limit {
            page.next_cursor = rows.last().map(|row| row.int("id")).transpose()?.map(|id| id.to_string());
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
        let message = row.text("message")?;
        let phone = row
            .opt_blob("number")?
            .map(|sealed| key.open_text(&self.place("message number", &message), &sealed))
            .transpose()?;
        let reference = row.opt_text("operator_reference")?;
        let judged = Judged {
            at: row.int("handed_over_at")?,
            rule: row.text("window_rule")?,
            offset_minutes: row.int("offset_minutes")?,
            hours: row.opt_text("window_hours")?,
        };
        let terms = Terms::from_row(row)?;
        let event = HandOverEvent {
            account: &self.account,
            number_in_campaign: row.number("hand_over_number")?,
            message: &message,
            phone: phone.as_deref(),
            reference: reference.as_deref(),
            judged: &judged,
            content: &SentContent::from_row(row)?,
            text_salt: &hex(&self.text_salt(campaign)),
            terms: &terms,
        };
        into.push(ProvableEvent {
            index: row.int("hand_over_index")?,
            salt: key.salt(&hand_over_salt(&message)),
            event: event.json(),
        });
        let (at, index) = (row.opt_int("result_at")?, row.opt_int("result_index")?);
        if let (Some(at), Some(index), Some(number)) = (at, index, row.opt_number("result_number")?) {
            let (state, call_result) = (row.text("state")?, row.opt_text("call_result")?);
            let charged = if row.flag("is_charged")? {
                (terms.operator_price, terms.service_price)
            } else {
                Default::default()
            };
            let event = ResultEvent {
                account: &self.account,
                campaign,
                number_in_campaign: number,
                message: &message,
                result: call_result.as_deref().unwrap_or(&state),
                at,
                charged: terms.paid_if_answered.then_some(charged),
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
                sql!("evidence_pages.sql", "of_account"),
                params![&self.account, after, kind, limit as i64],
            )
            .await?;
        let mut page = EvidencePage::default();
        for row in &rows {
            let index = row.int("log_index")?;
            let (salt, event) =
                events::open(&self.keys.evidence, &self.account, index, &row.blob("sealed")?)?;
            page.events.push(ProvableEvent { index, salt, event });
        }
        if rows.len() == limit {
            page.next_cursor = page.events.last().map(|event| event.index.to_string());
        }
        Ok(page)
    }
}
