-- What a message keeps of a person.

-- name: keep_numbers
-- `+` hides the account from the planner: the rows are found by their ids, one look-up for each of the batch.
-- ?1 account, ?2 [{id, number in hexadecimal}]
-- plan: message USING INTEGER PRIMARY KEY
UPDATE message
SET number = unhex(j.value ->> 'number')
FROM json_each(?2) j
WHERE message.id = j.value ->> 'id'
  AND +account = ?1;

-- name: forget_contacts
-- In steps by rows, so that nobody else waits for the end of a million. What was handed over is found by the hash of the
-- evidence key from then on: whoever complains later is answered still (R90).
-- ?1 account, ?2 behind this row, ?3 up to this one
-- plan: message USING INDEX message_of_account
UPDATE message
SET contact = NULL, number_hash = evidence_hash
WHERE account = ?1
  AND id > ?2
  AND id <= ?3;
