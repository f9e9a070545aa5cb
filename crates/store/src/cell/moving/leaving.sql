-- An account leaves for another cell.

-- name: may_leave
-- What is taken for sending is settled first, in the cell whose money it holds.
-- ?1 account
-- plan: account USING INDEX sqlite_autoindex_account_1, deletion USING INDEX deletion_open, message USING INDEX message_open
SELECT EXISTS (SELECT 1 FROM account WHERE account = ?1 AND state IN ('closing', 'closed'))
  OR EXISTS (SELECT 1 FROM deletion WHERE account = ?1 AND state IN ('scheduled', 'executing')) AS is_ending,
  EXISTS (
    SELECT 1 FROM message INDEXED BY message_open
    WHERE account = ?1 AND state IN ('leased', 'unknown') AND state = 'leased') AS is_sending;

-- name: reports
-- There are few of them, whosever they are.
-- ?1 account
SELECT w.message, json_object(
    'message', w.message, 'operator', w.operator, 'result', w.result, 'call_result', w.call_result,
    'reference', w.reference, 'at', w.at) AS report
FROM waiting_report w
CROSS JOIN message m ON m.message = w.message
WHERE m.account = ?1;

-- name: take_report
-- What waits here already came later, or is the same.
-- ?1 {message, operator, result, call_result, reference, at}
INSERT INTO waiting_report (message, operator, result, call_result, reference, at)
SELECT ?1 ->> 'message', ?1 ->> 'operator', ?1 ->> 'result', ?1 ->> 'call_result', ?1 ->> 'reference', ?1 ->> 'at'
WHERE true
ON CONFLICT (message) DO NOTHING;

-- name: questions
-- There are few of them, whosever they are.
-- ?1 account
SELECT q.message
FROM result_question q
CROSS JOIN message m ON m.message = q.message
WHERE m.account = ?1;

-- name: take_questions
-- They are asked anew.
-- ?1 [message], ?2 when
INSERT INTO result_question (message, ask_at)
SELECT value, ?2
FROM json_each(?1)
WHERE true
ON CONFLICT (message) DO NOTHING;
