//! Whose turn it is: by account, then by campaign. Who cannot pay sleeps until there is money, and who is
//! broken is put off, so that nobody is kept waiting by a neighbour (R52, R53, R87).

use domain::money::Tiyn;
use domain::tariffs::Channel;

use crate::cell::proof::events::NewEvent;
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{json, params, sql};

/// What broke with one account or message is tried again after this.
pub const PUT_OFF_MS: i64 = 10 * 60_000;
/// An account whose turn brought nothing waits behind all others for so long. Where nobody else waits it is
/// looked at again at once.
pub const IDLE_MS: i64 = 60_000;
/// A campaign of which everything is under way is looked at again after this; whoever settles the last of
/// it ends it.
const NOTHING_QUEUED_MS: i64 = 60_000;
/// A campaign that sleeps for want of money is looked at all the same after this: its price may have fallen, or
/// nothing of it is left to send.
const ASLEEP_MS: i64 = 10 * 60_000;
/// Of the places of a tick, one in so many is for those that sleep at most.
const ASLEEP_SHARE: usize = 5;
/// And one in so many for one-time codes at most.
const CODES_SHARE: usize = 2;

/// What a step across accounts came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How much it did.
    pub count: i64,
    /// Accounts with which something broke, with what: theirs is tried again later, and all others' is done.
    pub put_off: Vec<(String, DbError)>,
}

/// What broke with one account. A busy database is nobody's own fault: that ends the step, to be done again.
pub(crate) fn of_one_account(error: DbError) -> Result<DbError, DbError> {
    if error == DbError::Busy { Err(error) } else { Ok(error) }
}

/// A campaign that has something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignAtWork {
    /// `acc_…`
    pub account: String,
    /// `cmp_…`
    pub campaign: String,
    /// How its messages reach people.
    pub channel: Channel,
}

/// The campaigns whose turn it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignsAtWork {
    /// Their messages are still being queued.
    pub preparing: Vec<CampaignAtWork>,
    /// Their messages can be taken.
    pub running: Vec<CampaignAtWork>,
    /// Whether others wait behind these.
    pub left_out: bool,
}

impl CampaignAtWork {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            account: row.text("account")?,
            campaign: row.text("campaign")?,
            channel: row.read("channel", Channel::parse)?,
        })
    }
}

impl<D: Database> Cell<'_, D> {
    /// Campaigns with work, up to `limit` that are being prepared and up to `limit` that run and have
    /// something due, in turns of their accounts. Before all that run come one-time codes, which somebody waits
    /// for, in up to half of the places; a few places are for campaigns that sleep, which may have come to
    /// their end (R52).
    pub async fn campaigns_at_work(&self, limit: usize, now: i64) -> Result<CampaignsAtWork, DbError> {
        let mut preparing = self.first_of("preparing", limit, now).await?;
        let mut left_out = preparing.len() > limit;
        preparing.truncate(limit);
        let mut running = self.first_of("codes", limit / CODES_SHARE, now).await?;
        left_out |= running.len() > limit / CODES_SHARE;
        running.truncate(limit / CODES_SHARE);
        let mut asleep = self.asleep(limit / ASLEEP_SHARE, now).await?;
        let limit = limit - running.len() - asleep.len();
        let mut others = self.first_of("running", limit, now).await?;
        left_out |= others.len() > limit;
        others.truncate(limit);
        running.append(&mut others);
        running.append(&mut asleep);
        Ok(CampaignsAtWork { preparing, running, left_out })
    }

    /// Campaigns of a line, in turns; one more than `limit`, so that it shows whether others wait.
    async fn first_of(&self, line: &str, limit: usize, now: i64) -> Result<Vec<CampaignAtWork>, DbError> {
        let parameters = params![line, now, limit as i64 + 1, IDLE_MS];
        let rows = self.db.query(sql!("turns.sql", "in_line"), parameters).await?;
        rows.iter().map(CampaignAtWork::from_row).collect()
    }

    async fn asleep(&self, limit: usize, now: i64) -> Result<Vec<CampaignAtWork>, DbError> {
        let rows = self.db.query(sql!("turns.sql", "asleep"), params![now, limit as i64]).await?;
        rows.iter().map(CampaignAtWork::from_row).collect()
    }

    /// Puts accounts whose turns brought nothing behind all others. Codes keep their place: each is waited for.
    pub async fn put_behind(&self, accounts: &[&str], now: i64) -> Result<(), DbError> {
        self.db.query(sql!("turns.sql", "put_behind"), params![json(&accounts)?, now + IDLE_MS]).await?;
        Ok(())
    }

    /// Puts accounts off until an instant, with all their campaigns: something is broken there.
    pub async fn put_off(&self, accounts: &[&str], until: i64) -> Result<(), DbError> {
        self.db.query(sql!("turns.sql", "put_off"), params![json(&accounts)?, until]).await?;
        Ok(())
    }

    /// Puts one campaign off, with which something is broken.
    pub async fn put_campaign_off(&self, work: &CampaignAtWork, until: i64) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE campaign SET turn_at = max(turn_at, ?3) WHERE account = ?1 AND campaign = ?2",
                params![&work.account, &work.campaign, until],
            )
            .await?;
        Ok(())
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Notes that a campaign had its turn, and its account with it; ends the campaign when nothing of it is left
    /// to send. Answers whether it did.
    pub async fn had_turn(&self, campaign: &str, now: i64) -> Result<bool, DbError> {
        transaction(self.db, async |db| {
            db.query(sql!("turns.sql", "wake"), params![&self.account, campaign]).await?;
            self.note_turn(db, campaign, now).await?;
            self.served(campaign, now).await
        })
        .await
    }

    /// Notes that the account had its turn in the line in which a campaign stands. Belongs inside the transaction
    /// of what it did with it, and before what changes the line.
    pub(crate) async fn note_turn(&self, db: &D, campaign: &str, now: i64) -> Result<(), DbError> {
        db.query(sql!("turns.sql", "note_turn"), params![&self.account, campaign, now]).await?;
        Ok(())
    }

    /// Puts a campaign to sleep of which something is due and nothing can be paid for, until there are
    /// `needs` for one message; its price may fall before. The first that falls asleep since there was
    /// enough is an event (R52, R53). False if money came meanwhile.
    pub async fn fall_asleep(&self, campaign: &str, needs: Tiyn, now: i64) -> Result<bool, DbError> {
        transaction(self.db, async |db| {
            self.note_turn(db, campaign, now).await?;
            let asleep = db
                .query(
                    sql!("turns.sql", "fall_asleep"),
                    params![&self.account, campaign, needs.0, now + ASLEEP_MS],
                )
                .await?;
            if asleep.is_empty() {
                return Ok(false);
            }
            let first = db.query(sql!("turns.sql", "note_short"), params![&self.account, now]).await?;
            if let Some(row) = first.first() {
                let fields = serde_json::json!({
                    "campaign": campaign, "needed": needs.to_string(),
                    "available": Tiyn(row.int("available")?).to_string(), "currency": "KZT",
                });
                let event = NewEvent { kind: "balance_short", campaign: Some(campaign), fields };
                self.recorder().record(db, now, vec![event]).await?;
            }
            Ok(true)
        })
        .await
    }

    /// Ends a campaign when nothing of it is left to send; answers whether it did. Else its next turn comes when
    /// the first of its messages is due: a campaign that only waits costs the ticks nothing.
    pub async fn served(&self, campaign: &str, now: i64) -> Result<bool, DbError> {
        let parameters = params![&self.account, campaign, now, NOTHING_QUEUED_MS];
        let completed = self.db.query(sql!("turns.sql", "served"), parameters).await?;
        let state = completed.first().map(|row| row.text("state")).transpose()?;
        Ok(state.as_deref() == Some("completed"))
    }
}
