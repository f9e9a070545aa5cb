-- Work for later. Instants are by the database's clock, to which the sandbox's shift is added.

-- name: enqueue
-- A second cause moves a job forward that waits for its time. One that is being done or failed keeps its own: what a
-- step leaves undone it finds when it commits.
-- ?1 kind, ?2 account or nothing, ?3 subject or nothing, ?4 due at
INSERT INTO job (kind, account, subject, due_at)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (kind, account, subject) DO UPDATE
SET due_at = min(due_at, excluded.due_at)
WHERE job.lease IS NULL
  AND job.error IS NULL;

-- name: due
-- Looked at before one is taken, so that where nothing is due nobody waits for a turn to write.
-- ?1 shift
-- plan: job USING INDEX job_due
SELECT id
FROM job
WHERE due_at <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?1
ORDER BY due_at
LIMIT 1;

-- name: take
-- It is due again when the lease ends, by itself. Whoever took it in vain before holds it longer each time, so that
-- one that kills its host does not come at once again.
-- ?1 shift, ?2 lease, ?3 how long it lasts, ?4 the first wait, ?5 the longest, ?6 the longest of what is tried often
-- plan: job USING INDEX job_due, job USING INTEGER PRIMARY KEY
UPDATE job
SET lease = ?2, tries = tries + 1, due_at = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?1 + max(?3, min(?4 << min(tries, 20), iif(kind IN ('refusal', 'move', 'service_blacklist'), ?6, ?5)))
WHERE id = (SELECT id FROM job WHERE due_at <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?1 ORDER BY due_at LIMIT 1)
RETURNING id, kind, account, subject, cursor;

-- name: take_one
-- That very job, which nobody has and which did not fail.
-- ?1 shift, ?2 lease, ?3 how long it lasts, ?4 kind, ?5 account, ?6 subject
UPDATE job
SET lease = ?2, tries = tries + 1, due_at = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?1 + ?3
WHERE kind = ?4
  AND account = ?5
  AND subject = ?6
  AND lease IS NULL
  AND error IS NULL
RETURNING id, kind, account, subject, cursor;

-- name: go_on
-- Without an instant it is due at once, behind all others that are.
-- ?1 job, ?2 cursor, ?3 due at, or NULL, ?4 shift
UPDATE job
SET cursor = ?2, due_at = coalesce(?3, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?4), lease = NULL, tries = 0, error = NULL
WHERE id = ?1;

-- name: keep_on
-- By whoever has it: nobody else takes it meanwhile.
-- ?1 job, ?2 cursor, ?3 shift, ?4 how long the lease lasts
UPDATE job
SET cursor = ?2, due_at = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?3 + ?4, tries = 1, error = NULL
WHERE id = ?1;

-- name: put_off
-- It waits twice as long each time it fails in a row.
-- ?1 job, ?2 lease, ?3 why, ?4 shift, ?5 the first wait, ?6 the longest
UPDATE job
SET lease = NULL, error = ?3, due_at = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?4 + min(?5 << min(tries - 1, 20), ?6)
WHERE id = ?1
  AND lease = ?2;

-- name: give_back
-- The try does not count.
-- ?1 job, ?2 lease, ?3 shift, ?4 a moment
UPDATE job
SET lease = NULL, tries = max(tries - 1, 0), due_at = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?3 + ?4
WHERE id = ?1
  AND lease = ?2;

-- name: leave
-- It is due at once, for whoever comes.
-- ?1 job, ?2 lease, ?3 shift
UPDATE job
SET lease = NULL, tries = 0, due_at = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?3
WHERE id = ?1
  AND lease = ?2;

-- name: lasts
-- A job that is taken is due again when its lease ends.
-- ?1 job, ?2 lease, ?3 shift, ?4 how long the lease has to last
SELECT 1
FROM job
WHERE id = ?1
  AND lease = ?2
  AND due_at > CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?3 + ?4;

-- name: at_hand
-- What fails comes first: somebody may have to see to it.
-- ?1 how many
SELECT kind, account, subject, due_at, tries, error
FROM job
ORDER BY error IS NULL, due_at, id
LIMIT ?1;
