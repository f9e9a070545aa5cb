-- How files are written, by their owner's word.

-- name: confirm
-- No row means that the file is read already, is not here, or is over.
-- ?1 account, ?2 import, ?3 sealed format, ?4 now
UPDATE import
SET state = 'queued', format = ?3, touched_at = ?4
WHERE account = ?1
  AND import = ?2
  AND state = 'awaiting_format'
  AND problem_code IS NULL
RETURNING 1;

-- name: remember
-- What was chosen last counts.
-- ?1 account, ?2 shape, ?3 sealed choice, ?4 now
INSERT INTO remembered_format (account, shape, chosen, at)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (account, shape) DO UPDATE SET chosen = excluded.chosen, at = excluded.at;

-- name: forget_oldest
-- An account has few shapes, so they are gone through.
-- ?1 account, ?2 how many stay
DELETE FROM remembered_format
WHERE account = ?1
  AND shape IN (
    SELECT shape
    FROM remembered_format
    WHERE account = ?1
    ORDER BY at DESC, shape
    LIMIT -1 OFFSET ?2);
