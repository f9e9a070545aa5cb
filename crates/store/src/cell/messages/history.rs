//! The history: number, date, time and result of every message (R89, R90).

use domain::message::{MessageState, Reason};
use domain::money::Tiyn;

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{StoredPage, params, sql};

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
    pub state: MessageState,
    /// Why it is blocked or cancelled.
    pub reason: Option<Reason>,
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
    ) -> Result<StoredPage<HistoryItem>, DbError> {
        self.history_in(campaign, None, after, limit).await
    }

    /// [`Self::history`] of those that stand in one state, where it is given.
    pub async fn history_in(
        &self,
        campaign: Option<&str>,
        state: Option<MessageState>,
        after: i64,
        limit: usize,
    ) -> Result<StoredPage<HistoryItem>, DbError> {
        let mut parameters = params![&self.account, after, state.map(MessageState::as_str), limit as i64 + 1];
        let statement = match campaign {
            None => sql!("history.sql", "of_account"),
            Some(campaign) => {
                parameters.push(campaign.into());
                sql!("history.sql", "of_campaign")
            }
        };
        let rows = self.db.query(statement, parameters).await?;
        let items = rows.iter().map(|row| self.read_item(row)).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(items, limit, |item| item.id.to_string()))
    }

    pub(crate) fn read_item(&self, row: &Row) -> Result<HistoryItem, DbError> {
        let message = row.text("message")?;
        let sealed_evidence = row.opt_blob("number")?;
        let phone = match (&sealed_evidence, row.opt_text("contact")?, row.opt_blob("contact_number")?) {
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
            id: row.int("id")?,
            message,
            campaign: row.text("campaign")?,
            phone,
            state: row.read("state", MessageState::parse)?,
            reason: row.opt_read("reason", Reason::parse)?,
            operator: row.opt_text("operator")?,
            handed_over_at: row.opt_int("handed_over_at")?,
            blocked_at: row.opt_int("blocked_at")?,
            offset_minutes: row.opt_int("offset_minutes")?,
            window_hours: row.opt_text("window_hours")?,
            window_rule: row.opt_text("window_rule")?,
            result_at: row.opt_int("result_at")?,
            charged: row.opt_int("charged")?.map(Tiyn),
            segments: row.opt_int("segments")?,
            call_attempt: row.opt_int("call_attempt")?,
            call_result: row.opt_text("call_result")?,
        })
    }
}
