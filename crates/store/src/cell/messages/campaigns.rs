//! Campaigns: written, estimated, started, held, ended, and reported on.

use std::collections::BTreeMap;

use domain::campaign::{CampaignState, MessageClass};
use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::tariffs::Channel;
use domain::unpaid::Kept;

use crate::cell::Tenant;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::messages::content::{self, COLUMNS as CONTENT, Content, NewContent, SentContent};
use crate::cell::people::consents::{self, Acceptance};
use crate::database::{Database, DbError, Row, Value};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, Page, hex, new_id, params};

/// A campaign that is written but not started.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    /// What its owner calls it.
    pub name: String,
    /// What it sends.
    pub content: NewContent,
    /// Decides which rules apply.
    pub class: MessageClass,
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
    /// What it sends.
    pub content: Content,
    /// Of the recording's bytes, or of `text_salt` and the text's: in hexadecimal.
    pub content_sha256: String,
    /// What goes before the text where its hash is made: 32 bytes in hexadecimal. `None` for calls.
    pub text_salt: Option<String>,
    /// Decides which rules apply.
    pub class: MessageClass,
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

impl Campaign {
    /// What it sends, as proofs name it.
    pub fn sent_content(&self) -> SentContent {
        SentContent { sha256: self.content_sha256.clone(), volume: self.content.volume() }
    }
}

/// What an owner agrees to by starting: the estimate that they were shown (R50).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// What one recipient costs at most at this moment.
    pub price: Tiyn,
    /// What the whole campaign was said to cost.
    pub total: Tiyn,
}

/// How far a campaign is: counts of its messages by state, and its money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignReport {
    /// `(state, reason, count)`.
    pub counts: Vec<(String, Option<String>, i64)>,
    /// How many people they are to: each may be called more than once.
    pub recipients: i64,
    /// How many calls ended so.
    pub calls: BTreeMap<String, i64>,
    /// Charged for the operators.
    pub charged_operator: Tiyn,
    /// Charged for the service.
    pub charged_service: Tiyn,
    /// Held for messages on their way.
    pub held: Tiyn,
}

impl CampaignReport {
    /// Messages of which nobody will say whether they were sent: their owner has to decide.
    pub fn undecided(&self) -> i64 {
        let of = |(_, why, _): &&(String, Option<String>, i64)| why.as_deref() == Some("undecided");
        self.counts.iter().filter(of).map(|(_, _, count)| count).sum()
    }

    /// Messages in one of these states.
    pub fn count(&self, states: &[&str]) -> i64 {
        self.counts
            .iter()
            .filter(|(state, _, _)| states.contains(&state.as_str()))
            .map(|(_, _, count)| count)
            .sum()
    }
}

/// Campaigns of one account that are not over: each has turns in the ticks, which all accounts share.
const UNDER_WAY_MAX: i64 = 20;
/// One text for thousands is no code, and must not pass by the rules of what it is (R79).
const CODE_RECIPIENTS_MAX: i64 = 100;

/// Messages that one step of a cancellation takes.
const CANCEL_ROWS: i64 = 10_000;

const COLUMNS: &str =
    "campaign, name, content_sha256, class, state, created_at, started_at, finished_at, advertising_approved";

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
        let text = match &new.content {
            NewContent::Text { text, .. } => {
                Some(key.seal(&self.place("campaign text", &campaign), text.as_bytes())?)
            }
            NewContent::Call { .. } => None,
        };
        let attestation = Acceptance { subject: Some(campaign.clone()), ..new.attestation.clone() };
        let made = self.write(async |db| {
            self.refuse_if_closed(db).await?;
            if let Some(first) = idempotency::claim(db, &self.account, key, repeat, &campaign, act.now).await? {
                return Ok(first);
            }
            let content = self.content_columns(db, &campaign, &new.content).await?;
            let consent = consents::record(db, &self.recorder(), act, &attestation).await?;
            db.query(
                "INSERT INTO campaign (account, campaign, name, text, class, state, consent, created_at, channel,
                   content_sha256, encoding, segments, audio, duration_ms, attempts, ring_seconds, retry_gap_seconds,
                   opt_out_link)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'draft', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
                [
                    params![&self.account, &campaign, name, text, new.class.as_str(), consent.consent, act.now],
                    content,
                ]
                .concat(),
            )
            .await?;
            self.check_unpaid_limit(db, Kept::Drafts).await?;
            Ok(campaign.clone())
        })
        .await?;
        self.campaign(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One campaign.
    pub async fn campaign(&self, campaign: &str) -> Result<Option<Campaign>, DbError> {
        let sql = format!("SELECT {COLUMNS}, {CONTENT} FROM campaign WHERE account = ?1 AND campaign = ?2");
        let rows = self.db.query(&sql, params![&self.account, campaign]).await?;
        rows.first().map(|row| self.read_campaign(row)).transpose()
    }

    /// The columns of what a campaign sends, from its channel on. A recording must be there: its hash and its
    /// length are those of this moment, and while the campaign lives it cannot be deleted.
    async fn content_columns(
        &self,
        db: &D,
        campaign: &str,
        content: &NewContent,
    ) -> Result<Vec<Value>, StoreError> {
        Ok(match content {
            NewContent::Text { text, encoding, segments, opt_out_link } => {
                let sha256 = hex(&evidence::commitment_to(&self.text_salt(campaign), text.as_bytes()));
                let none = None::<i64>;
                let link = opt_out_link.as_deref();
                params![
                    Channel::Text.as_str(),
                    sha256,
                    *encoding,
                    *segments,
                    none,
                    none,
                    none,
                    none,
                    none,
                    link
                ]
            }
            NewContent::Call { audio, plan } => {
                let rows = db
                    .query(
                        "SELECT sha256, duration_ms FROM audio WHERE account = ?1 AND audio = ?2",
                        params![&self.account, audio],
                    )
                    .await?;
                let row = rows.first().ok_or(Refusal::NotFound)?;
                params![
                    Channel::Voice.as_str(),
                    row.text(0)?,
                    None::<&str>,
                    None::<i64>,
                    audio,
                    row.int(1)?,
                    plan.attempts(),
                    plan.ring_seconds(),
                    plan.retry_gap_seconds(),
                    None::<&str>
                ]
            }
        })
    }

    /// The campaigns, newest first.
    pub async fn campaigns(&self, cursor: Option<&str>, limit: usize) -> Result<Page<Campaign>, DbError> {
        let sql = format!(
            "SELECT {COLUMNS}, {CONTENT} FROM campaign WHERE account = ?1 AND (?2 IS NULL OR campaign < ?2)
             ORDER BY campaign DESC LIMIT ?3"
        );
        let rows = self.db.query(&sql, params![&self.account, cursor, limit as i64 + 1]).await?;
        let campaigns = rows.iter().map(|row| self.read_campaign(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(campaigns, limit, |campaign| campaign.campaign.clone()))
    }

    fn read_campaign(&self, row: &Row) -> Result<Campaign, DbError> {
        let campaign = row.text(0)?;
        let key = self.keys.personal()?;
        let content =
            content::read(row, 9, |sealed| key.open_text(&self.place("campaign text", &campaign), sealed))?;
        let is_text = matches!(content, Content::Text { .. });
        Ok(Campaign {
            name: key.open_text(&self.place("campaign name", &campaign), &row.blob(1)?)?,
            content,
            text_salt: is_text.then(|| hex(&self.text_salt(&campaign))),
            campaign,
            content_sha256: row.text(2)?,
            class: MessageClass::parse(&row.text(3)?).ok_or(DbError::Column(3))?,
            state: CampaignState::parse(&row.text(4)?).ok_or(DbError::Column(4))?,
            created_at: row.int(5)?,
            started_at: row.opt_int(6)?,
            finished_at: row.opt_int(7)?,
            advertising_approved: row.opt_int(8)?.map(|approved| approved != 0),
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

    /// Starts a draft, if staff approved it where it is advertising (R79), and if whom it reaches costs at
    /// this moment what its owner agreed to, and they have it. The audience, the balance and the start are one transaction, so no upload and no hand-over
    /// comes between them; how many messages were agreed to is kept with the campaign (R45, R50).
    pub async fn start_campaign(
        &self,
        act: &Act,
        campaign: &str,
        agreement: Agreement,
    ) -> Result<Campaign, StoreError> {
        let started = self.write(async |db| {
            let draft = db
                .query(
                    "SELECT b.available, c.class <> 'advertising' OR coalesce(c.advertising_approved, 0), c.opt_out_link,
                       c.class = 'one_time_code', (SELECT count(*) FROM campaign o WHERE o.account = ?1
                         AND o.state IN ('preparing', 'running', 'paused'))
                     FROM campaign c JOIN balance b ON b.account = c.account
                     WHERE c.account = ?1 AND c.campaign = ?2 AND c.state = 'draft'",
                    params![&self.account, campaign],
                )
                .await?;
            let Some(draft) = draft.first() else { return Ok(false) };
            if draft.int(1)? == 0 {
                return Err(Refusal::AdvertisingNotApproved.into());
            }
            if draft.int(4)? >= UNDER_WAY_MAX {
                return Err(Refusal::TooManyCampaigns.into());
            }
            let (contacts, blacklisted) = self.audience().await?;
            let messages = contacts - blacklisted;
            if messages == 0 {
                return Err(Refusal::NoContacts.into());
            }
            if draft.int(3)? != 0 && messages > CODE_RECIPIENTS_MAX {
                return Err(Refusal::CodeRecipientsTooMany.into());
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
    ) -> Result<bool, StoreError> {
        self.write(async |db| {
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
    pub(crate) async fn cancel_queued(&self, campaign: Option<&str>, reason: &str) -> Result<(), DbError> {
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
        const DELETE: &str =
            "DELETE FROM campaign WHERE account = ?1 AND campaign = ?2 AND state = 'draft' RETURNING 1";
        let deleted =
            self.write(async |db| Ok(db.query(DELETE, params![&self.account, campaign]).await?)).await?;
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
                   CASE WHEN m.state = 'queued' AND c.state = 'cancelled' THEN 'cancelled_by_owner'
                     WHEN m.state = 'unknown' AND m.asking_ended_at IS NOT NULL THEN 'undecided' ELSE m.reason END AS why,
                   m.call_result, count(*), sum(m.call_attempt <= 1),
                   coalesce(sum(iif(m.capture IS NULL OR m.refund IS NOT NULL, 0, m.operator_price)), 0),
                   coalesce(sum(iif(m.capture IS NULL OR m.refund IS NOT NULL, 0, m.service_price)), 0),
                   coalesce(sum(iif(m.capture IS NULL AND m.hold IS NOT NULL, m.operator_price + m.service_price, 0)), 0)
                 FROM campaign c JOIN message m ON m.account = c.account AND m.campaign = c.campaign
                 WHERE c.account = ?1 AND c.campaign = ?2 GROUP BY shown, why, m.call_result",
                params![&self.account, campaign],
            )
            .await?;
        let mut report = CampaignReport::default();
        for row in &rows {
            report.charged_operator = report.charged_operator + Tiyn(row.int(5)?);
            report.charged_service = report.charged_service + Tiyn(row.int(6)?);
            report.held = report.held + Tiyn(row.int(7)?);
            report.recipients += row.int(4)?;
            if let Some(result) = row.opt_text(2)? {
                *report.calls.entry(result).or_default() += row.int(3)?;
            }
            report.counts.push((row.text(0)?, row.opt_text(1)?, row.int(3)?));
        }
        Ok(report)
    }
}
