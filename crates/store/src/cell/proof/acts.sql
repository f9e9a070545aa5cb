-- Acts that waited for their account to arrive.

-- name: claim_waiting
-- Beside the keys of clients' requests, which are hashes: none is the same. The first that comes with an act gives a row.
-- ?1 account, ?2 the act, ?3 when it was
INSERT INTO idempotency (account, route, key_hash, request_hash, object, at)
VALUES (?1, 'waiting act', CAST(?2 AS BLOB), zeroblob(0), '', ?3)
ON CONFLICT DO NOTHING
RETURNING 1;
