-- Uploads of contacts. Rows count once the upload is complete; until then they belong to nobody's base.

-- name: create
-- Its attestation stands before its file.
-- ?1 account, ?2 import, ?3 sealed name, ?4 attestation, ?5 now, ?6 who, ?7 through what, ?8 whether the
-- format is confirmed
INSERT INTO import (account, import, name, state, consent, created_at, touched_at, actor, channel, confirms)
VALUES (?1, ?2, ?3, 'awaiting_file', ?4, ?5, ?5, ?6, ?7, ?8);

-- name: one
-- Another account's import is not found.
-- ?1 account, ?2 import
SELECT import, name, state, received_bytes, confirms, is_workbook, text_bytes, is_text_whole, sheets, rows_read, imported,
  updated, unchanged, duplicates, rejected, blacklisted, several, decision_consents, decision_refusals,
  decision_unclear, format, problem_code, problem_line, created_at, finished_at
FROM import
WHERE account = ?1
  AND import = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 below this import, or NULL from the newest, ?3 how many
SELECT import, name, state, received_bytes, confirms, is_workbook, text_bytes, is_text_whole, sheets, rows_read, imported,
  updated, unchanged, duplicates, rejected, blacklisted, several, decision_consents, decision_refusals,
  decision_unclear, format, problem_code, problem_line, created_at, finished_at
FROM import
WHERE account = ?1
  AND (?2 IS NULL OR import < ?2)
ORDER BY import DESC
LIMIT ?3;

-- name: begin_reading
-- One file of an account at a time.
-- ?1 account, ?2 import, ?3 now
UPDATE import
SET state = 'reading', touched_at = ?3
WHERE account = ?1
  AND import = ?2
  AND state = 'queued'
  AND problem_code IS NULL
  AND NOT EXISTS (SELECT 1 FROM import WHERE account = ?1 AND state = 'reading')
RETURNING 1;

-- name: complete
-- From here on its rows count. One that failed meanwhile gives no row.
-- ?1 account, ?2 import, ?3 now
UPDATE import
SET state = 'completed', finished_at = ?3, completed_no = (
    SELECT coalesce(max(completed_no), 0) + 1 FROM import WHERE account = ?1 AND completed_no IS NOT NULL)
WHERE account = ?1
  AND import = ?2
  AND state = 'reading'
  AND problem_code IS NULL
RETURNING rows_read, imported, updated, unchanged, duplicates, rejected, blacklisted, actor, channel;

-- name: rejected
-- Batches follow each other in the file, so their first lines order them.
-- ?1 account, ?2 import, ?3 behind the batch that begins with this line
SELECT first_line, sealed
FROM rejected_rows
WHERE account = ?1
  AND import = ?2
  AND first_line > ?3
ORDER BY first_line
LIMIT 1;

-- name: wake_next
-- Files of the account that waited for this one: they begin to be read, so their jobs have come no way yet.
-- ?1 account, ?2 now
UPDATE job
SET due_at = min(due_at, ?2)
WHERE kind = 'import'
  AND account = ?1
  AND cursor = ''
  AND lease IS NULL;

-- name: problems
-- In the order of the file.
-- ?1 account, ?2 import, ?3 behind this line, ?4 how many
SELECT line, code
FROM import_problem
WHERE account = ?1
  AND import = ?2
  AND line > ?3
ORDER BY line
LIMIT ?4;
