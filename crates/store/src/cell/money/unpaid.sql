-- What an account may keep before its first payment.

-- name: joins
-- Each row of the import may join each of its lists. One more than may be is enough to be counted.
-- ?1 account, ?2 import, ?3 how many may be in lists
SELECT NOT EXISTS (SELECT 1 FROM transfer WHERE account = ?1 AND kind = 'top_up')
  AND (SELECT count(*) FROM (SELECT 1 FROM list_member WHERE account = ?1 LIMIT ?3 + 1))
    + coalesce((
      SELECT rows_read * json_array_length(joins)
      FROM import
      WHERE account = ?1
        AND import = ?2), 0) > ?3 AS is_over;

-- name: rows_of_decisions
-- Each row of the import may say something of a person who has said nothing yet.
-- ?1 account, ?2 import, ?3 of how many it may be kept
SELECT NOT EXISTS (SELECT 1 FROM transfer WHERE account = ?1 AND kind = 'top_up')
  AND (SELECT count(*) FROM (SELECT 1 FROM decision_stance WHERE account = ?1 LIMIT ?3 + 1))
    + coalesce((SELECT rows_read FROM import WHERE account = ?1 AND import = ?2), 0) > ?3 AS is_over;
