-- What came for an account to the cell that it left.

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

-- name: reported_while_queued
-- Few of them: each is blocked by itself.
-- ?1 [message]
-- plan: message USING INDEX sqlite_autoindex_message_1
SELECT id
FROM message
WHERE message IN (SELECT value FROM json_each(?1))
  AND +state = 'queued';

-- name: acts
-- In the order in which they were done.
-- ?1 account
-- plan: waiting_act USING INDEX waiting_act_of_account
SELECT id, sealed
FROM waiting_act
WHERE account = ?1
ORDER BY id;
