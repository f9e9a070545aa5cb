-- Of what was taken for sending: handed over, released, unknown, and what comes of that.

-- name: held
-- The guard of every settlement: somebody may have settled one meanwhile, or taken it on other terms. One row, however
-- many there are: each row that comes out of SQLite wakes two threads. `+` hides the account and the campaign from the
-- planner, here and below: the rows are found by their ids, one look-up for each of the batch.
-- ?1 account, ?2 [row], ?3 lease, ?4 campaign, ?5 operator, ?6 and ?7 the price's two parts in tiyn
-- plan: message USING INTEGER PRIMARY KEY
SELECT json_group_array(id) AS held
FROM message
WHERE id IN (SELECT value FROM json_each(?2))
  AND +account = ?1
  AND lease = ?3
  AND state IN ('leased', 'unknown')
  AND +campaign = ?4
  AND operator = ?5
  AND operator_price = ?6
  AND service_price = ?7;

-- name: hand_over
-- Messages that their operator has, with the charge, the leaf and the number of each. The lease is over for them.
-- ?1 account, ?2 [{id, reference, and in hexadecimal number, evidence_hash}], ?3 the first leaf's place in the log,
-- ?4 the transfer that charges, ?5 when it was, ?6 the rule of its local time, ?7 minutes of offset, ?8 that day's
-- hours, ?9 until when a call's result is waited for, ?10 the first one's number among the campaign's events
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET state = 'handed_over', operator_reference = j.value ->> 'reference',
  number = unhex(j.value ->> 'number'), evidence_hash = unhex(j.value ->> 'evidence_hash'),
  hand_over_index = ?3 + j.key, hand_over_number = ?10 + j.key, capture = ?4, handed_over_at = ?5,
  window_rule = ?6, offset_minutes = ?7, window_hours = ?8, result_due = ?9, lease = NULL, lease_until = NULL
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND +state IN ('leased', 'unknown');

-- name: release
-- Messages that were not sent. One without a reason of its own returns to the queue, unless what happened since it
-- was taken is a reason: the gates are looked at here as they are in the lease.
-- ?1 account, ?2 [{id, reason, not_before}], ?3 when it was judged, ?4 the rule of its local time, ?5 minutes of offset,
-- ?6 that day's hours
-- plan: m USING INTEGER PRIMARY KEY, message USING INTEGER PRIMARY KEY
WITH released AS MATERIALIZED (
  SELECT m.id, j.value ->> 'not_before' AS not_before,
    CASE
      WHEN j.value ->> 'reason' IS NOT NULL THEN j.value ->> 'reason'
      WHEN EXISTS (SELECT 1 FROM campaign c WHERE c.account = ?1 AND c.campaign = m.campaign AND c.state = 'cancelled')
        THEN 'cancelled_by_owner'
      WHEN EXISTS (SELECT 1 FROM blacklist b WHERE b.account = ?1 AND b.number_hash = m.number_hash)
        THEN 'blacklisted'
      WHEN NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = ?1 AND c.contact = m.contact)
        THEN 'contact_erased'
    END AS reason
  FROM json_each(?2) j
  CROSS JOIN message m ON m.id = j.value ->> 'id')
UPDATE message
SET
  state = CASE
    WHEN released.reason IS NULL THEN 'queued'
    WHEN released.reason = 'cancelled_by_owner' THEN 'cancelled'
    ELSE 'blocked'
  END,
  reason = released.reason, not_before = released.not_before,
  -- Nothing is left of the lease, of what was held, and of what was asked.
  lease = NULL, lease_until = NULL, hold = NULL, operator_price = NULL, service_price = NULL, number = NULL,
  not_found_at = NULL, asking_ended_at = NULL,
  blocked_at = iif(released.reason IS NULL, NULL, ?3),
  window_rule = iif(released.reason IS NULL, NULL, ?4),
  offset_minutes = iif(released.reason IS NULL, NULL, ?5),
  window_hours = iif(released.reason IS NULL, NULL, ?6)
FROM released
WHERE message.id = released.id
  AND +account = ?1
  AND +state IN ('leased', 'unknown')
RETURNING state;

-- name: lose_sight
-- Nobody can say whether their operator took them: it is asked from an instant on.
-- ?1 account, ?2 [{id, at}]
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET state = 'unknown', not_before = j.value ->> 'at', unclear = unclear + 1
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND +state IN ('leased', 'unknown')
  AND (SELECT presence FROM account WHERE account = ?1) <> 'leaving';

-- name: end_asking
-- They stay unknown until their owner decides.
-- ?1 account, ?2 [row], ?3 the end of time, so that no question is due, ?4 now
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET state = 'unknown', not_before = ?3, asking_ended_at = ?4
WHERE id IN (SELECT value FROM json_each(?2))
  AND +account = ?1
  AND +state IN ('leased', 'unknown')
  AND (SELECT presence FROM account WHERE account = ?1) <> 'leaving';

-- name: ask_later
-- Whosever they are: a tick asks for all accounts.
-- ?1 [row], ?2 when
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET not_before = ?2
WHERE id IN (SELECT value FROM json_each(?1))
  AND +state = 'unknown'
  AND (SELECT presence FROM account a WHERE a.account = message.account) <> 'leaving';

-- name: not_found
-- The first "not found" stays, and the next question is timed from this one; both by the database's clock at this
-- moment, since an answer may come long after its tick began to ask.
-- ?1 [row], ?2 milliseconds by which the product's clock is shifted, ?3 milliseconds until it is asked again
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET not_found_at = coalesce(not_found_at, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?2),
  not_before = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?2 + ?3
WHERE id IN (SELECT value FROM json_each(?1))
  AND +state = 'unknown'
  AND (SELECT presence FROM account a WHERE a.account = message.account) <> 'leaving';

-- name: leave_alone
-- Keeps under which lease they left, for a report that comes after all: it settles them without a charge, since the
-- money was promised back.
-- ?1 account, ?2 [{id, lease}], ?3 now
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET lease = j.value ->> 'lease', lease_until = ?3, operator_price = 0, service_price = 0
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND +state = 'blocked';

-- name: reopen
-- Only what its owner left alone has a lease while it is blocked. It is not asked about: should the settlement fail,
-- "not found" would send it against its owner's word.
-- ?1 row, ?2 now, ?3 the end of time, so that no question is due
UPDATE message
SET state = 'unknown', reason = NULL, blocked_at = NULL, asking_ended_at = ?2, not_before = ?3
WHERE id = ?1
  AND state = 'blocked'
  AND reason = 'outcome_unknown'
  AND lease IS NOT NULL
  -- Nothing of an account that is on its way to another cell changes.
  AND (SELECT presence FROM account a WHERE a.account = message.account) <> 'leaving'
RETURNING 1;
