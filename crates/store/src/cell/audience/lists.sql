-- Lists and tags.

-- name: add
-- No row means that another one has the name.
-- ?1 account, ?2 list, ?3 kind, ?4 sealed name, ?5 the name's hash, ?6 now
INSERT INTO list (account, list, kind, name, name_hash, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO NOTHING
RETURNING 1;

-- name: one
-- One that is deleted is not found, whether its members are gone or not.
-- ?1 account, ?2 list
-- plan: list USING PRIMARY KEY
SELECT list, name, members, created_at
FROM list
WHERE account = ?1
  AND list = ?2
  AND deleted_at IS NULL;

-- name: page
-- In the order in which they were made: the prefix of an id says the kind.
-- ?1 account, ?2 behind this one, ?3 kind, ?4 how many
-- plan: list USING PRIMARY KEY
SELECT list, name, members, created_at
FROM list
WHERE account = ?1
  AND list > ?2
  AND kind = ?3
  AND deleted_at IS NULL
ORDER BY list
LIMIT ?4;

-- name: rename
-- Another one of the name is seen by the index.
-- ?1 account, ?2 list, ?3 sealed name, ?4 the name's hash
UPDATE OR IGNORE list
SET name = ?3, name_hash = ?4
WHERE account = ?1
  AND list = ?2
  AND deleted_at IS NULL
RETURNING 1;

-- name: begin_deletion
-- From here on nobody finds it. Asked again, it goes on where an earlier request broke off.
-- ?1 account, ?2 list, ?3 now
UPDATE list
SET deleted_at = coalesce(deleted_at, ?3)
WHERE account = ?1
  AND list = ?2
RETURNING 1;

-- name: delete_members
-- In steps, so that other writers get their turn.
-- ?1 account, ?2 list, ?3 how many
-- plan: list_member USING PRIMARY KEY
DELETE FROM list_member
WHERE account = ?1
  AND list = ?2
  AND contact IN (SELECT contact FROM list_member WHERE account = ?1 AND list = ?2 ORDER BY contact LIMIT ?3)
RETURNING 1;

-- name: named
-- Those of some ids and those of some names, each as it was asked for.
-- ?1 account, ?2 [list], ?3 [hash of a tag's word in hexadecimal]
-- plan: l USING PRIMARY KEY, l USING INDEX list_name
SELECT j.value AS asked, l.list, l.members
FROM json_each(?2) j
CROSS JOIN list l ON l.account = ?1 AND l.list = j.value AND l.deleted_at IS NULL
UNION ALL
SELECT j.value AS asked, l.list, l.members
FROM json_each(?3) j
CROSS JOIN list l ON l.account = ?1 AND l.kind = 'tag' AND l.name_hash = unhex(j.value) AND l.deleted_at IS NULL;
