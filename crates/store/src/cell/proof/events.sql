-- Events: numbered in their series, and kept sealed.

-- name: take_numbers
-- Counts and reads in one statement: numbers are given out once, in the order of the log.
-- ?1 account, ?2 [{series, events}]
INSERT INTO series (account, series, events)
SELECT ?1, j.value ->> 'series', j.value ->> 'events'
FROM json_each(?2) j
-- Without a WHERE the parser takes ON for a join's.
WHERE true
ON CONFLICT (account, series) DO UPDATE SET events = events + excluded.events
RETURNING series, events;

-- name: keep
-- Leaves of one append lie side by side: an event's place in the batch is its place behind the first.
-- ?1 account, ?2 the first one's place in the log, ?3 now, ?4 [{kind, campaign, sealed in hexadecimal}]
INSERT INTO event (account, log_index, kind, campaign, at, sealed)
SELECT ?1, ?2 + j.key, j.value ->> 'kind', j.value ->> 'campaign', ?3, unhex(j.value ->> 'sealed')
FROM json_each(?4) j;
