-- Look-ups of numbers: asked for, shown, and ended with their account.

-- name: choose
-- Who may be looked up: contacts of completed uploads who consented and are not blacklisted; why the others may not.
-- ?1 account, ?2 [hash in hexadecimal]
-- plan: n USING PRIMARY KEY, c USING PRIMARY KEY, i USING PRIMARY KEY, s USING PRIMARY KEY, b USING INDEX blacklist_number
SELECT j.key AS place, c.contact,
  CASE
    WHEN i.import IS NULL THEN 'not_in_base'
    WHEN s.stance = 'objected' THEN 'objected'
    WHEN s.stance IS NOT 'consented' THEN 'no_consent'
    WHEN EXISTS (SELECT 1 FROM blacklist b WHERE b.account = ?1 AND b.number_hash = unhex(j.value)) THEN 'blacklisted'
  END AS why
FROM json_each(?2) j
LEFT JOIN contact_number n ON n.account = ?1 AND n.number_hash = unhex(j.value)
LEFT JOIN contact c ON c.account = ?1 AND c.contact = n.contact
LEFT JOIN import i ON i.account = ?1 AND i.import = c.import AND i.state = 'completed'
LEFT JOIN decision_stance s ON s.account = ?1 AND s.number_hash = unhex(j.value);

-- name: begin
-- Its price is agreed to and held from now on. An account that is about to leave its cell begins none: the operator knows
-- questions by their rows here.
-- ?1 account, ?2 look-up, ?3 operator, ?4 tariff, ?5 price of one, ?6 agreed, ?7 how many numbers,
-- ?8 whom it leaves out, sealed, ?9 now
INSERT INTO lookup (account, lookup, state, operator, tariff, price, agreed, numbers, skipped, created_at)
SELECT ?1, ?2, 'working', ?3, ?4, ?5, ?6, ?7, ?8, ?9
FROM account
WHERE account = ?1
  AND presence = 'here'
RETURNING 1;

-- name: add_numbers
-- Each waits for its turn.
-- ?1 account, ?2 look-up, ?3 [{contact, hash in hexadecimal}], ?4 now
INSERT INTO looked_up_number (account, lookup, contact, number_hash, state, due_at)
SELECT ?1, ?2, j.value ->> 'contact', unhex(j.value ->> 'hash'), 'waiting', ?4
FROM json_each(?3) j;

-- name: one
-- Another account's is not found.
-- ?1 account, ?2 look-up
-- plan: lookup USING PRIMARY KEY
SELECT lookup, state, operator, tariff, price, agreed, numbers, skipped, charged, answered, created_at, finished_at
FROM lookup
WHERE account = ?1
  AND lookup = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`, but for whom it leaves out.
-- ?1 account, ?2 below this look-up, or NULL from the newest, ?3 how many
-- plan: lookup USING PRIMARY KEY
SELECT lookup, state, operator, tariff, price, agreed, numbers, charged, answered, created_at, finished_at
FROM lookup
WHERE account = ?1
  AND (?2 IS NULL OR lookup < ?2)
ORDER BY lookup DESC
LIMIT ?3;

-- name: answers
-- Only what was delivered is seen.
-- ?1 account, ?2 look-up, ?3 behind this contact, ?4 how many
-- plan: l USING PRIMARY KEY, n USING INDEX sqlite_autoindex_looked_up_number_1, c USING PRIMARY KEY
SELECT n.lookup, n.contact, n.answer, c.number, l.operator, l.finished_at
FROM lookup l
CROSS JOIN looked_up_number n ON n.account = l.account AND n.lookup = l.lookup AND n.contact > ?3
CROSS JOIN contact c ON c.account = n.account AND c.contact = n.contact
WHERE l.account = ?1
  AND l.lookup = ?2
  AND l.state = 'completed'
  AND n.state = 'answered'
ORDER BY n.contact
LIMIT ?4;

-- name: of_person
-- All look-ups of one person that were delivered, newest first.
-- ?1 account, ?2 the number's hash, ?3 how many
-- plan: n USING INDEX looked_up_number_of_person, l USING PRIMARY KEY, c USING PRIMARY KEY
SELECT n.lookup, n.contact, n.answer, c.number, l.operator, l.finished_at
FROM looked_up_number n INDEXED BY looked_up_number_of_person
CROSS JOIN lookup l ON l.account = n.account AND l.lookup = n.lookup AND l.state = 'completed'
CROSS JOIN contact c ON c.account = n.account AND c.contact = n.contact
WHERE n.account = ?1
  AND n.number_hash = ?2
  AND n.state = 'answered'
ORDER BY n.id DESC
LIMIT ?3;

-- name: end_it
-- There is one at most.
-- ?1 account, ?2 now
-- plan: lookup USING INDEX lookup_under_way
UPDATE lookup
SET state = 'ended', finished_at = ?2
WHERE account = ?1
  AND state = 'working'
RETURNING lookup, agreed;
