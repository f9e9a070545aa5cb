-- Reports that are kept until they can be taken.

-- name: keep
-- The first result stays, unless the message went by another operator meanwhile, which has its own word; a reference
-- is never forgotten. Nothing is kept of a message that moved to another cell: then there is no row.
-- ?1 message, ?2 operator, ?3 result, or NULL, ?4 reference, or NULL, ?5 when it was, ?6 the same in the words of calls,
-- or NULL, ?7 when it is tried
INSERT INTO waiting_report (message, operator, result, reference, at, call_result, take_at)
SELECT m.message, ?2, ?3, ?4, ?5, ?6, ?7
FROM message m
JOIN account a ON a.account = m.account AND a.presence NOT IN ('left', 'arriving')
WHERE m.message = ?1
ON CONFLICT (message) DO UPDATE SET
  (result, at, call_result, operator, reference) = (
    SELECT excluded.result, excluded.at, excluded.call_result, excluded.operator,
      coalesce(excluded.reference, waiting_report.reference)
    WHERE waiting_report.result IS NULL OR waiting_report.operator <> excluded.operator
    UNION ALL
    SELECT waiting_report.result, waiting_report.at, waiting_report.call_result, waiting_report.operator,
      waiting_report.reference
    LIMIT 1)
RETURNING 1;
