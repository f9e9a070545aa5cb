//! The service's consent to advertising: one campaign, one text, decided by staff and kept (R79, X5).

use domain::campaign::MessageClass;
use domain::ids::IdKind;

use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, params, sql};

/// What staff decide about a campaign.
#[derive(Clone, Debug)]
pub struct NewAdvertisingDecision {
    /// `cmp_…`
    pub campaign: String,
    /// The text that was looked at, in hexadecimal.
    pub content_sha256: String,
    /// Consent, or its refusal; of several the last one holds.
    pub approved: bool,
    /// Who decided.
    pub by: String,
    /// On what.
    pub basis: String,
}

/// A decision as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvertisingDecision {
    /// `dcn_…`
    pub decision: String,
    /// The text that it is about.
    pub content_sha256: String,
    /// Consent, or its refusal.
    pub approved: bool,
    /// Who decided.
    pub by: String,
    /// On what.
    pub basis: String,
    /// Unix milliseconds.
    pub decided_at: i64,
}

impl<D: Database> Cell<'_, D> {
    /// Whose a campaign is.
    pub async fn account_of_campaign(&self, campaign: &str) -> Result<Option<String>, DbError> {
        let rows = self.db.query(sql!("advertising.sql", "account"), params![campaign]).await?;
        rows.first().map(|row| row.text("account")).transpose()
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Writes a decision down with its evidence. It is about the very text that the campaign sends, and
    /// about nothing that has ended. A refusal stops a campaign that runs: the gate stands in the lease.
    pub async fn decide_advertising(
        &self,
        act: &Act,
        new: &NewAdvertisingDecision,
    ) -> Result<AdvertisingDecision, StoreError> {
        let decision = self.new_id(IdKind::Decision, act.now)?;
        let key = &self.keys.evidence;
        let by = key.seal(&self.place("advertising decided_by", &decision), new.by.as_bytes())?;
        let basis = key.seal(&self.place("advertising basis", &decision), new.basis.as_bytes())?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let rows =
                db.query(sql!("advertising.sql", "campaign"), params![&self.account, &new.campaign]).await?;
            let row = rows.first().ok_or(Refusal::NotFound)?;
            if row.text("class")? != MessageClass::Advertising.as_str() {
                return Err(Refusal::CampaignNotAdvertising.into());
            }
            if row.text("content_sha256")? != new.content_sha256 {
                return Err(Refusal::TextMismatch.into());
            }
            if row.flag("is_over")? {
                return Err(Refusal::CampaignStateConflict.into());
            }
            db.query(
                sql!("advertising.sql", "decide"),
                params![
                    &self.account,
                    &decision,
                    &new.campaign,
                    &new.content_sha256,
                    i64::from(new.approved),
                    by.clone(),
                    basis.clone(),
                    act.now
                ],
            )
            .await?;
            db.query(
                "UPDATE campaign SET advertising_approved = ?3 WHERE account = ?1 AND campaign = ?2",
                params![&self.account, &new.campaign, i64::from(new.approved)],
            )
            .await?;
            let kind =
                if new.approved { "decision_advertising_approved" } else { "decision_advertising_refused" };
            let fields = serde_json::json!({
                "decision": decision, "content_sha256": new.content_sha256, "by": new.by, "basis": new.basis,
            });
            self.write_act(db, act, kind, Some(&new.campaign), fields).await?;
            Ok(())
        })
        .await?;
        Ok(AdvertisingDecision {
            decision,
            content_sha256: new.content_sha256.clone(),
            approved: new.approved,
            by: new.by.clone(),
            basis: new.basis.clone(),
            decided_at: act.now,
        })
    }

    /// Every decision about a campaign, newest first.
    pub async fn advertising_decisions(&self, campaign: &str) -> Result<Vec<AdvertisingDecision>, DbError> {
        let rows =
            self.db.query(sql!("advertising.sql", "of_campaign"), params![&self.account, campaign]).await?;
        let key = &self.keys.evidence;
        rows.iter()
            .map(|row| {
                let decision = row.text("decision")?;
                let by = self.place("advertising decided_by", &decision);
                let basis = self.place("advertising basis", &decision);
                Ok(AdvertisingDecision {
                    content_sha256: row.text("content_sha256")?,
                    approved: row.flag("approved")?,
                    by: key.open_text(&by, &row.blob("decided_by")?)?,
                    basis: key.open_text(&basis, &row.blob("basis")?)?,
                    decided_at: row.int("decided_at")?,
                    decision,
                })
            })
            .collect()
    }
}
