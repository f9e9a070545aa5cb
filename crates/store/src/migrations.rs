//! The schema, brought to its newest version when a database is opened.

use domain::cell_name::CellName;

use crate::database::{Database, DbError, Engine, transaction};
use crate::params;
use crate::seal::MasterKey;

/// The parts of a schema. A database may hold several: by default it holds them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Accounts, sessions, keys, visitors' choices.
    Directory,
    /// Everything of tenants.
    Cell,
    /// The Merkle log beside either.
    Log,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Cell => "cell",
            Self::Log => "log",
        }
    }

    /// In order; a new version is a new file at the end.
    const fn versions(self) -> &'static [&'static str] {
        match self {
            Self::Directory => DIRECTORY,
            Self::Cell => CELL,
            Self::Log => LOG,
        }
    }

    /// By which the first `versions` of its scripts are told from others.
    fn digest(self, versions: usize) -> [u8; 16] {
        // Counted when this is compiled, since every instance asks: for the newest version, as is usual.
        const NEWEST: [[u8; 16]; 3] = [digest(DIRECTORY), digest(CELL), digest(LOG)];
        match (versions == self.versions().len(), self) {
            (false, _) => digest(&self.versions()[..versions]),
            (true, Self::Directory) => NEWEST[0],
            (true, Self::Cell) => NEWEST[1],
            (true, Self::Log) => NEWEST[2],
        }
    }
}

const DIRECTORY: &[&str] = &[include_str!("../migrations/directory_1.sql")];
const CELL: &[&str] = &[include_str!("../migrations/cell_1.sql")];
const LOG: &[&str] = &[include_str!("../migrations/log_1.sql")];

/// How often the way of writing is tried to be set, while others set it too.
const WAL_TRIES_MAX: u32 = 20;

const SEPARATOR: &str = "\n----\n";

/// Brings the parts to their newest version. Many openers may do so at once: one does the work,
/// the others wait and find it done. A schema that a newer program made, or other scripts, is left alone and
/// refused: [`DbError::SchemaNewer`], [`DbError::SchemaOther`].
pub async fn migrate<D: Database>(db: &D, parts: &[Part]) -> Result<(), DbError> {
    if is_current(db, parts).await? {
        return Ok(());
    }
    if db.engine() == Engine::File {
        keep_a_write_ahead_log(db).await?;
    }
    transaction(db, async |db| {
        db.query(
            "CREATE TABLE IF NOT EXISTS schema (part TEXT PRIMARY KEY, version INTEGER NOT NULL, digest BLOB NOT NULL) STRICT",
            vec![],
        )
        .await?;
        for part in parts {
            let done = version(db, *part).await?;
            for script in part.versions().iter().skip(done) {
                for statement in script.split(SEPARATOR) {
                    db.query(statement, vec![]).await?;
                }
            }
            db.query(
                "INSERT INTO schema (part, version, digest) VALUES (?1, ?2, ?3)
                 ON CONFLICT (part) DO UPDATE SET version = excluded.version, digest = excluded.digest",
                params![part.name(), part.versions().len() as i64, part.digest(part.versions().len()).to_vec()],
            )
            .await?;
        }
        Ok(())
    })
    .await
}

/// WAL lasts in the file; it cannot be set inside a transaction. Of several who set it at once SQLite refuses some
/// at once instead of letting them wait: they wait for a transaction's turn, and try again.
async fn keep_a_write_ahead_log<D: Database>(db: &D) -> Result<(), DbError> {
    for _ in 0..WAL_TRIES_MAX {
        match db.query("PRAGMA journal_mode = WAL", vec![]).await {
            Err(DbError::Busy) => transaction(db, async |_| Ok::<_, DbError>(())).await?,
            set => return set.map(|_| ()),
        }
    }
    Err(DbError::Busy)
}

/// Two FNV-1a hashes of scripts, with the length of each: they change with any byte of them. Whoever could choose the
/// scripts needs no collision.
const fn digest(scripts: &[&str]) -> [u8; 16] {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hashes = [0xcbf2_9ce4_8422_2325u64, 0x8422_2325_cbf2_9ce4];
    let mut script = 0;
    while script < scripts.len() {
        let bytes = scripts[script].as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            hashes[0] = (hashes[0] ^ bytes[at] as u64).wrapping_mul(PRIME);
            hashes[1] = (hashes[1] ^ bytes[at] as u64).wrapping_mul(PRIME).rotate_left(1);
            at += 1;
        }
        hashes[0] = (hashes[0] ^ bytes.len() as u64).wrapping_mul(PRIME);
        hashes[1] = (hashes[1] ^ bytes.len() as u64).wrapping_mul(PRIME);
        script += 1;
    }
    ((hashes[0] as u128) << 64 | hashes[1] as u128).to_be_bytes()
}

async fn is_current<D: Database>(db: &D, parts: &[Part]) -> Result<bool, DbError> {
    let columns = db.query("SELECT name FROM pragma_table_info('schema')", vec![]).await?;
    if columns.is_empty() {
        return Ok(false);
    }
    let columns = columns.iter().map(|row| row.text("name")).collect::<Result<Vec<_>, _>>()?;
    if !columns.iter().any(|name| name == "digest") {
        return Err(DbError::SchemaOther);
    }
    let mut current = true;
    for part in parts {
        current &= version(db, *part).await? == part.versions().len();
    }
    Ok(current)
}

/// How many of the part's scripts were carried out, all of them this program's own.
async fn version<D: Database>(db: &D, part: Part) -> Result<usize, DbError> {
    let rows = db.query("SELECT version, digest FROM schema WHERE part = ?1", params![part.name()]).await?;
    let Some(row) = rows.first() else { return Ok(0) };
    let version = row.number("version")?;
    if version > part.versions().len() {
        return Err(DbError::SchemaNewer);
    }
    if row.blob("digest")? == part.digest(version) { Ok(version) } else { Err(DbError::SchemaOther) }
}

/// Whether the database is this cell's: the first that comes is noted down, and from there on the rows of its messages
/// are counted; under every other label it is refused with [`DbError::OtherCell`].
pub async fn check_cell<D: Database>(db: &D, name: CellName) -> Result<(), DbError> {
    let noted = async |db: &D| -> Result<Option<i64>, DbError> {
        let rows = db.query("SELECT number FROM cell WHERE one = 1", vec![]).await?;
        rows.first().map(|row| row.int("number")).transpose()
    };
    let number = i64::from(name.number());
    let known = match noted(db).await? {
        Some(known) => known,
        None => {
            transaction(db, async |db| {
                if let Some(known) = noted(db).await? {
                    return Ok::<_, DbError>(known);
                }
                db.query(
                    "INSERT INTO cell (one, number, last_row) VALUES (1, ?1, ?2)",
                    params![number, name.rows_begin()],
                )
                .await?;
                Ok(number)
            })
            .await?
        }
    };
    if known == number { Ok(()) } else { Err(DbError::OtherCell) }
}

/// Whether the data belong to this master key: the first that comes is noted down, as a keyed hash from which
/// nothing follows; every other is refused with [`DbError::MasterKey`], before it makes or opens anything.
pub async fn check_master_key<D: Database>(db: &D, master: &MasterKey) -> Result<(), DbError> {
    let noted = async || -> Result<Option<Vec<u8>>, DbError> {
        let rows = db.query("SELECT check_value FROM master_key WHERE one = 1", vec![]).await?;
        rows.first().map(|row| row.blob("check_value")).transpose()
    };
    let known = match noted().await? {
        Some(known) => known,
        None => {
            // Of two that come at once the first is noted, and the other compared with it.
            db.query(
                "INSERT OR IGNORE INTO master_key (one, check_value) VALUES (1, ?1)",
                params![&master.check_value()],
            )
            .await?;
            noted().await?.ok_or(DbError::NoRow)?
        }
    };
    if known == master.check_value() { Ok(()) } else { Err(DbError::MasterKey) }
}
