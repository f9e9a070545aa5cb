//! What is done to one account in the file of the database: a disk flips a bit of its key, staff block it.

use std::time::Duration;

use rusqlite::Connection;

use crate::platform::Platform;

impl Platform {
    /// Flips a bit of an account's key; the same again mends it. The host may be running.
    pub fn flip_a_bit_of(&self, account: &str) {
        let database = self.open_database();
        let read = "SELECT evidence_key FROM account WHERE account = ?1";
        let mut key: Vec<u8> = database.query_row(read, [account], |row| row.get(0)).expect("an account");
        *key.last_mut().expect("a key has bytes") ^= 1;
        let write = "UPDATE account SET evidence_key = ?2 WHERE account = ?1";
        database.execute(write, rusqlite::params![account, key]).expect("written");
    }

    /// Blocks an account (R117): no route does that yet.
    pub fn block(&self, account: &str) {
        let write = "UPDATE account SET state = 'blocked' WHERE account = ?1";
        assert_eq!(self.open_database().execute(write, [account]), Ok(1));
    }

    fn open_database(&self) -> Connection {
        let database = Connection::open(self.state_folder().join("sqlite_db.db")).expect("opens");
        database.busy_timeout(Duration::from_secs(5)).expect("set");
        database
    }
}
