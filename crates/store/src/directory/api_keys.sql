-- API keys: the hash of each secret, and whose it is.

-- name: add
-- The count and the session are asked for by the statement that writes, so that neither two keys at once nor a
-- sign-out between comes past them.
-- ?1 key, ?2 the secret's hash, ?3 account, ?4 sealed name, ?5 last four characters, ?6 now, ?7 keys at most,
-- ?8 session
INSERT INTO api_key (api_key, secret_hash, account, name, last_four, created_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6
WHERE (SELECT count(*) FROM api_key WHERE account = ?3 AND revoked_at IS NULL) < ?7
  AND EXISTS (SELECT 1 FROM session WHERE session = ?8 AND account = ?3 AND expires_at > ?6)
RETURNING 1;

-- name: list
-- Newest first: ids grow with time.
-- ?1 account
SELECT api_key, name, last_four, created_at
FROM api_key
WHERE account = ?1
  AND revoked_at IS NULL
ORDER BY api_key DESC;

-- name: revoke
-- Another account's key is not found, and one that was revoked keeps its time.
-- ?1 account, ?2 key, ?3 now, ?4 session
UPDATE api_key
SET revoked_at = ?3
WHERE account = ?1
  AND api_key = ?2
  AND revoked_at IS NULL
  -- Whoever revokes it must still be signed in.
  AND EXISTS (SELECT 1 FROM session WHERE session = ?4 AND account = ?1 AND expires_at > ?3)
RETURNING 1;

-- name: bearer
-- Asked with every request that carries a key. The columns are those of `sessions.sql`'s `bearer`; a key runs out
-- never, which is the largest integer.
-- ?1 the secret's hash
-- plan: k USING INDEX sqlite_autoindex_api_key_2, a USING INDEX sqlite_autoindex_directory_account_1
SELECT k.api_key AS actor, k.account, a.cell, 9223372036854775807 AS expires_at
FROM api_key k
JOIN directory_account a USING (account)
WHERE k.secret_hash = ?1
  AND k.revoked_at IS NULL
  AND a.state = 'open';
