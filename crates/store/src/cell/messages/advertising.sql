-- The service's decisions about advertising.

-- name: account
-- What moved is found in its new cell, once it is all there.
-- ?1 campaign
-- plan: c USING INDEX campaign_id, a USING INDEX sqlite_autoindex_account_1
SELECT c.account
FROM campaign c
JOIN account a ON a.account = c.account AND a.presence NOT IN ('left', 'arriving')
WHERE c.campaign = ?1;

-- name: campaign
-- What a decision is checked against.
-- ?1 account, ?2 campaign
SELECT class, content_sha256, state IN ('cancelled', 'completed') AS is_over
FROM campaign
WHERE account = ?1
  AND campaign = ?2;

-- name: decide
-- Of several decisions the last one holds; all are kept.
-- ?1 account, ?2 decision, ?3 campaign, ?4 the text's SHA-256, ?5 1 for consent and 0 for its refusal, ?6 sealed: who
-- decided, ?7 sealed: on what, ?8 now
INSERT INTO advertising_decision (
  account, decision, campaign, content_sha256, approved, decided_by, basis, decided_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: of_campaign
-- Newest first; of two at one instant the later id.
-- ?1 account, ?2 campaign
SELECT decision, content_sha256, approved, decided_by, basis, decided_at
FROM advertising_decision
WHERE account = ?1
  AND campaign = ?2
ORDER BY decided_at DESC, decision DESC;
