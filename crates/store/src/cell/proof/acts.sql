-- Acts that waited for their account to arrive.

-- name: claim_waiting
-- Beside the keys of clients' requests. No two acts are sealed to the same bytes; the first that comes with one gives
-- a row.
-- ?1 account, ?2 the act as it was sealed, ?3 when it was
INSERT INTO idempotency (account, route, key_hash, request_hash, object, at)
VALUES (?1, 'waiting act', ?2, zeroblob(0), '', ?3)
ON CONFLICT DO NOTHING
RETURNING 1;
