-- Signed-in browsers: the hash of each token, and whose it is.

-- name: begin
-- Selects from the account, so that there is no session if the password that was checked is not the one any more.
-- ?1 session, ?2 the token's hash, ?3 account, ?4 now, ?5 when it ends, ?6 which password was checked
INSERT INTO session (session, token_hash, account, created_at, expires_at)
SELECT ?1, ?2, account, ?4, ?5
FROM directory_account
WHERE account = ?3
  AND state = 'open'
  AND credentials = ?6
RETURNING 1;

-- name: bearer
-- Asked with every request of a browser that no look-up answers.
-- ?1 the token's hash, ?2 now
-- plan: s USING INDEX sqlite_autoindex_session_2, a USING INDEX sqlite_autoindex_directory_account_1
SELECT s.session AS actor, s.account, a.cell, s.expires_at
FROM session s
JOIN directory_account a USING (account)
WHERE s.token_hash = ?1
  AND s.expires_at > ?2
  AND a.state = 'open';

-- name: holds
-- Asked inside of every transaction in which a caller writes: one look-up, whichever of the two speaks. Whether a
-- session ran out is not asked, since its bearer says when it does; here counts whether somebody ended it.
-- ?1 account, ?2 session or key
-- plan: a USING INDEX sqlite_autoindex_directory_account_1, s USING INDEX sqlite_autoindex_session_1, k USING INDEX sqlite_autoindex_api_key_1
SELECT 1
FROM directory_account a
WHERE a.account = ?1
  AND a.state = 'open'
  AND (EXISTS (SELECT 1 FROM session s WHERE s.session = ?2 AND s.account = a.account)
    OR EXISTS (SELECT 1 FROM api_key k WHERE k.api_key = ?2 AND k.account = a.account AND k.revoked_at IS NULL));

-- name: end
-- Gives the tokens' hashes back, so that look-ups kept elsewhere can be dropped too.
-- ?1 account, ?2 the one session to end, or NULL for all, ?3 the one to keep, or NULL
DELETE FROM session
WHERE account = ?1
  AND (?2 IS NULL OR session = ?2)
  AND (?3 IS NULL OR session <> ?3)
RETURNING token_hash;
