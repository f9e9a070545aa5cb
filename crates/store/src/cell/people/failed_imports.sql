-- Uploads that come to nothing.

-- name: touched
-- When an upload that is under way moved last.
-- ?1 account, ?2 import
SELECT touched_at
FROM import
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving';

-- name: mark_failed
-- The mark comes first: from here on the upload can neither go on nor complete, and it still keeps others from
-- beginning until its rows are gone. The first reason stays.
-- ?1 account, ?2 import, ?3 the reason's code, ?4 now, ?5 line, or NULL
UPDATE import
SET problem_line = CASE WHEN problem_code IS NULL THEN ?5 ELSE problem_line END,
  problem_code = coalesce(problem_code, ?3),
  touched_at = ?4
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
RETURNING 1;

-- name: clear_contacts
-- In steps, so that other writers get their turn.
-- ?1 account, ?2 import, ?3 how many
DELETE FROM contact
WHERE account = ?1
  AND contact IN (SELECT contact FROM contact WHERE account = ?1 AND import = ?2 LIMIT ?3)
RETURNING 1;

-- name: fail
-- Nothing of it was kept, so nothing is counted.
-- ?1 account, ?2 import, ?3 now
UPDATE import
SET state = 'failed', finished_at = ?3,
  rows_read = 0, imported = 0, duplicates = 0, rejected = 0, blacklisted = 0, several = 0, noted = 0
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving';
