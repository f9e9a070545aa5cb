-- What stays unknown when the operator is not asked any more.

-- name: go_on
-- What is sent again is due now, also in a campaign that was over.
-- ?1 account, ?2 campaign, ?3 now
UPDATE campaign
SET finished_at = iif(state = 'completed', NULL, finished_at),
  state = iif(state = 'completed', 'running', state),
  turn_at = ?3
WHERE account = ?1
  AND campaign = ?2;

-- name: of_the_erased
-- One campaign at a time. The index holds what is leased or unknown and nothing else, so both states are named as it
-- names them.
-- ?1 account
-- plan: message USING INDEX message_open
SELECT campaign
FROM message INDEXED BY message_open
WHERE account = ?1
  AND state IN ('leased', 'unknown')
  AND state = 'unknown'
  AND asking_ended_at IS NOT NULL
LIMIT 1;

-- name: of_campaign
-- Through the index of what is leased or unknown, which both are named for.
-- ?1 account, ?2 campaign
-- plan: message USING INDEX message_open
SELECT id, lease, campaign, operator, operator_price, service_price, paid_if_answered
FROM message INDEXED BY message_open
WHERE account = ?1
  AND campaign = ?2
  AND state IN ('leased', 'unknown')
  AND state = 'unknown'
  AND asking_ended_at IS NOT NULL;
