-- What is taken for sending.

-- name: can_spend
-- With the database's time, so that the lease is timed by it without a question of its own.
-- ?1 account
-- plan: balance USING INDEX sqlite_autoindex_balance_1
SELECT available, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
FROM balance
WHERE account = ?1;

-- name: is_queued
-- Whether there is anything that the money is missing for.
-- ?1 account, ?2 campaign, ?3 route
-- plan: message USING INDEX message_due
SELECT 1
FROM message
WHERE account = ?1
  AND campaign = ?2
  AND route = ?3
  AND state = 'queued'
LIMIT 1;

-- name: leased
-- All as one row: each row that comes out of SQLite wakes two threads, which costs more than everything else about it.
-- The instant until which it lasts leads to the lease: the index of what is leased begins with it.
-- ?1 account, ?2 lease, ?3 until when
-- plan: m USING INDEX message_leased, c USING PRIMARY KEY
SELECT json_group_array(
    json_object('id', m.id, 'message', m.message, 'contact', m.contact, 'number', hex(c.number))) AS messages
FROM message m INDEXED BY message_leased
LEFT JOIN contact c ON c.account = m.account AND c.contact = m.contact
WHERE m.state = 'leased'
  AND m.lease_until = ?3
  AND m.lease = ?2
  AND m.account = ?1;
