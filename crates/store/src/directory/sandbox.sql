-- What the sandbox keeps: the shift of the clock, and what its stand-in operator took.

-- name: set_clock_shift
-- The table has one row at most.
-- ?1 seconds
INSERT INTO sandbox_clock (one, shift_seconds)
VALUES (1, ?1)
ON CONFLICT (one) DO UPDATE SET shift_seconds = excluded.shift_seconds;

-- name: take
-- A message that was taken before stays as it was, as with an operator who sees a reference again.
-- ?1 [{message, fate, expires_at}], ?2 now
INSERT INTO sandbox_message (message, fate, expires_at, taken_at)
SELECT j.value ->> 'message', j.value ->> 'fate', j.value ->> 'expires_at', ?2
FROM json_each(?1) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (message) DO NOTHING;

-- name: states
-- What was not taken has no row: the operator says that it does not know it.
-- ?1 [message]
SELECT message, taken_at, expires_at
FROM sandbox_message
WHERE message IN (SELECT value FROM json_each(?1));

-- name: due
-- The index holds what is not reported yet and nothing else, so that a long history costs nothing here.
-- ?1 taken at this instant or before, ?2 how many
-- plan: sandbox_message USING INDEX sandbox_message_due
SELECT message, fate
FROM sandbox_message
WHERE reported = 0
  AND taken_at <= ?1
ORDER BY taken_at
LIMIT ?2;

-- name: mark_reported
-- What was reported leaves the index of what is due.
-- ?1 [message]
UPDATE sandbox_message
SET reported = 1
WHERE message IN (SELECT value FROM json_each(?1));
