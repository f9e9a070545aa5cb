-- Campaigns: drafts, starts and ends, and what they came to.

-- name: draft
-- What it sends is in the same row: of a text the columns of calls are NULL, and of a call those of texts.
-- ?1 account, ?2 campaign, ?3 sealed name, ?4 sealed text, ?5 class, ?6 attestation, ?7 now, ?8 channel,
-- ?9 the content's SHA-256, ?10 encoding, ?11 segments, ?12 recording, ?13 its milliseconds, ?14 attempts,
-- ?15 seconds of ringing, ?16 seconds between attempts, ?17 what stands before the opt-out link's token,
-- ?18 its short links, sealed, ?19 to whom it goes, sealed
INSERT INTO campaign (
  account, campaign, name, text, class, state, consent, created_at, channel, content_sha256, encoding, segments,
  audio, duration_ms, attempts, ring_seconds, retry_gap_seconds, opt_out_link, links, audience)
VALUES (?1, ?2, ?3, ?4, ?5, 'draft', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19);

-- name: one
-- Another account's campaign is not found.
-- ?1 account, ?2 campaign
-- plan: campaign USING INDEX campaign_id
SELECT campaign, name, content_sha256, class, state, created_at, started_at, finished_at, advertising_approved,
  channel, text, encoding, segments, audio, duration_ms, attempts, ring_seconds, retry_gap_seconds, opt_out_link, links,
  audience
FROM campaign
WHERE account = ?1
  AND campaign = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 below this campaign, or NULL from the newest, ?3 how many
-- plan: campaign USING PRIMARY KEY
SELECT campaign, name, content_sha256, class, state, created_at, started_at, finished_at, advertising_approved,
  channel, text, encoding, segments, audio, duration_ms, attempts, ring_seconds, retry_gap_seconds, opt_out_link, links,
  audience
FROM campaign
WHERE account = ?1
  AND (?2 IS NULL OR campaign < ?2)
ORDER BY campaign DESC
LIMIT ?3;

-- name: audience
-- Imports know how many contacts of theirs are there; the blacklisted are counted from the blacklist, which is a small
-- part of them. CROSS JOIN keeps that order: left to itself, SQLite asks for every contact whether it is listed.
-- ?1 account
-- plan: import USING PRIMARY KEY, n USING PRIMARY KEY
SELECT
  (SELECT coalesce(sum(contacts), 0) FROM import WHERE account = ?1 AND state = 'completed') AS contacts,
  (SELECT count(DISTINCT b.number_hash)
   FROM blacklist b
   CROSS JOIN contact_number n ON n.account = b.account AND n.number_hash = b.number_hash
   CROSS JOIN contact c ON c.account = n.account AND c.contact = n.contact
   CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
   WHERE b.account = ?1) AS blacklisted;

-- name: what_a_start_needs
-- All that a start is judged by, but the audience, in one look-up; no row means that it is no draft.
-- ?1 account, ?2 campaign
SELECT b.available, c.opt_out_link, c.links,
  -- Advertising waits for staff (R79).
  c.class <> 'advertising' OR coalesce(c.advertising_approved, 0) AS is_approved,
  c.class = 'one_time_code' AS is_code,
  (SELECT count(*) FROM campaign o
   WHERE o.account = ?1 AND o.state IN ('preparing', 'running', 'paused')) AS under_way
FROM campaign c
JOIN balance b ON b.account = c.account
WHERE c.account = ?1
  AND c.campaign = ?2
  AND c.state = 'draft';

-- name: start
-- Belongs behind `what_a_start_needs`, in its transaction: that it is a draft was seen there.
-- ?1 account, ?2 campaign, ?3 now, ?4 how many messages were agreed to
UPDATE campaign
SET state = 'preparing', started_at = ?3, agreed_messages = ?4, base_no = (
    SELECT coalesce(max(completed_no), 0) FROM import WHERE account = ?1 AND completed_no IS NOT NULL)
WHERE account = ?1
  AND campaign = ?2;

-- name: pause
-- Remembers where it was held, since it goes on there.
-- ?1 account, ?2 campaign
UPDATE campaign
SET resumes_as = state, state = 'paused'
WHERE account = ?1
  AND campaign = ?2
  AND state IN ('preparing', 'running')
RETURNING 1;

-- name: resume
-- Goes on where it was held.
-- ?1 account, ?2 campaign
UPDATE campaign
SET state = resumes_as, resumes_as = NULL
WHERE account = ?1
  AND campaign = ?2
  AND state = 'paused'
RETURNING 1;

-- name: cancel
-- The state is what stops it: no gate lets a message of a cancelled campaign pass.
-- ?1 account, ?2 campaign, ?3 now
UPDATE campaign
SET state = 'cancelled', finished_at = ?3
WHERE account = ?1
  AND campaign = ?2
  AND state IN ('preparing', 'running', 'paused')
RETURNING 1;
