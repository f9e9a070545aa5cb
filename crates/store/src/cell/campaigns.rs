//! Campaigns: written, estimated, started, held, ended, and reported on (R50, R72-R79, R94).

use domain::campaign::{CampaignState, MessageClass};
use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::Tenant;
use crate::cell::consents::{self, Acceptance};
use crate::cell::idempotency::{self, Repeatable};
use crate::database::{Database, DbError, Row, transaction};
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
    /// Of each message.
    pub segments: u32,
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
    /// `informational` or `advertising`.
    pub class: String,
    /// `GSM-7` or `UCS-2`.
    pub encoding: String,
    /// Of each message.
    pub segments: i64,
    /// Where it stands.
    pub state: CampaignState,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub started_at: Option<i64>,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
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

const COLUMNS: &str = "campaign, name, text, text_sha256, class, encoding, segments, state, created_at, started_at, finished_at";

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
            if let Some(first) = idempotency::claim(db, &self.account, repeat, &campaign, act.now).await? {
                return Ok(first);
            }
            let consent = consents::record(db, &self.account, &self.keys.evidence, act, &attestation).await?;
            db.query(
                "INSERT INTO campaign (account, campaign, name, text, text_sha256, class, encoding, segments, state,
                   consent, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'draft', ?9, ?10)",
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
                    act.now
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

    /// The hash and the segments of a campaign's text, which stay when the text itself is gone.
    pub async fn campaign_text(&self, campaign: &str) -> Result<Option<(String, i64)>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT text_sha256, segments FROM campaign WHERE account = ?1 AND campaign = ?2",
                params![&self.account, campaign],
            )
            .await?;
        rows.first().map(|row| Ok((row.text(0)?, row.int(1)?))).transpose()
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
            class: row.text(4)?,
            encoding: row.text(5)?,
            segments: row.int(6)?,
            state: CampaignState::parse(&row.text(7)?).ok_or(DbError::Column(7))?,
            created_at: row.int(8)?,
            started_at: row.opt_int(9)?,
            finished_at: row.opt_int(10)?,
        })
    }

    /// How many contacts a campaign that starts now would reach: `(all, blacklisted)` (R50, R66).
    pub async fn audience(&self) -> Result<(i64, i64), DbError> {
        let rows = self
            .db
            .query(
                "SELECT (SELECT count(*) FROM contact c
                         JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
                         WHERE c.account = ?1),
                        (SELECT count(*) FROM blacklist b
                         JOIN contact c ON c.account = b.account AND c.number_hash = b.number_hash
                         JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
                         WHERE b.account = ?1)",
                params![&self.account],
            )
            .await?;
        let row = rows.first().ok_or(DbError::Column(0))?;
        Ok((row.int(0)?, row.int(1)?))
    }

    /// Starts a draft. What its owner agreed to was checked by the caller just before.
    pub async fn start_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let started = self
            .db
            .query(
                "UPDATE campaign SET state = 'preparing', started_at = ?3
                 WHERE account = ?1 AND campaign = ?2 AND state = 'draft' RETURNING 1",
                params![&self.account, campaign, act.now],
            )
            .await?;
        self.changed(campaign, !started.is_empty(), Refusal::CampaignNotDraft).await
    }

    /// Holds a campaign; what is with an operator already is settled, nothing more is taken.
    pub async fn pause_campaign(&self, campaign: &str) -> Result<Campaign, StoreError> {
        let paused = self
            .db
            .query(
                "UPDATE campaign SET resumes_as = state, state = 'paused'
                 WHERE account = ?1 AND campaign = ?2 AND state IN ('preparing', 'running') RETURNING 1",
                params![&self.account, campaign],
            )
            .await?;
        self.changed(campaign, !paused.is_empty(), Refusal::CampaignStateConflict).await
    }

    /// Goes on where it was held.
    pub async fn resume_campaign(&self, campaign: &str) -> Result<Campaign, StoreError> {
        let resumed = self
            .db
            .query(
                "UPDATE campaign SET state = resumes_as, resumes_as = NULL
                 WHERE account = ?1 AND campaign = ?2 AND state = 'paused' RETURNING 1",
                params![&self.account, campaign],
            )
            .await?;
        self.changed(campaign, !resumed.is_empty(), Refusal::CampaignStateConflict).await
    }

    /// Ends a campaign: what is queued is never sent, and nothing more is queued.
    pub async fn cancel_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let cancelled = transaction(self.db, async |db| -> Result<bool, StoreError> {
            let cancelled = db
                .query(
                    "UPDATE campaign SET state = 'cancelled', finished_at = ?3
                     WHERE account = ?1 AND campaign = ?2 AND state IN ('preparing', 'running', 'paused') RETURNING 1",
                    params![&self.account, campaign, act.now],
                )
                .await?;
            if !cancelled.is_empty() {
                db.query(
                    "UPDATE message SET state = 'cancelled', reason = 'cancelled_by_owner'
                     WHERE account = ?1 AND campaign = ?2 AND state = 'queued'",
                    params![&self.account, campaign],
                )
                .await?;
            }
            Ok(!cancelled.is_empty())
        })
        .await?;
        self.changed(campaign, cancelled, Refusal::CampaignStateConflict).await
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
                "SELECT state, reason, count(*), coalesce(sum(operator_price), 0), coalesce(sum(service_price), 0)
                 FROM message WHERE account = ?1 AND campaign = ?2 GROUP BY state, reason",
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
