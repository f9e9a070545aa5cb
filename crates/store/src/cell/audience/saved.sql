-- Audiences that are kept under a name.

-- name: add
-- What an audience says may hold numbers: it is sealed with its name.
-- ?1 account, ?2 audience, ?3 sealed name, ?4 sealed rules, ?5 now
INSERT INTO saved_audience (account, audience, name, rules, created_at)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: page
-- In the order in which they were made; one alone where that is asked for.
-- ?1 account, ?2 behind this one, ?3 how many, ?4 one alone, or NULL
-- plan: saved_audience USING PRIMARY KEY
SELECT audience, name, rules, created_at
FROM saved_audience
WHERE account = ?1
  AND audience > ?2
  AND (?4 IS NULL OR audience = ?4)
ORDER BY audience
LIMIT ?3;

-- name: change
-- No row means that there is none.
-- ?1 account, ?2 audience, ?3 sealed name, ?4 sealed rules
UPDATE saved_audience
SET name = ?3, rules = ?4
WHERE account = ?1
  AND audience = ?2
RETURNING 1;
