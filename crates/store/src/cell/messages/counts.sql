-- Reports, read from the counters that triggers keep with each change of a message.

-- name: campaign
-- One row, so that all figures are of one moment and what is queued is what is left of the whole. Of messages only
-- those on their way are looked at: they are as many as are being sent, whatever was sent before.
-- ?1 account, ?2 campaign
-- plan: c USING PRIMARY KEY, n USING PRIMARY KEY, h USING INDEX hand_over_count_of_campaign, b USING INDEX blocked_count_of_campaign, m USING INDEX message_open
SELECT c.state, coalesce(n.messages, 0) AS messages, coalesce(n.recipients, 0) AS recipients,
  (SELECT json_group_array(json_object('hour', h.hour, 'operator', h.operator, 'counts', json_object(
      'handed_over', h.handed_over, 'delivered', h.delivered, 'undelivered', h.undelivered, 'expired', h.expired,
      'answered', h.answered, 'machine', h.machine, 'busy', h.busy, 'no_answer', h.no_answer, 'failed', h.failed,
      'operator_price', h.operator_price, 'service_price', h.service_price, 'visits', h.visits,
      'visitors', h.visitors, 'opt_outs', h.opt_outs)))
    FROM hand_over_count h INDEXED BY hand_over_count_of_campaign
    WHERE h.account = c.account AND h.campaign = c.campaign) AS handed_over,
  (SELECT json_group_array(json_object('hour', b.hour, 'reason', b.reason, 'messages', b.messages))
    FROM blocked_count b INDEXED BY blocked_count_of_campaign
    WHERE b.account = c.account AND b.campaign = c.campaign AND b.messages > 0) AS blocked,
  (SELECT json_object('leased', coalesce(sum(m.state = 'leased'), 0), 'unknown', coalesce(sum(m.state = 'unknown'), 0),
      -- Nobody is asked any more: its owner has to decide.
      'undecided', coalesce(sum(m.state = 'unknown' AND m.asking_ended_at IS NOT NULL), 0),
      'held', coalesce(sum(m.operator_price + m.service_price), 0))
    FROM message m INDEXED BY message_open
    WHERE m.account = c.account AND m.campaign = c.campaign AND m.state IN ('leased', 'unknown')) AS open
FROM campaign c
LEFT JOIN campaign_count n ON n.account = c.account AND n.campaign = c.campaign
WHERE c.account = ?1
  AND c.campaign = ?2;

-- name: parts
-- An account's hand-overs of some hours, by a part of them: the largest first where they are campaigns, of which there
-- may be any number.
-- ?1 account, ?2 from this hour, ?3 before this one, ?4 by which part, ?5 how many parts
SELECT
  CASE ?4 WHEN 'hour' THEN hour WHEN 'day' THEN hour / 24 WHEN 'operator' THEN operator WHEN 'campaign' THEN campaign END
    AS part,
  json_object('handed_over', sum(handed_over), 'delivered', sum(delivered), 'undelivered', sum(undelivered),
    'expired', sum(expired), 'answered', sum(answered), 'machine', sum(machine), 'busy', sum(busy),
    'no_answer', sum(no_answer), 'failed', sum(failed), 'operator_price', sum(operator_price),
    'service_price', sum(service_price), 'visits', sum(visits), 'visitors', sum(visitors), 'opt_outs', sum(opt_outs))
    AS counts
FROM hand_over_count
WHERE account = ?1
  AND hour >= ?2
  AND hour < ?3
GROUP BY part
ORDER BY iif(?4 = 'campaign', -sum(handed_over), 0), part
LIMIT ?5;

-- name: blocked_parts
-- What was blocked in some hours, by a part of them and by reason. What was cancelled is none of it: its owner wanted
-- it so.
-- ?1 account, ?2 from this hour, ?3 before this one, ?4 by which part
SELECT CASE ?4 WHEN 'hour' THEN hour WHEN 'day' THEN hour / 24 WHEN 'campaign' THEN campaign END AS part,
  reason, sum(messages) AS messages
FROM blocked_count
WHERE account = ?1
  AND hour >= ?2
  AND hour < ?3
  AND reason NOT IN ('cancelled_by_owner', 'account_closed')
GROUP BY part, reason
HAVING sum(messages) > 0
ORDER BY part, reason;

-- name: names
-- What campaigns are called, sealed; nothing once the account is erased.
-- ?1 account, ?2 [campaign]
-- plan: c USING PRIMARY KEY
SELECT c.campaign, c.name
FROM json_each(?2) j
CROSS JOIN campaign c ON c.account = ?1 AND c.campaign = j.value;

-- name: note_response
-- What a person did about a message stands in the hour of its hand-over; a person may be faster than its settlement,
-- and then stands in their own, which is hardly another.
-- ?1 account, ?2 the message's row, ?3 now, ?4 minutes of offset, ?5 visits, ?6 visitors, ?7 refusals
-- plan: message USING INTEGER PRIMARY KEY
INSERT INTO hand_over_count (account, hour, campaign, operator, visits, visitors, opt_outs)
SELECT account,
  (coalesce(handed_over_at, ?3) + iif(handed_over_at IS NULL, ?4, offset_minutes) * 60000) / 3600000,
  campaign, coalesce(operator, route), ?5, ?6, ?7
FROM message
WHERE id = ?2
  AND +account = ?1
ON CONFLICT (account, hour, campaign, operator) DO UPDATE
SET visits = visits + excluded.visits, visitors = visitors + excluded.visitors,
  opt_outs = opt_outs + excluded.opt_outs;
