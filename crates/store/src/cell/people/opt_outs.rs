//! Recipients' refusals: a reply, or the link in a message, puts the number on the blacklist of who wrote to
//! it, and a reply takes that back (R65, R66, R69).
//!
//! The text of a reply is looked at and forgotten: what is no refusal leaves nothing here.

use domain::opt_out::{Reply, read_reply};

use crate::cell::jobs::{self, Job, JobKind, NewJob, Next};
use crate::cell::messages::turns::PUT_OFF_MS;
use crate::cell::people::blacklist::Source;
use crate::cell::{Cell, LeasedMessage, NewBlacklistEntry, Tenant};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, OptOutLinks, hex, params, sql};

/// A reply answers messages of this time: an older one is no conversation any more.
const REPLY_MS_MAX: i64 = 90 * 24 * 60 * 60 * 1000;
/// Accounts that are looked at in one step.
const ACCOUNTS_STEP: usize = 500;

/// What became of a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IncomingTaken {
    /// Whether it is a refusal. Any other reply changes nothing.
    pub opt_out: bool,
    /// Accounts that had written to the number and write to it no more.
    pub accounts: i64,
    /// Their queued messages that will not be sent now.
    pub cancelled_messages: i64,
    /// Accounts that may write to the number again, since the person takes a refusal back.
    pub given_back: i64,
}

/// Where a sealed number lives that could not be listed.
fn refusal_place(account: &str) -> String {
    format!("{account} waiting refusal")
}

impl<D: Database> Cell<'_, D> {
    /// Takes what a person sent back through an operator. A refusal is one to every account that wrote to
    /// the number through it in the last 90 days: they send under one sender, and the person cannot have
    /// told them apart. `from` is E.164.
    ///
    /// Each account has a hash of its own for a number, so that a stolen file does not tie accounts
    /// together; the price is that all accounts that sent lately are looked through. Refusals are rare.
    pub async fn take_incoming(
        &self,
        operator: &str,
        from: &str,
        text: &str,
        now: i64,
    ) -> Result<IncomingTaken, StoreError> {
        let mut taken = IncomingTaken::default();
        let act = Act { now, actor: "recipient".to_owned(), through: "webhook" };
        match read_reply(text) {
            Reply::Other => {}
            Reply::Refusal => {
                taken.opt_out = true;
                let since = now - REPLY_MS_MAX;
                self.each_account_that_sent(since, async |account: &str| {
                    match self.refuse_to(account, operator, from, since, &act).await {
                        Err(StoreError::Db(DbError::Busy)) => return Err(DbError::Busy.into()),
                        // Not every operator sends a reply again, and to the others it is listed now.
                        Err(_) => self.keep_refusal(account, operator, from, now).await?,
                        // An account that is being closed writes to nobody any more, and some never wrote.
                        Ok(refused) => {
                            taken.accounts += i64::from(refused.is_some());
                            taken.cancelled_messages += refused.unwrap_or_default();
                        }
                    }
                    Ok(())
                })
                .await?;
            }
            // Whenever it was, and by whichever way: the person cannot have told the accounts apart then either.
            Reply::Return => {
                // One that was not listed yet is taken back too, or it would be listed after this.
                for account in self.accounts_with_waiting_refusals().await? {
                    self.forget_refusal(&account, from).await?;
                }
                self.each_account_that_sent(i64::MIN, async |account: &str| {
                    match self.give_back_to(account, from, &act).await {
                        // It is asked for again, where the account lives by then.
                        Err(StoreError::Db(error @ (DbError::Busy | DbError::AccountMoving))) => {
                            Err(error.into())
                        }
                        // An account that cannot be read writes to nobody: nothing is lost but its contact.
                        given => {
                            taken.given_back += i64::from(given.unwrap_or(false));
                            Ok(())
                        }
                    }
                })
                .await?;
            }
        }
        Ok(taken)
    }

    /// Does something with every account that sent since an instant. What is wrong with one account must not keep
    /// a person's word from all others: the first error is answered when all had their turn.
    async fn each_account_that_sent(
        &self,
        since: i64,
        mut take: impl AsyncFnMut(&str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        let mut failed = None;
        loop {
            let accounts = self.accounts_that_sent(&after, since).await?;
            for account in &accounts {
                failed = failed.or(take(account).await.err());
            }
            match accounts.last() {
                Some(last) if accounts.len() == ACCOUNTS_STEP => after.clone_from(last),
                _ => return failed.map_or(Ok(()), Err),
            }
        }
    }

    /// Takes the refusal of whoever got the message that a link's token names: of further messages from its
    /// sender. False for a token that no message has. The link goes on working when the contact, or the
    /// account, is gone: then there is nothing more to refuse.
    pub async fn take_opt_out_link(&self, token: &str, now: i64) -> Result<bool, StoreError> {
        let links = OptOutLinks::new(self.keys)?;
        let Some(named) = links.read(token) else { return Ok(false) };
        let rows = self.db.query(sql!("opt_outs.sql", "linked_message"), params![named.row]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let message = row.text("message")?;
        if !links.is_of(named, &message) {
            return Ok(false);
        }
        let Some(tenant) = self.tenant(&row.text("account")?).await? else { return Ok(true) };
        if tenant.keys.personal.is_none() {
            return Ok(true);
        }
        let operator = row.opt_text("operator")?.unwrap_or_default();
        let message = LeasedMessage { id: named.row, message, phone: None };
        if let Some(phone) = tenant.with_number(message).await?.phone {
            let act = Act { now, actor: "recipient".to_owned(), through: "opt_out_page" };
            match tenant.opt_out(&act, &phone, Some(named.row)).await {
                Err(StoreError::Db(DbError::AccountMoving)) => {
                    self.keep_refusal(tenant.account(), &operator, &phone, now).await?;
                }
                refused => _ = refused?,
            }
        }
        Ok(true)
    }

    async fn keep_refusal(&self, account: &str, operator: &str, from: &str, now: i64) -> Result<(), DbError> {
        let sealed = self.keys.directory_key()?.seal(&refusal_place(account), from.as_bytes())?;
        let hash = self.keys.attempt_key(&["refusal", account, from]);
        transaction(self.db, async |db| {
            db.query(
                sql!("opt_outs.sql", "keep_refusal"),
                params![account, operator, &hash, sealed.clone(), now],
            )
            .await?;
            // A job each: one that can never be listed must keep no other of the account.
            let subject = format!("{operator} {}", hex(&hash));
            let due_at = now + PUT_OFF_MS;
            let job = NewJob { kind: JobKind::Refusal, account, subject: &subject, due_at };
            jobs::enqueue(db, &job).await
        })
        .await
    }

    async fn forget_refusal(&self, account: &str, from: &str) -> Result<(), DbError> {
        let hash = self.keys.attempt_key(&["refusal", account, from]);
        let sql = "DELETE FROM waiting_refusal WHERE account = ?1 AND from_hash = ?2";
        self.db.query(sql, params![account, &hash]).await?;
        Ok(())
    }

    /// The step of the job that lists a refusal which could not be listed when it came (R66), in the cell in which the
    /// account lives now. What is listed twice is listed once, so that the step may be done again.
    pub async fn list_waiting_refusal(
        &self,
        home: &Cell<'_, D>,
        job: &Job,
        clock: DatabaseClock,
        now: i64,
    ) -> Result<Option<Next>, StoreError> {
        let (operator, hash) = job.subject.split_once(' ').ok_or(DbError::NoRow)?;
        let rows = self
            .db
            .query(sql!("opt_outs.sql", "waiting_refusal"), params![&job.account, operator, hash])
            .await?;
        // It may have been taken back meanwhile.
        if let Some(row) = rows.first() {
            home.take_waiting_refusal(row, now).await?;
        }
        self.commit_step(job, clock, async |db| {
            db.query(
                "DELETE FROM waiting_refusal WHERE account = ?1 AND operator = ?2 AND from_hash = unhex(?3)",
                params![&job.account, operator, hash],
            )
            .await?;
            Ok(Next::Done)
        })
        .await
    }

    /// Lists all refusals that wait here for an account, in the cell in which it lives; their jobs find that it was done.
    pub(crate) async fn list_waiting_refusals_of(
        &self,
        account: &str,
        home: &Cell<'_, D>,
        now: i64,
    ) -> Result<(), StoreError> {
        let rows = self.db.query(sql!("opt_outs.sql", "waiting_refusals_of"), params![account]).await?;
        for row in &rows {
            home.take_waiting_refusal(row, now).await?;
            let forget =
                "DELETE FROM waiting_refusal WHERE account = ?1 AND operator = ?2 AND from_hash = ?3";
            let key = params![account, row.text("operator")?, row.blob("from_hash")?];
            self.db.query(forget, key).await?;
        }
        Ok(())
    }

    async fn accounts_with_waiting_refusals(&self) -> Result<Vec<String>, DbError> {
        let rows = self.db.query("SELECT DISTINCT account FROM waiting_refusal", vec![]).await?;
        rows.iter().map(|row| row.text("account")).collect()
    }

    async fn take_waiting_refusal(&self, row: &Row, now: i64) -> Result<(), StoreError> {
        let (account, operator) = (row.text("account")?, row.text("operator")?);
        let from =
            self.keys.directory_key()?.open_text(&refusal_place(&account), &row.blob("sealed_from")?)?;
        let act = Act { now, actor: "recipient".to_owned(), through: "webhook" };
        let since = row.int("at")? - REPLY_MS_MAX;
        self.refuse_to(&account, &operator, &from, since, &act).await?;
        Ok(())
    }

    /// Lists the number for one account, if it wrote to it; answers how many queued messages that stopped.
    async fn refuse_to(
        &self,
        account: &str,
        operator: &str,
        from: &str,
        since: i64,
        act: &Act,
    ) -> Result<Option<i64>, StoreError> {
        match self.tenant(account).await? {
            Some(tenant) if tenant.wrote_to(operator, from, since).await? => {
                tenant.opt_out(act, from, None).await
            }
            // It is kept, and listed where the account lives once it is there.
            None if self.has_moved(account).await? => Err(DbError::AccountMoving.into()),
            _ => Ok(None),
        }
    }

    /// Takes the number off the list of one account, if its owner had put it there; answers whether.
    async fn give_back_to(&self, account: &str, from: &str, act: &Act) -> Result<bool, StoreError> {
        match self.tenant(account).await? {
            Some(tenant) if tenant.was_refused_by(from).await? => tenant.opt_in(act, from).await,
            _ => Ok(false),
        }
    }

    /// Accounts that ever sent, behind one in the order of their ids; none at the end.
    pub async fn senders(&self, after: &str) -> Result<Vec<String>, DbError> {
        self.accounts_that_sent(after, i64::MIN).await
    }

    async fn accounts_that_sent(&self, after: &str, since: i64) -> Result<Vec<String>, DbError> {
        let rows = self
            .db
            .query(sql!("opt_outs.sql", "accounts_that_sent"), params![after, since, ACCOUNTS_STEP as i64])
            .await?;
        rows.iter().map(|row| row.text("account")).collect()
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Whether the account handed a message to the number over to an operator since an instant, or is doing
    /// so: a reply can be faster than the settlement. Of whom nobody knew whether the message came, the answer
    /// says that it did.
    async fn wrote_to(&self, operator: &str, phone: &str, since: i64) -> Result<bool, DbError> {
        let Some(personal) = &self.keys.personal else { return Ok(false) };
        let rows = self
            .db
            .query(
                sql!("opt_outs.sql", "wrote_to"),
                params![&self.account, &personal.index(phone), operator, since],
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// Whether the owner of a number refused the account's messages.
    async fn was_refused_by(&self, phone: &str) -> Result<bool, DbError> {
        let Some(personal) = &self.keys.personal else { return Ok(false) };
        let rows = self
            .db
            .query(
                "SELECT 1 FROM blacklist WHERE account = ?1 AND number_hash = ?2 AND source = 'opt_out'",
                params![&self.account, &personal.index(phone)],
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// Takes the refusal of a number's owner back by their will; false for an account that is closed.
    async fn opt_in(&self, act: &Act, phone: &str) -> Result<bool, StoreError> {
        match self.take_back_refusal(act, phone).await {
            Err(StoreError::Refused(Refusal::AccountBlocked)) => Ok(false),
            taken => taken,
        }
    }

    /// Lists a number by its owner's will, said by the link of a message's row or by a reply; answers how many queued
    /// messages that stopped, or `None` for an account that is closed.
    pub(crate) async fn opt_out(
        &self,
        act: &Act,
        phone: &str,
        by_link_of: Option<i64>,
    ) -> Result<Option<i64>, StoreError> {
        let number = NewBlacklistEntry { phone: phone.to_owned() };
        let source = by_link_of.map_or(Source::OptOut, Source::OptOutLink);
        match self.list_numbers(act, &[number], None, source).await {
            Ok(added) => Ok(Some(added.cancelled_messages)),
            Err(StoreError::Refused(Refusal::AccountBlocked)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
