-- The blacklist: numbers that are never written to.

-- name: add
-- A number has one entry: what the account listed becomes the recipient's refusal, and never the other way round.
-- ?1 account, ?2 [{entry, and in hexadecimal hash, number, reason}], ?3 now, ?4 source
INSERT INTO blacklist (account, entry, number_hash, number, reason, source, by_account, created_at)
SELECT ?1, j.value ->> 'entry', unhex(j.value ->> 'hash'), unhex(j.value ->> 'number'), unhex(j.value ->> 'reason'),
  ?4, ?4 = 'account', ?3
FROM json_each(?2) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (account, number_hash) DO UPDATE SET source = excluded.source
WHERE blacklist.source = 'account' AND excluded.source <> 'account'
RETURNING entry;

-- name: also_by_account
-- What a recipient refused is the account's will from now on, too.
-- ?1 account, ?2 [hash in hexadecimal]
-- plan: blacklist USING INDEX blacklist_number
UPDATE blacklist INDEXED BY blacklist_number
SET by_account = 1
WHERE account = ?1
  AND source = 'opt_out'
  AND by_account = 0
  AND number_hash IN (SELECT unhex(value) FROM json_each(?2));

-- name: page
-- Newest first: ids grow with time.
-- ?1 account, ?2 below this entry, or NULL from the newest, ?3 how many
-- plan: blacklist USING PRIMARY KEY
SELECT entry, number, source, reason, created_at
FROM blacklist
WHERE account = ?1
  AND (?2 IS NULL OR entry < ?2)
ORDER BY entry DESC
LIMIT ?3;

-- name: back_to_account
-- A recipient who takes a refusal back does not undo what the account listed itself.
-- ?1 account, ?2 the number's hash
-- plan: blacklist USING INDEX blacklist_number
UPDATE blacklist
SET source = 'account'
WHERE account = ?1
  AND number_hash = ?2
  AND source = 'opt_out'
  AND by_account = 1
RETURNING entry;
