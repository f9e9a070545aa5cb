-- Who has an account, and in which cell it is.

-- name: free_login
-- A sign-up that died between reserving and opening must not keep a login for ever: age frees it.
-- ?1 the login's hash, ?2 before which instant a reservation was given up
DELETE FROM directory_account
WHERE login_hash = ?1
  AND state = 'reserved'
  AND created_at < ?2;

-- name: reserve
-- A login that is taken gives no row, so that two sign-ups at once need no transaction to tell who was first.
-- ?1 account, ?2 its number, ?3 the login's hash, ?4 the password's hash, ?5 cell, ?6 now
INSERT INTO directory_account (account, number, login_hash, password, state, cell, created_at)
VALUES (?1, ?2, ?3, ?4, 'reserved', ?5, ?6)
ON CONFLICT (login_hash) DO NOTHING
RETURNING 1;

-- name: sign_in_check
-- All that signing in needs in one look-up; a login that nobody finished signing up with is unknown.
-- ?1 the login's hash
-- plan: directory_account USING INDEX sqlite_autoindex_directory_account_3
SELECT account, number, cell, password, credentials
FROM directory_account
WHERE login_hash = ?1
  AND state = 'open';

-- name: password_check
-- The same for whoever is signed in already.
-- ?1 account
SELECT password, credentials
FROM directory_account
WHERE account = ?1
  AND state = 'open';

-- name: change_password
-- One statement compares and replaces, so that of two changes at once only one finds the password that it checked.
-- ?1 account, ?2 the new password's hash, ?3 which password was checked, ?4 session, ?5 now
UPDATE directory_account
SET password = ?2, credentials = credentials + 1
WHERE account = ?1
  AND state = 'open'
  AND credentials = ?3
  -- Whoever changes it must still be signed in.
  AND EXISTS (SELECT 1 FROM session WHERE session = ?4 AND account = ?1 AND expires_at > ?5)
RETURNING 1;

-- name: by_number
-- Closed accounts are found too: a payment for one is kept, and said to be for a closed account.
-- ?1 the number that the payer wrote
-- plan: directory_account USING INDEX sqlite_autoindex_directory_account_2
SELECT account, number, cell
FROM directory_account
WHERE number = ?1
  AND state <> 'reserved';

-- name: close_account
-- The row stays, so that its number is never given to another; what signs in goes.
-- ?1 account
UPDATE directory_account
SET state = 'closed', login_hash = NULL, password = NULL
WHERE account = ?1;
