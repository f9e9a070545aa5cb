-- An account's beginnings and its profile.

-- name: create
-- The declaration that the data are true is made by signing up, at the same instant.
-- ?1 account, ?2 the number that a payer writes, ?3 kind, ?4 language, ?5 sealed profile, ?6 its personal key's row,
-- ?7 wrapped evidence key, ?8 now
INSERT INTO account (
  account, number, kind, state, language, profile, personal_key, evidence_key, created_at, truth_declared_at)
VALUES (?1, ?2, ?3, 'active', ?4, ?5, ?6, ?7, ?8, ?8);

-- name: keep_former_profile
-- Copies what stands there, so that no reading and writing back can lose it. Sealed it is in the same place, and
-- opens there.
-- ?1 account, ?2 now, ?3 the session that changes it
INSERT INTO profile_change (account, at, actor, former, language)
SELECT account, ?2, ?3, profile, language
FROM account
WHERE account = ?1;

-- name: profile_changes
-- Newest first; their ids grow.
-- ?1 account, ?2 below this id, ?3 how many
-- plan: profile_change USING INDEX profile_change_of_account
SELECT id, at, actor, former, language
FROM profile_change
WHERE account = ?1
  AND id < ?2
ORDER BY id DESC
LIMIT ?3;
