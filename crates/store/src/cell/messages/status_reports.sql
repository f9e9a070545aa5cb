-- Operators' words on single messages.

-- name: named_by_id
-- The columns are those of `unknown.sql`'s `due`: what is found unknown is settled from here.
-- ?1 operator, ?2 message
-- plan: m USING INDEX sqlite_autoindex_message_1, a USING INDEX sqlite_autoindex_account_1, t USING PRIMARY KEY
SELECT m.account, m.campaign, m.id, m.message, m.state, m.lease, m.lease_until, m.operator, m.operator_price,
  m.service_price, m.paid_if_answered, m.not_found_at, m.unclear,
  (SELECT t.at FROM transfer t WHERE t.account = m.account AND t.transfer = m.lease) AS leased_at,
  a.presence = 'leaving' AS is_leaving
FROM message m
-- What moved is reported on in its new cell, once it is all there.
JOIN account a ON a.account = m.account AND a.presence NOT IN ('left', 'arriving')
WHERE m.operator = ?1
  AND m.message = ?2;

-- name: named_by_row
-- Some operators know a message by a number: its row.
-- ?1 operator, ?2 row
-- plan: m USING INTEGER PRIMARY KEY, a USING INDEX sqlite_autoindex_account_1, t USING PRIMARY KEY
SELECT m.account, m.campaign, m.id, m.message, m.state, m.lease, m.lease_until, m.operator, m.operator_price,
  m.service_price, m.paid_if_answered, m.not_found_at, m.unclear,
  (SELECT t.at FROM transfer t WHERE t.account = m.account AND t.transfer = m.lease) AS leased_at,
  a.presence = 'leaving' AS is_leaving
FROM message m
-- What moved is reported on in its new cell, once it is all there.
JOIN account a ON a.account = m.account AND a.presence NOT IN ('left', 'arriving')
WHERE m.operator = ?1
  AND m.id = ?2;

-- name: waiting
-- Not those that are leased: their hand-over is not settled yet. CROSS JOIN keeps the reports outside, of which there
-- are few.
-- ?1 how many, ?2 now
-- plan: w USING INDEX waiting_report_due, m USING INDEX sqlite_autoindex_message_1, a USING INDEX sqlite_autoindex_account_1, t USING PRIMARY KEY
SELECT m.account, m.campaign, m.id, m.message, m.state, m.lease, m.lease_until, m.operator, m.operator_price,
  m.service_price, m.paid_if_answered, m.not_found_at, m.unclear,
  (SELECT t.at FROM transfer t WHERE t.account = m.account AND t.transfer = m.lease) AS leased_at,
  w.operator AS said_by, w.result, w.call_result, w.reference, w.at
FROM waiting_report w
CROSS JOIN message m ON m.message = w.message
WHERE w.take_at <= ?2
  AND m.state <> 'leased'
  AND (SELECT presence FROM account a WHERE a.account = m.account) IN ('here', 'stopping', 'resting')
ORDER BY w.take_at
LIMIT ?1;

-- name: forget
-- Only as it was read: a word that came meanwhile stays.
-- ?1 [{message, result}]
DELETE FROM waiting_report
WHERE (message, coalesce(result, '')) IN (
  SELECT j.value ->> 'message', coalesce(j.value ->> 'result', '')
  FROM json_each(?1) j);
