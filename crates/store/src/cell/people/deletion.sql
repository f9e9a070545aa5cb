-- Deletions of accounts.

-- name: request
-- One at a time: a second request gives no row.
-- ?1 account, ?2 deletion, ?3 now, ?4 its day, ?5 the balance that is given up, in tiyn
INSERT INTO deletion (account, deletion, state, requested_at, due_at, forfeits)
SELECT ?1, ?2, 'scheduled', ?3, ?4, ?5
WHERE NOT EXISTS (SELECT 1 FROM deletion WHERE account = ?1 AND state IN ('scheduled', 'executing'))
RETURNING 1;
