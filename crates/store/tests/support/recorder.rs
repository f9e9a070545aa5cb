//! A connection that remembers the statements it ran, so that their query plans can be asked for.

use std::cell::RefCell;

use pollster::FutureExt as _;
use sendbox_store::{Database, DbError, Engine, NativeDatabase, Row, Value};

pub struct Recorder {
    inner: NativeDatabase,
    ran: RefCell<Vec<(String, Vec<Value>)>>,
}

impl Recorder {
    pub fn new() -> Self {
        Self { inner: NativeDatabase::in_memory().block_on().expect("opens"), ran: RefCell::default() }
    }

    pub fn forget(&self) {
        self.ran.borrow_mut().clear();
    }

    /// How many statements with this text in them were run since [`Recorder::forget`].
    pub fn times(&self, part: &str) -> usize {
        self.ran.borrow().iter().filter(|(sql, _)| one_line(sql).contains(part)).count()
    }

    /// The plan of the one statement run since [`Recorder::forget`] that has this text in it, a
    /// line a step.
    pub fn plan_of(&self, part: &str) -> Vec<String> {
        let ran = self.ran.borrow();
        let mut found = ran.iter().filter(|(sql, _)| one_line(sql).contains(part));
        let (sql, parameters) = found.next().expect("the statement was run");
        let plan = self.inner.query(&format!("EXPLAIN QUERY PLAN {sql}"), parameters.clone()).block_on();
        plan.expect("a plan").iter().map(|row| row.text("detail").expect("a step")).collect()
    }
}

/// A statement without its line breaks, so that tests need not know where they are.
fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Database for Recorder {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.ran.borrow_mut().push((sql.to_owned(), parameters.clone()));
        self.inner.query(sql, parameters).await
    }

    fn engine(&self) -> Engine {
        self.inner.engine()
    }
}
