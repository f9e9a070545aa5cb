-- An account arrives from another cell.

-- name: account
-- Its row without what the new cell gives it, and its personal key beside, which lies in a table of its own.
-- ?1 account
SELECT json_object(
    'account', a.account, 'number', a.number, 'kind', a.kind, 'state', a.state, 'language', a.language,
    'profile', iif(a.profile IS NULL, NULL, hex(a.profile)), 'evidence_key', hex(a.evidence_key),
    'created_at', a.created_at, 'truth_declared_at', a.truth_declared_at, 'agreement_ended_at', a.agreement_ended_at,
    'authority_confirmed_at', a.authority_confirmed_at, 'service_blacklist_version', a.service_blacklist_version) AS fields,
  k.wrapped AS personal_key
FROM account a
LEFT JOIN personal_key k ON k.id = a.personal_key
WHERE a.account = ?1
  AND a.presence = 'leaving';

-- name: known
-- One that was here before may still be forgotten: then there is no room for it yet.
-- ?1 account
SELECT (SELECT presence FROM account WHERE account = ?1) AS presence,
  (SELECT elsewhere FROM account WHERE account = ?1) AS elsewhere,
  EXISTS (SELECT 1 FROM job WHERE kind = 'move' AND account = ?1) AS is_being_forgotten;

-- name: announce
-- One that left this cell before has a row here still.
-- ?1 its fields, ?2 its personal key's row, or NULL, ?3 the label of the cell that it comes from
INSERT INTO account (
  account, number, kind, state, language, profile, personal_key, evidence_key, created_at, truth_declared_at,
  agreement_ended_at, authority_confirmed_at, service_blacklist_version, presence, elsewhere)
SELECT ?1 ->> 'account', ?1 ->> 'number', ?1 ->> 'kind', ?1 ->> 'state', ?1 ->> 'language', unhex(?1 ->> 'profile'), ?2,
  unhex(?1 ->> 'evidence_key'), ?1 ->> 'created_at', ?1 ->> 'truth_declared_at', ?1 ->> 'agreement_ended_at',
  ?1 ->> 'authority_confirmed_at', ?1 ->> 'service_blacklist_version', 'arriving', ?3
WHERE true
ON CONFLICT (account) DO UPDATE SET
  state = excluded.state, language = excluded.language, profile = excluded.profile,
  personal_key = excluded.personal_key, evidence_key = excluded.evidence_key,
  agreement_ended_at = excluded.agreement_ended_at, authority_confirmed_at = excluded.authority_confirmed_at,
  service_blacklist_version = excluded.service_blacklist_version, presence = excluded.presence, elsewhere = excluded.elsewhere;

-- name: leaves_of_events
-- Each event has a leaf of its own.
-- ?1 account, ?2 behind this place, ?3 how many, ?4 log
-- plan: event USING PRIMARY KEY, l USING PRIMARY KEY
WITH chunk AS MATERIALIZED (
  SELECT log_index
  FROM event
  WHERE account = ?1
    AND log_index > ?2
  ORDER BY log_index
  LIMIT ?3)
SELECT json_group_array(json_object('former', log_index, 'hash', hex(l.hash))) AS leaves, max(log_index) AS up_to
FROM chunk
CROSS JOIN log_leaf l ON l.log = ?4 AND l.leaf = log_index;

-- name: leaves_of_messages
-- A message has two at most: its hand-over and its result.
-- ?1 account, ?2 behind this row, ?3 how many messages, ?4 log
-- plan: message USING INDEX message_of_account, l USING PRIMARY KEY
WITH
  chunk AS MATERIALIZED (
    SELECT id, hand_over_index, result_index
    FROM message
    WHERE account = ?1
      AND id > ?2
    ORDER BY id
    LIMIT ?3),
  places (former) AS (
    SELECT hand_over_index FROM chunk WHERE hand_over_index IS NOT NULL
    UNION ALL
    SELECT result_index FROM chunk WHERE result_index IS NOT NULL)
SELECT json_group_array(json_object('former', former, 'hash', hex(l.hash))) AS leaves,
  (SELECT max(id) FROM chunk) AS up_to
FROM places
CROSS JOIN log_leaf l ON l.log = ?4 AND l.leaf = former;

-- name: keep_leaves
-- Their places here follow when they are appended.
-- ?1 account, ?2 [{former, hash in hexadecimal}]
INSERT INTO arriving_leaf (account, former, hash)
SELECT ?1, j.value ->> 'former', unhex(j.value ->> 'hash')
FROM json_each(?2) j;

-- name: leaves_behind
-- In the order of the log that they come from.
-- ?1 account, ?2 behind this place, ?3 how many
-- plan: arriving_leaf USING PRIMARY KEY
SELECT former, hash
FROM arriving_leaf
WHERE account = ?1
  AND former > ?2
ORDER BY former
LIMIT ?3;

-- name: note_leaves
-- Leaves of one append lie side by side. The account comes out of the array too, so that the array is gone through once.
-- ?1 account, ?2 [former place], ?3 the first one's place here
-- plan: arriving_leaf USING PRIMARY KEY
WITH placed AS MATERIALIZED (SELECT ?1 AS account, value AS former, ?3 + key AS leaf FROM json_each(?2))
UPDATE arriving_leaf
SET leaf = placed.leaf
FROM placed
WHERE arriving_leaf.account = placed.account
  AND arriving_leaf.former = placed.former;

-- name: leaves_of
-- In the order of the former places, which is that of the events.
-- ?1 account, ?2 [former place]
SELECT leaf
FROM arriving_leaf
WHERE account = ?1
  AND former IN (SELECT value FROM json_each(?2))
  AND leaf IS NOT NULL
ORDER BY former;

-- name: events
-- In the order of the log: each is sealed for its place.
-- ?1 account, ?2 behind this place, ?3 how many
-- plan: event USING PRIMARY KEY
SELECT log_index, kind, campaign, at, sealed
FROM event
WHERE account = ?1
  AND log_index > ?2
ORDER BY log_index
LIMIT ?3;

-- name: keep_events
-- At the places of their leaves here.
-- ?1 account, ?2 [{leaf, kind, campaign, at, sealed in hexadecimal}]
INSERT INTO event (account, log_index, kind, campaign, at, sealed)
SELECT ?1, j.value ->> 'leaf', j.value ->> 'kind', j.value ->> 'campaign', j.value ->> 'at', unhex(j.value ->> 'sealed')
FROM json_each(?2) j;

-- name: forget_leaves
-- In steps, so that nobody else waits for the end of a million.
-- ?1 account
DELETE FROM arriving_leaf
WHERE account = ?1
  AND former IN (SELECT former FROM arriving_leaf WHERE account = ?1 LIMIT 10000)
RETURNING 1;

-- name: balance_is_whole
-- The balance was copied as it stood: it must be what the entries add up to.
-- ?1 account
SELECT available = (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1 AND book = 'available')
  AND held = (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1 AND book = 'held') AS is_whole
FROM balance
WHERE account = ?1;

-- name: take_turns
-- Triggers keep them from here on.
-- ?1 account
INSERT INTO turn (account, line, due_at)
SELECT account, line, min(turn_at)
FROM campaign
WHERE account = ?1
  AND line IS NOT NULL
GROUP BY account, line
ON CONFLICT (account, line) DO UPDATE SET due_at = excluded.due_at, not_before = 0;

-- name: jobs
-- What moves the account, and refusals that wait, stay in the cell that they are in.
-- ?1 account
SELECT json_group_array(json_object('kind', kind, 'subject', subject, 'cursor', cursor, 'due_at', due_at)) AS jobs
FROM job
WHERE account = ?1
  AND kind NOT IN ('move', 'refusal');

-- name: take_jobs
-- With their cursors: what was begun goes on from there.
-- ?1 account, ?2 [{kind, subject, cursor, due_at}]
INSERT INTO job (kind, account, subject, cursor, due_at)
SELECT j.value ->> 'kind', ?1, j.value ->> 'subject', j.value ->> 'cursor', j.value ->> 'due_at'
FROM json_each(?2) j
WHERE true
ON CONFLICT (kind, account, subject) DO NOTHING;

-- name: cursor
-- Only of the move that announced it: another one, asleep since, must not go on with this one's copy.
-- ?1 account, ?2 the label of the cell that it comes from
SELECT v.cursor
FROM arrival v
JOIN account a ON a.account = v.account AND a.presence = 'arriving' AND a.elsewhere = ?2
WHERE v.account = ?1;

-- name: is_arriving
-- From that cell, and from no other.
-- ?1 account, ?2 the label of the cell that it comes from
SELECT 1
FROM account
WHERE account = ?1
  AND presence = 'arriving'
  AND elsewhere = ?2;

-- name: begin
-- It rested only.
-- ?1 account
UPDATE account
SET presence = 'here', elsewhere = NULL
WHERE account = ?1
  AND presence = 'resting';
