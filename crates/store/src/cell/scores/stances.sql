-- What people said of automated decisions about them, by the keyed hash of the number.

-- name: note
-- Whoever objected stays so until they take it back: a list of consents must not outvote a person. What a person says by
-- themselves takes the place of what a file said, also where it is the same: no later file ends it.
-- ?1 account, ?2 [{hash, and sealed what was said, in hexadecimal}], ?3 stance, ?4 actor, ?5 now
INSERT INTO decision_stance (account, number_hash, stance, said, actor, at)
SELECT ?1, unhex(j.value ->> 'hash'), ?3, unhex(j.value ->> 'said'), ?4, ?5
FROM json_each(?2) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (account, number_hash) DO UPDATE
SET stance = excluded.stance, said = excluded.said, import = NULL, actor = excluded.actor, at = excluded.at
WHERE decision_stance.stance <> 'objected'
  AND (decision_stance.stance <> excluded.stance OR decision_stance.import IS NOT NULL)
RETURNING 1;

-- name: withdraw
-- From one word to none: a consent is withdrawn, or an objection is taken back, which is no consent yet.
-- ?1 account, ?2 [{hash, and sealed what was said, in hexadecimal}], ?3 the stance that ends, ?4 actor, ?5 now
-- plan: s USING PRIMARY KEY
INSERT INTO decision_stance (account, number_hash, stance, said, actor, at)
SELECT s.account, s.number_hash, 'withdrawn', unhex(j.value ->> 'said'), ?4, ?5
FROM json_each(?2) j
CROSS JOIN decision_stance s ON s.account = ?1 AND s.number_hash = unhex(j.value ->> 'hash') AND s.stance = ?3
WHERE true
ON CONFLICT (account, number_hash) DO UPDATE
SET stance = excluded.stance, said = excluded.said, import = NULL, actor = excluded.actor, at = excluded.at
RETURNING 1;

-- name: objectors
-- Of some numbers, how many have objected.
-- ?1 account, ?2 [{hash in hexadecimal}]
-- plan: decision_stance USING PRIMARY KEY
SELECT count(*) AS objectors
FROM decision_stance
WHERE account = ?1
  AND number_hash IN (SELECT unhex(j.value ->> 'hash') FROM json_each(?2) j)
  AND stance = 'objected';

-- name: is_completed
-- Only what all of an upload is known of can be said to be consented to; its rows may say it themselves.
-- ?1 account, ?2 upload
-- plan: import USING PRIMARY KEY
SELECT decision_consents + decision_refusals + decision_unclear > 0 AS says_itself
FROM import
WHERE account = ?1
  AND import = ?2
  AND state = 'completed';

-- name: next_contacts
-- So many contacts behind one, of whichever upload: what an upload brought is found by going through all.
-- ?1 account, ?2 behind this contact, ?3 how many
-- plan: contact USING PRIMARY KEY
SELECT max(contact) AS up_to
FROM (
  SELECT contact
  FROM contact
  WHERE account = ?1
    AND contact > ?2
  ORDER BY contact
  LIMIT ?3);

-- name: note_import
-- The same for contacts of an upload whose owner says so of all of them.
-- ?1 account, ?2 upload, ?3 behind this contact, ?4 up to this one, ?5 actor, ?6 now
-- plan: contact USING PRIMARY KEY
INSERT INTO decision_stance (account, number_hash, stance, import, actor, at)
SELECT account, number_hash, 'consented', import, ?5, ?6
FROM contact
WHERE account = ?1
  AND contact > ?3
  AND contact <= ?4
  AND import = ?2
-- A list says nothing newer than what a person said by themselves.
ON CONFLICT (account, number_hash) DO NOTHING
RETURNING 1;

-- name: consent_by_rows
-- What another file ended this one gives back; what a person said by themselves stays.
-- ?1 account, ?2 import, ?3 hashes one behind the other, ?4 [places], ?5 actor, ?6 now
INSERT INTO decision_stance (account, number_hash, stance, import, actor, at)
SELECT ?1, substr(?3, j.value * 32 + 1, 32), 'consented', ?2, ?5, ?6
FROM json_each(?4) j
WHERE true
ON CONFLICT (account, number_hash) DO UPDATE
SET stance = excluded.stance, import = excluded.import, actor = excluded.actor, at = excluded.at
WHERE decision_stance.stance = 'withdrawn'
  AND decision_stance.import IS NOT NULL
RETURNING 1;

-- name: withdraw_by_rows
-- It ends what another file said, of whoever does not consent and of whoever was unclear. Where nothing was said there is
-- nothing to end.
-- ?1 account, ?2 import, ?3 hashes one behind the other, ?4 [places], ?5 actor, ?6 now
-- plan: decision_stance USING PRIMARY KEY
UPDATE decision_stance
SET stance = 'withdrawn', import = ?2, actor = ?5, at = ?6
WHERE account = ?1
  AND number_hash IN (SELECT substr(?3, j.value * 32 + 1, 32) FROM json_each(?4) j)
  AND stance = 'consented'
  AND import IS NOT NULL
RETURNING 1;

-- name: one
-- What one person said last.
-- ?1 account, ?2 the number's hash
-- plan: decision_stance USING PRIMARY KEY
SELECT stance, said, import, at
FROM decision_stance
WHERE account = ?1
  AND number_hash = ?2;

-- name: forget_consent
-- What a person said against automated decisions stays.
-- ?1 account, ?2 the number's hash
-- plan: decision_stance USING PRIMARY KEY
DELETE FROM decision_stance
WHERE account = ?1
  AND number_hash = ?2
  AND stance = 'consented'
RETURNING 1;
