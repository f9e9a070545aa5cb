-- Recordings: what is known of each, and its sealed pieces.

-- name: owner
-- What moved is found in its new cell, once it is all there.
-- ?1 recording
-- plan: u USING INDEX sqlite_autoindex_audio_1, a USING INDEX sqlite_autoindex_account_1
SELECT u.account
FROM audio u
JOIN account a ON a.account = u.account AND a.presence NOT IN ('left', 'arriving')
WHERE u.audio = ?1;

-- name: keep
-- The bytes lie apart, in pieces, so that a list reads no sound.
-- ?1 account, ?2 recording, ?3 sealed name, ?4 format, ?5 how many bytes, ?6 milliseconds, ?7 SHA-256, ?8 now
INSERT INTO audio (account, audio, name, format, bytes, duration_ms, sha256, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: one
-- Another account's recording is not found.
-- ?1 account, ?2 recording
SELECT audio, name, format, bytes, duration_ms, sha256, created_at
FROM audio
WHERE account = ?1
  AND audio = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 below this recording, or NULL from the newest, ?3 how many
SELECT audio, name, format, bytes, duration_ms, sha256, created_at
FROM audio
WHERE account = ?1
  AND (?2 IS NULL OR audio < ?2)
ORDER BY audio DESC
LIMIT ?3;

-- name: still_plays
-- A call that an operator has may be made later and would say nothing, so a campaign plays until its last call has
-- its result.
-- ?1 account, ?2 recording
-- plan: c USING PRIMARY KEY, m USING INDEX message_open, m USING INDEX message_awaited
SELECT 1
FROM campaign c
WHERE c.account = ?1
  AND c.audio = ?2
  AND (c.state IN ('draft', 'preparing', 'running', 'paused')
    -- Two questions, since each has an index of its own that holds few rows.
    OR EXISTS (
      SELECT 1 FROM message m
      WHERE m.account = c.account AND m.campaign = c.campaign AND m.state IN ('leased', 'unknown'))
    OR EXISTS (
      SELECT 1 FROM message m
      WHERE m.account = c.account AND m.campaign = c.campaign AND m.result_due IS NOT NULL))
LIMIT 1;
