-- The Merkle log of a database (RFC 6962). Leaves are never changed or removed: that is what it is for.
CREATE TABLE log (log TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT
----
CREATE TABLE log_leaf (
  log TEXT NOT NULL,
  leaf INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (log, leaf)
) STRICT, WITHOUT ROWID
----
CREATE TRIGGER log_leaf_is_kept BEFORE DELETE ON log_leaf BEGIN SELECT RAISE(ABORT, 'constraint: the log is append-only'); END
----
CREATE TRIGGER log_leaf_is_fixed BEFORE UPDATE ON log_leaf BEGIN SELECT RAISE(ABORT, 'constraint: the log is append-only'); END
----
-- Hashes of perfect subtrees of 256 and 65,536 leaves, so that a proof does not read the whole log.
CREATE TABLE log_subtree (
  log TEXT NOT NULL,
  level INTEGER NOT NULL,
  place INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (log, level, place)
) STRICT, WITHOUT ROWID
----
CREATE TABLE checkpoint (
  log TEXT NOT NULL,
  size INTEGER NOT NULL,
  at INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID
