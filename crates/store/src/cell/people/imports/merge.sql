-- A file's numbers on their way into the base's.

-- name: runs
-- One of each batch, in the order of the file.
-- ?1 account, ?2 import, ?3 part
SELECT packed
FROM import_run
WHERE account = ?1
  AND import = ?2
  AND part = ?3
ORDER BY first_line;

-- name: taken
-- Which of these numbers the base has by now.
-- ?1 account, ?2 hashes one behind the other, ?3 [places]
-- plan: n USING PRIMARY KEY
SELECT j.value AS place
FROM json_each(?3) j
CROSS JOIN contact_number n ON n.account = ?1 AND n.number_hash = substr(?2, j.value * 32 + 1, 32);

-- name: add_numbers
-- In the order of their hashes, which is that of the table.
-- ?1 account, ?2 hash, contact and fingerprint, one row behind the other, ?3 [places]
INSERT INTO contact_number (account, number_hash, contact, fingerprint)
SELECT ?1, substr(?2, value * 76 + 1, 32), CAST(substr(?2, value * 76 + 33, 36) AS TEXT),
  substr(?2, value * 76 + 69, 8)
FROM json_each(?3);

-- name: count
-- No row means that the import is over.
-- ?1 account, ?2 import, ?3 imported, ?4 updated, ?5 unchanged, ?6 duplicates, ?7 of several numbers, ?8 contacts,
-- ?9 listed, ?10 now, ?11 that consent to automated decisions, ?12 that do not, ?13 that say neither
UPDATE import
SET imported = imported + ?3,
  updated = updated + ?4,
  unchanged = unchanged + ?5,
  duplicates = duplicates + ?6,
  several = several + ?7,
  contacts = contacts + ?8,
  listed = listed + ?9,
  touched_at = ?10,
  decision_consents = decision_consents + ?11,
  decision_refusals = decision_refusals + ?12,
  decision_unclear = decision_unclear + ?13
WHERE account = ?1
  AND import = ?2
  AND state <> 'failed'
RETURNING actor, channel;

-- name: delete_surplus
-- Their numbers came in before them.
-- ?1 account, ?2 [contact]
DELETE FROM contact
WHERE account = ?1
  AND contact IN (SELECT value FROM json_each(?2));

-- name: delete_strays
-- What a row would have changed that turned out to repeat an earlier one.
-- ?1 account, ?2 import, ?3 hashes one behind the other, ?4 [places]
-- plan: n USING PRIMARY KEY, contact_change USING PRIMARY KEY
DELETE FROM contact_change
WHERE account = ?1
  AND import = ?2
  AND contact IN (
    SELECT n.contact
    FROM json_each(?4) j
    CROSS JOIN contact_number n ON n.account = ?1 AND n.number_hash = substr(?3, j.value * 32 + 1, 32));

-- name: delete_runs
-- The part is merged.
-- ?1 account, ?2 import, ?3 part
DELETE FROM import_run
WHERE account = ?1
  AND import = ?2
  AND part = ?3;

-- name: next_changes
-- So many behind one.
-- ?1 account, ?2 import, ?3 behind this contact, ?4 how many
-- plan: contact_change USING PRIMARY KEY
SELECT max(contact) AS up_to
FROM (
  SELECT contact
  FROM contact_change
  WHERE account = ?1
    AND import = ?2
    AND contact > ?3
  ORDER BY contact
  LIMIT ?4);

-- name: delete_outdated
-- Of contacts that somebody changed or deleted since the file's row was read.
-- ?1 account, ?2 import, ?3 behind this contact, ?4 up to this one
-- plan: contact_change USING PRIMARY KEY, c USING PRIMARY KEY, n USING PRIMARY KEY
DELETE FROM contact_change
WHERE account = ?1
  AND import = ?2
  AND contact > ?3
  AND contact <= ?4
  AND former IS NOT (
    SELECT n.fingerprint
    FROM contact c
    CROSS JOIN contact_number n ON n.account = ?1 AND n.number_hash = c.number_hash
    WHERE c.account = ?1
      AND c.contact = contact_change.contact)
RETURNING 1;

-- name: count_outdated
-- They came too late, as rows do whose number was put in meanwhile.
-- ?1 account, ?2 import, ?3 how many
UPDATE import
SET updated = updated - ?3, duplicates = duplicates + ?3
WHERE account = ?1
  AND import = ?2;

-- name: change_numbers
-- The rows are named by the changes, which are few: as a join SQLite walks through the whole base.
-- ?1 account, ?2 import, ?3 behind this contact, ?4 up to this one
-- plan: h USING PRIMARY KEY, c USING PRIMARY KEY, contact_number USING PRIMARY KEY
UPDATE contact_number
SET fingerprint = (
  SELECT k.fingerprint
  FROM contact_change k
  WHERE k.account = ?1
    AND k.import = ?2
    AND k.contact = contact_number.contact)
WHERE account = ?1
  AND number_hash IN (
    SELECT c.number_hash
    FROM contact_change h
    CROSS JOIN contact c ON c.account = ?1 AND c.contact = h.contact
    WHERE h.account = ?1
      AND h.import = ?2
      AND h.contact > ?3
      AND h.contact <= ?4);

-- name: change_contacts
-- What a row did not say stands in the change as it was.
-- ?1 account, ?2 import, ?3 behind this contact, ?4 up to this one
-- plan: h USING PRIMARY KEY, k USING PRIMARY KEY, contact USING PRIMARY KEY
UPDATE contact
SET (name, fields, consent_proof) = (
  SELECT k.name, k.fields, k.consent_proof
  FROM contact_change k
  WHERE k.account = ?1
    AND k.import = ?2
    AND k.contact = contact.contact)
WHERE account = ?1
  AND contact IN (
    SELECT h.contact
    FROM contact_change h
    WHERE h.account = ?1
      AND h.import = ?2
      AND h.contact > ?3
      AND h.contact <= ?4);

-- name: delete_changes
-- They are made.
-- ?1 account, ?2 import, ?3 behind this contact, ?4 up to this one
DELETE FROM contact_change
WHERE account = ?1
  AND import = ?2
  AND contact > ?3
  AND contact <= ?4;
