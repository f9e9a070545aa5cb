-- Uploads that come to nothing.

-- name: touched
-- When a file moved last that is on its way in, or awaits its owner's word.
-- ?1 account, ?2 import
SELECT touched_at, problem_code IS NOT NULL AS is_refused
FROM import
WHERE account = ?1
  AND import = ?2
  AND state IN ('receiving', 'awaiting_format');

-- name: refuse
-- The mark comes first: from here on the upload can neither go on nor complete, and it still keeps others from being
-- read until its rows are gone. The first reason stays.
-- ?1 account, ?2 import, ?3 the reason's code, ?4 now, ?5 line, or NULL
UPDATE import
SET problem_line = CASE WHEN problem_code IS NULL THEN ?5 ELSE problem_line END,
  problem_code = coalesce(problem_code, ?3),
  touched_at = ?4
WHERE account = ?1
  AND import = ?2
  AND state IN ('receiving', 'awaiting_format', 'queued', 'reading');

-- name: refuse_file
-- By the request that has the file.
-- ?1 account, ?2 import, ?3 the request's mark, ?4 the reason's code, ?5 now, ?6 line, or NULL
UPDATE import
SET problem_code = ?4, problem_line = ?6, touched_at = ?5
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND upload = ?3
  AND problem_code IS NULL
RETURNING 1;

-- name: is_refused
-- One that is over keeps what it has.
-- ?1 account, ?2 import
SELECT 1
FROM import
WHERE account = ?1
  AND import = ?2
  AND problem_code IS NOT NULL
  AND state IN ('receiving', 'awaiting_format', 'queued', 'reading');

-- name: clear_contacts
-- In steps, so that other writers get their turn. The contacts of one import lie side by side.
-- ?1 account, ?2 import, ?3 the first id that one of its can have, ?4 the last, ?5 how many
DELETE FROM contact
WHERE account = ?1
  AND contact IN (
    SELECT c.contact
    FROM contact c
    JOIN import i ON i.account = c.account AND i.import = c.import AND i.problem_code IS NOT NULL
    WHERE c.account = ?1
      AND c.import = ?2
      AND c.contact BETWEEN ?3 AND ?4
    LIMIT ?5)
RETURNING 1;

-- name: fail
-- Nothing of it was kept, so nothing is counted.
-- ?1 account, ?2 import, ?3 now
UPDATE import
SET state = 'failed', finished_at = ?3, upload = NULL,
  rows_read = 0, imported = 0, updated = 0, unchanged = 0, duplicates = 0, rejected = 0, blacklisted = 0, several = 0,
  decision_consents = 0, decision_refusals = 0, decision_unclear = 0,
  listed = 0, contacts = 0
WHERE account = ?1
  AND import = ?2
  AND problem_code IS NOT NULL
  AND state IN ('receiving', 'awaiting_format', 'queued', 'reading');
