-- A file on its way in.

-- name: take
-- Whoever comes last may add to it: the one before has lost its connection, or its patience.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 now
UPDATE import
SET state = 'receiving', upload = ?3, touched_at = ?4
WHERE account = ?1
  AND import = ?2
  AND state IN ('awaiting_file', 'receiving')
  AND problem_code IS NULL
RETURNING 1;

-- name: empty
-- No row means that another request has the file by now.
-- ?1 account, ?2 import, ?3 the request's mark
UPDATE import
SET received_bytes = 0
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
RETURNING 1;

-- name: delete_pieces
-- A piece fills many pages, so some at a time.
-- ?1 account, ?2 import, ?3 those that begin before this byte, ?4 how many
DELETE FROM import_piece
WHERE account = ?1
  AND import = ?2
  AND first_byte IN (
    SELECT first_byte
    FROM import_piece
    WHERE account = ?1
      AND import = ?2
      AND first_byte < ?3
    ORDER BY first_byte
    LIMIT ?4)
RETURNING 1;

-- name: count_piece
-- No row means that another request has the file by now, or that it is over.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 first byte, ?5 bytes, ?6 now
UPDATE import
SET received_bytes = received_bytes + ?5, touched_at = max(touched_at, ?6)
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND received_bytes = ?4
  AND problem_code IS NULL
RETURNING 1;

-- name: add_piece
-- Behind `count_piece`, in its transaction.
-- ?1 account, ?2 import, ?3 first byte, ?4 bytes, ?5 sealed
INSERT INTO import_piece (account, import, first_byte, bytes, sealed)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: finish
-- From here on it is read, and nobody adds to it.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 now
UPDATE import
SET state = 'queued', upload = NULL, touched_at = ?4
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND problem_code IS NULL
RETURNING 1;

-- name: piece
-- The last that begins at this byte or before it, unless it ends before it.
-- ?1 account, ?2 import, ?3 byte
-- plan: import_piece USING INDEX
SELECT first_byte, sealed
FROM import_piece
WHERE account = ?1
  AND import = ?2
  AND first_byte <= ?3
  AND first_byte + bytes > ?3
ORDER BY first_byte DESC
LIMIT 1;
