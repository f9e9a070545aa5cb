-- Campaigns become messages, as many as were agreed to.

-- name: preparing
-- How far a campaign is.
-- ?1 account, ?2 campaign
SELECT prepared_to, base_no, agreed_messages - queued_messages AS agreed, audience IS NOT NULL AS to_recipients
FROM campaign
WHERE account = ?1
  AND campaign = ?2
  AND state = 'preparing';

-- name: next_contacts
-- The step goes by contacts, whether they are in the base or not, so that one that finds nothing still moves on.
-- ?1 account, ?2 behind this contact, ?3 how many, ?4 the last import that the campaign's start counted
-- plan: c USING PRIMARY KEY, i USING PRIMARY KEY
SELECT max(contact) AS up_to, count(*) AS seen, coalesce(sum(in_base), 0) AS messages
FROM (
  SELECT c.contact,
    EXISTS (
      SELECT 1 FROM import i
      WHERE i.account = c.account AND i.import = c.import AND i.completed_no <= ?4) AS in_base
  FROM contact c
  WHERE c.account = ?1
    AND c.contact > ?2
  ORDER BY c.contact
  LIMIT ?3);

-- name: next_recipients
-- The same of a campaign that goes to those only whom its start fixed. Whose contact is gone since gets no message.
-- ?1 account, ?2 behind this contact, ?3 how many, ?4 campaign
-- plan: r USING PRIMARY KEY, c USING PRIMARY KEY
SELECT max(contact) AS up_to, count(*) AS seen, coalesce(sum(in_base), 0) AS messages
FROM (
  SELECT r.contact,
    EXISTS (SELECT 1 FROM contact c WHERE c.account = r.account AND c.contact = r.contact) AS in_base
  FROM campaign_recipient r
  WHERE r.account = ?1
    AND r.campaign = ?4
    AND r.contact > ?2
  ORDER BY r.contact
  LIMIT ?3);

-- name: forget_recipients
-- Their messages are made.
-- ?1 account, ?2 campaign, ?3 behind this contact, ?4 up to this one
-- plan: campaign_recipient USING PRIMARY KEY
DELETE FROM campaign_recipient
WHERE account = ?1
  AND campaign = ?2
  AND contact > ?3
  AND contact <= ?4;

-- name: queued_behind
-- What this step queued: it lies in the rows that it took.
-- ?1 account, ?2 campaign, ?3 behind this row, ?4 up to this one
-- plan: message USING INDEX message_of_campaign
SELECT count(*) AS messages
FROM message INDEXED BY message_of_campaign
WHERE account = ?1
  AND campaign = ?2
  AND id > ?3
  AND id <= ?4
  AND state = 'queued';

-- name: note_prepared
-- `queued_messages` is held below what was agreed to by the table itself.
-- ?1 account, ?2 campaign, ?3 the last contact of the step, or NULL, ?4 whether it was the last step, ?5 how many were
-- queued, ?6 now
UPDATE campaign
SET prepared_to = coalesce(?3, prepared_to),
  state = iif(?4, 'running', state),
  queued_messages = queued_messages + ?5,
  turn_at = ?6
WHERE account = ?1
  AND campaign = ?2;

-- name: queued_routes
-- One step through the index for each route, however many messages wait; a NULL stands behind the last.
-- ?1 account, ?2 campaign
-- plan: message USING INDEX message_due, m USING INDEX message_due
WITH RECURSIVE queued (route) AS (
  SELECT min(route)
  FROM message
  WHERE account = ?1 AND campaign = ?2 AND state = 'queued'
  UNION ALL
  SELECT (
    SELECT min(m.route)
    FROM message m
    WHERE m.account = ?1 AND m.campaign = ?2 AND m.state = 'queued' AND m.route > queued.route)
  FROM queued
  WHERE queued.route IS NOT NULL)
SELECT route
FROM queued
WHERE route IS NOT NULL;
