-- The ledger: transfers, and the entries that add up to zero in each.

-- name: transfer
-- What moves money, and what it is for; its entries follow.
-- ?1 account, ?2 transfer, ?3 kind, ?4 now, ?5 payment, ?6 campaign, ?7 how many messages, ?8 scoring, ?9 look-up
INSERT INTO transfer (account, transfer, kind, at, payment, campaign, messages, scoring, lookup)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: entries
-- One statement for all entries of a transfer: triggers move the balance with each.
-- ?1 account, ?2 transfer, ?3 [{book, amount}]
INSERT INTO entry (account, transfer, book, amount)
SELECT ?1, ?2, j.value ->> 'book', j.value ->> 'amount'
FROM json_each(?3) j;

-- name: balance
-- One statement, so that all figures are of one moment. The sum over the entries is what the balance is checked
-- against: it is read, not kept.
-- ?1 account
-- plan: balance USING INDEX sqlite_autoindex_balance_1, entry USING PRIMARY KEY, payment USING INDEX payment_waiting_of_account
SELECT available, held, short_since,
  (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1) AS ledger_sum,
  (SELECT coalesce(sum(amount), 0) FROM payment WHERE account = ?1 AND credited_at IS NULL AND passed_to IS NULL) AS unapplied
FROM balance
WHERE account = ?1;

-- name: page
-- Newest first, each with its entries, so that a page is one statement.
-- ?1 account, ?2 below this transfer, or NULL from the newest, ?3 how many
-- plan: t USING PRIMARY KEY, e USING PRIMARY KEY, p USING INDEX payment_of_transfer
SELECT t.transfer, t.kind, t.at, t.payment, t.campaign, t.scoring, t.lookup, t.messages,
  (SELECT json_group_array(json_object('book', e.book, 'amount', e.amount))
   FROM entry e
   WHERE e.account = t.account AND e.transfer = t.transfer) AS entries,
  -- A payment that waited is credited later than it came.
  (SELECT p.received_at FROM payment p WHERE p.transfer = t.transfer) AS received_at
FROM transfer t
WHERE t.account = ?1
  AND (?2 IS NULL OR t.transfer < ?2)
ORDER BY t.transfer DESC
LIMIT ?3;
