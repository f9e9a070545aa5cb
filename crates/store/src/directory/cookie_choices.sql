-- What visitors chose about cookies.

-- name: record
-- A decision is a row of its own and never changed: what was chosen before stays provable.
-- ?1 to ?11 the decision as its columns are named, ?12 its leaf's place in the log
INSERT INTO cookie_choice (
  choice, functional, analytics, marketing, gpc, policy_version, policy_sha256, language, surface, at, expires_at,
  log_index)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: in_force
-- A decision that was withdrawn, or is older than its term, is no decision: the banner asks again.
-- ?1 choice, ?2 now
SELECT choice, functional, analytics, marketing, gpc, policy_version, policy_sha256, language, surface, at, expires_at,
  log_index
FROM cookie_choice
WHERE choice = ?1
  AND withdrawn_at IS NULL
  AND expires_at > ?2;

-- name: withdraw
-- The first withdrawal keeps its time; a repeat gives no row, and so no second leaf.
-- ?1 choice, ?2 now
UPDATE cookie_choice
SET withdrawn_at = ?2
WHERE choice = ?1
  AND withdrawn_at IS NULL
RETURNING 1;
