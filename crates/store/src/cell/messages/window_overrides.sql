-- Other calling hours: staff's decisions. Days are local, as texts that sort.

-- name: account
-- What moved is found in its new cell, once it is all there.
-- ?1 decision
-- plan: w USING INDEX window_override_decision, a USING INDEX sqlite_autoindex_account_1
SELECT w.account
FROM window_override w
JOIN account a ON a.account = w.account AND a.presence NOT IN ('left', 'arriving')
WHERE w.decision = ?1;

-- name: any_on
-- Asked before any account is: on most days nobody has hours of their own.
-- ?1 local day, ?2 its instant
SELECT 1
FROM window_override
WHERE revoked_at IS NULL
  AND last_day >= ?1
  AND first_day <= ?1
  AND decided_at <= ?2
LIMIT 1;

-- name: decide
-- A decision is a row of its own, kept for good.
-- ?1 account, ?2 decision, ?3 first day, ?4 last day, ?5 days of the week, ?6 and ?7 from which hour to which,
-- ?8 sealed: who decided, ?9 sealed: on what, ?10 now
INSERT INTO window_override (
  account, decision, first_day, last_day, weekdays, opens, closes, decided_by, basis, decided_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: revoke
-- A revocation never lies before its decision, whatever hosts' clocks say.
-- ?1 account, ?2 decision, ?3 now
UPDATE window_override
SET revoked_at = max(?3, decided_at)
WHERE account = ?1
  AND decision = ?2
  AND revoked_at IS NULL
RETURNING 1;

-- name: of_account
-- Newest first; of two at one instant the later id.
-- ?1 account
SELECT decision, first_day, last_day, weekdays, opens, closes, decided_by, basis, decided_at, revoked_at
FROM window_override
WHERE account = ?1
ORDER BY decided_at DESC, decision DESC;

-- name: that_hold
-- In the order of decisions, since a later one goes before an earlier. One that is revoked later than the instant
-- held then.
-- ?1 account, ?2 local day, ?3 its instant
SELECT decision, first_day, last_day, weekdays, opens, closes
FROM window_override
WHERE account = ?1
  AND last_day >= ?2
  AND decided_at <= ?3
  AND (revoked_at IS NULL OR revoked_at > ?3)
ORDER BY decided_at, decision;
