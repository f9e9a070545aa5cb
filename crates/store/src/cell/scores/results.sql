-- What came of a run: scores, and who was skipped.

-- name: scores
-- Only of a run whose scores are delivered.
-- ?1 account, ?2 scoring, ?3 behind this contact, ?4 how many
-- plan: g USING PRIMARY KEY, s USING INDEX scored_contact_of_scoring, c USING PRIMARY KEY
SELECT s.contact, c.number, s.score, s.reasons, s.inputs
FROM scoring g
CROSS JOIN scored_contact s INDEXED BY scored_contact_of_scoring
  ON s.account = g.account AND s.scoring = g.scoring AND s.contact > ?3
CROSS JOIN contact c ON c.account = s.account AND c.contact = s.contact
WHERE g.account = ?1
  AND g.scoring = ?2
  AND g.state = 'completed'
  AND s.score IS NOT NULL
ORDER BY s.contact
LIMIT ?4;

-- name: skipped
-- Of a run in any state, as far as it has come.
-- ?1 account, ?2 scoring, ?3 behind this contact, ?4 how many
-- plan: s USING INDEX scored_contact_of_scoring, c USING PRIMARY KEY
SELECT s.contact, c.number, s.skipped
FROM scored_contact s INDEXED BY scored_contact_of_scoring
CROSS JOIN contact c ON c.account = s.account AND c.contact = s.contact
WHERE s.account = ?1
  AND s.scoring = ?2
  AND s.contact > ?3
  AND s.skipped IS NOT NULL
ORDER BY s.contact
LIMIT ?4;

-- name: reached_before
-- By the last completed run of the kind.
-- ?1 account, ?2 [hash in hexadecimal]
-- plan: s USING INDEX scored_contact_number, g USING PRIMARY KEY
SELECT hex(s.number_hash) AS hash, g.scoring, g.created_at, s.score, s.reasons, s.inputs
FROM json_each(?2) j
CROSS JOIN scored_contact s INDEXED BY scored_contact_number
  ON s.account = ?1 AND s.number_hash = unhex(j.value)
CROSS JOIN scoring g ON g.account = s.account AND g.scoring = s.scoring AND g.kind = 'reach' AND g.state = 'completed'
WHERE s.score IS NOT NULL;

-- name: of_person
-- The delivered scores of one person, one for each kind.
-- ?1 account, ?2 the number's hash
-- plan: s USING INDEX scored_contact_number, g USING PRIMARY KEY
SELECT g.scoring, g.kind, g.model ->> 'rules' AS rules, s.score, s.reasons, s.inputs
FROM scored_contact s INDEXED BY scored_contact_number
CROSS JOIN scoring g ON g.account = s.account AND g.scoring = s.scoring AND g.state = 'completed'
WHERE s.account = ?1
  AND s.number_hash = ?2
  AND s.score IS NOT NULL;
