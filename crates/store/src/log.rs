//! The Merkle log in a database: appending, and the hashes that proofs are made of (R91).

use std::cell::RefCell;
use std::collections::HashMap;

use evidence::merkle::{self, Hash};

use crate::database::{Database, DbError};
use crate::{hex, json, params, sql};

/// The log of the directory: visitors' cookie choices, and changes of the service's blacklist.
pub const DIRECTORY_LOG: &str = "send-box.com/directory";

/// Leaves in one stored subtree, as a power of two: 256.
const TILE_LEVELS: u8 = 8;

/// Appends leaves and returns the index of the first. It belongs inside the transaction of the act
/// that the leaves prove, so that neither stands without the other.
pub async fn append<D: Database>(db: &D, log: &str, leaves: &[Hash]) -> Result<i64, DbError> {
    let count = leaves.len() as i64;
    let rows = db.query(sql!("log.sql", "take_places"), params![log, count]).await?;
    let first = rows.first().ok_or(DbError::NoRow)?.int("size")? - count;
    let hashes: Vec<String> = leaves.iter().map(|leaf| hex(leaf)).collect();
    db.query(sql!("log.sql", "append"), params![log, first, json(&hashes)?]).await?;
    Ok(first)
}

/// Reads one log; what was read is remembered for the life of the reader.
pub struct LogReader<'a, D> {
    db: &'a D,
    log: String,
    known: RefCell<HashMap<(u8, u64), Hash>>,
}

impl<'a, D: Database> LogReader<'a, D> {
    /// A reader that has read nothing yet.
    pub fn new(db: &'a D, log: impl Into<String>) -> Self {
        Self { db, log: log.into(), known: RefCell::default() }
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.log
    }

    /// The number of leaves.
    pub async fn size(&self) -> Result<u64, DbError> {
        let rows = self.db.query("SELECT size FROM log WHERE log = ?1", params![&self.log]).await?;
        Ok(rows.first().map(|row| row.int("size")).transpose()?.unwrap_or(0).unsigned_abs())
    }

    /// The root over the first `size` leaves.
    pub async fn root(&self, size: u64) -> Result<Hash, DbError> {
        if size == 0 {
            return Ok(merkle::empty_root());
        }
        self.range(0..size).await
    }

    /// The audit path of a leaf in the tree of `size` leaves.
    pub async fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, DbError> {
        self.ranges(merkle::inclusion_ranges(index, size)).await
    }

    /// The proof that the tree of `to` leaves continues the tree of `from`.
    pub async fn consistency(&self, from: u64, to: u64) -> Result<Vec<Hash>, DbError> {
        self.ranges(merkle::consistency_ranges(from, to)).await
    }

    async fn ranges(&self, ranges: Vec<std::ops::Range<u64>>) -> Result<Vec<Hash>, DbError> {
        let mut proof = Vec::with_capacity(ranges.len());
        for range in ranges {
            proof.push(self.range(range).await?);
        }
        Ok(proof)
    }

    async fn range(&self, range: std::ops::Range<u64>) -> Result<Hash, DbError> {
        let mut hashes = Vec::new();
        for subtree in merkle::decompose(range) {
            hashes.push(self.subtree(subtree.level, subtree.index).await?);
        }
        Ok(merkle::fold(&hashes))
    }

    async fn subtree(&self, level: u8, place: u64) -> Result<Hash, DbError> {
        if let Some(hash) = self.known.borrow().get(&(level, place)) {
            return Ok(*hash);
        }
        if level < TILE_LEVELS {
            self.read_tile(place >> (TILE_LEVELS - level)).await?;
            return self.known.borrow().get(&(level, place)).copied().ok_or(DbError::NoRow);
        }
        let stored = level.is_multiple_of(TILE_LEVELS);
        if stored && let Some(hash) = self.stored(level, place).await? {
            self.known.borrow_mut().insert((level, place), hash);
            return Ok(hash);
        }
        // A boxed future, since the function calls itself one level down.
        let left = Box::pin(self.subtree(level - 1, place * 2)).await?;
        let right = Box::pin(self.subtree(level - 1, place * 2 + 1)).await?;
        let hash = merkle::node_hash(&left, &right);
        if stored {
            self.store(level, place, &hash).await?;
        }
        self.known.borrow_mut().insert((level, place), hash);
        Ok(hash)
    }

    /// Reads the 256 leaves of one tile, fewer at the log's end, and the nodes above them.
    async fn read_tile(&self, tile: u64) -> Result<(), DbError> {
        let first = tile << TILE_LEVELS;
        let rows = self
            .db
            .query(
                sql!("log.sql", "tile"),
                params![&self.log, first as i64, (first + (1 << TILE_LEVELS)) as i64],
            )
            .await?;
        let mut nodes = rows.iter().map(|row| row.bytes("hash")).collect::<Result<Vec<_>, _>>()?;
        let mut known = self.known.borrow_mut();
        for level in 0..TILE_LEVELS {
            let first = first >> level;
            known
                .extend(nodes.iter().enumerate().map(|(place, hash)| ((level, first + place as u64), *hash)));
            nodes = nodes.chunks_exact(2).map(|pair| merkle::node_hash(&pair[0], &pair[1])).collect();
        }
        if let [hash] = nodes[..] {
            known.insert((TILE_LEVELS, tile), hash);
        }
        Ok(())
    }

    async fn stored(&self, level: u8, place: u64) -> Result<Option<Hash>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT hash FROM log_subtree WHERE log = ?1 AND level = ?2 AND place = ?3",
                params![&self.log, u32::from(level), place as i64],
            )
            .await?;
        rows.first().map(|row| row.bytes("hash")).transpose()
    }

    async fn store(&self, level: u8, place: u64, hash: &Hash) -> Result<(), DbError> {
        self.db
            .query(
                "INSERT OR IGNORE INTO log_subtree (log, level, place, hash) VALUES (?1, ?2, ?3, ?4)",
                params![&self.log, u32::from(level), place as i64, hash],
            )
            .await?;
        Ok(())
    }

    /// The newest checkpoint that was kept.
    pub async fn kept_checkpoint(&self) -> Result<Option<String>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT note FROM checkpoint WHERE log = ?1 ORDER BY size DESC LIMIT 1",
                params![&self.log],
            )
            .await?;
        rows.first().map(|row| row.text("note")).transpose()
    }

    /// Keeps a signed checkpoint; the first of a size stays. Answers whether the log has grown beyond it.
    pub async fn keep_checkpoint(&self, size: u64, now: i64, note: &str) -> Result<bool, DbError> {
        self.db
            .query(
                "INSERT OR IGNORE INTO checkpoint (log, size, at, note) VALUES (?1, ?2, ?3, ?4)",
                params![&self.log, size as i64, now, note],
            )
            .await?;
        Ok(self.size().await? > size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NativeDatabase, Part, migrate};

    const LOG: &str = "send-box.com/test";

    fn leaf(n: u64) -> Hash {
        merkle::leaf_hash(n.to_be_bytes())
    }

    async fn log_of(n: u64) -> NativeDatabase {
        let db = NativeDatabase::in_memory().await.expect("opens");
        migrate(&db, &[Part::Log]).await.expect("migrates");
        let leaves: Vec<Hash> = (0..n).map(leaf).collect();
        for batch in leaves.chunks(700) {
            append(&db, LOG, batch).await.expect("appends");
        }
        db
    }

    /// R91: what the database answers is what the whole list of leaves gives.
    #[test]
    fn proofs_from_the_database_verify_against_the_root_of_all_leaves() {
        pollster::block_on(async {
            for size in [1u64, 2, 255, 256, 257, 1000, 1537] {
                let db = log_of(size).await;
                let leaves: Vec<Hash> = (0..size).map(leaf).collect();
                let root = merkle::root(&leaves);
                // A second reader finds the subtrees that the first one stored.
                for _ in 0..2 {
                    let reader = LogReader::new(&db, LOG);
                    assert_eq!(reader.root(size).await, Ok(root));
                    for index in [0, size / 2, size - 1] {
                        let proof = reader.inclusion(index, size).await.expect("proof");
                        assert!(merkle::verify_inclusion(&leaf(index), index, size, &proof, &root));
                    }
                    let from = size / 2 + 1;
                    let proof = reader.consistency(from, size).await.expect("proof");
                    let former = merkle::root(&leaves[..from as usize]);
                    assert!(merkle::verify_consistency(from, size, &former, &root, &proof));
                }
            }
        });
    }

    /// R91: append-only is the database's rule, not only the code's.
    #[test]
    fn a_leaf_can_be_neither_removed_nor_changed() {
        pollster::block_on(async {
            let db = log_of(3).await;
            for statement in ["DELETE FROM log_leaf", "UPDATE log_leaf SET hash = zeroblob(32)"] {
                assert!(
                    matches!(db.query(statement, vec![]).await, Err(DbError::Constraint(_))),
                    "{statement}"
                );
            }
        });
    }
}
