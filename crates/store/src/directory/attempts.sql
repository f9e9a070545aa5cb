-- Counters of attempts, under hashes of who attempts what.

-- name: count
-- Counts and sets the wait in one statement, so that many attempts at once cannot all find the count at zero. Nothing
-- is counted, and no row given, while the wait of before lasts.
-- ?1 key, ?2 now, ?3 attempts without a wait, ?4 the longest wait in milliseconds
INSERT INTO attempt (key, count, retry_at, at)
VALUES (?1, 1, 0, ?2)
ON CONFLICT (key) DO UPDATE SET
  count = count + 1,
  at = ?2,
  -- A second, and twice as long each time; the shift is kept below what an integer holds.
  retry_at = iif(count + 1 < ?3, 0, ?2 + min(?4, 1000 << min(count + 1 - ?3, 20)))
WHERE retry_at <= ?2
RETURNING 1;

-- name: count_within_rate
-- Begins a new minute or goes on with the one that runs; once that is used up, there is no row.
-- ?1 key, ?2 now, ?3 how many in a minute
INSERT INTO attempt (key, count, retry_at, at)
VALUES (?1, 1, 0, ?2)
ON CONFLICT (key) DO UPDATE SET
  count = iif(at <= ?2 - 60000, 1, count + 1),
  at = iif(at <= ?2 - 60000, ?2, at)
WHERE count < ?3 OR at <= ?2 - 60000
RETURNING count;
