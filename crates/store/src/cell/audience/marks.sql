-- By what contacts are found beside their number: keyed hashes of their fields and of the beginnings of their names' words.

-- name: unmarked
-- The next whose name or fields changed, or who came in, since they were marked.
-- ?1 account, ?2 how many
-- plan: contact USING INDEX contact_unmarked
SELECT contact, name, fields
FROM contact INDEXED BY contact_unmarked
WHERE account = ?1
  AND is_marked = 0
ORDER BY contact
LIMIT ?2;

-- name: forget
-- What they were found by before, as each says it itself.
-- ?1 account, ?2 [{contact}]
-- plan: contact_mark USING PRIMARY KEY, c USING PRIMARY KEY
DELETE FROM contact_mark
WHERE account = ?1
  AND (mark, contact) IN (
    SELECT unhex(h.value), c.contact
    FROM json_each(?2) j
    CROSS JOIN contact c ON c.account = ?1 AND c.contact = j.value ->> 'contact'
    CROSS JOIN json_each(c.marks) h);

-- name: add
-- In the order of the table.
-- ?1 account, ?2 [{contact, marks: [hash in hexadecimal]}]
INSERT INTO contact_mark (account, mark, contact)
SELECT ?1, unhex(h.value) AS mark, j.value ->> 'contact' AS contact
FROM json_each(?2) j
CROSS JOIN json_each(j.value ->> 'marks') h
ORDER BY mark, contact
ON CONFLICT DO NOTHING;

-- name: note
-- Each contact keeps its marks, by which they go with it. The account comes out of the array too: known beforehand, it
-- has SQLite go through all contacts of the account, and through the array for each.
-- ?1 account, ?2 [{contact, marks}]
-- plan: contact USING PRIMARY KEY
WITH marked AS MATERIALIZED (
  SELECT ?1 AS account, value ->> 'contact' AS contact, value ->> 'marks' AS marks FROM json_each(?2)
)
UPDATE contact
SET marks = marked.marks, is_marked = 1
FROM marked
WHERE contact.account = marked.account
  AND contact.contact = marked.contact;

-- name: add_fields
-- The names of fields, each once.
-- ?1 account, ?2 [{hash and sealed name, in hexadecimal}]
INSERT INTO contact_field (account, name_hash, name)
SELECT ?1, unhex(j.value ->> 'hash'), unhex(j.value ->> 'sealed')
FROM json_each(?2) j
WHERE true
ON CONFLICT DO NOTHING;

-- name: fields_in_use
-- A field goes with the last who has it; while contacts are marked anew it may be there without them.
-- ?1 account
-- plan: f USING PRIMARY KEY
SELECT f.name, f.name_hash
FROM contact_field f
WHERE f.account = ?1
  AND EXISTS (SELECT 1 FROM contact_mark k WHERE k.account = f.account AND k.mark = f.name_hash);

-- name: known_fields
-- Which of some marks are names of fields.
-- ?1 account, ?2 [hash in hexadecimal]
-- plan: f USING PRIMARY KEY
SELECT j.value AS asked
FROM json_each(?2) j
CROSS JOIN contact_field f ON f.account = ?1 AND f.name_hash = unhex(j.value);

-- name: is_any_unmarked
-- One is enough.
-- ?1 account
-- plan: contact USING INDEX contact_unmarked
SELECT EXISTS (SELECT 1 FROM contact INDEXED BY contact_unmarked WHERE account = ?1 AND is_marked = 0) AS is_any;
