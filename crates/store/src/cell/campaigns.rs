//! Campaigns: written, estimated, started, held, ended, and reported on (R50, R72-R79, R94).

use domain::campaign::{CampaignState, MessageClass};
use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::Tenant;
use crate::cell::consents::{self, Acceptance};
use crate::cell::idempotency::{self, Repeatable};
use crate::database::{Database, DbError, Row, Value, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, Page, new_id, params};

/// A campaign that is written but not started.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    /// What its owner calls it.
    pub name: String,
    /// Stored as it is, sealed, never looked into (R74).
    pub text: String,
    /// In hexadecimal.
    pub text_sha256: String,
    /// Decides which rules apply.
    pub class: MessageClass,
    /// `GSM-7` or `UCS-2`.
    pub encoding: &'static str,
    /// Of each message, its link included.
    pub segments: u32,
    /// What stands before the token of each message's opt-out link; `None` without one.
    pub opt_out_link: Option<String>,
    /// That the content is lawful (R76).
    pub attestation: Acceptance,
}

/// A campaign as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// `cmp_…`
    pub campaign: String,
    /// What its owner calls it.
    pub name: String,
    /// What is sent.
    pub text: String,
    /// In hexadecimal.
    pub text_sha256: String,
    /// Decides which rules apply.
    pub class: MessageClass,
    /// `GSM-7` or `UCS-2`.
    pub encoding: String,
    /// Of each message, its link included.
    pub segments: i64,
    /// What stands before the token of each message's opt-out link; `None` without one.
    pub opt_out_link: Option<String>,
    /// Where it stands.
    pub state: CampaignState,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub started_at: Option<i64>,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
    /// Staff's last word on it as advertising (R79).
    pub advertising_approved: Option<bool>,
}

/// What an owner agrees to by starting: the estimate that they were shown (R50).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The price of one message at this moment.
    pub price: Tiyn,
    /// What the whole campaign was said to cost.
    pub total: Tiyn,
}

/// How far a campaign is: counts of its messages by state, and its money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignReport {
    /// `(state, reason, count)`.
    pub counts: Vec<(String, Option<String>, i64)>,
    /// Charged for the operators.
    pub charged_operator: Tiyn,
    /// Charged for the service.
    pub charged_service: Tiyn,
    /// Held for messages on their way.
    pub held: Tiyn,
}

impl CampaignReport {
    /// Messages in one of these states.
    pub fn count(&self, states: &[&str]) -> i64 {
        self.counts
            .iter()
            .filter(|(state, _, _)| states.contains(&state.as_str()))
            .map(|(_, _, count)| count)
            .sum()
    }
}

/// Messages that one step of a cancellation takes.
const CANCEL_ROWS: i64 = 10_000;

const COLUMNS: &str = "campaign, name, text, text_sha256, class, encoding, segments, state, created_at, started_at, finished_at,
    advertising_approved, opt_out_link";

impl<D: Database> Tenant<'_, D> {
    /// Writes a draft with its attestation (R76). A repeat under the same key finds the first.
    pub async fn create_campaign(
        &self,
        act: &Act,
        new: &NewCampaign,
        repeat: Option<&Repeatable>,
    ) -> Result<Campaign, StoreError> {
        let campaign = new_id(IdKind::Campaign, act.now)?;
        let key = self.keys.personal()?;
        let name = key.seal(&self.place("campaign name", &campaign), new.name.as_bytes())?;
        let text = key.seal(&self.place("campaign text", &campaign), new.text.as_bytes())?;
        let attestation = Acceptance { subject: Some(campaign.clone()), ..new.attestation.clone() };
        let made = transaction(self.db, async |db| -> Result<String, StoreError> {
            self.refuse_if_closed(db).await?;
            if let Some(first) = idempotency::claim(db, &self.account, key, repeat, &campaign, act.now).await? {
                return Ok(first);
            }
            let consent = consents::record(db, &self.account, &self.keys.evidence, act, &attestation).await?;
            db.query(
                "INSERT INTO campaign (account, campaign, name, text, text_sha256, class, encoding, segments, state,
                   consent, created_at, opt_out_link)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'draft', ?9, ?10, ?11)",
                params![
                    &self.account,
                    &campaign,
                    name.clone(),
                    text.clone(),
                    &new.text_sha256,
                    new.class.as_str(),
                    new.encoding,
                    new.segments,
                    consent.consent,
                    act.now,
                    new.opt_out_link.as_deref()
                ],
            )
            .await?;
            Ok(campaign.clone())
        })
        .await?;
        self.campaign(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One campaign.
    pub async fn campaign(&self, campaign: &str) -> Result<Option<Campaign>, DbError> {
        let sql = format!("SELECT {COLUMNS} FROM campaign WHERE account = ?1 AND campaign = ?2");
        let rows = self.db.query(&sql, params![&self.account, campaign]).await?;
        rows.first().map(|row| self.read_campaign(row)).transpose()
    }

    /// The hash and the segments of a campaign's text, and its class: they stay when the text itself is gone.
    pub async fn campaign_text(
        &self,
        campaign: &str,
    ) -> Result<Option<(String, i64, MessageClass)>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT text_sha256, segments, class FROM campaign WHERE account = ?1 AND campaign = ?2",
                params![&self.account, campaign],
            )
            .await?;
        let class = |row: &Row| MessageClass::parse(&row.text(2)?).ok_or(DbError::Column(2));
        rows.first().map(|row| Ok((row.text(0)?, row.int(1)?, class(row)?))).transpose()
    }

    /// The campaigns, newest first.
    pub async fn campaigns(&self, cursor: Option<&str>, limit: usize) -> Result<Page<Campaign>, DbError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM campaign WHERE account = ?1 AND (?2 IS NULL OR campaign < ?2)
             ORDER BY campaign DESC LIMIT ?3"
        );
        let rows = self.db.query(&sql, params![&self.account, cursor, limit as i64 + 1]).await?;
        let campaigns = rows.iter().map(|row| self.read_campaign(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(campaigns, limit, |campaign| campaign.campaign.clone()))
    }

    fn read_campaign(&self, row: &Row) -> Result<Campaign, DbError> {
        let campaign = row.text(0)?;
        let key = self.keys.personal()?;
        Ok(Campaign {
            name: key.open_text(&self.place("campaign name", &campaign), &row.blob(1)?)?,
            text: key.open_text(&self.place("campaign text", &campaign), &row.blob(2)?)?,
            campaign,
            text_sha256: row.text(3)?,
            class: MessageClass::parse(&row.text(4)?).ok_or(DbError::Column(4))?,
            encoding: row.text(5)?,
            segments: row.int(6)?,
            state: CampaignState::parse(&row.text(7)?).ok_or(DbError::Column(7))?,
            created_at: row.int(8)?,
            started_at: row.opt_int(9)?,
            finished_at: row.opt_int(10)?,
            advertising_approved: row.opt_int(11)?.map(|approved| approved != 0),
            opt_out_link: row.opt_text(12)?,
        })
    }

    /// How many contacts a campaign that starts now would reach: `(all, blacklisted)` (R50, R66).
    pub async fn audience(&self) -> Result<(i64, i64), DbError> {
        let rows = self
            .db
            .query(
                "SELECT (SELECT count(*) FROM import i
                         CROSS JOIN contact c ON c.account = i.account AND c.import = i.import
                         WHERE i.account = ?1 AND i.state = 'completed'),
                        (SELECT count(*) FROM blacklist b
                         JOIN contact c ON c.account = b.account AND c.number_hash = b.number_hash
                         JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
                         WHERE b.account = ?1)",
                params![&self.account],
            )
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok((row.int(0)?, row.int(1)?))
    }

    /// Starts a draft, if staff approved it where it is advertising (R79), and if whom it reaches costs at this moment what its owner agreed to, and they have
    /// it. The audience, the balance and the start are one transaction, so no upload and no hand-over
    /// comes between them; how many messages were agreed to is kept with the campaign (R45, R50).
    pub async fn start_campaign(
        &self,
        act: &Act,
        campaign: &str,
        agreement: Agreement,
    ) -> Result<Campaign, StoreError> {
        let started = transaction(self.db, async |db| -> Result<bool, StoreError> {
            let draft = db
                .query(
                    "SELECT b.available, c.class <> 'advertising' OR coalesce(c.advertising_approved, 0), c.opt_out_link
                     FROM campaign c JOIN balance b ON b.account = c.account
                     WHERE c.account = ?1 AND c.campaign = ?2 AND c.state = 'draft'",
                    params![&self.account, campaign],
                )
                .await?;
            let Some(draft) = draft.first() else { return Ok(false) };
            if draft.int(1)? == 0 {
                return Err(Refusal::AdvertisingNotApproved.into());
            }
            let (contacts, blacklisted) = self.audience().await?;
            let messages = contacts - blacklisted;
            if messages == 0 {
                return Err(Refusal::NoContacts.into());
            }
            if agreement.price.checked_mul(messages) != Some(agreement.total) {
                return Err(Refusal::EstimateChanged.into());
            }
            if draft.int(0)? < agreement.total.0 {
                return Err(Refusal::BalanceInsufficient.into());
            }
            db.query(
                "UPDATE campaign SET state = 'preparing', started_at = ?3, agreed_messages = ?4
                 WHERE account = ?1 AND campaign = ?2",
                params![&self.account, campaign, act.now, messages],
            )
            .await?;
            let fields = serde_json::json!({
                "agreed_messages": messages, "agreed_total": agreement.total.to_string(), "currency": "KZT",
                "opt_out_link": draft.opt_text(2)?,
            });
            self.write_act(db, act, "campaign_started", Some(campaign), fields).await?;
            Ok(true)
        })
        .await?;
        self.changed(campaign, started, Refusal::CampaignNotDraft).await
    }

    /// Holds a campaign; what is with an operator already is settled, nothing more is taken.
    pub async fn pause_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let statement = "UPDATE campaign SET resumes_as = state, state = 'paused'
             WHERE account = ?1 AND campaign = ?2 AND state IN ('preparing', 'running') RETURNING 1";
        let parameters = params![&self.account, campaign];
        let paused = self.turn(act, campaign, "campaign_paused", statement, parameters).await?;
        self.changed(campaign, paused, Refusal::CampaignStateConflict).await
    }

    /// Goes on where it was held.
    pub async fn resume_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let statement = "UPDATE campaign SET state = resumes_as, resumes_as = NULL
             WHERE account = ?1 AND campaign = ?2 AND state = 'paused' RETURNING 1";
        let parameters = params![&self.account, campaign];
        let resumed = self.turn(act, campaign, "campaign_resumed", statement, parameters).await?;
        self.changed(campaign, resumed, Refusal::CampaignStateConflict).await
    }

    /// Ends a campaign: what is queued is never sent, and nothing more is queued. The state is what stops
    /// it; the messages follow in steps, and until then count as cancelled wherever they are shown.
    pub async fn cancel_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let statement = "UPDATE campaign SET state = 'cancelled', finished_at = ?3
             WHERE account = ?1 AND campaign = ?2 AND state IN ('preparing', 'running', 'paused') RETURNING 1";
        let parameters = params![&self.account, campaign, act.now];
        let cancelled = self.turn(act, campaign, "campaign_cancelled", statement, parameters).await?;
        // Also for one that was cancelled before: its steps may have broken off.
        self.cancel_queued(Some(campaign), "cancelled_by_owner").await?;
        self.changed(campaign, cancelled, Refusal::CampaignStateConflict).await
    }

    /// Runs a statement that turns a campaign's state, and records the act if it did.
    async fn turn(
        &self,
        act: &Act,
        campaign: &str,
        kind: &'static str,
        statement: &str,
        parameters: Vec<Value>,
    ) -> Result<bool, DbError> {
        transaction(self.db, async |db| {
            if db.query(statement, parameters.clone()).await?.is_empty() {
                return Ok(false);
            }
            self.write_act(db, act, kind, Some(campaign), serde_json::json!({})).await?;
            Ok(true)
        })
        .await
    }

    /// Cancels what is queued of one cancelled campaign, or of all, in steps of a bounded number of rows,
    /// so that nobody else waits for the end of a million.
    pub(super) async fn cancel_queued(&self, campaign: Option<&str>, reason: &str) -> Result<(), DbError> {
        let filter = if campaign.is_some() { "m.campaign = ?3" } else { "?3 IS NULL" };
        let sql = format!(
            "UPDATE message SET state = 'cancelled', reason = ?2 WHERE id IN
               (SELECT m.id FROM message m INDEXED BY message_due CROSS JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
                WHERE m.account = ?1 AND m.state = 'queued' AND {filter} AND c.state = 'cancelled' LIMIT ?4)
             RETURNING 1"
        );
        loop {
            let cancelled =
                self.db.query(&sql, params![&self.account, reason, campaign, CANCEL_ROWS]).await?;
            if (cancelled.len() as i64) < CANCEL_ROWS {
                return Ok(());
            }
        }
    }

    /// Deletes a draft.
    pub async fn delete_campaign(&self, campaign: &str) -> Result<(), StoreError> {
        let deleted = self
            .db
            .query(
                "DELETE FROM campaign WHERE account = ?1 AND campaign = ?2 AND state = 'draft' RETURNING 1",
                params![&self.account, campaign],
            )
            .await?;
        if deleted.is_empty() {
            self.campaign(campaign).await?.ok_or(Refusal::NotFound)?;
            return Err(Refusal::CampaignNotDraft.into());
        }
        Ok(())
    }

    async fn changed(&self, campaign: &str, changed: bool, refusal: Refusal) -> Result<Campaign, StoreError> {
        let campaign = self.campaign(campaign).await?.ok_or(Refusal::NotFound)?;
        if changed { Ok(campaign) } else { Err(refusal.into()) }
    }

    /// Counts and money of one campaign (R94).
    pub async fn campaign_report(&self, campaign: &str) -> Result<CampaignReport, DbError> {
        let rows = self
            .db
            .query(
                "SELECT iif(m.state = 'queued' AND c.state = 'cancelled', 'cancelled', m.state) AS shown,
                   iif(m.state = 'queued' AND c.state = 'cancelled', 'cancelled_by_owner', m.reason) AS why,
                   count(*), coalesce(sum(m.operator_price), 0), coalesce(sum(m.service_price), 0)
                 FROM campaign c JOIN message m ON m.account = c.account AND m.campaign = c.campaign
                 WHERE c.account = ?1 AND c.campaign = ?2 GROUP BY shown, why",
                params![&self.account, campaign],
            )
            .await?;
        let mut report = CampaignReport::default();
        for row in &rows {
            let (state, operator, service) = (row.text(0)?, Tiyn(row.int(3)?), Tiyn(row.int(4)?));
            if matches!(state.as_str(), "leased" | "unknown") {
                report.held = report.held + operator + service;
            } else {
                report.charged_operator = report.charged_operator + operator;
                report.charged_service = report.charged_service + service;
            }
            report.counts.push((state, row.opt_text(1)?, row.int(2)?));
        }
        Ok(report)
    }
}
