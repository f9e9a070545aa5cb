-- Uploads of contacts. Rows count once the upload is complete; until then they belong to nobody's base.

-- name: create
-- Its attestation stands before its file.
-- ?1 account, ?2 import, ?3 sealed name, ?4 attestation, ?5 now
INSERT INTO import (account, import, name, state, consent, created_at, touched_at)
VALUES (?1, ?2, ?3, 'awaiting_file', ?4, ?5, ?5);

-- name: one
-- Another account's import is not found.
-- ?1 account, ?2 import
SELECT import, name, state, rows_read, imported, duplicates, rejected, blacklisted, several, columns, problem_code,
  problem_line, created_at, finished_at
FROM import
WHERE account = ?1
  AND import = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 below this import, or NULL from the newest, ?3 how many
SELECT import, name, state, rows_read, imported, duplicates, rejected, blacklisted, several, columns, problem_code,
  problem_line, created_at, finished_at
FROM import
WHERE account = ?1
  AND (?2 IS NULL OR import < ?2)
ORDER BY import DESC
LIMIT ?3;

-- name: stalled
-- Whose client went away: it would keep the account's next upload waiting for ever.
-- ?1 account, ?2 touched before this instant
SELECT import
FROM import
WHERE account = ?1
  AND state = 'receiving'
  AND touched_at < ?2;

-- name: take_file
-- One upload at a time for an account: two at once could each count the other's rows as duplicates.
-- ?1 account, ?2 import, ?3 now
UPDATE import
SET state = 'receiving', touched_at = ?3
WHERE account = ?1
  AND import = ?2
  AND state = 'awaiting_file'
  AND NOT EXISTS (SELECT 1 FROM import WHERE account = ?1 AND state = 'receiving')
RETURNING 1;

-- name: known_numbers
-- Asked before anything is written, or every row would find itself. CROSS JOIN keeps the batch outside: it is gone
-- through once, with one look into an index for each of its rows.
-- ?1 account, ?2 [{hash in hexadecimal, …}], ?3 import
-- plan: c USING INDEX contact_number, b USING INDEX blacklist_number
SELECT j.key AS place, iif(c.import = ?3, 'duplicate_in_file', 'duplicate_of_contact') AS code
FROM json_each(?2) j
CROSS JOIN contact c ON c.account = ?1 AND c.number_hash = unhex(j.value ->> 'hash')
UNION ALL
SELECT j.key AS place, 'blacklisted' AS code
FROM json_each(?2) j
CROSS JOIN blacklist b ON b.account = ?1 AND b.number_hash = unhex(j.value ->> 'hash');

-- name: add_contacts
-- A number that is known already stays as it is, with the name of before.
-- ?1 account, ?2 [{contact, range, and in hexadecimal hash, number, name, proof}], ?3 import, ?4 now
INSERT INTO contact (
  account, contact, number_hash, number, number_range, name, consent_proof, import, created_at)
SELECT ?1, j.value ->> 'contact', unhex(j.value ->> 'hash'), unhex(j.value ->> 'number'), j.value ->> 'range',
  unhex(j.value ->> 'name'), unhex(j.value ->> 'proof'), ?3, ?4
FROM json_each(?2) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (account, number_hash) DO NOTHING;

-- name: add_problems
-- A batch that is sent again lists no line twice.
-- ?1 account, ?2 import, ?3 [{line, code}]
INSERT INTO import_problem (account, import, line, code)
SELECT ?1, ?2, j.value ->> 'line', j.value ->> 'code'
FROM json_each(?3) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT DO NOTHING;

-- name: count_batch
-- No row means that somebody took this upload for dead and cleared it away.
-- ?1 account, ?2 import, ?3 rows, ?4 imported, ?5 duplicates, ?6 rejected, ?7 blacklisted, ?8 now, ?9 of several
-- numbers, ?10 only noted
UPDATE import
SET rows_read = rows_read + ?3,
  imported = imported + ?4,
  duplicates = duplicates + ?5,
  rejected = rejected + ?6,
  blacklisted = blacklisted + ?7,
  touched_at = ?8,
  several = several + ?9,
  noted = noted + ?10
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND problem_code IS NULL
RETURNING 1;

-- name: touch
-- No row means that somebody took this upload for dead.
-- ?1 account, ?2 import, ?3 now
UPDATE import
SET touched_at = max(touched_at, ?3)
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND problem_code IS NULL
RETURNING 1;

-- name: listed
-- Every repeated, refused or blacklisted row is a line of the list, and every row that is only noted.
-- ?1 account, ?2 import
SELECT duplicates + rejected + blacklisted + noted AS lines
FROM import
WHERE account = ?1
  AND import = ?2;

-- name: complete
-- From here on its rows count. One that failed meanwhile gives no row.
-- ?1 account, ?2 import, ?3 now, ?4 sealed: names of columns
UPDATE import
SET state = 'completed', finished_at = ?3, columns = ?4
WHERE account = ?1
  AND import = ?2
  AND state = 'receiving'
  AND problem_code IS NULL
RETURNING rows_read, imported, duplicates, rejected, blacklisted;

-- name: problems
-- In the order of the file.
-- ?1 account, ?2 import, ?3 behind this line, ?4 how many
SELECT line, code
FROM import_problem
WHERE account = ?1
  AND import = ?2
  AND line > ?3
ORDER BY line
LIMIT ?4;
