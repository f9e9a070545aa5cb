//! Whose turn it is: by account, then by campaign. Who cannot pay sleeps until there is money, and who is
//! broken is put off, so that nobody is kept waiting by a neighbour (R52, R53, R87).

use domain::money::Tiyn;
use domain::tariffs::Channel;

use crate::cell::messages::queue::QUEUED_ROUTES;
use crate::cell::proof::events::NewEvent;
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::{json, params};

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

/// Up to `?3` campaigns of a line: the first of each account whose turn it is, the longest waiting first, then
/// the second of each, and so on. An account has few campaigns under way, so all of them are looked at.
const OF_A_LINE: &str = "WITH waiting AS MATERIALIZED
    (SELECT account, turn_at FROM turn
     WHERE line = ?1 AND turn_at <= ?2 + ?4 AND due_at <= ?2 ORDER BY turn_at LIMIT ?3)
  SELECT c.account, c.campaign, c.channel,
    row_number() OVER (PARTITION BY c.account ORDER BY c.turn_at, c.campaign) AS place
  FROM waiting w CROSS JOIN campaign c ON c.account = w.account AND c.line = ?1 AND c.turn_at <= ?2
  ORDER BY place, w.turn_at, c.account LIMIT ?3";

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

    /// One more than `limit`, so that it shows whether others wait.
    async fn first_of(&self, line: &str, limit: usize, now: i64) -> Result<Vec<CampaignAtWork>, DbError> {
        let rows = self.db.query(OF_A_LINE, params![line, now, limit as i64 + 1, IDLE_MS]).await?;
        rows.iter().map(read).collect()
    }

    async fn asleep(&self, limit: usize, now: i64) -> Result<Vec<CampaignAtWork>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT account, campaign, channel FROM campaign
                 WHERE needs IS NOT NULL AND state = 'running' AND turn_at <= ?1 ORDER BY turn_at LIMIT ?2",
                params![now, limit as i64],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// Puts accounts whose turns brought nothing behind all others. Codes keep their place: each is waited for.
    pub async fn put_behind(&self, accounts: &[&str], now: i64) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE turn SET not_before = max(not_before, ?2)
                 WHERE account IN (SELECT value FROM json_each(?1)) AND line = 'running'",
                params![json(&accounts)?, now + IDLE_MS],
            )
            .await?;
        Ok(())
    }

    /// Puts accounts off until an instant, with all their campaigns: something is broken there.
    pub async fn put_off(&self, accounts: &[&str], until: i64) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE turn SET not_before = max(not_before, ?2)
                 WHERE account IN (SELECT value FROM json_each(?1))",
                params![json(&accounts)?, until],
            )
            .await?;
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

fn read(row: &crate::Row) -> Result<CampaignAtWork, DbError> {
    let channel = Channel::parse(&row.text(2)?).ok_or(DbError::Column(2))?;
    Ok(CampaignAtWork { account: row.text(0)?, campaign: row.text(1)?, channel })
}

impl<D: Database> Tenant<'_, D> {
    /// Notes that a campaign had its turn, and its account with it; ends the campaign when nothing of it is left
    /// to send. Answers whether it did.
    pub async fn had_turn(&self, campaign: &str, now: i64) -> Result<bool, DbError> {
        transaction(self.db, async |db| {
            // What slept and was served all the same is awake: its price fell, or nothing of it is due.
            db.query(
                "UPDATE campaign SET needs = NULL
                 WHERE account = ?1 AND campaign = ?2 AND needs IS NOT NULL",
                params![&self.account, campaign],
            )
            .await?;
            self.note_turn(db, campaign, now).await?;
            self.served(campaign, now).await
        })
        .await
    }

    /// Notes that the account had its turn in the line in which a campaign stands. Belongs inside the transaction
    /// of what it did with it, and before what changes the line.
    pub(crate) async fn note_turn(&self, db: &D, campaign: &str, now: i64) -> Result<(), DbError> {
        db.query(
            "UPDATE turn SET not_before = max(not_before, ?3) WHERE account = ?1
               AND line = (SELECT line FROM campaign WHERE account = ?1 AND campaign = ?2)",
            params![&self.account, campaign, now],
        )
        .await?;
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
                    "UPDATE campaign SET needs = ?3, turn_at = ?4
                     WHERE account = ?1 AND campaign = ?2 AND state = 'running'
                       AND EXISTS (SELECT 1 FROM balance WHERE account = ?1 AND available < ?3) RETURNING 1",
                    params![&self.account, campaign, needs.0, now + ASLEEP_MS],
                )
                .await?;
            if asleep.is_empty() {
                return Ok(false);
            }
            let first = db
                .query(
                    "UPDATE balance SET short_since = ?2 WHERE account = ?1 AND short_since IS NULL
                     RETURNING available",
                    params![&self.account, now],
                )
                .await?;
            if let Some(row) = first.first() {
                let fields = serde_json::json!({
                    "campaign": campaign, "needed": needs.to_string(),
                    "available": Tiyn(row.int(0)?).to_string(), "currency": "KZT",
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
        let sql = format!(
            "{QUEUED_ROUTES},
             next (due_at, completed) AS MATERIALIZED (SELECT
               (SELECT min((SELECT min(m.not_before) FROM message m WHERE m.account = ?1 AND m.campaign = ?2
                  AND m.route = queued.route AND m.state = 'queued')) FROM queued WHERE route IS NOT NULL),
               NOT EXISTS (SELECT 1 FROM message
                  WHERE account = ?1 AND campaign = ?2 AND state = 'queued')
               AND NOT EXISTS (SELECT 1 FROM message
                  WHERE account = ?1 AND campaign = ?2 AND state IN ('leased', 'unknown')
                    AND asking_ended_at IS NULL)
               -- What a call brings may be another attempt.
               AND NOT EXISTS (SELECT 1 FROM message
                  WHERE account = ?1 AND campaign = ?2 AND result_due IS NOT NULL))
             UPDATE campaign SET turn_at = max(?3, coalesce(next.due_at, ?3 + ?4)),
               state = iif(next.completed, 'completed', state),
               finished_at = iif(next.completed, ?3, finished_at)
             FROM next WHERE account = ?1 AND campaign = ?2 AND state = 'running'
             RETURNING state"
        );
        let completed = self.db.query(&sql, params![&self.account, campaign, now, NOTHING_QUEUED_MS]).await?;
        let state = completed.first().map(|row| row.text(0)).transpose()?;
        Ok(state.as_deref() == Some("completed"))
    }
}
