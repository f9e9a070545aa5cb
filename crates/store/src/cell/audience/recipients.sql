-- Whom campaigns with an audience reach.

-- name: begin
-- No row means that it is no draft.
-- ?1 account, ?2 campaign, ?3 claim
UPDATE campaign
SET fixed_by = ?3
WHERE account = ?1
  AND campaign = ?2
  AND state = 'draft'
RETURNING 1;

-- name: is_fixed_by
-- A later start has put its claim over it.
-- ?1 account, ?2 campaign, ?3 claim
SELECT 1
FROM campaign
WHERE account = ?1
  AND campaign = ?2
  AND state = 'draft'
  AND fixed_by = ?3;

-- name: count
-- Whose contact was deleted since gets no message. The blacklisted are counted from the blacklist, which is a
-- small part and may list a number for several.
-- ?1 account, ?2 campaign
-- plan: r USING PRIMARY KEY, c USING PRIMARY KEY, n USING PRIMARY KEY
SELECT
  (SELECT count(*)
   FROM campaign_recipient r
   CROSS JOIN contact c ON c.account = r.account AND c.contact = r.contact
   WHERE r.account = ?1 AND r.campaign = ?2) AS contacts,
  (SELECT count(DISTINCT b.number_hash)
   FROM blacklist b
   CROSS JOIN contact_number n ON n.account = b.account AND n.number_hash = b.number_hash
   CROSS JOIN campaign_recipient r ON r.account = n.account AND r.campaign = ?2 AND r.contact = n.contact
   CROSS JOIN contact c ON c.account = r.account AND c.contact = r.contact
   WHERE b.account = ?1) AS blacklisted;

-- name: clear
-- In steps, so that other writers get their turn.
-- ?1 account, ?2 campaign, ?3 how many
-- plan: campaign_recipient USING PRIMARY KEY
DELETE FROM campaign_recipient
WHERE account = ?1
  AND campaign = ?2
  AND contact IN (
    SELECT contact FROM campaign_recipient
    WHERE account = ?1 AND campaign = ?2
    ORDER BY contact
    LIMIT ?3)
RETURNING 1;

-- name: started
-- Of these campaigns, and how many are still being prepared, or will go on with it.
-- ?1 account, ?2 [campaign]
-- plan: p USING PRIMARY KEY
SELECT coalesce(sum(p.started_at IS NOT NULL), 0) AS started,
  coalesce(sum(p.state = 'preparing' OR (p.state = 'paused' AND p.resumes_as = 'preparing')), 0) AS preparing
FROM json_each(?2) j
CROSS JOIN campaign p ON p.account = ?1 AND p.campaign = j.value;
