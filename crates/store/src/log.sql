-- The Merkle log of a database.

-- name: take_places
-- Counts before the leaves are written, so that two writers never take one place.
-- ?1 log, ?2 how many leaves
INSERT INTO log (log, size)
VALUES (?1, ?2)
ON CONFLICT (log) DO UPDATE SET size = size + ?2
RETURNING size;

-- name: append
-- An array's places are its keys: the leaves stand in its order.
-- ?1 log, ?2 the first one's place, ?3 [hash in hexadecimal]
INSERT INTO log_leaf (log, leaf, hash)
SELECT ?1, ?2 + j.key, unhex(j.value)
FROM json_each(?3) j;

-- name: tile
-- 256 leaves that lie side by side, from which proofs are made: one look-up instead of one for each.
-- ?1 log, ?2 the first leaf, ?3 the first leaf behind it
-- plan: log_leaf USING PRIMARY KEY
SELECT hash
FROM log_leaf
WHERE log = ?1
  AND leaf >= ?2
  AND leaf < ?3
ORDER BY leaf;
