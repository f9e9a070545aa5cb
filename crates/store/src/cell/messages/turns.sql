-- Whose turn it is: by account, then by campaign. Triggers keep the table `turn` from the campaigns.

-- name: in_line
-- The first campaign of each account whose turn it is, the longest waiting first, then the second of each, and so on.
-- Accounts are cut off before their campaigns are looked at, so that the cost goes by the places of the tick and not by
-- who waits. An account has few campaigns under way, so all of them are numbered; that sorts a handful of rows.
-- ?1 line, ?2 now, ?3 how many, ?4 milliseconds by which one whose turn brought nothing is put back
WITH waiting AS MATERIALIZED (
  SELECT account, turn_at
  FROM turn
  WHERE line = ?1
    -- Where nobody else waits, one that was put back is looked at again at once.
    AND turn_at <= ?2 + ?4
    AND due_at <= ?2
    AND (SELECT presence FROM account a WHERE a.account = turn.account) = 'here'
  ORDER BY turn_at
  LIMIT ?3)
SELECT c.account, c.campaign, c.channel,
  row_number() OVER (PARTITION BY c.account ORDER BY c.turn_at, c.campaign) AS place
FROM waiting w
CROSS JOIN campaign c ON c.account = w.account AND c.line = ?1 AND c.turn_at <= ?2
ORDER BY place, w.turn_at, c.account
LIMIT ?3;

-- name: asleep
-- Those that sleep stand in an index of their own, so they cost those that run nothing.
-- ?1 now, ?2 how many
-- plan: campaign USING INDEX campaign_asleep, a USING INDEX sqlite_autoindex_account_1
SELECT account, campaign, channel
FROM campaign
WHERE needs IS NOT NULL
  AND state = 'running'
  AND turn_at <= ?1
  AND (SELECT presence FROM account a WHERE a.account = campaign.account) = 'here'
ORDER BY turn_at
LIMIT ?2;

-- name: put_behind
-- Codes keep their place: each is waited for by somebody.
-- ?1 [account], ?2 until when
UPDATE turn
SET not_before = max(not_before, ?2)
WHERE account IN (SELECT value FROM json_each(?1))
  AND line = 'running';

-- name: put_off
-- With all lines of the account: something is broken there.
-- ?1 [account], ?2 until when
UPDATE turn
SET not_before = max(not_before, ?2)
WHERE account IN (SELECT value FROM json_each(?1));

-- name: wake
-- What slept and was served all the same is awake: its price fell, or nothing of it is due.
-- ?1 account, ?2 campaign
UPDATE campaign
SET needs = NULL
WHERE account = ?1
  AND campaign = ?2
  AND needs IS NOT NULL;

-- name: note_turn
-- The line is read from the campaign, so this comes before whatever changes it.
-- ?1 account, ?2 campaign, ?3 now
UPDATE turn
SET not_before = max(not_before, ?3)
WHERE account = ?1
  AND line = (SELECT line FROM campaign WHERE account = ?1 AND campaign = ?2);

-- name: fall_asleep
-- The balance is asked by the statement that puts it to sleep: money that comes at this moment either is seen here,
-- or finds it asleep and wakes it.
-- ?1 account, ?2 campaign, ?3 the price of one message in tiyn, ?4 when it is looked at all the same
UPDATE campaign
SET needs = ?3, turn_at = ?4
WHERE account = ?1
  AND campaign = ?2
  AND state = 'running'
  AND EXISTS (SELECT 1 FROM balance WHERE account = ?1 AND available < ?3)
RETURNING 1;

-- name: note_short
-- The first since there was enough gives a row, and so one event.
-- ?1 account, ?2 now
UPDATE balance
SET short_since = ?2
WHERE account = ?1
  AND short_since IS NULL
RETURNING available;

-- name: served
-- Finds the next instant at which something of the campaign is due, or that nothing is left of it, and writes either
-- into its row. It costs the same beside any number of messages: one step through the index for each route, and one
-- look into each index of what is under way.
-- ?1 account, ?2 campaign, ?3 now, ?4 milliseconds until it is looked at again where nothing is queued
-- plan: message USING INDEX message_due, m USING INDEX message_due, message USING INDEX message_open, message USING INDEX message_awaited
WITH RECURSIVE
  -- The routes for which it has queued messages, and a NULL behind the last.
  queued (route) AS (
    SELECT min(route)
    FROM message
    WHERE account = ?1 AND campaign = ?2 AND state = 'queued'
    UNION ALL
    SELECT (
      SELECT min(m.route)
      FROM message m
      WHERE m.account = ?1 AND m.campaign = ?2 AND m.state = 'queued' AND m.route > queued.route)
    FROM queued
    WHERE queued.route IS NOT NULL),
  next (due_at, completed) AS MATERIALIZED (
    SELECT
      -- Of each route the first, then the first of those: an index is in the order of its routes.
      (SELECT min((
         SELECT min(m.not_before)
         FROM message m
         WHERE m.account = ?1 AND m.campaign = ?2 AND m.route = queued.route AND m.state = 'queued'))
       FROM queued
       WHERE route IS NOT NULL),
      NOT EXISTS (
        SELECT 1 FROM message
        WHERE account = ?1 AND campaign = ?2 AND state = 'queued')
      AND NOT EXISTS (
        SELECT 1 FROM message
        WHERE account = ?1 AND campaign = ?2 AND state IN ('leased', 'unknown') AND asking_ended_at IS NULL)
      -- What a call brings may be another attempt.
      AND NOT EXISTS (
        SELECT 1 FROM message
        WHERE account = ?1 AND campaign = ?2 AND result_due IS NOT NULL))
UPDATE campaign
SET turn_at = max(?3, coalesce(next.due_at, ?3 + ?4)),
  state = iif(next.completed, 'completed', state),
  finished_at = iif(next.completed, ?3, finished_at)
FROM next
WHERE account = ?1
  AND campaign = ?2
  AND state = 'running'
RETURNING state;
