-- Messages of which nobody knows whether their operator took them.

-- name: due
-- Those that are due longest first. The lease's transfer says when it was taken.
-- ?1 now, ?2 how many
-- plan: m USING INDEX message_unknown, a USING INDEX sqlite_autoindex_account_1, t USING PRIMARY KEY
SELECT m.account, m.campaign, m.id, m.message, m.state, m.lease, m.lease_until, m.operator, m.operator_price,
  m.service_price, m.paid_if_answered, m.not_found_at, m.unclear,
  (SELECT t.at FROM transfer t WHERE t.account = m.account AND t.transfer = m.lease) AS leased_at
FROM message m
WHERE m.state = 'unknown'
  AND m.not_before <= ?1
  AND (SELECT presence FROM account a WHERE a.account = m.account) = 'here'
ORDER BY m.not_before
LIMIT ?2;

-- name: with_number
-- The number is sealed in one of two places: with the message once its contact is gone, with the contact before.
-- ?1 account, ?2 row
-- plan: m USING INTEGER PRIMARY KEY, c USING PRIMARY KEY
SELECT m.id, m.message, m.contact, c.number AS contact_number, m.number
FROM message m
LEFT JOIN contact c ON c.account = m.account AND c.contact = m.contact
WHERE m.account = ?1
  AND m.id = ?2;
