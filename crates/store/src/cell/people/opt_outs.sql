-- Recipients' refusals: to whom they are said, and those that wait.

-- name: linked_message
-- Only a message that carried a link is found by one.
-- ?1 the message's row
-- plan: m USING INTEGER PRIMARY KEY, a USING INDEX sqlite_autoindex_account_1, c USING INDEX campaign_id
SELECT m.account, m.message, m.operator
FROM message m
JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
-- What moved is found in its new cell, once it is all there.
JOIN account a ON a.account = m.account AND a.presence NOT IN ('left', 'arriving')
WHERE m.id = ?1
  AND c.opt_out_link IS NOT NULL;

-- name: keep_refusal
-- Whoever refuses ten times waits once.
-- ?1 account, ?2 operator, ?3 hash of who refused, ?4 sealed number, ?5 now
INSERT INTO waiting_refusal (account, operator, from_hash, sealed_from, at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (account, operator, from_hash) DO NOTHING;

-- name: waiting_refusal
-- Whose job it is; there is none where the refusal was taken back meanwhile.
-- ?1 account, ?2 operator, ?3 hash of who refused, in hexadecimal
-- plan: waiting_refusal USING PRIMARY KEY
SELECT account, operator, sealed_from, at
FROM waiting_refusal
WHERE account = ?1
  AND operator = ?2
  AND from_hash = unhex(?3);

-- name: waiting_refusals_of
-- All of an account, by all ways.
-- ?1 account
-- plan: waiting_refusal USING PRIMARY KEY
SELECT account, operator, from_hash, sealed_from, at
FROM waiting_refusal
WHERE account = ?1;

-- name: accounts_that_sent
-- Goes through the index only, in the order of accounts, and reads no campaign: there is an account's every campaign
-- in it, and none is opened.
-- ?1 behind this account, ?2 since when, ?3 how many
-- plan: campaign USING INDEX campaign_sent
SELECT DISTINCT account
FROM campaign INDEXED BY campaign_sent
WHERE started_at IS NOT NULL
  AND account > ?1
  AND (finished_at IS NULL OR finished_at >= ?2)
ORDER BY account
LIMIT ?3;

-- name: wrote_to
-- A number has at most one message in a campaign, and is found there by the index that says so; CROSS JOIN keeps the
-- campaigns outside. Beside what was handed over it asks for what is under way, since a reply can be faster than the
-- settlement, and for what nobody knew about: the reply says that it came.
-- ?1 account, ?2 the number's hash, ?3 operator, ?4 since when
-- plan: c USING INDEX campaign_sent, m USING INDEX message_once
SELECT 1
FROM campaign c INDEXED BY campaign_sent
CROSS JOIN message m ON m.account = c.account AND m.campaign = c.campaign AND m.number_hash = ?2
WHERE c.account = ?1
  AND c.started_at IS NOT NULL
  AND (c.finished_at IS NULL OR c.finished_at >= ?4)
  AND m.operator = ?3
  AND (m.handed_over_at >= ?4
    OR m.state IN ('leased', 'unknown')
    OR (m.unclear > 0 AND m.handed_over_at IS NULL))
LIMIT 1;
