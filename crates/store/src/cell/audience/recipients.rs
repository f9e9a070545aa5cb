//! Whom a campaign with an audience reaches: fixed when it starts, in steps of bounded rows, so that no other writer waits
//! for a million. From then on nobody joins them, whatever comes into the base or a list, and nobody who was left out
//! gets in (R50).

use std::collections::BTreeSet;

use domain::audience::{Audience, Outcome, Rule};

use crate::cell::Tenant;
use crate::cell::audience::matching::{Matching, Who};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{hex, json, params, random, sql};

/// Contacts that one step looks at.
const STEP: i64 = 10_000;
/// Recipients that one step clears away.
const CLEAR_ROWS: i64 = 10_000;

/// Recipients that a start fixed: of whom, and under which claim.
pub(in crate::cell) struct Fixed {
    audience: Audience,
    claim: String,
    named: BTreeSet<String>,
    /// Of the campaigns that they did not get, so many were started by then.
    started: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// To whom a campaign goes, sealed: it may hold numbers and words of its owner.
    pub(in crate::cell) fn seal_audience(
        &self,
        campaign: &str,
        audience: &Audience,
    ) -> Result<Vec<u8>, DbError> {
        let place = self.place("campaign audience", campaign);
        self.keys.personal()?.seal(&place, json(audience)?.as_bytes())
    }

    /// To whom it goes, as it was written.
    pub(in crate::cell) fn open_audience(
        &self,
        campaign: &str,
        sealed: Option<Vec<u8>>,
    ) -> Result<Option<Audience>, DbError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let opened = self.keys.personal()?.open_text(&self.place("campaign audience", campaign), &sealed)?;
        serde_json::from_str(&opened).map(Some).map_err(|_| DbError::Column("audience".to_owned()))
    }

    /// Writes down whom a draft reaches, and answers the claim under which it did. Whoever fixes it anew takes the claim
    /// over, and the steps of the one before are refused.
    pub(in crate::cell) async fn fix_recipients(
        &self,
        campaign: &str,
        audience: Audience,
    ) -> Result<Fixed, StoreError> {
        let claim = hex(&random::<16>()?);
        self.take_claim(campaign, &claim).await?;
        while self.clear_some(campaign, Some(&claim)).await? {}
        let matching = self.matching(self.db, &audience).await?;
        let started = self.started_of_not_got(self.db, &audience).await?;
        let campaign_place = matching.behind(0);
        let add = format!(
            "INSERT INTO campaign_recipient (account, campaign, contact) {}",
            matching.select(&format!("?1, {campaign_place}, c.contact"))
        );
        let mut after = String::new();
        loop {
            let step = self
                .write(async |db| {
                    self.check_claim(db, campaign, &claim).await?;
                    self.check_named(db, &audience, &matching.named).await?;
                    let step = self.next_step(db, &matching, &after, STEP).await?;
                    let parameters = matching.parameters(&self.account, &step);
                    db.query(&add, [parameters, params![campaign]].concat()).await?;
                    Ok(step)
                })
                .await?;
            if step.is_last {
                return Ok(Fixed { audience, claim, named: matching.named, started });
            }
            after = step.up_to;
        }
    }

    /// Whether whoever fixed the recipients is still the last to do so.
    async fn check_claim(&self, db: &D, campaign: &str, claim: &str) -> Result<(), StoreError> {
        let parameters = params![&self.account, campaign, claim];
        match db.query(sql!("recipients.sql", "is_fixed_by"), parameters).await?.is_empty() {
            true => Err(Refusal::CampaignStateConflict.into()),
            false => Ok(()),
        }
    }

    /// Refuses a step over whom an audience takes, once it cannot say that any more: another list of the same name is
    /// another list, and of people who came in since the fields are not known yet.
    pub(in crate::cell) async fn check_same(
        &self,
        db: &D,
        who: &Who,
        matching: &Matching,
    ) -> Result<(), StoreError> {
        match who {
            Who::Audience(audience) => self.check_named(db, audience, &matching.named).await,
            _ => Ok(()),
        }
    }

    async fn check_named(
        &self,
        db: &D,
        audience: &Audience,
        named: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let found = self.check_audience(db, audience).await?;
        match found.values().all(|(list, _)| named.contains(list)) {
            true => Ok(()),
            false => Err(Refusal::ListUnknown.into()),
        }
    }

    /// How many of the campaigns that an audience's people did not get were started. While one of them is being prepared
    /// nobody can say who gets it: whoever is taken for left out might be written to twice (R87).
    pub(in crate::cell) async fn started_of_not_got(
        &self,
        db: &D,
        audience: &Audience,
    ) -> Result<i64, StoreError> {
        let rules = audience.selections().flat_map(|one| &one.rules);
        let campaigns: BTreeSet<&str> = rules
            .filter_map(|rule| match rule {
                Rule::Campaign { campaign, outcome: Outcome::NotGot } => Some(campaign.as_str()),
                _ => None,
            })
            .collect();
        let parameters = params![&self.account, json(&campaigns)?];
        let rows = db.query(sql!("recipients.sql", "started"), parameters).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        match row.int("preparing")? {
            0 => Ok(row.int("started")?),
            _ => Err(Refusal::CampaignBeingPrepared.into()),
        }
    }

    /// How many contacts were fixed and are there still, and how many of them are blacklisted by now. Belongs inside the
    /// transaction of the start.
    pub(in crate::cell) async fn fixed_recipients(
        &self,
        db: &D,
        campaign: &str,
        fixed: &Fixed,
    ) -> Result<(i64, i64), StoreError> {
        // A list that is gone by now was perhaps only in part there when they were fixed.
        self.check_named(db, &fixed.audience, &fixed.named).await?;
        // One that was started since may write to whoever did not have its message when they were fixed.
        if self.started_of_not_got(db, &fixed.audience).await? != fixed.started {
            return Err(Refusal::CampaignBeingPrepared.into());
        }
        self.check_claim(db, campaign, &fixed.claim).await?;
        let rows = db.query(sql!("recipients.sql", "count"), params![&self.account, campaign]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok((row.int("contacts")?, row.int("blacklisted")?))
    }

    /// Clears away whom a campaign was to reach, once it reaches nobody more.
    pub(in crate::cell) async fn clear_recipients(&self, campaign: &str) -> Result<(), StoreError> {
        while self.clear_some(campaign, None).await? {}
        Ok(())
    }

    /// The same after a start that was refused, unless a later one has fixed them anew.
    pub(in crate::cell) async fn clear_refused(
        &self,
        campaign: &str,
        fixed: &Fixed,
    ) -> Result<(), StoreError> {
        loop {
            match self.clear_some(campaign, Some(&fixed.claim)).await {
                Ok(true) => {}
                Ok(false) | Err(StoreError::Refused(_)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the claim over.
    async fn take_claim(&self, campaign: &str, claim: &str) -> Result<(), StoreError> {
        self.write(async |db| {
            let parameters = params![&self.account, campaign, claim];
            match db.query(sql!("recipients.sql", "begin"), parameters).await?.is_empty() {
                true => Err(Refusal::CampaignNotDraft.into()),
                false => Ok(()),
            }
        })
        .await
    }

    async fn clear_some(&self, campaign: &str, claim: Option<&str>) -> Result<bool, StoreError> {
        self.write(async |db| {
            if let Some(claim) = claim {
                self.check_claim(db, campaign, claim).await?;
            }
            let parameters = params![&self.account, campaign, CLEAR_ROWS];
            Ok(db.query(sql!("recipients.sql", "clear"), parameters).await?.len() as i64 == CLEAR_ROWS)
        })
        .await
    }
}
