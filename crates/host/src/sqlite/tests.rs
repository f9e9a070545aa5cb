//! The behaviour of SQLite on Spin, trap by trap, and the fault points.

use std::time::Duration;

use super::*;
use crate::faults::NoFaults;

/// Long enough for any statement here, short enough to wait for what never comes.
const PATIENCE: Duration = Duration::from_millis(300);

/// One instance's view of a database in a folder of its own.
struct Bench {
    folder: tempfile::TempDir,
    faults: Arc<dyn FaultInjector>,
    kill_switch: Arc<KillSwitch>,
}

impl Bench {
    fn new(faults: impl FaultInjector) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            faults: Arc::new(faults),
            kill_switch: Arc::default(),
        }
    }

    fn open(&self) -> Connection {
        Connection::new(
            self.folder.path().join("sqlite_db.db"),
            Arc::from("front"),
            "default".to_owned(),
            Arc::clone(&self.faults),
            Arc::default(),
            Arc::clone(&self.kill_switch),
            Driven::default(),
        )
    }
}

async fn start(connection: &Connection, sql: &str) -> Result<Execution, Error> {
    connection.start(sql.to_owned(), Vec::new()).await.expect("nobody kills")
}

/// Runs a statement as careful components do: all rows, then the result.
async fn collect(connection: &Connection, sql: &str) -> Result<Vec<RowResult>, Error> {
    let mut execution = start(connection, sql).await?;
    let mut rows = Vec::new();
    while let Some(row) = execution.rows.recv().await {
        rows.push(row);
    }
    execution.result.await.expect("the statement ends")?;
    Ok(rows)
}

async fn number(connection: &Connection, sql: &str) -> i64 {
    let rows = collect(connection, sql).await.expect("the statement is good");
    match rows[0].values[0] {
        Value::Integer(number) => number,
        ref other => panic!("{other:?} is not a number"),
    }
}

const COUNT_TO_100: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n";

#[tokio::test]
async fn a_violated_constraint_is_known_only_from_the_result_at_the_end() {
    let bench = Bench::new(NoFaults);
    let connection = bench.open();
    collect(&connection, "CREATE TABLE t (a UNIQUE)").await.expect("created");
    collect(&connection, "INSERT INTO t VALUES (1)").await.expect("inserted");
    let execution = start(&connection, "INSERT INTO t VALUES (1)").await;
    let result = execution.expect("it seems to work").result.await;
    let message = "UNIQUE constraint failed: t.a".to_owned();
    assert!(matches!(result, Ok(Err(Error::Io(text))) if text == message));
}

#[tokio::test]
async fn a_second_statement_waits_for_good_while_rows_are_unread() {
    let bench = Bench::new(NoFaults);
    let connection = bench.open();
    let mut unread = start(&connection, COUNT_TO_100).await.expect("it starts");
    let second = tokio::time::timeout(PATIENCE, start(&connection, "SELECT 1")).await;
    assert!(second.is_err(), "the second statement ran");
    while unread.rows.recv().await.is_some() {}
    assert_eq!(number(&connection, "SELECT 1").await, 1);
}

#[tokio::test]
async fn rows_that_nobody_wants_any_more_free_the_connection() {
    let bench = Bench::new(NoFaults);
    let connection = bench.open();
    drop(start(&connection, COUNT_TO_100).await.expect("it starts"));
    assert_eq!(number(&connection, "SELECT 1").await, 1);
}

#[tokio::test]
async fn only_the_first_statement_of_a_text_runs_and_the_rest_is_no_error() {
    let bench = Bench::new(NoFaults);
    let connection = bench.open();
    collect(&connection, "CREATE TABLE t (a)").await.expect("created");
    collect(&connection, "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)").await.expect("inserted");
    collect(&connection, "INSERT INTO t VALUES (3); nonsense").await.expect("inserted");
    assert_eq!(number(&connection, "SELECT sum(a) FROM t").await, 4);
}

#[tokio::test]
async fn a_dropped_connection_rolls_its_transaction_back() {
    let bench = Bench::new(NoFaults);
    let first = bench.open();
    collect(&first, "CREATE TABLE t (a)").await.expect("created");
    collect(&first, "BEGIN IMMEDIATE").await.expect("begun");
    collect(&first, "INSERT INTO t VALUES (1)").await.expect("inserted");
    drop(first);
    assert_eq!(number(&bench.open(), "SELECT count(*) FROM t").await, 0);
}

#[tokio::test]
async fn another_file_cannot_be_attached() {
    let bench = Bench::new(NoFaults);
    let outcome = collect(&bench.open(), "ATTACH 'other.db' AS other").await;
    assert!(matches!(outcome, Err(Error::Io(text)) if text.contains("not authorized")));
}

#[tokio::test]
async fn no_pragma_is_set_for_a_component() {
    let bench = Bench::new(NoFaults);
    assert_eq!(number(&bench.open(), "PRAGMA secure_delete").await, 0);
    assert_eq!(number(&bench.open(), "PRAGMA synchronous").await, 2);
    // The library's own busy timeout, the same as on Spin.
    assert_eq!(number(&bench.open(), "PRAGMA busy_timeout").await, 5_000);
}

#[tokio::test]
async fn values_of_every_kind_come_back_as_they_went() {
    let bench = Bench::new(NoFaults);
    let values = vec![
        Value::Integer(i64::MIN),
        Value::Real(1.5),
        Value::Text("қ".to_owned()),
        Value::Blob(vec![0, 255]),
        Value::Null,
    ];
    let sql = "SELECT ?1 AS a, ?2, ?3, ?4, ?5".to_owned();
    let gathered = bench.open().gather(sql, values).await.expect("nobody kills");
    let result = gathered.expect("the statement is good");
    assert_eq!(result.columns[0], "a");
    assert!(matches!(
        result.rows[0].values.as_slice(),
        [Value::Integer(i64::MIN), Value::Real(real), Value::Text(text), Value::Blob(blob), Value::Null]
            if *real == 1.5 && text == "қ" && blob == &[0, 255]
    ));
}

/// Answers with a fault when the statement begins with a word.
struct On(&'static str, When, StatementFault);

#[derive(PartialEq)]
enum When {
    Before,
    After,
}

impl On {
    fn answer(&self, when: When, point: &StatementPoint<'_>) -> StatementFault {
        if self.1 == when && point.sql.starts_with(self.0) { self.2.clone() } else { StatementFault::Proceed }
    }
}

impl FaultInjector for On {
    fn before_statement(&self, point: &StatementPoint<'_>) -> StatementFault {
        self.answer(When::Before, point)
    }

    fn after_statement(&self, point: &StatementPoint<'_>) -> StatementFault {
        self.answer(When::After, point)
    }
}

fn failure() -> StatementFault {
    StatementFault::Fail("database is locked".to_owned())
}

#[tokio::test]
async fn a_fault_before_a_statement_fails_it_late_and_leaves_nothing_behind() {
    let bench = Bench::new(On("INSERT", When::Before, failure()));
    let connection = bench.open();
    collect(&connection, "CREATE TABLE t (a)").await.expect("created");
    let execution = start(&connection, "INSERT INTO t VALUES (1)").await;
    let result = execution.expect("it seems to work").result.await;
    assert!(matches!(result, Ok(Err(Error::Io(text))) if text == "database is locked"));
    assert_eq!(number(&connection, "SELECT count(*) FROM t").await, 0);
}

#[tokio::test]
async fn a_fault_after_a_statement_hides_that_it_ran() {
    let bench = Bench::new(On("INSERT", When::After, failure()));
    let connection = bench.open();
    collect(&connection, "CREATE TABLE t (a)").await.expect("created");
    assert!(collect(&connection, "INSERT INTO t VALUES (1)").await.is_err());
    assert_eq!(number(&connection, "SELECT count(*) FROM t").await, 1);
}

#[tokio::test]
async fn a_kill_before_a_statement_stops_the_instance_before_it_runs() {
    let bench = Bench::new(On("INSERT", When::Before, StatementFault::Kill));
    let connection = bench.open();
    collect(&connection, "CREATE TABLE t (a)").await.expect("created");
    let outcome = connection.start("INSERT INTO t VALUES (1)".to_owned(), Vec::new()).await;
    assert!(outcome.is_err());
    assert!(bench.kill_switch.is_fired());
    assert_eq!(number(&connection, "SELECT count(*) FROM t").await, 0);
}

#[tokio::test]
async fn a_kill_after_a_statement_stops_the_instance_without_a_result() {
    let bench = Bench::new(On("INSERT", When::After, StatementFault::Kill));
    let connection = bench.open();
    collect(&connection, "CREATE TABLE t (a)").await.expect("created");
    let execution = start(&connection, "INSERT INTO t VALUES (1)").await.expect("it starts");
    assert!(execution.result.await.is_err(), "there was a result");
    assert!(bench.kill_switch.is_fired());
    assert_eq!(number(&connection, "SELECT count(*) FROM t").await, 1);
}

/// Writers come in the order in which they asked, and nobody sleeps while the file is free.
#[tokio::test(flavor = "multi_thread")]
async fn writers_wait_in_line_for_the_end_of_a_transaction() {
    let bench = Bench::new(NoFaults);
    let first = bench.open();
    collect(&first, "CREATE TABLE t (a)").await.expect("created");
    collect(&first, "BEGIN IMMEDIATE").await.expect("begun");
    let writers: Vec<_> = (0..3).map(|_| bench.open()).collect();
    let mut waiting = Vec::new();
    for (number, writer) in writers.iter().enumerate() {
        let sql = format!("INSERT INTO t VALUES ({number})");
        let mut writing = Box::pin(async move { collect(writer, &sql).await.map(|_| number) });
        assert!(tokio::time::timeout(PATIENCE, &mut writing).await.is_err(), "{number} did not wait");
        waiting.push(writing);
    }
    collect(&first, "COMMIT").await.expect("committed");
    let order = futures::future::join_all(waiting).await;
    assert!(order.into_iter().all(|written| written.is_ok()));
    let rows = collect(&first, "SELECT group_concat(a, '') FROM (SELECT a FROM t ORDER BY rowid)").await;
    assert!(matches!(&rows.expect("read")[0].values[0], Value::Text(order) if order == "012"));
}

/// A transaction that its owner dropped, or that failed, holds nobody up.
#[tokio::test]
async fn a_turn_ends_with_its_connection_and_with_an_error() {
    let bench = Bench::new(NoFaults);
    let first = bench.open();
    collect(&first, "CREATE TABLE t (a UNIQUE)").await.expect("created");
    collect(&first, "BEGIN IMMEDIATE").await.expect("begun");
    drop(first);
    let second = bench.open();
    collect(&second, "INSERT INTO t VALUES (1)").await.expect("inserted");
    collect(&second, "INSERT INTO t VALUES (1)").await.expect_err("it is unique");
    collect(&bench.open(), "INSERT INTO t VALUES (2)").await.expect("inserted");
}
