//! The history: number, date, time and result of every message (R89, R90).

use domain::money::Tiyn;

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::{Page, params};

/// What a cancelled campaign still has in the queue is never sent, and is shown so before its row says so.
const QUEUED_FOR_NOBODY: &str = "m.state = 'queued' AND p.state = 'cancelled'";

/// One message as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// The row; pages go by it.
    pub id: i64,
    /// `msg_…`
    pub message: String,
    /// `cmp_…`
    pub campaign: String,
    /// E.164; `None` once the contact is erased and nothing was sent.
    pub phone: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Why it is blocked or cancelled.
    pub reason: Option<String>,
    /// Through whom it went.
    pub operator: Option<String>,
    /// Unix milliseconds.
    pub handed_over_at: Option<i64>,
    /// When a gate refused it for good, Unix milliseconds.
    pub blocked_at: Option<i64>,
    /// Minutes east of UTC in Almaty at the instant of the hand-over or of the refusal.
    pub offset_minutes: Option<i64>,
    /// The hours of that local day, where they were judged.
    pub window_hours: Option<String>,
    /// The rules that judged that instant.
    pub window_rule: Option<String>,
    /// Unix milliseconds.
    pub result_at: Option<i64>,
    /// What is charged: nothing before the hand-over, and nothing any more once it was given back.
    pub charged: Option<Tiyn>,
    /// Of the text; `None` for a call.
    pub segments: Option<i64>,
    /// Which call to the person it is; `None` for a text.
    pub call_attempt: Option<i64>,
    /// How the call ended.
    pub call_result: Option<String>,
}

impl<D: Database> Tenant<'_, D> {
    /// Messages, oldest first; of one campaign, or of all.
    pub async fn history(
        &self,
        campaign: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<Page<HistoryItem>, DbError> {
        self.history_in(campaign, None, after, limit).await
    }

    /// The same, of those that stand in one state where it is given.
    pub async fn history_in(
        &self,
        campaign: Option<&str>,
        state: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<Page<HistoryItem>, DbError> {
        let filter = if campaign.is_some() { "m.campaign = ?2" } else { "?2 IS NULL" };
        let sql = format!(
            "SELECT m.id, m.message, m.campaign, m.contact, c.number, m.number,
               iif({QUEUED_FOR_NOBODY}, 'cancelled', m.state), CASE WHEN {QUEUED_FOR_NOBODY} THEN 'cancelled_by_owner'
                 WHEN m.state = 'unknown' AND m.asking_ended_at IS NOT NULL THEN 'undecided' ELSE m.reason END, m.operator,
               m.handed_over_at, m.offset_minutes, m.window_rule, m.result_at,
               CASE WHEN m.refund IS NOT NULL THEN 0
                 WHEN m.capture IS NOT NULL THEN m.operator_price + m.service_price END,
               p.segments, m.blocked_at, m.window_hours, nullif(m.call_attempt, 0), m.call_result
             FROM message m JOIN campaign p ON p.account = m.account AND p.campaign = m.campaign
             LEFT JOIN contact c ON c.account = m.account AND c.contact = m.contact
             WHERE m.account = ?1 AND {filter} AND m.id > ?3
               AND (?5 IS NULL OR iif({QUEUED_FOR_NOBODY}, 'cancelled', m.state) = ?5) ORDER BY m.id LIMIT ?4"
        );
        let rows =
            self.db.query(&sql, params![&self.account, campaign, after, limit as i64 + 1, state]).await?;
        let items = rows
            .iter()
            .map(|row| {
                let message = row.text(1)?;
                let sealed_evidence = row.opt_blob(5)?;
                let phone = match (&sealed_evidence, row.opt_text(3)?, row.opt_blob(4)?) {
                    (Some(sealed), _, _) => {
                        Some(self.keys.evidence.open_text(&self.place("message number", &message), sealed)?)
                    }
                    (None, Some(contact), Some(sealed)) => {
                        let place = self.place("contact number", &contact);
                        Some(self.keys.personal()?.open_text(&place, &sealed)?)
                    }
                    _ => None,
                };
                Ok(HistoryItem {
                    id: row.int(0)?,
                    message,
                    campaign: row.text(2)?,
                    phone,
                    state: row.text(6)?,
                    reason: row.opt_text(7)?,
                    operator: row.opt_text(8)?,
                    handed_over_at: row.opt_int(9)?,
                    offset_minutes: row.opt_int(10)?,
                    window_rule: row.opt_text(11)?,
                    result_at: row.opt_int(12)?,
                    charged: row.opt_int(13)?.map(Tiyn),
                    segments: row.opt_int(14)?,
                    blocked_at: row.opt_int(15)?,
                    window_hours: row.opt_text(16)?,
                    call_attempt: row.opt_int(17)?,
                    call_result: row.opt_text(18)?,
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(Page::cut(items, limit, |item| item.id.to_string()))
    }
}
