-- A batch of rows on its way into the base. Values that cross in one run of bytes are cut out of it by their places.

-- name: blacklisted
-- CROSS JOIN keeps the batch outside: it is gone through once, with one look into an index for each of its rows.
-- ?1 account, ?2 hashes one behind the other, ?3 [places]
-- plan: b USING INDEX blacklist_number
SELECT j.value AS place
FROM json_each(?3) j
CROSS JOIN blacklist b ON b.account = ?1 AND b.number_hash = substr(?2, j.value * 32 + 1, 32);

-- name: standings
-- In the order of the places: n, nobody has the number; u, somebody has it with this fingerprint; c, with another.
-- ?1 account, ?2 hashes one behind the other, ?3 [places], ?4 fingerprints one behind the other
-- plan: n USING PRIMARY KEY
SELECT group_concat(
  CASE
    WHEN n.contact IS NULL THEN 'n'
    WHEN n.fingerprint = substr(?4, j.value * 8 + 1, 8) THEN 'u'
    ELSE 'c'
  END, '') AS standings
FROM json_each(?3) j
LEFT JOIN contact_number n ON n.account = ?1 AND n.number_hash = substr(?2, j.value * 32 + 1, 32);

-- name: known
-- What is known of contacts that rows say something else of.
-- ?1 account, ?2 hashes one behind the other, ?3 [places]
-- plan: n USING PRIMARY KEY, c USING PRIMARY KEY
SELECT j.value AS place, n.fingerprint, c.contact, c.name, c.fields, c.consent_proof
FROM json_each(?3) j
CROSS JOIN contact_number n ON n.account = ?1 AND n.number_hash = substr(?2, j.value * 32 + 1, 32)
CROSS JOIN contact c ON c.account = ?1 AND c.contact = n.contact;

-- name: add_contacts
-- In the order of the file: the rows are appended. A batch that is written again finds them there.
-- ?1 account, ?2 rows: contact, hash, the lengths of number, name, fields, proof and range, and these, ?3 [where each
-- begins], ?4 import, ?5 now
INSERT INTO contact (
  account, contact, number_hash, number, name, fields, consent_proof, number_range, import, created_at)
SELECT ?1, CAST(substr(?2, b, 36) AS TEXT), substr(?2, b + 36, 32), substr(?2, b + 98, l1),
  nullif(substr(?2, b + 98 + l1, l2), x''),
  nullif(substr(?2, b + 98 + l1 + l2, l3), x''),
  nullif(substr(?2, b + 98 + l1 + l2 + l3, l4), x''),
  CAST(substr(?2, b + 98 + l1 + l2 + l3 + l4, l5) AS TEXT), ?4, ?5
FROM (
  SELECT value AS b,
    CAST(substr(?2, value + 68, 6) AS INTEGER) AS l1,
    CAST(substr(?2, value + 74, 6) AS INTEGER) AS l2,
    CAST(substr(?2, value + 80, 6) AS INTEGER) AS l3,
    CAST(substr(?2, value + 86, 6) AS INTEGER) AS l4,
    CAST(substr(?2, value + 92, 6) AS INTEGER) AS l5
  FROM json_each(?3))
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (account, contact) DO NOTHING;

-- name: add_changes
-- Of two rows that change one contact the first counts.
-- ?1 account, ?2 rows: contact, fingerprint, former fingerprint, the lengths of name, fields and proof, and these,
-- ?3 [where each begins], ?4 import
INSERT INTO contact_change (account, import, contact, fingerprint, former, name, fields, consent_proof)
SELECT ?1, ?4, CAST(substr(?2, b, 36) AS TEXT), substr(?2, b + 36, 8), substr(?2, b + 44, 8),
  nullif(substr(?2, b + 70, l1), x''),
  nullif(substr(?2, b + 70 + l1, l2), x''),
  nullif(substr(?2, b + 70 + l1 + l2, l3), x'')
FROM (
  SELECT value AS b,
    CAST(substr(?2, value + 52, 6) AS INTEGER) AS l1,
    CAST(substr(?2, value + 58, 6) AS INTEGER) AS l2,
    CAST(substr(?2, value + 64, 6) AS INTEGER) AS l3
  FROM json_each(?3))
WHERE true
ON CONFLICT (account, import, contact) DO NOTHING;

-- name: add_run
-- What a batch has in one part of the hashes.
-- ?1 account, ?2 import, ?3 part, ?4 the batch's first line, ?5 packed
INSERT INTO import_run (account, import, part, first_line, packed)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: add_rejected
-- Those of a batch in one text.
-- ?1 account, ?2 import, ?3 the batch's first line, ?4 sealed
INSERT INTO rejected_rows (account, import, first_line, sealed)
VALUES (?1, ?2, ?3, ?4);

-- name: add_problems
-- A line is listed once.
-- ?1 account, ?2 import, ?3 [{line, code}]
INSERT INTO import_problem (account, import, line, code)
SELECT ?1, ?2, j.value ->> 'line', j.value ->> 'code'
FROM json_each(?3) j
WHERE true
ON CONFLICT DO NOTHING;

-- name: count
-- No row means that it is not being read any more.
-- ?1 account, ?2 import, ?3 rows, ?4 duplicates, ?5 rejected, ?6 blacklisted, ?7 listed, ?8 now
UPDATE import
SET rows_read = rows_read + ?3,
  duplicates = duplicates + ?4,
  rejected = rejected + ?5,
  blacklisted = blacklisted + ?6,
  listed = listed + ?7,
  touched_at = ?8
WHERE account = ?1
  AND import = ?2
  AND state <> 'failed'
  AND problem_code IS NULL
RETURNING rows_read;
