-- How the operators are.

-- name: failed
-- Counts in the row that is there; of two rests the longer one holds.
-- ?1 operator, ?2 the failure's code, ?3 now, ?4 until when it rests
INSERT INTO operator (operator, failures, reason, failed_at, resting_until)
VALUES (?1, 1, ?2, ?3, ?4)
ON CONFLICT (operator) DO UPDATE SET
  failures = failures + 1,
  reason = excluded.reason,
  failed_at = excluded.failed_at,
  resting_until = max(resting_until, excluded.resting_until);

-- name: reserve_slots
-- Takes instants behind those that other ticks have, or from now on, in one statement: none is given twice.
-- ?1 operator, ?2 now, ?3 milliseconds that all departures take
INSERT INTO operator (operator, next_slot_at)
VALUES (?1, ?2 + ?3)
ON CONFLICT (operator) DO UPDATE SET next_slot_at = max(next_slot_at, ?2) + ?3
RETURNING next_slot_at;
