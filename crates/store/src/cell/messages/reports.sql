-- Delivery reports.

-- name: reported_on
-- CROSS JOIN keeps the batch outside: one look-up for each report. An operator speaks of its own messages only.
-- ?1 [message], ?2 operator
-- plan: m USING INDEX sqlite_autoindex_message_1, a USING INDEX sqlite_autoindex_account_1
SELECT m.account, m.id, m.message, m.state
FROM json_each(?1) j
CROSS JOIN message m ON m.message = j.value
WHERE m.operator = ?2
  AND m.state IN ('leased', 'unknown', 'handed_over')
  -- What moved is reported on in its new cell, once it is all there.
  AND (SELECT presence FROM account a WHERE a.account = m.account) NOT IN ('left', 'arriving');

-- name: awaits_result
-- Another report may have come first: only what still waits for one takes it.
-- ?1 account, ?2 [row]
-- plan: message USING INTEGER PRIMARY KEY
SELECT id, campaign, call_attempt, paid_if_answered, refund IS NULL AS is_charged, operator_price, service_price
FROM message
WHERE +account = ?1
  AND state = 'handed_over'
  AND id IN (SELECT value FROM json_each(?2));
