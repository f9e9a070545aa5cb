-- Payments: each is credited once, or kept in suspense until it can be.

-- name: known
-- A repeat gets the answer of before, if it says the same; that it does is asked of the hash, since the number that
-- a payer wrote may be anything.
-- ?1 provider, ?2 the provider's id, ?3 hash of the account number that the payer wrote
-- plan: payment USING PRIMARY KEY
SELECT said = ?3 AS is_for_the_same, amount, answer
FROM payment
WHERE provider = ?1
  AND payment = ?2;

-- name: record_credited
-- Credited when it came, so nothing of what the payer wrote is kept but the hash.
-- ?1 provider, ?2 the provider's id, ?3 hash of the account number that the payer wrote, ?4 account, ?5 amount in tiyn,
-- ?6 transfer, ?7 now, ?8 the answer that was given, ?9 when its notice came
INSERT INTO payment (provider, payment, said, account, amount, transfer, received_at, credited_at, answer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?9, ?7, ?8);

-- name: record_unapplied
-- Keeps the number that the payer wrote, sealed, for whoever is to find out whose the money is.
-- ?1 provider, ?2 the provider's id, ?3 hash of the account number that the payer wrote, ?4 that number, sealed,
-- ?5 account, or NULL, ?6 amount in tiyn, ?7 the transfer into suspense, ?8 when its notice came, ?9 why, ?10 the answer that was given
INSERT INTO payment (
  provider, payment, said, sealed_number, account, amount, suspense, received_at, unapplied, answer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: unapplied
-- The longest waiting first. The index holds what waits and nothing else.
-- ?1 how many
-- plan: SCAN payment USING INDEX payment_waiting
SELECT provider, payment, sealed_number, account, amount, received_at, unapplied
FROM payment
WHERE credited_at IS NULL
ORDER BY received_at
LIMIT ?1;

-- name: to_apply
-- Also when it was credited, or claimed for an account of another cell: a second decision about one payment is told
-- so.
-- ?1 provider, ?2 the provider's id
SELECT provider, payment, amount, received_at, sealed_number, credited_at, passed_to
FROM payment
WHERE provider = ?1
  AND payment = ?2;

-- name: takes_no_money
-- A blocked account that asked for its deletion stays blocked, so the request itself is looked at too.
-- ?1 account
SELECT a.state = 'closed' AS is_closed,
  a.state = 'closing' OR EXISTS (
    SELECT 1 FROM deletion d
    WHERE d.account = a.account AND d.state IN ('scheduled', 'executing')) AS is_closing
FROM account a
WHERE a.account = ?1;

-- name: apply
-- Once: of two that apply it at a time the second finds it credited, in its own transaction. What is claimed for an
-- account of another cell may be credited there already.
-- ?1 provider, ?2 the provider's id, ?3 account, ?4 transfer, ?5 now
UPDATE payment
SET account = ?3, transfer = ?4, credited_at = ?5
WHERE provider = ?1
  AND payment = ?2
  AND credited_at IS NULL
  AND passed_to IS NULL
RETURNING 1;

-- name: waiting_for
-- In the order in which they came, and none that is claimed for another account.
-- ?1 account
SELECT provider, payment, amount, received_at
FROM payment
WHERE account = ?1
  AND credited_at IS NULL
  AND passed_to IS NULL
ORDER BY received_at;

-- name: note_enough
-- Not while a campaign still sleeps for want of money: what was paid is too little for it.
-- ?1 account
UPDATE balance
SET short_since = NULL
WHERE account = ?1
  AND short_since IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM campaign WHERE account = ?1 AND needs IS NOT NULL AND state = 'running');

-- name: confirm_authority
-- Only the first payment gives a row.
-- ?1 account, ?2 now
UPDATE account
SET authority_confirmed_at = ?2
WHERE account = ?1
  AND authority_confirmed_at IS NULL
RETURNING 1;

-- name: offer_in_force
-- Ids grow with time: the greatest is the last one accepted.
-- ?1 account
SELECT version
FROM consent
WHERE account = ?1
  AND document = 'offer'
  AND withdrawn_at IS NULL
ORDER BY consent DESC
LIMIT 1;
