-- Appeals against automated decisions, and reviews by a human.

-- name: receive
-- With the scores that it is about, which are void from now on.
-- ?1 account, ?2 appeal, ?3 kind, sealed ?4 number, ?5 what was said, ?6 contested scores, ?7 now, ?8 due at, ?9 the
-- number's hash
INSERT INTO appeal (account, appeal, kind, number_hash, number, said, contested, received_at, due_at)
VALUES (?1, ?2, ?3, ?9, ?4, ?5, ?6, ?7, ?8);

-- name: one
-- Another account's is not found.
-- ?1 account, ?2 appeal
-- plan: appeal USING PRIMARY KEY
SELECT appeal, kind, number, said, contested, received_at, due_at, outcome, decided_by, decision, decided_at
FROM appeal
WHERE account = ?1
  AND appeal = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 below this appeal, or NULL from the newest, ?3 how many
-- plan: appeal USING PRIMARY KEY
SELECT appeal, kind, number, said, contested, received_at, due_at, outcome, decided_by, decision, decided_at
FROM appeal
WHERE account = ?1
  AND (?2 IS NULL OR appeal < ?2)
ORDER BY appeal DESC
LIMIT ?3;

-- name: open
-- Those that are not decided, the most urgent first. The columns are those of `one`.
-- ?1 account, ?2 how many
-- plan: appeal USING INDEX appeal_open
SELECT appeal, kind, number, said, contested, received_at, due_at, outcome, decided_by, decision, decided_at
FROM appeal
WHERE account = ?1
  AND outcome IS NULL
ORDER BY due_at
LIMIT ?2;

-- name: of_person
-- All of one person, newest first. The columns are those of `one`.
-- ?1 account, ?2 the number's hash, ?3 how many
-- plan: appeal USING INDEX appeal_of_person
SELECT appeal, kind, number, said, contested, received_at, due_at, outcome, decided_by, decision, decided_at
FROM appeal INDEXED BY appeal_of_person
WHERE account = ?1
  AND number_hash = ?2
ORDER BY appeal DESC
LIMIT ?3;

-- name: decide
-- Once.
-- ?1 account, ?2 appeal, ?3 outcome, sealed ?4 who decides, ?5 why, ?6 now
-- plan: appeal USING PRIMARY KEY
UPDATE appeal
SET outcome = ?3, decided_by = ?4, decision = ?5, decided_at = ?6
WHERE account = ?1
  AND appeal = ?2
  AND outcome IS NULL
RETURNING 1;
