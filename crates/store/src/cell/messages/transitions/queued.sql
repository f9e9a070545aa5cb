-- Into the queue, and out of it to whoever sends.

-- name: queue
-- One message for each contact of completed uploads. The id is a UUIDv7 made by SQLite, so that a million rows do
-- not cross the boundary. Whose number is in the blacklist by now is written down as blocked, with the instant.
-- ?1 account, ?2 campaign, ?3 behind this contact, ?4 up to this one, ?5 now, ?6 the campaign's start, ?7 {range: route},
-- ?8 the route of every other number, ?9 the instant, ?10 the rules and ?11 the offset of a refusal
INSERT INTO message (account, message, campaign, contact, number_hash, route, state, reason, blocked_at, window_rule,
  offset_minutes, call_attempt)
SELECT c.account,
  lower(printf('msg_%012x7', ?5) || substr(hex(randomblob(2)), 2)
    || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(8)), 2)),
  ?2, c.contact, c.number_hash, coalesce(r.value, ?8),
  iif(b.entry IS NULL, 'queued', 'blocked'), iif(b.entry IS NULL, NULL, 'blacklisted'),
  iif(b.entry IS NULL, NULL, ?9), iif(b.entry IS NULL, NULL, ?10), iif(b.entry IS NULL, NULL, ?11),
  (SELECT p.channel = 'voice' FROM campaign p WHERE p.account = ?1 AND p.campaign = ?2)
FROM contact c
JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
LEFT JOIN blacklist b ON b.account = c.account AND b.number_hash = c.number_hash
LEFT JOIN (SELECT key, value FROM json_each(?7)) r ON r.key = c.number_range
WHERE c.account = ?1 AND c.contact > ?3 AND c.contact <= ?4 AND i.finished_at <= ?6
ORDER BY c.contact ON CONFLICT (account, campaign, number_hash, call_attempt) DO NOTHING;

-- name: queue_next_attempts
-- The next call after each of these, if the plan has one, the campaign goes on, and the person may still be called.
-- ?1 account, ?2 [{after, message}], ?3 now
INSERT INTO message (account, message, campaign, contact, number_hash, route, state, not_before, call_attempt)
SELECT m.account, j.value ->> 'message', m.campaign, m.contact, m.number_hash, m.route, 'queued',
  ?3 + p.retry_gap_seconds * 1000, m.call_attempt + 1
FROM json_each(?2) j CROSS JOIN message m ON m.id = j.value ->> 'after'
JOIN campaign p ON p.account = m.account AND p.campaign = m.campaign
JOIN contact c ON c.account = m.account AND c.contact = m.contact
WHERE +m.account = ?1 AND m.result_due IS NOT NULL AND m.call_attempt < p.attempts
  AND p.state IN ('running', 'paused')
  AND NOT EXISTS (SELECT 1 FROM blacklist b WHERE b.account = m.account AND b.number_hash = m.number_hash)
ON CONFLICT (account, campaign, number_hash, call_attempt) DO NOTHING;

-- name: lease
-- Takes due messages of a campaign's route. All gates stand in this one statement, in the transaction that holds the
-- money: whatever another request changes at this moment is either before it or after it.
-- ?1 account, ?2 campaign, ?3 lease, ?4 until when, ?5 operator, ?6 and ?7 its and the service's part of the price,
-- ?8 whether that is paid only if answered, ?9 route, ?10 now, ?11 how many, ?12 codes of campaigns started by then are stale
-- plan: m USING INDEX message_due
UPDATE message SET state = 'leased', lease = ?3, hold = ?3, lease_until = ?4, operator = ?5,
  operator_price = ?6, service_price = ?7, paid_if_answered = ?8, attempts = attempts + 1
WHERE id IN (
    SELECT m.id FROM message m
    WHERE m.account = ?1 AND m.campaign = ?2 AND m.route = ?9 AND m.state = 'queued' AND m.not_before <= ?10
      AND NOT EXISTS (SELECT 1 FROM blacklist b WHERE b.account = m.account AND b.number_hash = m.number_hash)
    ORDER BY m.not_before, m.id LIMIT ?11)
  -- The campaign goes on, is approved where it has to be, and its codes are fresh; the account may send.
  AND EXISTS (SELECT 1 FROM campaign c JOIN account a ON a.account = c.account
    WHERE c.account = ?1 AND c.campaign = ?2 AND c.state = 'running'
      AND (c.class <> 'advertising' OR c.advertising_approved = 1)
      AND (c.class <> 'one_time_code' OR c.started_at > ?12)
      AND a.state IN ('active', 'closing')
      AND (a.agreement_ended_at IS NULL OR a.agreement_ended_at > ?10))
  -- On the day of a deletion nothing leaves any more.
  AND NOT EXISTS (SELECT 1 FROM deletion
    WHERE account = ?1 AND state IN ('scheduled', 'executing') AND due_at <= ?10)
  -- The offer is accepted, and so is the processing of personal data.
  AND EXISTS (SELECT 1 FROM consent
    WHERE account = ?1 AND document = 'offer' AND withdrawn_at IS NULL)
  AND EXISTS (SELECT 1 FROM consent
    WHERE account = ?1 AND document = 'pd_consent' AND withdrawn_at IS NULL);
