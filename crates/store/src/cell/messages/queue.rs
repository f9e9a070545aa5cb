//! The queue: campaigns become messages, as many as were agreed to (R45, R50, R66, R87).

use std::collections::BTreeMap;

use domain::message::Reason;

use crate::cell::Tenant;
use crate::cell::messages::transitions::{self, Audience, Queued};
use crate::database::{Database, DbError, transaction};
use crate::{params, sql};

/// One step of queueing a campaign's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Messages made by this step, the blocked ones included.
    pub messages: i64,
    /// Whether all are made.
    pub done: bool,
}

/// Which route the messages of a campaign are queued for, by the number's range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// The route of each range.
    pub by_range: BTreeMap<String, String>,
    /// The route of every other number.
    pub other: String,
}

/// Where a step of a preparation begins.
struct Start {
    /// Behind this contact.
    after: String,
    /// The last import that the campaign's start counted.
    base_no: i64,
    /// So many more messages are agreed to.
    agreed: i64,
    /// Whether it goes to those only whom its start fixed.
    to_recipients: bool,
}

/// The rows that one step took for a campaign's messages.
struct QueuedRows<'q> {
    campaign: &'q str,
    behind: i64,
    up_to: i64,
    /// So many of them are agreed to.
    agreed: i64,
}

/// The contacts that one step looks at.
struct NextContacts {
    /// The last of them; `None` at the end of the base.
    to: Option<String>,
    seen: i64,
    /// How many of them get a message.
    messages: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// Queues the next messages of a started campaign, one per contact that was in the base when it
    /// started. Repeating a step queues nothing twice: the number is unique in a campaign (R87). Nor does
    /// it queue more than was agreed to: the start's clock may have been read before the last upload's,
    /// and a number may have left the blacklist since (R50). A campaign with an audience goes through those whom its
    /// start fixed, and nobody else.
    pub async fn prepare(
        &self,
        campaign: &str,
        routes: &Routes,
        limit: usize,
        now: i64,
    ) -> Result<Prepared, DbError> {
        transaction(self.db, async |db| {
            let Some(start) = self.preparing(db, campaign).await? else {
                return Ok(Prepared { messages: 0, done: true });
            };
            let step = self.next_contacts(db, campaign, &start, limit).await?;
            let last_row = transitions::take_rows(db, limit).await?;
            if let Some(to) = &step.to {
                let audience = Audience {
                    campaign,
                    after: &start.after,
                    to,
                    base_no: start.base_no,
                    routes: &routes.by_range,
                    other_route: &routes.other,
                    to_recipients: start.to_recipients,
                    cell: self.cell,
                    last_row,
                };
                transitions::queue(db, &self.account, &audience, now).await?;
                if start.to_recipients {
                    let parameters = params![&self.account, campaign, &start.after, to];
                    db.query(sql!("queue.sql", "forget_recipients"), parameters).await?;
                }
            }
            let queued = QueuedRows {
                campaign,
                behind: last_row,
                up_to: last_row + limit as i64,
                agreed: start.agreed,
            };
            let queued = self.block_beyond(db, &queued, now).await?;
            let done = step.seen < limit as i64;
            self.note_turn(db, campaign, now).await?;
            db.query(
                sql!("queue.sql", "note_prepared"),
                params![&self.account, campaign, step.to, i64::from(done), queued, now],
            )
            .await?;
            Ok(Prepared { messages: step.messages, done })
        })
        .await
    }

    /// How far a campaign is prepared; `None` where it is not being prepared.
    async fn preparing(&self, db: &D, campaign: &str) -> Result<Option<Start>, DbError> {
        let rows = db.query(sql!("queue.sql", "preparing"), params![&self.account, campaign]).await?;
        rows.first()
            .map(|row| {
                Ok(Start {
                    after: row.text("prepared_to")?,
                    base_no: row.int("base_no")?,
                    agreed: row.int("agreed")?,
                    to_recipients: row.flag("to_recipients")?,
                })
            })
            .transpose()
    }

    /// The next contacts, and how many of them were in the base when the campaign started.
    async fn next_contacts(
        &self,
        db: &D,
        campaign: &str,
        start: &Start,
        limit: usize,
    ) -> Result<NextContacts, DbError> {
        let mut parameters = params![&self.account, &start.after, limit as i64];
        let rows = if start.to_recipients {
            parameters.push(campaign.into());
            db.query(sql!("queue.sql", "next_recipients"), parameters).await?
        } else {
            parameters.push(start.base_no.into());
            db.query(sql!("queue.sql", "next_contacts"), parameters).await?
        };
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(NextContacts {
            to: row.opt_text("up_to")?,
            seen: row.int("seen")?,
            messages: row.int("messages")?,
        })
    }

    /// Of the messages that this step queued leaves those that are agreed to still, and blocks the rest. Answers
    /// how many are left.
    async fn block_beyond(&self, db: &D, queued: &QueuedRows<'_>, now: i64) -> Result<i64, DbError> {
        let QueuedRows { campaign, behind, up_to, agreed } = *queued;
        let rows = db
            .query(sql!("queue.sql", "queued_behind"), params![&self.account, campaign, behind, up_to])
            .await?;
        let queued = rows.first().map_or(Ok(0), |row| row.int("messages"))?;
        if queued > agreed {
            let beyond = Queued::Beyond { account: &self.account, campaign, behind, up_to, agreed };
            transitions::block(db, &beyond, Reason::BeyondAgreement, now).await?;
        }
        Ok(queued.min(agreed))
    }

    /// The routes for which a campaign has queued messages: one step through the index for each.
    pub async fn queued_routes(&self, campaign: &str) -> Result<Vec<String>, DbError> {
        let rows =
            self.db.query(sql!("queue.sql", "queued_routes"), params![&self.account, campaign]).await?;
        rows.iter().map(|row| row.text("route")).collect()
    }
}
