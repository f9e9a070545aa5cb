-- What a campaign sends.

-- name: sent
-- Neither the text nor the recording is asked for: the hash and the volume stay when they are gone.
-- ?1 account, ?2 campaign
SELECT class, content_sha256, segments, duration_ms
FROM campaign
WHERE account = ?1
  AND campaign = ?2;
