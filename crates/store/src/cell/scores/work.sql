-- The steps of a run: whom it is about, what happened with them, and their scores.

-- name: next_contacts
-- The step goes by contacts, whether they are in the base or not, so that one that finds nothing still moves on.
-- ?1 account, ?2 behind this contact, ?3 up to this one, ?4 how many
-- plan: contact USING PRIMARY KEY
SELECT max(contact) AS up_to
FROM (
  SELECT contact
  FROM contact
  WHERE account = ?1
    AND contact > ?2
    AND contact <= ?3
  ORDER BY contact
  LIMIT ?4);

-- name: gather
-- Who consented is looked at; of all others nothing but why they are skipped is written (R99).
-- ?1 account, ?2 scoring, ?3 behind this contact, ?4 up to this one
-- plan: c USING PRIMARY KEY, i USING PRIMARY KEY, b USING INDEX blacklist_number, s USING PRIMARY KEY
INSERT INTO scored_contact (account, scoring, contact, number_hash, skipped)
SELECT c.account, ?2, c.contact, c.number_hash,
  CASE
    WHEN EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash) THEN 'blacklisted'
    WHEN s.stance = 'objected' THEN 'objected'
    WHEN s.stance = 'consented' THEN NULL
    ELSE 'no_consent'
  END
FROM contact c
CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
LEFT JOIN decision_stance s ON s.account = c.account AND s.number_hash = c.number_hash
WHERE c.account = ?1
  AND c.contact > ?3
  AND c.contact <= ?4;

-- name: next_messages
-- The same with messages, behind a row.
-- ?1 account, ?2 behind this row, ?3 how many
-- plan: message USING INDEX message_of_account
SELECT max(id) AS up_to
FROM (
  SELECT id
  FROM message
  WHERE account = ?1
    AND id > ?2
  ORDER BY id
  LIMIT ?3);

-- name: tries
-- What came of messages and calls to those who are looked at, as one value: each row that comes out of SQLite costs more
-- than everything else about it. Nothing that left after the run was asked for. A text with links offers a way to respond,
-- and only a visit that a person made is a response: what looks at links by itself is none.
-- ?1 account, ?2 scoring, ?3 behind this row, ?4 up to this one, ?5 when the run was asked for
-- plan: m USING INDEX message_of_account, s USING INDEX scored_contact_number, p USING PRIMARY KEY, v USING PRIMARY KEY
SELECT json_group_array(json_object(
    'row', m.id, 'id', s.id, 'past', json(coalesce(s.past, '{}')), 'state', m.state, 'call', m.call_result,
    'attempt', m.call_attempt, 'at', m.handed_over_at, 'offset', m.offset_minutes,
    'responded', iif(p.links IS NULL, NULL, EXISTS (
      SELECT 1 FROM link_visit v
      WHERE v.account = m.account AND v.contact = s.contact AND v.message = m.id AND v.visitor = 'person'
        AND v.visited_at <= ?5)))) AS tries
FROM message m INDEXED BY message_of_account
CROSS JOIN scored_contact s INDEXED BY scored_contact_number
  ON s.account = m.account AND s.number_hash = m.number_hash AND s.scoring = ?2
LEFT JOIN campaign p ON p.account = m.account AND p.campaign = m.campaign
WHERE m.account = ?1
  AND m.id > ?3
  AND m.id <= ?4
  AND m.state IN ('delivered', 'undelivered', 'expired')
  AND m.handed_over_at <= ?5
  AND s.skipped IS NULL;

-- name: keep_pasts
-- Not of those who objected meanwhile. `+` hides the account from the planner: the rows are found by their ids.
-- ?1 account, ?2 [{id, past}]
-- plan: scored_contact USING INTEGER PRIMARY KEY
UPDATE scored_contact
SET past = j.value ->> 'past'
FROM json_each(?2) j
WHERE scored_contact.id = j.value ->> 'id'
  AND +account = ?1
  AND +skipped IS NULL;

-- name: examples
-- By the keyed hash, which says nothing of anybody: so whom a model learns from is a fair part of all.
-- ?1 account, ?2 scoring, ?3 behind this hash, ?4 how many
-- plan: s USING INDEX scored_contact_number, c USING PRIMARY KEY
SELECT json_group_array(json_object(
    'hash', hex(number_hash), 'past', json(past), 'name', name_known, 'evidence', evidence_known, 'range', number_range)) AS people
FROM (
  SELECT s.number_hash, s.past, c.name IS NOT NULL AS name_known, c.consent_proof IS NOT NULL AS evidence_known, c.number_range
  FROM scored_contact s INDEXED BY scored_contact_number
  CROSS JOIN contact c ON c.account = s.account AND c.contact = s.contact
  WHERE s.account = ?1
    AND s.scoring = ?2
    AND s.number_hash > ?3
    AND s.skipped IS NULL
    AND s.past IS NOT NULL
  ORDER BY s.number_hash
  LIMIT ?4);

-- name: keep_model
-- What was learnt, with how good it is.
-- ?1 account, ?2 scoring, ?3 model, ?4 quality
-- plan: scoring USING PRIMARY KEY
UPDATE scoring
SET model = ?3, quality = ?4
WHERE account = ?1
  AND scoring = ?2
  AND state = 'working';

-- name: to_score
-- Those who are looked at, whether or not anything happened with them.
-- ?1 account, ?2 scoring, ?3 behind this contact, ?4 how many
-- plan: s USING INDEX scored_contact_of_scoring, c USING PRIMARY KEY
SELECT json_group_array(json_object(
    'id', id, 'contact', contact, 'past', json(coalesce(past, '{}')), 'name', name_known, 'evidence', evidence_known,
    'range', number_range)) AS people
FROM (
  SELECT s.id, s.contact, s.past, c.name IS NOT NULL AS name_known, c.consent_proof IS NOT NULL AS evidence_known, c.number_range
  FROM scored_contact s INDEXED BY scored_contact_of_scoring
  CROSS JOIN contact c ON c.account = s.account AND c.contact = s.contact
  WHERE s.account = ?1
    AND s.scoring = ?2
    AND s.contact > ?3
    AND s.skipped IS NULL
  ORDER BY s.contact
  LIMIT ?4);

-- name: keep_scores
-- Not of those who objected meanwhile.
-- ?1 account, ?2 [{id, score, and as JSON texts inputs, reasons}]
-- plan: scored_contact USING INTEGER PRIMARY KEY
UPDATE scored_contact
SET past = NULL, score = j.value ->> 'score', inputs = j.value ->> 'inputs', reasons = j.value ->> 'reasons'
FROM json_each(?2) j
WHERE scored_contact.id = j.value ->> 'id'
  AND +account = ?1
  AND +skipped IS NULL;

-- name: clear
-- What nobody needs any more: all of earlier runs of the kind, and of one that ended without scores what was looked at.
-- ?1 account, ?2 scoring, ?3 kind, ?4 how many
-- plan: g USING PRIMARY KEY, s USING INDEX scored_contact_of_scoring, scored_contact USING INTEGER PRIMARY KEY
DELETE FROM scored_contact
WHERE id IN (
  SELECT s.id
  FROM scoring g
  CROSS JOIN scored_contact s INDEXED BY scored_contact_of_scoring ON s.account = g.account AND s.scoring = g.scoring
  WHERE g.account = ?1
    AND g.scoring <= ?2
    AND g.kind = ?3
    AND g.state NOT IN ('working', 'completed')
    AND (g.scoring < ?2 OR s.skipped IS NULL)
  LIMIT ?4)
RETURNING 1;
