-- Payments that are claimed for an account of another cell.

-- name: claim_is_dead
-- A closed account is credited with nothing any more, so what is not credited now never is.
-- ?1 provider, ?2 the provider's id, ?3 account
SELECT EXISTS (SELECT 1 FROM account WHERE account = ?3 AND state = 'closed')
  AND NOT EXISTS (SELECT 1 FROM payment WHERE provider = ?1 AND payment = ?2) AS is_dead;

-- name: drop_claim
-- Of that account only: another's may have come meanwhile.
-- ?1 provider, ?2 the provider's id, ?3 account
UPDATE payment
SET passed_to = NULL
WHERE provider = ?1
  AND payment = ?2
  AND passed_to = ?3
  AND credited_at IS NULL;

-- name: was_credited
-- By its top-up, which moved with the account; a claim that was credited in another cell has no row of its own here.
-- ?1 provider, ?2 the provider's id, ?3 account
SELECT 1
FROM transfer t
WHERE t.account = ?3
  AND t.kind = 'top_up'
  AND t.payment = ?2
  -- The same id may be another provider's: then there is a row that says so.
  AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.transfer = t.transfer AND p.provider <> ?1);
