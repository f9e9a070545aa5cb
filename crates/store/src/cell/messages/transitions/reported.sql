-- How messages ended, by their operator's word.

-- name: report
-- Only what was handed over takes a last word. The leaf of each stands behind that of the one before.
-- ?1 account, ?2 [{id, state, at, call, number}], ?3 the first leaf's place
UPDATE message
SET state = j.value ->> 'state',
  result_at = j.value ->> 'at',
  call_result = j.value ->> 'call',
  result_number = j.value ->> 'number',
  result_index = ?3 + j.key
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1
  AND +state = 'handed_over';
