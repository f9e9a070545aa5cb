-- Of what was taken for sending.

-- name: held
-- One row, however many there are: each row that comes out of SQLite wakes two threads.
-- ?1 account, ?2 [id], ?3 lease, ?4 campaign, ?5 operator, ?6 and ?7 its and the service's part of the price
SELECT json_group_array(id) AS held
FROM message
WHERE id IN (SELECT value FROM json_each(?2))
  AND account = ?1
  AND lease = ?3
  AND state IN ('leased', 'unknown')
  -- What was held is what is charged.
  AND campaign = ?4
  AND operator = ?5
  AND operator_price = ?6
  AND service_price = ?7;

-- name: hand_over
-- Messages that their operator has, with the charge, the leaf and the number of each. The lease is over for them.
-- ?1 account, ?2 [{id, reference, number, evidence_hash}], ?3 the first leaf's place, ?4 capture, ?5 the instant, ?6 the rules,
-- ?7 the offset, ?8 the hours, ?9 until when results of calls are waited for, ?10 the first one's number
UPDATE message SET state = 'handed_over', operator_reference = j.value ->> 'reference',
  number = unhex(j.value ->> 'number'), evidence_hash = unhex(j.value ->> 'evidence_hash'),
  hand_over_index = ?3 + j.key, hand_over_number = ?10 + j.key, capture = ?4, handed_over_at = ?5,
  window_rule = ?6, offset_minutes = ?7, window_hours = ?8, result_due = ?9, lease = NULL, lease_until = NULL
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id' AND +account = ?1 AND +state IN ('leased', 'unknown');

-- name: release
-- Messages that were not sent. One without a reason of its own returns to the queue, unless what happened since it
-- was taken is a reason: the gates are looked at here as they are in the lease.
-- ?1 account, ?2 [{id, reason, not_before}], ?3 the instant, ?4 the rules, ?5 the offset, ?6 the hours
WITH released AS (
  SELECT m.id, j.value ->> 'not_before' AS not_before, CASE
    WHEN j.value ->> 'reason' IS NOT NULL THEN j.value ->> 'reason'
    WHEN EXISTS (SELECT 1 FROM campaign c WHERE c.account = ?1 AND c.campaign = m.campaign
      AND c.state = 'cancelled') THEN 'cancelled_by_owner'
    WHEN EXISTS (SELECT 1 FROM blacklist b WHERE b.account = ?1 AND b.number_hash = m.number_hash)
      THEN 'blacklisted'
    WHEN NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = ?1 AND c.contact = m.contact)
      THEN 'contact_erased' END AS reason
  FROM json_each(?2) j CROSS JOIN message m ON m.id = j.value ->> 'id')
UPDATE message SET
  state = CASE released.reason WHEN 'cancelled_by_owner' THEN 'cancelled'
    ELSE iif(released.reason IS NULL, 'queued', 'blocked') END,
  reason = released.reason, not_before = released.not_before,
  -- Nothing is left of the lease, of what was held, and of what was asked.
  lease = NULL, lease_until = NULL, hold = NULL, operator_price = NULL, service_price = NULL, number = NULL,
  not_found_at = NULL, asking_ended_at = NULL,
  blocked_at = iif(released.reason IS NULL, NULL, ?3), window_rule = iif(released.reason IS NULL, NULL, ?4),
  offset_minutes = iif(released.reason IS NULL, NULL, ?5), window_hours = iif(released.reason IS NULL, NULL, ?6)
FROM released
WHERE message.id = released.id AND +account = ?1 AND +state IN ('leased', 'unknown') RETURNING state;

-- name: lose_sight
-- `+account` hides the column from its index, so that the batch is gone through once.
-- ?1 account, ?2 [{id, at}]
UPDATE message
SET state = 'unknown', not_before = j.value ->> 'at', unclear = unclear + 1
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND +state IN ('leased', 'unknown');

-- name: end_asking
-- Not before the end of time: only its owner goes on from here.
-- ?1 account, ?2 [id], ?3 the end of time, ?4 now
UPDATE message
SET state = 'unknown', not_before = ?3, asking_ended_at = ?4
WHERE id IN (SELECT value FROM json_each(?2))
  AND +account = ?1
  AND +state IN ('leased', 'unknown');

-- name: leave_alone
-- What the release cleared is written again: a report settles under it, at no price.
-- ?1 account, ?2 [{id, lease}], ?3 now
UPDATE message
SET lease = j.value ->> 'lease', lease_until = ?3, operator_price = 0, service_price = 0
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND state = 'blocked';

-- name: reopen
-- Of what is blocked only what left under a lease: nothing else can be with an operator.
-- ?1 row, ?2 now, ?3 the end of time
-- plan: USING INTEGER PRIMARY KEY
UPDATE message
SET state = 'unknown', reason = NULL, blocked_at = NULL, asking_ended_at = ?2, not_before = ?3
WHERE id = ?1
  AND state = 'blocked'
  AND reason = 'outcome_unknown'
  AND lease IS NOT NULL
RETURNING 1;
