-- The history: messages as their sender sees them. What is shown of one, the view `history` says.

-- name: of_account
-- Rows are numbered in the order of queueing, so pages go by them and none is sorted.
-- ?1 account, ?2 behind this row, ?3 state, or NULL for all, ?4 how many
-- plan: m USING INDEX message_of_account, p USING PRIMARY KEY, c USING PRIMARY KEY
SELECT *
FROM history
WHERE account = ?1
  AND id > ?2
  AND (?3 IS NULL OR state = ?3)
ORDER BY id
LIMIT ?4;

-- name: of_campaign
-- A statement of its own, since it goes by another index.
-- ?1 account, ?2 behind this row, ?3 state, or NULL for all, ?4 how many, ?5 campaign
-- plan: m USING INDEX message_of_campaign, p USING PRIMARY KEY, c USING PRIMARY KEY
SELECT *
FROM history
WHERE account = ?1
  AND campaign = ?5
  AND id > ?2
  AND (?3 IS NULL OR state = ?3)
ORDER BY id
LIMIT ?4;
