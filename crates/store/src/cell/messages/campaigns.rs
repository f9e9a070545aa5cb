//! Campaigns: written, estimated, started, held, and ended.

use domain::audience::Audience;
use domain::campaign::{CampaignState, MessageClass};
use domain::ids::IdKind;
use domain::message::Reason;
use domain::money::Tiyn;
use domain::tariffs::Channel;
use domain::unpaid::Kept;

use crate::cell::Tenant;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::messages::content::{Content, NewContent, SentContent};
use crate::cell::messages::transitions;
use crate::cell::people::consents::{self, Acceptance};
use crate::database::{Database, DbError, Value};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, hex, params, sql};

/// A campaign that is written but not started.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    /// What its owner calls it.
    pub name: String,
    /// What it sends.
    pub content: NewContent,
    /// Decides which rules apply.
    pub class: MessageClass,
    /// To whom it goes; everybody in the base without one.
    pub audience: Option<Audience>,
    /// That the content is lawful (R76).
    pub attestation: Acceptance,
}

/// A campaign as its owner sees it.
#[derive(Clone, Debug, PartialEq)]
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
    /// To whom it goes; everybody in the base without one.
    pub audience: Option<Audience>,
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

/// Campaigns of one account that are not over: each has turns in the ticks, which all accounts share.
const UNDER_WAY_MAX: i64 = 20;
/// One text for thousands is no code, and must not pass by the rules of what it is (R79).
const CODE_RECIPIENTS_MAX: i64 = 100;

/// Messages that one step of a cancellation takes.
const CANCEL_ROWS: i64 = 10_000;

impl<D: Database> Tenant<'_, D> {
    /// Writes a draft with its attestation (R76). A repeat under the same key finds the first.
    pub async fn create_campaign(
        &self,
        act: &Act,
        new: &NewCampaign,
        repeat: Option<&Repeatable>,
    ) -> Result<Campaign, StoreError> {
        let campaign = self.new_id(IdKind::Campaign, act.now)?;
        let key = self.keys.personal()?;
        let name = key.seal(&self.place("campaign name", &campaign), new.name.as_bytes())?;
        let text = match &new.content {
            NewContent::Text { text, .. } => {
                Some(key.seal(&self.place("campaign text", &campaign), text.as_bytes())?)
            }
            NewContent::Call { .. } => None,
        };
        let audience = new.audience.as_ref();
        let sealed = audience.map(|audience| self.seal_audience(&campaign, audience)).transpose()?;
        let attestation = Acceptance { subject: Some(campaign.clone()), ..new.attestation.clone() };
        let made = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &campaign, act.now).await?
                {
                    return Ok(first);
                }
                if let Some(audience) = audience {
                    self.check_audience(db, audience).await?;
                }
                let content = self.content_columns(db, &campaign, &new.content).await?;
                let consent = consents::record(db, &self.recorder(), act, &attestation).await?;
                db.query(
                    sql!("campaigns.sql", "draft"),
                    [
                        params![
                            &self.account,
                            &campaign,
                            name,
                            text,
                            new.class.as_str(),
                            consent.consent,
                            act.now
                        ],
                        content,
                        params![sealed],
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
        let rows = self.db.query(sql!("campaigns.sql", "one"), params![&self.account, campaign]).await?;
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
            NewContent::Text { text, encoding, segments, opt_out_link, links } => {
                let sha256 = hex(&evidence::commitment_to(&self.text_salt(campaign), text.as_bytes()));
                let none = None::<i64>;
                let link = opt_out_link.as_deref();
                let links = links.as_ref().map(|links| self.seal_links(campaign, links)).transpose()?;
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
                    link,
                    links
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
                    row.text("sha256")?,
                    None::<&str>,
                    None::<i64>,
                    audio,
                    row.int("duration_ms")?,
                    plan.attempts(),
                    plan.ring_seconds(),
                    plan.retry_gap_seconds(),
                    None::<&str>,
                    None::<&str>
                ]
            }
        })
    }

    /// The campaigns, newest first.
    pub async fn campaigns(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<Campaign>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("campaigns.sql", "page"), parameters).await?;
        let campaigns = rows.iter().map(|row| self.read_campaign(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(campaigns, limit, |campaign| campaign.campaign.clone()))
    }

    fn read_campaign(&self, row: &Row) -> Result<Campaign, DbError> {
        let campaign = row.text("campaign")?;
        let key = self.keys.personal()?;
        let open_text = |sealed: &[u8]| key.open_text(&self.place("campaign text", &campaign), sealed);
        let content = Content::from_row(row, open_text, |row| self.open_links(&campaign, row))?;
        let is_text = matches!(content, Content::Text { .. });
        let audience = self.open_audience(&campaign, row.opt_blob("audience")?)?;
        Ok(Campaign {
            name: key.open_text(&self.place("campaign name", &campaign), &row.blob("name")?)?,
            content,
            text_salt: is_text.then(|| hex(&self.text_salt(&campaign))),
            campaign,
            content_sha256: row.text("content_sha256")?,
            class: row.read("class", MessageClass::parse)?,
            audience,
            state: row.read("state", CampaignState::parse)?,
            created_at: row.int("created_at")?,
            started_at: row.opt_int("started_at")?,
            finished_at: row.opt_int("finished_at")?,
            advertising_approved: row.opt_int("advertising_approved")?.map(|approved| approved != 0),
        })
    }

    /// How many contacts a campaign that starts now would reach, and how many of them are blacklisted (R50, R66).
    pub async fn count_recipients(&self, audience: Option<&Audience>) -> Result<(i64, i64), StoreError> {
        match audience {
            Some(audience) => self.count_audience(audience).await,
            None => Ok(self.audience().await?),
        }
    }

    /// The same of everybody in the base.
    pub async fn audience(&self) -> Result<(i64, i64), DbError> {
        let rows = self.db.query(sql!("campaigns.sql", "audience"), params![&self.account]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok((row.int("contacts")?, row.int("blacklisted")?))
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
        let found = self.campaign(campaign).await?.ok_or(Refusal::NotFound)?;
        let fixed = match found.audience {
            Some(audience) => {
                if found.state == CampaignState::Draft {
                    self.check_affordable(&audience, &agreement).await?;
                }
                Some(self.fix_recipients(campaign, audience).await?)
            }
            None => None,
        };
        let started = self.write(async |db| {
            let draft = db
                .query(
                    sql!("campaigns.sql", "what_a_start_needs"),
                    params![&self.account, campaign],
                )
                .await?;
            let Some(draft) = draft.first() else { return Ok(false) };
            if !draft.flag("is_approved")? {
                return Err(Refusal::AdvertisingNotApproved.into());
            }
            if draft.int("under_way")? >= UNDER_WAY_MAX {
                return Err(Refusal::TooManyCampaigns.into());
            }
            let (contacts, blacklisted) = match &fixed {
                Some(fixed) => self.fixed_recipients(db, campaign, fixed).await?,
                None => self.audience().await?,
            };
            let messages = contacts - blacklisted;
            if messages <= 0 {
                return Err(Refusal::NoContacts.into());
            }
            if draft.flag("is_code")? && messages > CODE_RECIPIENTS_MAX {
                return Err(Refusal::CodeRecipientsTooMany.into());
            }
            if agreement.price.checked_mul(messages) != Some(agreement.total) {
                return Err(Refusal::EstimateChanged.into());
            }
            if draft.int("available")? < agreement.total.0 {
                return Err(Refusal::BalanceInsufficient.into());
            }
            db.query(
                sql!("campaigns.sql", "start"),
                params![&self.account, campaign, act.now, messages],
            )
            .await?;
            let fields = serde_json::json!({
                "agreed_messages": messages, "agreed_total": agreement.total.to_string(), "currency": "KZT",
                "audience": if fixed.is_some() { "chosen" } else { "all" },
                "opt_out_link": draft.opt_text("opt_out_link")?,
                "links": self.open_links(campaign, draft)?.map(|links| links.in_event()),
            });
            self.write_act(db, act, "campaign_started", Some(campaign), fields).await?;
            Ok(true)
        })
        .await;
        if let (Err(_), Some(fixed)) = (&started, &fixed) {
            self.clear_refused(campaign, fixed).await?;
        }
        self.changed(campaign, started?, Refusal::CampaignNotDraft).await
    }

    /// Refuses what its start would refuse, before anybody's rows are written for it. Only the start itself decides.
    async fn check_affordable(&self, audience: &Audience, agreement: &Agreement) -> Result<(), StoreError> {
        let (contacts, blacklisted) = self.count_audience(audience).await?;
        let messages = contacts - blacklisted;
        if messages <= 0 {
            return Err(Refusal::NoContacts.into());
        }
        if agreement.price.checked_mul(messages) != Some(agreement.total) {
            return Err(Refusal::EstimateChanged.into());
        }
        let balance = "SELECT available FROM balance WHERE account = ?1";
        let rows = self.db.query(balance, params![&self.account]).await?;
        match rows.first().ok_or(DbError::NoRow)?.int("available")? < agreement.total.0 {
            true => Err(Refusal::BalanceInsufficient.into()),
            false => Ok(()),
        }
    }

    /// Holds a campaign; what is with an operator already is settled, nothing more is taken.
    pub async fn pause_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let statement = sql!("campaigns.sql", "pause");
        let parameters = params![&self.account, campaign];
        let paused = self.turn(act, campaign, "campaign_paused", statement, parameters).await?;
        self.changed(campaign, paused, Refusal::CampaignStateConflict).await
    }

    /// Goes on where it was held.
    pub async fn resume_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let statement = sql!("campaigns.sql", "resume");
        let parameters = params![&self.account, campaign];
        let resumed = self.turn(act, campaign, "campaign_resumed", statement, parameters).await?;
        self.changed(campaign, resumed, Refusal::CampaignStateConflict).await
    }

    /// Ends a campaign: what is queued is never sent, and nothing more is queued. The state is what stops
    /// it; the messages follow in steps, and until then count as cancelled wherever they are shown.
    pub async fn cancel_campaign(&self, act: &Act, campaign: &str) -> Result<Campaign, StoreError> {
        let statement = sql!("campaigns.sql", "cancel");
        let parameters = params![&self.account, campaign, act.now];
        let cancelled = self.turn(act, campaign, "campaign_cancelled", statement, parameters).await?;
        // Also for one that was cancelled before: its steps may have broken off.
        while self.cancel_queued(self.db, Some(campaign), Reason::CancelledByOwner).await? {}
        if cancelled {
            self.clear_recipients(campaign).await?;
        }
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

    /// Cancels some of what is queued of one cancelled campaign, or of all: a bounded number of rows, so that nobody
    /// else waits for the end of a million. Answers whether there may be more.
    pub(crate) async fn cancel_queued(
        &self,
        db: &D,
        campaign: Option<&str>,
        reason: Reason,
    ) -> Result<bool, DbError> {
        let cancelled = transitions::cancel(db, &self.account, campaign, reason, CANCEL_ROWS).await?;
        Ok(cancelled == CANCEL_ROWS)
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
        self.clear_recipients(campaign).await
    }

    async fn changed(&self, campaign: &str, changed: bool, refusal: Refusal) -> Result<Campaign, StoreError> {
        let campaign = self.campaign(campaign).await?.ok_or(Refusal::NotFound)?;
        if changed { Ok(campaign) } else { Err(refusal.into()) }
    }
}
