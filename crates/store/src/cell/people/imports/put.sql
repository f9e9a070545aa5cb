-- Contacts that are put in at once.

-- name: create_complete
-- One without a file. Its rows come in the same transaction.
-- ?1 account, ?2 import, ?3 sealed name, ?4 attestation, ?5 now, ?6 who, ?7 through what
-- plan: import USING INDEX import_completed
INSERT INTO import (
  account, import, name, state, consent, created_at, touched_at, finished_at, completed_no, actor, channel)
SELECT ?1, ?2, ?3, 'completed', ?4, ?5, ?5, ?5, coalesce(max(completed_no), 0) + 1, ?6, ?7
FROM import
WHERE account = ?1
  AND completed_no IS NOT NULL;
