-- Accounts in their cell.

-- name: tenant
-- Asked with every request of an account: its state and both its keys in one look-up. A destroyed personal key is no
-- row, and its account is found all the same. One that is on its way to another cell is shown here until it is there.
-- ?1 account
-- plan: a USING INDEX sqlite_autoindex_account_1, k USING INTEGER PRIMARY KEY
SELECT a.account, a.number, a.kind, a.state, a.language, a.evidence_key, a.created_at, a.truth_declared_at,
  k.wrapped AS personal_key
FROM account a
LEFT JOIN personal_key k ON k.id = a.personal_key
WHERE a.account = ?1
  AND a.presence NOT IN ('left', 'arriving');
