-- Events with what their leaves were made from.

-- name: counts
-- One statement, so that both numbers are of one moment.
-- ?1 account, ?2 series, ?3 log
SELECT coalesce((SELECT size FROM log WHERE log = ?3), 0) AS leaves,
  coalesce((SELECT events FROM series WHERE account = ?1 AND series = ?2), 0) AS events;

-- name: forget_shown
-- Keeps the largest sizes: a log only grows, so they are the latest.
-- ?1 account, ?2 how many are kept
DELETE FROM shown_log
WHERE account = ?1
  AND size NOT IN (SELECT size FROM shown_log WHERE account = ?1 ORDER BY size DESC LIMIT ?2);

-- name: of_campaign
-- All that hand-overs' and results' leaves were made from, in the order of the rows. What was sent stands with the
-- campaign.
-- ?1 account, ?2 campaign, ?3 behind this row, ?4 how many
-- plan: m USING INDEX message_of_campaign, c USING PRIMARY KEY
SELECT m.id, m.message, m.campaign, m.number, m.operator, m.operator_reference, m.handed_over_at, m.offset_minutes,
  m.window_hours, m.window_rule, m.operator_price, m.service_price, m.paid_if_answered, m.hand_over_index,
  m.hand_over_number, m.state, m.call_result, m.result_at, m.result_index, m.result_number,
  -- What was charged and not given back.
  m.capture IS NOT NULL AND m.refund IS NULL AS is_charged,
  c.content_sha256, c.segments, c.duration_ms
FROM message m
JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
WHERE m.account = ?1
  AND m.campaign = ?2
  AND m.id > ?3
  AND m.hand_over_index IS NOT NULL
ORDER BY m.id
LIMIT ?4;

-- name: of_account
-- All kinds that begin so: `consent` finds what was given and what was withdrawn.
-- ?1 account, ?2 behind this place, ?3 how the kind begins, ?4 how many
-- plan: event USING PRIMARY KEY
SELECT log_index, sealed
FROM event
WHERE account = ?1
  AND log_index > ?2
  AND substr(kind, 1, length(?3)) = ?3
ORDER BY log_index
LIMIT ?4;
