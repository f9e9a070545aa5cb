//! Holds every change of a message's row against the domain's table, so that code and table cannot drift apart.

use std::collections::BTreeSet;

use domain::message::{MessageState, Reason, STEPS};
use pollster::FutureExt as _;
use sendbox_store::{Database, Engine};

/// Watches the messages of a database: what is no step of the table is refused where it happens. It lasts as long as
/// the connection. On a server, where a connection has no end of its own, nobody watches.
pub fn watch<D: Database>(db: &D) {
    if db.engine() == Engine::Server {
        return;
    }
    let steps = STEPS.iter().filter_map(|step| step.from.map(|from| pair(from.as_str(), step.to.as_str())));
    let beginnings =
        STEPS.iter().filter(|step| step.from.is_none()).map(|step| format!("'{}'", step.to.as_str()));
    let reasons = Reason::ALL
        .iter()
        .filter_map(|reason| reason.state().map(|state| pair(state.as_str(), reason.as_str())));
    let reason_is_right = format!(
        "iif(new.reason IS NULL, new.state NOT IN ('blocked', 'cancelled'),
           (new.state, new.reason) IN (VALUES {}))",
        list(reasons)
    );
    let statements = [
        "CREATE TEMP TABLE by_hand (one)".to_owned(),
        "CREATE TEMP TABLE step_taken (from_state, to_state, UNIQUE (from_state, to_state))".to_owned(),
        "INSERT INTO by_hand VALUES (1)".to_owned(),
        format!(
            "CREATE TEMP TRIGGER message_begins AFTER INSERT ON message WHEN NOT EXISTS (SELECT 1 FROM by_hand) BEGIN
               SELECT RAISE(ABORT, 'constraint: no beginning of a message') WHERE new.state NOT IN ({});
               SELECT RAISE(ABORT, 'constraint: no reason of that state') WHERE NOT {reason_is_right};
               INSERT OR IGNORE INTO step_taken VALUES ('', new.state);
             END",
            list(beginnings)
        ),
        format!(
            "CREATE TEMP TRIGGER message_steps AFTER UPDATE OF state ON message
             WHEN NOT EXISTS (SELECT 1 FROM by_hand) BEGIN
               SELECT RAISE(ABORT, 'constraint: no step of a message')
                 WHERE (old.state, new.state) NOT IN (VALUES {});
               SELECT RAISE(ABORT, 'constraint: what is blocked for another reason stays so')
                 WHERE old.state = 'blocked' AND old.reason <> 'outcome_unknown';
               SELECT RAISE(ABORT, 'constraint: no reason of that state') WHERE NOT {reason_is_right};
               INSERT OR IGNORE INTO step_taken VALUES (old.state, new.state);
             END",
            list(steps)
        ),
        "DELETE FROM by_hand".to_owned(),
    ];
    for statement in statements {
        db.query(&statement, vec![]).block_on().expect(&statement);
    }
}

fn pair(first: &str, second: &str) -> String {
    format!("('{first}', '{second}')")
}

fn list(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(", ")
}

/// Runs something that may make of messages what it likes.
pub fn by_hand<D: Database, T>(db: &D, work: impl FnOnce() -> T) -> T {
    if db.engine() == Engine::Server {
        return work();
    }
    let query = |sql: &str| db.query(sql, vec![]).block_on().expect(sql);
    query("INSERT INTO by_hand VALUES (1)");
    let done = work();
    query("DELETE FROM by_hand");
    done
}

/// The steps that were taken since [`watch`], from where and to where; from nowhere for a beginning.
pub fn taken<D: Database>(db: &D) -> BTreeSet<(Option<MessageState>, MessageState)> {
    let rows = db.query("SELECT from_state, to_state FROM step_taken", vec![]).block_on().expect("reads");
    let state = |text: String| MessageState::parse(&text);
    rows.iter()
        .map(|row| {
            let to = state(row.text("to_state").expect("a state")).expect("a state");
            (state(row.text("from_state").expect("a state")), to)
        })
        .collect()
}
