-- An account leaves for another cell, or stays.

-- name: may_leave
-- What is taken for sending is settled first, in the cell whose money it holds.
-- ?1 account
-- plan: account USING INDEX sqlite_autoindex_account_1, deletion USING INDEX deletion_open, message USING INDEX message_open
SELECT EXISTS (SELECT 1 FROM account WHERE account = ?1 AND state IN ('closing', 'closed'))
  OR EXISTS (SELECT 1 FROM deletion WHERE account = ?1 AND state IN ('scheduled', 'executing')) AS is_ending,
  EXISTS (
    SELECT 1 FROM message INDEXED BY message_open
    WHERE account = ?1 AND state IN ('leased', 'unknown') AND state = 'leased')
  -- The operator knows questions by their rows here.
  OR EXISTS (SELECT 1 FROM lookup WHERE account = ?1 AND state = 'working') AS is_sending,
  -- A file is read to its end where it lies.
  EXISTS (
    SELECT 1 FROM import WHERE account = ?1 AND state IN ('receiving', 'awaiting_format', 'queued', 'reading')) AS is_importing;

-- name: interrupt_uploads
-- One that is not whole, or that nobody has looked at, is given up; whoever sends it sends it again to where the account lives then.
-- ?1 account
UPDATE import
SET problem_code = coalesce(problem_code, 'upload_interrupted')
WHERE account = ?1
  AND state IN ('receiving', 'awaiting_format');

-- name: clear_interrupted
-- The jobs that look after such files do so now.
-- ?1 account, ?2 now
UPDATE job
SET due_at = min(due_at, ?2)
WHERE account = ?1
  AND kind = 'stalled_import';

-- name: go
-- One step after the other: whoever is here stops, and whoever stopped leaves.
-- ?1 account, ?2 how it is present from here on, ?3 the label of the other cell
UPDATE account
SET presence = ?2, elsewhere = ?3
WHERE account = ?1
  AND presence IN ('here', 'stopping')
RETURNING 1;

-- name: stay
-- Its turns were kept all the while.
-- ?1 account
UPDATE account
SET presence = 'here', elsewhere = NULL
WHERE account = ?1
  AND presence IN ('stopping', 'leaving');

-- name: give_copy_up
-- Of an account that was still arriving from that cell: from here on it is one that left, whose rows may go.
-- ?1 account, ?2 the label of the cell that it came from
UPDATE account
SET presence = 'left'
WHERE account = ?1
  AND elsewhere = ?2
  AND (presence = 'arriving' OR (presence = 'left' AND evidence_key <> zeroblob(length(evidence_key))))
RETURNING 1;
