-- Acceptances, consents and attestations: one row an act.

-- name: record
-- A withdrawal is a time in the row, never its end: what was accepted stays provable.
-- ?1 account, ?2 consent, ?3 document, ?4 its version, ?5 the shown text's SHA-256, ?6 its language, ?7 subject,
-- ?8 who acted, ?9 through what, ?10 now, ?11 its leaf's place in the log
INSERT INTO consent (
  account, consent, document, version, sha256, language, subject, actor, channel, at, log_index)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: list
-- Newest first: ids grow with time.
-- ?1 account, ?2 below this id, or NULL from the newest, ?3 how many
-- plan: consent USING PRIMARY KEY
SELECT consent, document, version, sha256, language, at, withdrawn_at, log_index
FROM consent
WHERE account = ?1
  AND (?2 IS NULL OR consent < ?2)
ORDER BY consent DESC
LIMIT ?3;
