//! Logins and account numbers: who has an account, and in which cell it is (R3, R4, R194).

use std::collections::BTreeMap;

use domain::cell_name::CellName;

use crate::database::{Database, DbError, transaction};
use crate::directory::Directory;
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{params, sql};

/// A sign-up that has not finished in this time has failed; its login is free again.
const RESERVATION_MS: i64 = 60_000;

/// A row of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryAccount {
    /// `acc_…`
    pub account: String,
    /// The number that a payer writes.
    pub account_number: String,
    /// The label of the database that holds its data.
    pub cell: String,
}

impl DirectoryAccount {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            account: row.text("account")?,
            account_number: row.text("number")?,
            cell: row.text("cell")?,
        })
    }
}

/// What signing in needs to know of a login.
#[derive(Clone, Debug)]
pub struct SignInCheck {
    /// Where it leads.
    pub account: DirectoryAccount,
    /// The password's argon2id hash in PHC form.
    pub password: String,
    /// Which password the hash is of: a session begins only while it is still the one.
    pub credentials: i64,
}

/// A new password in place of one that was checked.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'c> {
    /// Whose.
    pub account: &'c str,
    /// The session that changes it: it must still be live.
    pub session: &'c str,
    /// Which password was checked: it must still be the one.
    pub credentials: i64,
    /// The new one's argon2id hash in PHC form.
    pub password: &'c str,
    /// Somebody else may know the old one: this session and every key end too (R12).
    pub compromised: bool,
    /// Unix milliseconds.
    pub now: i64,
}

impl<D: Database> Directory<'_, D> {
    /// Reserves a login for a sign-up; [`Directory::open_account`] makes it an account, and a
    /// sign-up that dies between frees it by age.
    pub async fn reserve(
        &self,
        account: &DirectoryAccount,
        login_hash: &[u8; 32],
        password: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        self.db.query(sql!("accounts.sql", "free_login"), params![login_hash, now - RESERVATION_MS]).await?;
        let inserted = self
            .db
            .query(
                sql!("accounts.sql", "reserve"),
                params![&account.account, &account.account_number, login_hash, password, &account.cell, now],
            )
            .await?;
        if inserted.is_empty() { Err(Refusal::LoginTaken.into()) } else { Ok(()) }
    }

    /// Makes a reserved login an account.
    pub async fn open_account(&self, account: &str) -> Result<(), DbError> {
        self.db
            .query("UPDATE directory_account SET state = 'open' WHERE account = ?1", params![account])
            .await?;
        Ok(())
    }

    /// Gives a reserved login back after a sign-up that failed (R23).
    pub async fn release(&self, account: &str) -> Result<(), DbError> {
        self.db
            .query(
                "DELETE FROM directory_account WHERE account = ?1 AND state = 'reserved'",
                params![account],
            )
            .await?;
        Ok(())
    }

    /// What signing in with a login needs, if the login is known.
    pub async fn sign_in_check(&self, login_hash: &[u8; 32]) -> Result<Option<SignInCheck>, DbError> {
        let rows = self.db.query(sql!("accounts.sql", "sign_in_check"), params![login_hash]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let account = DirectoryAccount::from_row(row)?;
        Ok(Some(SignInCheck {
            account,
            password: row.text("password")?,
            credentials: row.int("credentials")?,
        }))
    }

    /// The password's hash, and which password it is of.
    pub async fn password_check(&self, account: &str) -> Result<Option<(String, i64)>, DbError> {
        let rows = self.db.query(sql!("accounts.sql", "password_check"), params![account]).await?;
        rows.first().map(|row| Ok((row.text("password")?, row.int("credentials")?))).transpose()
    }

    /// Puts a new password in force, if in the same statement the one that was checked still is and the session
    /// is live; then ends what the old one opened. Returns the ended sessions' token hashes, or `None` if nothing
    /// was changed. Sign-ins that are under way with the old password come to nothing.
    pub async fn change_password(
        &self,
        change: &PasswordChange<'_>,
    ) -> Result<Option<Vec<Vec<u8>>>, DbError> {
        let PasswordChange { account, session, credentials, password, compromised, now } = *change;
        transaction(self.db, async |db| {
            let changed = db
                .query(
                    sql!("accounts.sql", "change_password"),
                    params![account, password, credentials, session, now],
                )
                .await?;
            if changed.is_empty() {
                return Ok(None);
            }
            let directory = Directory::new(db);
            if compromised {
                directory.revoke_all_api_keys(account, now).await?;
                return directory.end_sessions(account, None, None).await.map(Some);
            }
            directory.end_sessions(account, None, Some(session)).await.map(Some)
        })
        .await
    }

    /// The account that a payer's number names.
    pub async fn by_account_number(&self, number: &str) -> Result<Option<DirectoryAccount>, DbError> {
        let rows = self.db.query(sql!("accounts.sql", "by_number"), params![number]).await?;
        rows.first().map(DirectoryAccount::from_row).transpose()
    }

    /// The cell with the fewest accounts; of several the first.
    pub async fn emptiest(&self, cells: &[CellName]) -> Result<CellName, DbError> {
        let rows = self
            .db
            .query(
                "SELECT cell, count(*) AS accounts FROM directory_account WHERE state <> 'closed' GROUP BY cell",
                vec![],
            )
            .await?;
        let mut accounts: BTreeMap<String, i64> = BTreeMap::new();
        for row in &rows {
            accounts.insert(row.text("cell")?, row.int("accounts")?);
        }
        let fewest = |name: &&CellName| accounts.get(&name.label()).copied().unwrap_or_default();
        cells.iter().min_by_key(fewest).copied().ok_or(DbError::NoRow)
    }

    /// The label of the cell that an account lives in.
    pub async fn cell_label(&self, account: &str) -> Result<Option<String>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT cell FROM directory_account WHERE account = ?1 AND state <> 'reserved'",
                params![account],
            )
            .await?;
        rows.first().map(|row| row.text("cell")).transpose()
    }

    /// The account lives in another cell from now on. `moves` is how often it had moved when that was asked for: nothing
    /// where it has moved since.
    pub async fn move_account(&self, account: &str, moves: i64, to: CellName) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE directory_account SET cell = ?3, moves = moves + 1 WHERE account = ?1 AND moves = ?2",
                params![account, moves, to.label()],
            )
            .await?;
        Ok(())
    }

    /// How often the account has moved.
    pub async fn moves(&self, account: &str) -> Result<i64, DbError> {
        let sql = "SELECT moves FROM directory_account WHERE account = ?1";
        self.db.query(sql, params![account]).await?.first().ok_or(DbError::NoRow)?.int("moves")
    }

    /// Closes an account for good: the login is free, every session and key is gone (R127).
    pub async fn close_account(&self, account: &str) -> Result<(), DbError> {
        for statement in [
            "DELETE FROM session WHERE account = ?1",
            "DELETE FROM api_key WHERE account = ?1",
            sql!("accounts.sql", "close_account"),
        ] {
            self.db.query(statement, params![account]).await?;
        }
        Ok(())
    }
}
