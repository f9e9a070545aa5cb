//! What can go wrong below a statement.

/// What went wrong below a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A UNIQUE, CHECK, NOT NULL or FOREIGN KEY constraint, or a trigger, refused the change.
    #[error("constraint: {0}")]
    Constraint(String),
    /// The account is on its way to another cell, or has left for one: nothing of it is written here. Try again, where
    /// the directory says.
    #[error("the account is moving to another cell")]
    AccountMoving,
    /// Another writer held the database for longer than the time-out. Try again.
    #[error("the database is busy")]
    Busy,
    /// Anything else: the database is full, missing or broken.
    #[error("database: {0}")]
    Other(String),
    /// A statement that always has a row had none.
    #[error("a row is missing")]
    NoRow,
    /// A row has not the form that the statement promises.
    #[error("column {0} has not the expected form")]
    Column(String),
    /// A statement gives no column of that name, or two.
    #[error("no column, or more than one, is called {0}")]
    ColumnName(String),
    /// A sealed value does not open: a wrong or destroyed key, or a changed byte.
    #[error("a sealed value does not open")]
    Seal,
    /// A newer program made the schema: this one does not know what its rows mean.
    #[error("the schema is of a newer version than this program")]
    SchemaNewer,
    /// The schema has this program's version, and was made by other scripts.
    #[error("the schema was made by other scripts than this program's")]
    SchemaOther,
    /// The data belong to another master key.
    #[error("the data belong to another master key")]
    MasterKey,
    /// The database is another cell's than its label says.
    #[error("the database is another cell's")]
    OtherCell,
}

/// What a file says of another writer, and a libSQL server of a crowd: too many at once, no connection in time. A
/// server that does not listen, or does not know the stream of a while ago, is being started again, or ended the
/// stream, and its transaction with it; and one that interrupts a statement gave its turn to others. In none of these cases was anything done.
const BUSY: [&str; 8] = [
    "locked",
    "busy",
    "too many concurrent",
    "timed out while opening",
    "connection refused",
    "stream has expired",
    "invalid baton",
    "interrupted",
];

/// What the schema's triggers say of an account that leaves its cell.
const MOVING: &str = "constraint: the account is moving";

impl DbError {
    /// Sorts SQLite's message: the runtime hands errors over as one string, so the telling apart
    /// is done on the text, and only here.
    pub fn from_message(message: String) -> Self {
        let lower = message.to_ascii_lowercase();
        if lower.contains(MOVING) {
            Self::AccountMoving
        } else if lower.contains("constraint") {
            Self::Constraint(message)
        } else if BUSY.iter().any(|words| lower.contains(words)) {
            Self::Busy
        } else {
            Self::Other(message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever is told "busy" tries again, and "broken" gives up: a crowd at a server is the former.
    #[test]
    fn a_server_with_too_much_to_do_is_busy() {
        for said in [
            "Hrana: `api error: `{\"error\":\"Too many concurrent requests\"}``",
            "Hrana: `api error: `{\"error\":\"Timed out while opening database connection\"}``",
            "Hrana: `api error: `{\"message\":\"The stream has expired\",\"code\":\"STREAM_EXPIRED\"}``",
            "Hrana: `http error: `error trying to connect: tcp connect error: Connection refused (os error 111)``",
            "Hrana: `api error: `Received an invalid baton``",
            "Hrana: `cursor error: `error at step 0: (error code: SQLITE_INTERRUPT) `SQLite error: interrupted```",
            "database is locked",
        ] {
            assert_eq!(DbError::from_message(said.to_owned()), DbError::Busy, "{said}");
        }
        assert!(matches!(DbError::from_message("disk I/O error".to_owned()), DbError::Other(_)));
    }
}
