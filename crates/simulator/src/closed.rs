//! Accounts that were erased have no interface any more: what must outlive them is read from the file
//! of the database (R48, R89, R127).

use std::collections::BTreeSet;
use std::path::Path;

use domain::cell_name::CellName;
use rusqlite::{Connection, OpenFlags};

use crate::application::{CELLS, file_of};
use crate::operator::Receipt;

/// The payments that wait for somebody to say whose they are. What stands in suspense is what they come to, and
/// the whole ledger adds up to nothing; where it does not, the answer says so.
///
/// # Errors
/// When the file cannot be read.
pub fn waiting_payments(state: &Path) -> rusqlite::Result<BTreeSet<String>> {
    let mut waiting = BTreeSet::new();
    for cell in CELLS {
        waiting.append(&mut waiting_in(&open(state, cell)?)?);
    }
    Ok(waiting)
}

fn open(state: &Path, cell: CellName) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(state.join(file_of(cell)), OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn waiting_in(file: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let mut listed = file.prepare("SELECT payment FROM payment WHERE credited_at IS NULL")?;
    let mut waiting = listed.query_map([], |row| row.get(0))?.collect::<Result<BTreeSet<String>, _>>()?;
    let uneven = "SELECT (SELECT coalesce(sum(amount), 0) FROM entry)
        OR (SELECT coalesce(sum(amount), 0) FROM entry WHERE book = 'suspense')
          <> (SELECT coalesce(sum(amount), 0) FROM payment WHERE credited_at IS NULL)";
    if file.query_row(uneven, [], |row| row.get::<_, bool>(0))? {
        waiting.insert("a ledger that does not balance".to_owned());
    }
    Ok(waiting)
}

/// The cell that an account lives in, by the directory.
fn cell_of(state: &Path, account: &str) -> rusqlite::Result<CellName> {
    let directory = open(state, CellName::FIRST)?;
    let sql = "SELECT cell FROM directory_account WHERE account = ?1";
    let label: String = directory.query_row(sql, [account], |row| row.get(0))?;
    CellName::parse(&label).filter(|cell| CELLS.contains(cell)).ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// What must hold of one erased account; answers what does not.
///
/// # Errors
/// When the file cannot be read.
pub fn check(
    state: &Path,
    account: &str,
    receipts: &[Receipt],
    texts: &[&str],
) -> rusqlite::Result<Vec<String>> {
    let file = open(state, cell_of(state, account)?)?;
    let number = |sql: &str| file.query_row(sql, [account], |row| row.get::<_, i64>(0));
    let mut wrong = Vec::new();
    let mut expect = |what: &str, found: i64, expected: i64| {
        if found != expected {
            wrong.push(format!("{account}: {what}: {found}, not {expected}"));
        }
    };
    expect(
        "transfers that do not balance",
        number(
            "SELECT count(*) FROM (SELECT 1 FROM entry WHERE account = ?1 GROUP BY transfer HAVING sum(amount) <> 0)",
        )?,
        0,
    );
    expect("left on the balance", number("SELECT available + held FROM balance WHERE account = ?1")?, 0);
    expect("contacts left", number("SELECT count(*) FROM contact WHERE account = ?1")?, 0);
    expect("blacklisted numbers left", number("SELECT count(*) FROM blacklist WHERE account = ?1")?, 0);
    expect("keys left", number("SELECT count(personal_key) FROM account WHERE account = ?1")?, 0);
    expect(
        "messages that are not at rest",
        number(
            "SELECT count(*) FROM message WHERE account = ?1 AND state IN ('queued', 'leased', 'unknown')",
        )?,
        0,
    );
    let taken = receipts.iter().filter(|receipt| texts.contains(&receipt.text.as_str()));
    let ids: BTreeSet<&str> = taken.map(|receipt| receipt.id.as_str()).collect();
    expect(
        "hand-overs in the history, against the operator's record",
        number("SELECT count(*) FROM message WHERE account = ?1 AND handed_over_at IS NOT NULL")?,
        i64::try_from(ids.len()).unwrap_or(-1),
    );
    expect(
        "charged in the ledger, against the history",
        number(
            "SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1 AND book IN ('operator', 'service')",
        )?,
        number(
            "SELECT coalesce(sum(operator_price + service_price), 0) FROM message
             WHERE account = ?1 AND handed_over_at IS NOT NULL",
        )?,
    );
    Ok(wrong)
}
