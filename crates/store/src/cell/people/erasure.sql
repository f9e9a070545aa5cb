-- The end of an account.

-- name: stop_imports
-- A file under way must not bring contacts back after the last of them is destroyed. Nothing of it was kept, so nothing
-- is counted.
-- ?1 account, ?2 now
UPDATE import
SET state = 'failed', problem_code = coalesce(problem_code, 'upload_interrupted'), finished_at = ?2, upload = NULL,
  rows_read = 0, imported = 0, updated = 0, unchanged = 0, duplicates = 0, rejected = 0, blacklisted = 0, several = 0,
  decision_consents = 0, decision_refusals = 0, decision_unclear = 0,
  listed = 0, contacts = 0
WHERE account = ?1
  AND state IN ('awaiting_file', 'receiving', 'awaiting_format', 'queued', 'reading');

-- name: part_proofs
-- Proofs of consents stay; the hash by which a person's are found goes.
-- ?1 account, ?2 how many
-- plan: former_consent_proof USING INDEX former_consent_proof_of_person
UPDATE former_consent_proof
SET number_hash = NULL
WHERE account = ?1
  AND (contact, consent_proof) IN (
    SELECT contact, consent_proof
    FROM former_consent_proof
    WHERE account = ?1
      AND number_hash IS NOT NULL
    LIMIT ?2)
RETURNING 1;
