-- The blacklist: numbers that are never written to.

-- name: add
-- Whoever lists a number again changes nothing.
-- ?1 account, ?2 [{entry, and in hexadecimal hash, number, reason}], ?3 now, ?4 source, ?5 actor, ?6 channel
INSERT INTO blacklist (account, entry, number_hash, number, reason, source, actor, channel, created_at)
SELECT ?1, j.value ->> 'entry', unhex(j.value ->> 'hash'), unhex(j.value ->> 'number'), unhex(j.value ->> 'reason'),
  ?4, ?5, ?6, ?3
FROM json_each(?2) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (account, number_hash, source) DO NOTHING
RETURNING entry;

-- name: listed_by_others
-- Of some numbers those that somebody else listed: nothing new is kept from them. That the service lists a stranger is not
-- told: such a number is listed as any other.
-- ?1 account, ?2 [{entry, hash in hexadecimal}], ?3 source
-- plan: b USING INDEX blacklist_number
SELECT j.value ->> 'entry' AS entry
FROM json_each(?2) j
CROSS JOIN blacklist b ON b.account = ?1 AND b.number_hash = unhex(j.value ->> 'hash') AND b.source <> ?3
WHERE b.source <> 'service'
  OR EXISTS (SELECT 1 FROM contact_number n WHERE n.account = b.account AND n.number_hash = b.number_hash);

-- name: page
-- Newest first: ids grow with time. Of whom the service listed an account is shown those in its base: the others are
-- strangers to it, and why they stand there is no business of its own.
-- ?1 account, ?2 below this entry, or NULL from the newest, ?3 how many
-- plan: b USING PRIMARY KEY, n USING PRIMARY KEY
SELECT b.entry, b.number, b.source, b.reason, b.actor, b.channel, b.created_at
FROM blacklist b
WHERE b.account = ?1
  AND (?2 IS NULL OR b.entry < ?2)
  AND (b.source <> 'service'
    OR EXISTS (SELECT 1 FROM contact_number n WHERE n.account = b.account AND n.number_hash = b.number_hash))
ORDER BY b.entry DESC
LIMIT ?3;

-- name: take_back
-- What one source listed; what others did stays.
-- ?1 account, ?2 the number's hash, ?3 source
-- plan: blacklist USING INDEX blacklist_number
DELETE FROM blacklist
WHERE account = ?1
  AND number_hash = ?2
  AND source = ?3
RETURNING entry;

-- name: of_number
-- Who lists a number, and why: the columns are those of `page`.
-- ?1 account, ?2 the number's hash
-- plan: blacklist USING INDEX blacklist_number
SELECT entry, number, source, reason, actor, channel, created_at
FROM blacklist INDEXED BY blacklist_number
WHERE account = ?1
  AND number_hash = ?2
ORDER BY source;
