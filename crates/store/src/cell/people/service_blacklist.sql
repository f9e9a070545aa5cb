-- Numbers that the service listed for all accounts.

-- name: note_taken
-- Claims the changes of one step: whoever read an older state takes nothing.
-- ?1 up to which version the cell had it, ?2 up to which it has it now
UPDATE cell
SET service_blacklist_version = ?2
WHERE one = 1
  AND service_blacklist_version = ?1
RETURNING 1;

-- name: take
-- A row says how an entry stands now, whatever the cell knew of it.
-- ?1 [{entry, version, number in hexadecimal or null}]
INSERT INTO service_blacklist_number (entry, version, number)
SELECT j.value ->> 'entry', j.value ->> 'version', unhex(j.value ->> 'number')
FROM json_each(?1) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (entry) DO UPDATE SET version = excluded.version, number = excluded.number;

-- name: enqueue
-- A job for each account that is behind and has contacts, so that one with which something is wrong keeps no other waiting.
-- One without contacts follows before it takes some in: else each sign-up would copy the whole list. A job that is being
-- done or failed finds what there is by itself.
-- ?1 kind, ?2 due at, ?3 account, or NULL for all
INSERT INTO job (kind, account, due_at)
SELECT ?1, a.account, ?2
FROM cell c
CROSS JOIN account a ON a.service_blacklist_version < c.service_blacklist_version
WHERE c.one = 1
  AND (?3 IS NULL OR a.account = ?3)
  AND EXISTS (SELECT 1 FROM contact k WHERE k.account = a.account)
  AND a.state <> 'closed'
  AND a.presence IN ('here', 'stopping', 'resting')
ON CONFLICT (kind, account, subject) DO UPDATE
SET due_at = min(due_at, excluded.due_at)
WHERE job.lease IS NULL
  AND job.error IS NULL;

-- name: is_behind
-- Asked before each turn: two rows by their keys.
-- ?1 account
-- plan: a USING INDEX sqlite_autoindex_account_1, c USING INTEGER PRIMARY KEY
SELECT 1
FROM account a
CROSS JOIN cell c ON c.one = 1 AND a.service_blacklist_version < c.service_blacklist_version
WHERE a.account = ?1
  AND a.state <> 'closed'
  AND a.presence IN ('here', 'stopping', 'resting');

-- name: unseen
-- In the order of the changes. An account that is closed follows nothing: with NULL for its version no row is later.
-- ?1 account, ?2 how many
-- plan: service_blacklist_number USING INDEX sqlite_autoindex_service_blacklist_number_2
SELECT entry, version, number
FROM service_blacklist_number
WHERE version > (SELECT service_blacklist_version FROM account WHERE account = ?1 AND state <> 'closed')
ORDER BY version
LIMIT ?2;

-- name: list
-- An account that came back to a cell may have some of them already.
-- ?1 account, ?2 [{entry, and in hexadecimal hash, number}], ?3 now, ?4 actor, ?5 channel
INSERT INTO blacklist (account, entry, number_hash, number, source, actor, channel, created_at)
SELECT ?1, j.value ->> 'entry', unhex(j.value ->> 'hash'), unhex(j.value ->> 'number'), 'service', ?4, ?5, ?3
FROM json_each(?2) j
WHERE true
ON CONFLICT DO NOTHING;

-- name: take_off
-- By the entry, which is the list's own in every account: the number is gone by then.
-- ?1 account, ?2 [entry]
-- plan: blacklist USING PRIMARY KEY
DELETE FROM blacklist
WHERE account = ?1
  AND entry IN (SELECT value FROM json_each(?2))
  AND source = 'service';
