-- A look-up at work.

-- name: due
-- Of one kind: questions to give, or answers to ask for, as what has been due the longest needs. If either always went
-- first, an operator that takes nothing would keep the answers of what it took from being asked for, or the other way round.
-- What waits counts for an account that may work alone.
-- ?1 account, ?2 look-up, ?3 now, ?4 how many
-- plan: n USING INDEX looked_up_number_open, f USING INDEX looked_up_number_open, c USING PRIMARY KEY
SELECT n.id, n.contact, n.state = 'waiting' AS is_waiting, c.number
FROM looked_up_number n INDEXED BY looked_up_number_open
CROSS JOIN contact c ON c.account = n.account AND c.contact = n.contact
WHERE n.account = ?1
  AND n.lookup = ?2
  AND n.state IN ('waiting', 'leaving', 'asked')
  AND n.due_at <= ?3
  AND (n.state = 'waiting') = (
    SELECT f.state = 'waiting'
    FROM looked_up_number f INDEXED BY looked_up_number_open
    WHERE f.account = ?1
      AND f.lookup = ?2
      AND f.state IN ('waiting', 'leaving', 'asked')
      AND (f.state <> 'waiting' OR EXISTS (
        SELECT 1 FROM account a
        WHERE a.account = ?1
          AND a.state IN ('active', 'closing')
          AND (a.agreement_ended_at IS NULL OR a.agreement_ended_at > ?3)))
    ORDER BY f.due_at, f.id
    LIMIT 1)
ORDER BY n.due_at, n.id
LIMIT ?4;

-- name: leave
-- Only what waits, of a look-up that works, for an account that may work (R86, R117). If nobody writes down what came of
-- it, it is asked about later.
-- ?1 account, ?2 look-up, ?3 [row], ?4 when it is asked about, ?5 now
UPDATE looked_up_number
SET state = 'leaving', due_at = ?4
WHERE account = ?1
  AND lookup = ?2
  AND state = 'waiting'
  AND id IN (SELECT value FROM json_each(?3))
  AND EXISTS (SELECT 1 FROM lookup l WHERE l.account = ?1 AND l.lookup = ?2 AND l.state = 'working')
  AND EXISTS (
    SELECT 1 FROM account a
    WHERE a.account = ?1
      AND a.state IN ('active', 'closing')
      AND (a.agreement_ended_at IS NULL OR a.agreement_ended_at > ?5))
RETURNING id;

-- name: given
-- What has left. `+` hides all but the row from the planner, here and below: rows are found by their ids, one look-up for
-- each of the batch, and the batch is gone through once.
-- ?1 account, ?2 look-up, ?3 [{id, what, due_at}]
-- plan: looked_up_number USING INTEGER PRIMARY KEY
UPDATE looked_up_number
SET state = j.value ->> 'what', due_at = j.value ->> 'due_at'
FROM json_each(?3) j
WHERE looked_up_number.id = j.value ->> 'id'
  AND +looked_up_number.account = ?1
  AND +looked_up_number.lookup = ?2
  AND +looked_up_number.state = 'leaving';

-- name: said
-- A question that the operator never heard of waits again once it has said so twice; one that it has had is asked about on.
-- ?1 account, ?2 look-up, ?3 [{id, what, due_at, answer sealed, in hexadecimal}]
-- plan: looked_up_number USING INTEGER PRIMARY KEY
UPDATE looked_up_number
SET state = CASE
    WHEN j.value ->> 'what' = 'answered' THEN 'answered'
    WHEN j.value ->> 'what' = 'failed' THEN 'unanswered'
    WHEN j.value ->> 'what' = 'underway' THEN 'asked'
    WHEN j.value ->> 'what' = 'not_found' AND looked_up_number.state = 'leaving' AND looked_up_number.not_found > 0
      THEN 'waiting'
    ELSE looked_up_number.state
  END,
  not_found = iif(j.value ->> 'what' = 'not_found' AND looked_up_number.not_found = 0, 1, 0),
  answer = unhex(j.value ->> 'answer'),
  due_at = j.value ->> 'due_at'
FROM json_each(?3) j
WHERE looked_up_number.id = j.value ->> 'id'
  AND +looked_up_number.account = ?1
  AND +looked_up_number.lookup = ?2
  AND +looked_up_number.state IN ('leaving', 'asked');

-- name: give_up
-- What was not given in time, and in the end what nobody answered.
-- ?1 account, ?2 look-up, ?3 whether it is the end
UPDATE looked_up_number
SET state = 'unanswered'
WHERE account = ?1
  AND lookup = ?2
  AND (state = 'waiting' OR (?3 AND state IN ('leaving', 'asked')));

-- name: next
-- When there is something to do; nothing once all are done with.
-- ?1 account, ?2 look-up
-- plan: looked_up_number USING INDEX looked_up_number_open
SELECT min(due_at) AS due_at
FROM looked_up_number INDEXED BY looked_up_number_open
WHERE account = ?1
  AND lookup = ?2
  AND state IN ('waiting', 'leaving', 'asked');

-- name: count
-- What is paid for: answers that are there at the moment of delivery, whoever objected meanwhile left out.
-- ?1 account, ?2 look-up
-- plan: looked_up_number USING INDEX sqlite_autoindex_looked_up_number_1
SELECT count(*) AS answered
FROM looked_up_number
WHERE account = ?1
  AND lookup = ?2
  AND state = 'answered';

-- name: deliver
-- Only one that works is delivered, and once.
-- ?1 account, ?2 look-up, ?3 answered, ?4 charged, ?5 transfer or NULL, ?6 now
-- plan: lookup USING PRIMARY KEY
UPDATE lookup
SET state = 'completed', answered = ?3, charged = ?4, capture = ?5, finished_at = ?6
WHERE account = ?1
  AND lookup = ?2
  AND state = 'working'
RETURNING 1;
