//! Every statement that stands in a `.sql` file: it is one the schema takes, it is used, and where it says by which
//! index it finds its rows, it does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pollster::FutureExt as _;
use sendbox_store::{Database, NativeDatabase, Part, Value, migrate, statement};

use crate::support::TestDatabase;

/// Tables of which a scan costs little for good: they have one row, or one for each operator.
const SMALL: [&str; 5] = ["master_key", "sandbox_clock", "log", "operator", "operator_unread"];

/// A statement with what its comment says of it.
struct Named {
    file: PathBuf,
    name: String,
    /// What its plan must contain.
    plan: Vec<String>,
    has_reason: bool,
    sql: &'static str,
}

impl Named {
    /// As many NULLs as the statement has parameters.
    fn nulls(&self) -> Vec<Value> {
        vec![Value::Null; self.parameters().last().copied().unwrap_or_default()]
    }

    fn parameters(&self) -> BTreeSet<usize> {
        let behind = self.sql.split('?').skip(1);
        behind.filter_map(|text| text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
    }

    fn is(&self) -> String {
        format!("{}: {}", self.file.display(), self.name)
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sql_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sql_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
}

fn statements() -> Vec<Named> {
    let mut files = Vec::new();
    sql_files(&sources(), &mut files);
    let mut statements = Vec::new();
    for file in files {
        let text: &'static str = std::fs::read_to_string(&file).expect("a text").leak();
        for block in text.split("-- name: ").skip(1) {
            let mut lines = block.lines();
            let name = lines.next().unwrap_or_default().to_owned();
            let comment: Vec<_> = lines.map_while(|line| line.strip_prefix("-- ")).collect();
            let plan = comment.iter().filter_map(|line| line.strip_prefix("plan: "));
            statements.push(Named {
                plan: plan.flat_map(|plan| plan.split(", ")).map(str::to_owned).collect(),
                has_reason: comment.iter().any(|line| !line.starts_with("plan: ") && !line.starts_with('?')),
                sql: statement(text, &name),
                file: file.strip_prefix(sources()).expect("below it").to_owned(),
                name,
            });
        }
    }
    statements
}

/// All parts in one database, as it is by default.
fn migrated<D: Database>(db: D) -> D {
    migrate(&db, &[Part::Directory, Part::Log, Part::Cell]).block_on().expect("migrates");
    db
}

/// Planning is asked for with NULLs for parameters: plans here do not depend on values.
fn plan<D: Database>(db: &D, named: &Named) -> Vec<String> {
    let rows = db.query(&format!("EXPLAIN QUERY PLAN {}", named.sql), named.nulls()).block_on();
    let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", named.is()));
    rows.iter().map(|row| row.text("detail").expect("a step")).collect()
}

#[test]
fn the_schema_takes_every_statement() {
    let db = migrated(TestDatabase::empty());
    for named in statements() {
        plan(&db, &named);
    }
}

#[test]
fn every_statement_says_why_it_is_so_and_numbers_its_parameters_without_a_gap() {
    for named in statements() {
        assert!(named.has_reason, "{}: no sentence about it", named.is());
        let parameters = named.parameters();
        assert_eq!(parameters, (1..=parameters.len()).collect(), "{}", named.is());
    }
}

#[test]
fn every_statement_is_used_by_the_module_beside_it_and_named_once() {
    let mut names = BTreeSet::new();
    for named in statements() {
        let module = sources().join(named.file.with_extension("rs"));
        let file = named.file.file_name().and_then(|name| name.to_str()).expect("a name");
        let used = format!("sql!(\"{file}\", \"{}\")", named.name);
        let text = std::fs::read_to_string(&module).expect("a module beside it");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&used), "{}: nobody runs it", named.is());
        assert!(names.insert(named.is()), "{}: twice", named.is());
    }
}

/// What every request and every tick runs costs the same beside any number of rows that it does not want.
#[test]
fn what_runs_often_finds_its_rows_by_an_index_and_sorts_nothing() {
    let db = migrated(NativeDatabase::in_memory().block_on().expect("opens"));
    let mut faults = Vec::new();
    for named in statements().into_iter().filter(|named| !named.plan.is_empty()) {
        // An index that covers the statement is one all the same.
        let steps: Vec<_> = plan(&db, &named).iter().map(|step| step.replace("COVERING ", "")).collect();
        let mut fault =
            |what: String| faults.push(format!("{}: {what}\n  {}", named.is(), steps.join("\n  ")));
        for wanted in named.plan.iter().filter(|plan| !steps.iter().any(|step| step.contains(*plan))) {
            fault(format!("without {wanted}"));
        }
        if steps.iter().any(|step| step.contains("TEMP B-TREE")) {
            fault("sorts".to_owned());
        }
        let made: BTreeSet<_> = steps.iter().filter_map(|step| made_here(step)).collect();
        // A part of a table that has an index of its own may be read from its end, where the statement says so.
        let is_judged = |step: &&String| !named.plan.iter().any(|plan| *plan == **step);
        for table in steps.iter().filter(is_judged).filter_map(|step| scanned(step)) {
            if !made.contains(table) && !SMALL.contains(&table) {
                fault(format!("reads all of {table}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Statements that go through a given array for each row that they found before, since those are few: an account's
/// campaigns that are not over; or since the array is one small object.
const FEW_BEFORE: [&str; 3] = ["block_to_numbers", "queue", "queue_recipients"];

/// An array that is given is gone through once and leads to its rows. The other way round it is gone through for every row
/// of an account: 500 contacts of 9,000 were marked in two seconds so, and in a thousandth of it otherwise.
#[test]
fn an_array_that_is_given_is_gone_through_once() {
    let db = migrated(NativeDatabase::in_memory().block_on().expect("opens"));
    let mut faults = Vec::new();
    for named in statements().into_iter().filter(|named| !FEW_BEFORE.contains(&named.name.as_str())) {
        let sql = format!("EXPLAIN QUERY PLAN {}", named.sql);
        let steps = db.query(&sql, named.nulls()).block_on().expect("planned");
        let mut entered = BTreeSet::new();
        for step in &steps {
            let (parent, detail) =
                (step.int("parent").expect("a step"), step.text("detail").expect("a step"));
            let array = detail.strip_prefix("SCAN ").and_then(|scan| scan.split_once(" VIRTUAL TABLE"));
            let is_given = array.is_some_and(|(name, _)| is_parameter(named.sql, name));
            if is_given && entered.contains(&parent) {
                faults.push(format!("{}: {detail}", named.is()));
            }
            if detail.starts_with("SCAN ") || detail.starts_with("SEARCH ") {
                entered.insert(parent);
            }
        }
    }
    assert!(faults.is_empty(), "for each row again:\n{}", faults.join("\n"));
}

/// Whether a name stands for an array that is a parameter, and not one that is found in a row.
fn is_parameter(sql: &str, name: &str) -> bool {
    let behind = sql.split("json_each(").skip(1).filter_map(|text| text.split_once(')'));
    let is_called = |text: &str| text.split_whitespace().next() == Some(name) || name == "json_each";
    let mut named = behind.filter(|(_, text)| is_called(text));
    named.any(|(array, _)| array.starts_with('?'))
}

/// A table that the statement itself makes, whose making is planned by other steps.
fn made_here(step: &str) -> Option<&str> {
    ["CO-ROUTINE ", "MATERIALIZE "].iter().find_map(|making| step.strip_prefix(making))
}

/// The table that a step reads from one end to the other; not a batch, and not one row of parameters.
fn scanned(step: &str) -> Option<&str> {
    let scan = step.strip_prefix("SCAN ")?;
    let is_given = scan.contains("VIRTUAL TABLE") || scan.starts_with("CONSTANT ROW");
    if is_given { None } else { scan.split(' ').next() }
}
