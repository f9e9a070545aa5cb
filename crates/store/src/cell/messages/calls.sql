-- What a call's end brings.

-- name: unreported
-- The longest waiting first, through the index that holds what is waited for and nothing else.
-- ?1 now, ?2 how many
-- plan: message USING INDEX message_result_due, a USING INDEX sqlite_autoindex_account_1
SELECT account, id
FROM message
WHERE result_due <= ?1
  AND (SELECT presence FROM account a WHERE a.account = message.account) = 'here'
ORDER BY result_due
LIMIT ?2;

-- name: still_unreported
-- A result may have come just before.
-- ?1 account, ?2 now, ?3 [row]
-- plan: message USING INTEGER PRIMARY KEY
SELECT id
FROM message
WHERE +account = ?1
  AND +result_due <= ?2
  AND id IN (SELECT value FROM json_each(?3));

-- name: charged_in_vain
-- Once: what was given back has a refund.
-- ?1 account, ?2 [row]
-- plan: message USING INTEGER PRIMARY KEY
SELECT id, campaign, operator_price, service_price, message
FROM message
WHERE id IN (SELECT value FROM json_each(?2))
  AND +account = ?1
  AND paid_if_answered = 1
  AND capture IS NOT NULL
  AND refund IS NULL;
