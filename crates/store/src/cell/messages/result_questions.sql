-- Last words that an operator only gives notice of.

-- name: ask
-- A notice that comes again brings the question forward. What has its last word, or was never handed over, is not asked
-- about.
-- ?1 the operator's reference, ?2 now
-- plan: message USING INDEX message_reference, a USING INDEX sqlite_autoindex_account_1
INSERT INTO result_question (message, ask_at)
SELECT message, ?2
FROM message
WHERE operator = 'mobizon'
  AND operator_reference = ?1
  AND state = 'handed_over'
  AND (SELECT presence FROM account a WHERE a.account = message.account) NOT IN ('left', 'arriving')
ON CONFLICT (message) DO UPDATE SET ask_at = excluded.ask_at
RETURNING 1;

-- name: due
-- The longest waiting first. CROSS JOIN keeps the questions outside, of which there are few.
-- ?1 now, ?2 how many
-- plan: q USING INDEX result_question_due, m USING INDEX sqlite_autoindex_message_1
SELECT m.id, m.message, m.operator, m.operator_reference
FROM result_question q
CROSS JOIN message m ON m.message = q.message AND m.state = 'handed_over' AND m.operator_reference IS NOT NULL
WHERE q.ask_at <= ?1
ORDER BY q.ask_at
LIMIT ?2;
