//! The schema: made once, whoever opens the database, and never taken back.

use std::thread;

use pollster::FutureExt as _;
use sendbox_store::{Database, DbError, MasterKey, NativeDatabase, Part, check_master_key, migrate, params};

use crate::support::{Bench, PRICE, master};

const PARTS: [Part; 3] = [Part::Directory, Part::Log, Part::Cell];

fn version(db: &NativeDatabase, part: &str) -> i64 {
    let rows =
        db.query("SELECT version FROM schema WHERE part = ?1", params![part]).block_on().expect("reads");
    rows[0].int("version").expect("an integer")
}

/// A column of a type that the schema does not name is refused, not bent.
#[test]
fn a_text_where_an_amount_belongs_is_refused() {
    let bench = Bench::new();
    let refused = bench.db.query("UPDATE balance SET available = 'much'", vec![]).block_on();
    assert!(matches!(refused, Err(DbError::Constraint(_) | DbError::Other(_))), "{refused:?}");
}

/// References hold: they must be switched on for each connection.
#[test]
fn a_row_of_an_account_that_does_not_exist_is_refused() {
    let bench = Bench::new();
    let refused = bench.db.query("INSERT INTO balance (account) VALUES ('acc_none')", vec![]).block_on();
    assert!(matches!(refused, Err(DbError::Constraint(_))), "{refused:?}");
}

/// Every instance of every component migrates when it opens: all of them at once on a new file.
#[test]
fn many_openers_of_a_new_file_migrate_it_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("new.db");
    thread::scope(|scope| {
        let openers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let db = NativeDatabase::open(&path).block_on()?;
                    migrate(&db, &PARTS).block_on()
                })
            })
            .collect();
        for opener in openers {
            assert_eq!(opener.join().expect("ends"), Ok(()));
        }
    });
}

#[test]
fn migrating_again_changes_nothing() {
    let (bench, campaign) = Bench::with_queue(1);
    migrate(&bench.db, &PARTS).block_on().expect("migrates");
    assert_eq!(bench.balance(), (PRICE, 0));
    assert_eq!(bench.take(&campaign, 1).1.len(), 1);
}

/// A part that joins later comes beside what is there.
#[test]
fn a_database_that_has_one_part_takes_the_others_later() {
    let db = NativeDatabase::in_memory().block_on().expect("opens");
    migrate(&db, &[Part::Log]).block_on().expect("migrates");
    migrate(&db, &PARTS).block_on().expect("migrates");
    for table in ["log_leaf", "message", "directory_account"] {
        db.query(&format!("SELECT count(*) FROM {table}"), vec![]).block_on().expect(table);
    }
}

/// What a newer program made is left alone: this one does not know what its rows mean.
#[test]
fn a_schema_of_a_newer_program_is_refused_and_not_touched() {
    let db = NativeDatabase::in_memory().block_on().expect("opens");
    migrate(&db, &[Part::Log, Part::Cell]).block_on().expect("migrates");
    db.query("UPDATE schema SET version = 1000", vec![]).block_on().expect("written");
    assert_eq!(migrate(&db, &PARTS).block_on(), Err(DbError::SchemaNewer));
    assert_eq!(version(&db, "cell"), 1000);
}

/// The version alone does not tell: a script may have been edited in place, or come from a branch.
#[test]
fn a_schema_that_other_scripts_made_is_refused_and_not_touched() {
    let db = NativeDatabase::in_memory().block_on().expect("opens");
    migrate(&db, &PARTS).block_on().expect("migrates");
    db.query("UPDATE schema SET digest = zeroblob(32) WHERE part = 'log'", vec![])
        .block_on()
        .expect("written");
    assert_eq!(migrate(&db, &PARTS).block_on(), Err(DbError::SchemaOther));
    let older = NativeDatabase::in_memory().block_on().expect("opens");
    let made = "CREATE TABLE schema (part TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT";
    older.query(made, vec![]).block_on().expect("made");
    assert_eq!(
        migrate(&older, &PARTS).block_on(),
        Err(DbError::SchemaOther),
        "from before there were digests"
    );
}

/// A second key would seal new accounts beside those that it cannot open.
#[test]
fn data_of_another_master_key_are_refused() {
    let bench = Bench::new();
    let other = MasterKey::new([8; 32]).expect("derived");
    assert_eq!(check_master_key(&bench.db, master()).block_on(), Ok(()), "the first is noted down");
    assert_eq!(check_master_key(&bench.db, &other).block_on(), Err(DbError::MasterKey));
    assert_eq!(check_master_key(&bench.db, master()).block_on(), Ok(()));
}

/// A migration that fails leaves the database as it was.
#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    let db = NativeDatabase::in_memory().block_on().expect("opens");
    // Stands in the way of the cell's last table.
    db.query("CREATE TABLE idempotency (other INTEGER)", vec![]).block_on().expect("made");
    assert!(migrate(&db, &PARTS).block_on().is_err());
    let rows = db
        .query("SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table'", vec![])
        .block_on()
        .expect("reads");
    assert_eq!(rows[0].int("tables"), Ok(1));
}
