-- Departures: what of a lease may have left, and which leases ran out.

-- name: note
-- Is taken only while the lease is held and lasts for a request and its answer, by the database's clock; whoever reads
-- that from the answer knows how long it still lasts. Whoever is listed for all accounts meanwhile is not sent to: what has
-- not left yet goes back into the queue, where the account follows the list first.
-- ?1 lease, ?2 the last message of the group, ?3 now, ?4 [[row, what was answered]], ?5 account, ?6 milliseconds by which
-- the product's clock is shifted, ?7 milliseconds that a request and its answer need
-- plan: m USING INTEGER PRIMARY KEY
INSERT INTO departure (lease, up_to, at, answered)
SELECT ?1, ?2, ?3, ?4
FROM message m
WHERE m.id = ?2
  AND m.account = ?5
  AND m.lease = ?1
  AND m.state = 'leased'
  AND (SELECT service_blacklist_version FROM account WHERE account = ?5) >= (SELECT service_blacklist_version FROM cell WHERE one = 1)
  AND m.lease_until - (CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?6) >= ?7
RETURNING
  (SELECT m.lease_until FROM message m WHERE m.id = up_to)
    - (CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?6);

-- name: expired
-- The longest ago first, and a lease is one group. Finds them through the index of what is leased; the groups are
-- sorted, since its few rows are worth no wider index on the way of every message.
-- ?1 milliseconds by which the product's clock is shifted, ?2 how many
SELECT account, lease, campaign, operator, operator_price, service_price, paid_if_answered, lease_until
FROM message
WHERE state = 'leased'
  AND lease_until < CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + ?1
GROUP BY lease_until, lease
ORDER BY lease_until
LIMIT ?2;
