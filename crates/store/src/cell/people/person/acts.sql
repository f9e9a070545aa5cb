-- What is done at a person's request.

-- name: is_reading
-- One file of an account is read at a time.
-- ?1 account
-- plan: import USING INDEX import_under_way
SELECT 1
FROM import
WHERE account = ?1
  AND state = 'reading';

-- name: correct
-- A proof of consent is no matter of correction.
-- ?1 account, ?2 contact, sealed ?3 name, ?4 fields
-- plan: contact USING PRIMARY KEY
UPDATE contact
SET name = ?3, fields = ?4
WHERE account = ?1
  AND contact = ?2;

-- name: fingerprint
-- By which the next file finds that it says something else.
-- ?1 account, ?2 the number's hash, ?3 fingerprint
-- plan: contact_number USING PRIMARY KEY
UPDATE contact_number
SET fingerprint = ?3
WHERE account = ?1
  AND number_hash = ?2;

-- name: queued
-- What waits for a contact in all campaigns.
-- ?1 account, ?2 contact
-- plan: message USING INDEX message_queued_contact
SELECT count(*) AS messages
FROM message
WHERE account = ?1
  AND state = 'queued'
  AND contact = ?2;

-- name: scores
-- Those that are delivered, and those under way.
-- ?1 account, ?2 the number's hash
-- plan: scored_contact USING INDEX scored_contact_number
SELECT count(*) AS scores
FROM scored_contact
WHERE account = ?1
  AND number_hash = ?2
  AND score IS NOT NULL;

-- name: kept
-- What is still there of a number.
-- ?1 account, ?2 its hash
-- plan: blacklist USING INDEX blacklist_number, former_consent_proof USING INDEX former_consent_proof_of_person, decision_stance USING PRIMARY KEY, appeal USING INDEX appeal_of_person
SELECT
  EXISTS (SELECT 1 FROM blacklist WHERE account = ?1 AND number_hash = ?2) AS is_listed,
  EXISTS (SELECT 1 FROM former_consent_proof WHERE account = ?1 AND number_hash = ?2) AS has_consents,
  EXISTS (SELECT 1 FROM decision_stance WHERE account = ?1 AND number_hash = ?2) AS has_stance,
  EXISTS (SELECT 1 FROM appeal WHERE account = ?1 AND number_hash = ?2) AS has_appeals;
