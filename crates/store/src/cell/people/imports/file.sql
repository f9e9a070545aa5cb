-- A file on its way in.

-- name: take
-- Whoever comes last may add to it: the one before has lost its connection, or its patience. A workbook that is whole
-- may be read by another sheet until its owner confirms how.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 now, ?5 first byte, ?6 whether it is a workbook
UPDATE import
SET state = 'receiving', upload = ?3, touched_at = ?4
WHERE account = ?1
  AND import = ?2
  AND (
    state IN ('awaiting_file', 'receiving')
    OR (state = 'awaiting_format' AND ?6 AND is_workbook AND ?5 > 0 AND received_bytes = ?5))
  AND problem_code IS NULL
RETURNING 1;

-- name: empty
-- No row means that another request has the file by now.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 whether a workbook begins
UPDATE import
SET received_bytes = 0, text_bytes = 0, is_text_whole = 0, sheets = NULL, is_workbook = ?4
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
RETURNING 1;

-- name: delete_pieces
-- A piece fills many pages, so some at a time.
-- ?1 account, ?2 import, ?3 whether those of the packed file, ?4 those that begin before this byte, ?5 how many
DELETE FROM import_piece
WHERE account = ?1
  AND import = ?2
  AND is_packed = ?3
  AND first_byte IN (
    SELECT first_byte
    FROM import_piece
    WHERE account = ?1
      AND import = ?2
      AND is_packed = ?3
      AND first_byte < ?4
    ORDER BY first_byte
    LIMIT ?5)
RETURNING 1;

-- name: count_piece
-- No row means that another request has the file by now, or that it is over.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 first byte, ?5 bytes, ?6 now
UPDATE import
SET received_bytes = received_bytes + ?5, is_text_whole = 0, touched_at = max(touched_at, ?6)
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND received_bytes = ?4
  AND problem_code IS NULL
RETURNING 1;

-- name: count_text
-- The same of the text of a workbook.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 first byte, ?5 bytes, ?6 now
UPDATE import
SET text_bytes = text_bytes + ?5, touched_at = max(touched_at, ?6)
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND text_bytes = ?4
  AND is_workbook
  AND problem_code IS NULL
RETURNING 1;

-- name: waiting
-- What lies here of an account's files. Those that are given up or sent anew lie here until their pieces are gone.
-- ?1 account
-- plan: import USING INDEX import_waiting
SELECT count(*) AS files, coalesce(sum(kept_bytes), 0) AS bytes
FROM import INDEXED BY import_waiting
WHERE account = ?1
  AND state IN ('receiving', 'awaiting_format', 'queued', 'reading');

-- name: begin_text
-- A workbook is turned into text, perhaps anew.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 sealed sheets
UPDATE import
SET text_bytes = 0, sheets = ?4, is_text_whole = 0, texts_begun = texts_begun + 1
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND is_workbook
  AND problem_code IS NULL
RETURNING texts_begun;

-- name: holds
-- Whether a request has the file still.
-- ?1 account, ?2 import, ?3 the request's mark
SELECT 1
FROM import
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND problem_code IS NULL;

-- name: add_piece
-- Behind `count_piece` or `count_text`, in its transaction.
-- ?1 account, ?2 import, ?3 whether of the packed file, ?4 first byte, ?5 bytes, ?6 sealed
INSERT INTO import_piece (account, import, is_packed, first_byte, bytes, sealed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: finish
-- From here on it is read, or awaits its owner's word, and nobody adds to it.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 now
UPDATE import
SET state = CASE WHEN confirms THEN 'awaiting_format' ELSE 'queued' END, upload = NULL, touched_at = ?4,
  is_text_whole = is_workbook
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND problem_code IS NULL
RETURNING confirms;

-- name: piece
-- The last that begins at this byte or before it, unless it ends before it.
-- ?1 account, ?2 import, ?3 whether of the packed file, ?4 byte
-- plan: import_piece USING INDEX
SELECT first_byte, sealed
FROM import_piece
WHERE account = ?1
  AND import = ?2
  AND is_packed = ?3
  AND first_byte <= ?4
  AND first_byte + bytes > ?4
ORDER BY first_byte DESC
LIMIT 1;
