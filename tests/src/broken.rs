//! What is done to the database: a disk flips a bit of an account's key, staff block it, somebody keeps all others from
//! writing.

use std::time::Duration;

use rusqlite::Connection;

use crate::platform::Platform;

impl Platform {
    /// Flips a bit of an account's key; the same again mends it. The host may be running.
    pub fn flip_a_bit_of(&self, account: &str) {
        // The last hexadecimal digit with its lowest bit turned over.
        self.change(
            "UPDATE account SET evidence_key = unhex(substr(hex(evidence_key), 1, length(hex(evidence_key)) - 1)
               || substr('1032547698BADCFE', instr('0123456789ABCDEF', substr(hex(evidence_key), -1)), 1))
             WHERE account = ?1 RETURNING account",
            account,
        );
    }

    /// Blocks an account (R117): no route does that yet.
    pub fn block(&self, account: &str) {
        self.change("UPDATE account SET state = 'blocked' WHERE account = ?1 RETURNING account", account);
    }

    /// Keeps everybody else from writing for as long as the answer is kept; `None` where servers have the data.
    pub fn hold_up_writers(&self) -> Option<Connection> {
        if self.servers().is_some() {
            return None;
        }
        let database = Connection::open(self.state_folder().join("sqlite_db.db")).expect("opens");
        database.busy_timeout(Duration::from_secs(5)).expect("set");
        database.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
        Some(database)
    }

    /// Changes the row of one account behind the product's back.
    fn change(&self, sql: &str, account: &str) {
        let changed = match self.servers() {
            Some(servers) => servers.query(sql, &[account]).len(),
            None => {
                let database = Connection::open(self.state_folder().join("sqlite_db.db")).expect("opens");
                database.busy_timeout(Duration::from_secs(5)).expect("set");
                let changed = database.query_row(sql, [account], |row| row.get::<_, String>(0));
                usize::from(changed.as_deref() == Ok(account))
            }
        };
        assert_eq!(changed, 1, "{sql}");
    }
}
