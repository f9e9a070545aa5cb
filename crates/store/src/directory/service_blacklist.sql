-- Numbers to which no account may send.

-- name: listed
-- Of some numbers those that are listed.
-- ?1 [hash in hexadecimal]
-- plan: service_blacklist USING INDEX sqlite_autoindex_service_blacklist_3
SELECT lower(hex(number_hash)) AS hash
FROM service_blacklist
WHERE number_hash IN (SELECT unhex(value) FROM json_each(?1));

-- name: add
-- Each is a change of its own, behind those before it.
-- ?1 [{entry, and in hexadecimal hash, number, by, basis}], ?2 the last version, ?3 now, ?4 the first one's leaf
INSERT INTO service_blacklist (
  entry, version, number_hash, number, listed_by, basis, listed_at, log_index)
SELECT j.value ->> 'entry', ?2 + 1 + j.key, unhex(j.value ->> 'hash'), unhex(j.value ->> 'number'),
  unhex(j.value ->> 'by'), unhex(j.value ->> 'basis'), ?3, ?4 + j.key
FROM json_each(?1) j;

-- name: is_listed
-- A removal that comes to nothing leaves no leaf.
-- ?1 entry
SELECT 1
FROM service_blacklist
WHERE entry = ?1
  AND removed_at IS NULL;

-- name: remove
-- The number goes, and who took it off and why stays. Taken off twice is taken off once.
-- ?1 entry, ?2 version, ?3 who, ?4 why, ?5 now, ?6 its leaf
UPDATE service_blacklist
SET version = ?2, number_hash = NULL, number = NULL, removed_by = ?3, removal_basis = ?4, removed_at = ?5,
  removal_log_index = ?6
WHERE entry = ?1
  AND removed_at IS NULL
RETURNING entry, number, listed_by, basis, listed_at, log_index, removed_by, removal_basis, removed_at, removal_log_index;

-- name: page
-- Newest first: ids grow with time.
-- ?1 below this entry, or NULL from the newest, ?2 how many
SELECT entry, number, listed_by, basis, listed_at, log_index, removed_by, removal_basis, removed_at, removal_log_index
FROM service_blacklist
WHERE (?1 IS NULL OR entry < ?1)
ORDER BY entry DESC
LIMIT ?2;

-- name: changes
-- Every tick asks for them, mostly in vain.
-- ?1 behind this version, ?2 how many
-- plan: service_blacklist USING INDEX sqlite_autoindex_service_blacklist_2
SELECT entry, version, number
FROM service_blacklist
WHERE version > ?1
ORDER BY version
LIMIT ?2;
