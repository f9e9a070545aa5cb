-- Of what was handed over: how it ended, and for calls what follows from that.

-- name: report
-- The first final word counts: whatever is in another state by now stays as it is. `+` hides the account and the state
-- from the planner: the rows are found by their ids, one look-up for each of the batch.
-- ?1 account, ?2 [{id, state, at, call, number}], ?3 the first leaf's place in the log
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET state = j.value ->> 'state', result_at = j.value ->> 'at', call_result = j.value ->> 'call',
  result_number = j.value ->> 'number', result_index = ?3 + j.key
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND +state = 'handed_over';

-- name: put_result_off
-- Not those whose result came meanwhile.
-- ?1 [row], ?2 until when, ?3 now
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET result_due = ?2
WHERE id IN (SELECT value FROM json_each(?1))
  AND +result_due <= ?3
  AND (SELECT presence FROM account a WHERE a.account = message.account) <> 'leaving';

-- name: stop_waiting
-- Gives the campaigns back: what was the last that one waited for may be its end.
-- ?1 account, ?2 [row]
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET result_due = NULL
WHERE id IN (SELECT value FROM json_each(?2))
  AND +account = ?1
  AND (SELECT presence FROM account WHERE account = ?1) <> 'leaving'
RETURNING campaign;

-- name: give_back
-- Notes which transfer gave the charge back; it is written beside, in the same transaction.
-- ?1 account, ?2 [row], ?3 transfer
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET refund = ?3
WHERE id IN (SELECT value FROM json_each(?2))
  AND +account = ?1;
