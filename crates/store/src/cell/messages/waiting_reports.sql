-- Reports that are kept until they can be taken.

-- name: keep
-- The first result stays, unless the message went by another operator meanwhile, which has its own word; a reference
-- is never forgotten.
-- ?1 message, ?2 operator, ?3 result, or NULL, ?4 reference, or NULL, ?5 when it was, ?6 the same in the words of calls,
-- or NULL, ?7 when it is tried
INSERT INTO waiting_report (message, operator, result, reference, at, call_result, take_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (message) DO UPDATE SET
  result = excluded.result,
  at = excluded.at,
  call_result = excluded.call_result,
  operator = excluded.operator,
  reference = coalesce(excluded.reference, reference)
WHERE waiting_report.result IS NULL
  OR waiting_report.operator <> excluded.operator;
