-- Into the queue, and out of it.

-- name: take_rows
-- Rows are counted by the cell, not by SQLite: it would count on behind whatever row moved here from another cell.
-- ?1 how many
UPDATE cell
SET last_row = last_row + ?1
WHERE one = 1
RETURNING last_row;

-- name: queue
-- One message for each contact of completed uploads. The id is a UUIDv7 with the cell's number, as `IdKind::new_id`
-- makes it, made by SQLite, so that a million rows do not cross the boundary. Whose number is in the blacklist by now is
-- written down as blocked, with the instant.
-- ?1 account, ?2 campaign, ?3 behind this contact, ?4 up to this one, ?5 now, ?6 the last import that its start counted,
-- ?7 {range: route}, ?8 the route of all other numbers, ?9 now, ?10 the rule of its local time, ?11 minutes of offset,
-- ?12 the cell's number, ?13 the last row that is taken
INSERT INTO message (
  id, account, message, campaign, contact, number_hash, route, state, reason, blocked_at, window_rule, offset_minutes,
  call_attempt)
SELECT ?13 + row_number() OVER (ORDER BY c.contact), c.account,
  lower(printf('msg_%012x7%03x', ?5, ?12)
    || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(8)), 2)),
  ?2, c.contact, c.number_hash, coalesce(r.value, ?8),
  iif(b.entry IS NULL, 'queued', 'blocked'),
  iif(b.entry IS NULL, NULL, 'blacklisted'),
  iif(b.entry IS NULL, NULL, ?9),
  iif(b.entry IS NULL, NULL, ?10),
  iif(b.entry IS NULL, NULL, ?11),
  -- The first call, or the one text.
  (SELECT p.channel = 'voice' FROM campaign p WHERE p.account = ?1 AND p.campaign = ?2)
FROM contact c
JOIN import i ON i.account = c.account AND i.import = c.import
-- Several may list a number: one entry of them is enough.
LEFT JOIN blacklist b ON b.account = c.account AND b.entry = (
  SELECT l.entry FROM blacklist l WHERE l.account = c.account AND l.number_hash = c.number_hash LIMIT 1)
LEFT JOIN (SELECT key, value FROM json_each(?7)) r ON r.key = c.number_range
WHERE c.account = ?1
  AND c.contact > ?3
  AND c.contact <= ?4
  -- What came in later was in nobody's estimate.
  AND i.completed_no <= ?6
ORDER BY c.contact
ON CONFLICT (account, campaign, number_hash, call_attempt) DO NOTHING;

-- name: queue_recipients
-- The same for those only whom the start fixed, who were in the base then: the smaller side drives. The last import
-- says nothing more of them, and is asked for so that both statements take the same.
-- ?1 account, ?2 campaign, ?3 behind this contact, ?4 up to this one, ?5 now, ?6 the last import that its start counted,
-- ?7 {range: route}, ?8 the route of all other numbers, ?9 now, ?10 the rule of its local time, ?11 minutes of offset,
-- ?12 the cell's number, ?13 the last row that is taken
INSERT INTO message (
  id, account, message, campaign, contact, number_hash, route, state, reason, blocked_at, window_rule, offset_minutes,
  call_attempt)
SELECT ?13 + row_number() OVER (ORDER BY c.contact), c.account,
  lower(printf('msg_%012x7%03x', ?5, ?12)
    || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(8)), 2)),
  ?2, c.contact, c.number_hash, coalesce(r.value, ?8),
  iif(b.entry IS NULL, 'queued', 'blocked'),
  iif(b.entry IS NULL, NULL, 'blacklisted'),
  iif(b.entry IS NULL, NULL, ?9),
  iif(b.entry IS NULL, NULL, ?10),
  iif(b.entry IS NULL, NULL, ?11),
  -- The first call, or the one text.
  (SELECT p.channel = 'voice' FROM campaign p WHERE p.account = ?1 AND p.campaign = ?2)
FROM campaign_recipient p
CROSS JOIN contact c ON c.account = p.account AND c.contact = p.contact
LEFT JOIN blacklist b ON b.account = c.account AND b.entry = (
  SELECT l.entry FROM blacklist l WHERE l.account = c.account AND l.number_hash = c.number_hash LIMIT 1)
LEFT JOIN (SELECT key, value FROM json_each(?7)) r ON r.key = c.number_range
WHERE p.account = ?1
  AND p.campaign = ?2
  AND p.contact > ?3
  AND p.contact <= ?4
  AND ?6 IS NOT NULL
ORDER BY c.contact
ON CONFLICT (account, campaign, number_hash, call_attempt) DO NOTHING;

-- name: queue_next_attempts
-- The next call after each of these, if the plan has one, the campaign goes on, and the person may still be called.
-- CROSS JOIN keeps the batch outside, and `+` hides the account from the planner: the rows are found by their ids.
-- ?1 account, ?2 [{after, message}], ?3 now, ?4 the last row that is taken
-- plan: m USING INTEGER PRIMARY KEY
INSERT INTO message (id, account, message, campaign, contact, number_hash, route, state, not_before, call_attempt)
SELECT ?4 + j.key + 1, m.account, j.value ->> 'message', m.campaign, m.contact, m.number_hash, m.route, 'queued',
  ?3 + p.retry_gap_seconds * 1000, m.call_attempt + 1
FROM json_each(?2) j
CROSS JOIN message m ON m.id = j.value ->> 'after'
JOIN campaign p ON p.account = m.account AND p.campaign = m.campaign
-- Of an erased contact there is no number to call.
JOIN contact c ON c.account = m.account AND c.contact = m.contact
WHERE +m.account = ?1
  AND m.result_due IS NOT NULL
  AND m.call_attempt < p.attempts
  AND p.state IN ('running', 'paused')
  AND NOT EXISTS (SELECT 1 FROM blacklist b WHERE b.account = m.account AND b.number_hash = m.number_hash)
ON CONFLICT (account, campaign, number_hash, call_attempt) DO NOTHING;

-- name: lease
-- Takes due messages of a campaign's route. All gates stand in this one statement, in the transaction that holds the
-- money: whatever another request changes at this moment is either before it or after it.
-- ?1 account, ?2 campaign, ?3 the lease, which is the transfer that holds the money, ?4 until when, ?5 operator,
-- ?6 and ?7 the price's two parts in tiyn, ?8 whether it is paid only if answered, ?9 route, ?10 now, ?11 how many,
-- ?12 behind which instant a code's campaign must have been started
-- plan: m USING INDEX message_due, b USING INDEX blacklist_number, deletion USING INDEX deletion_open, consent USING INDEX consent_in_force
UPDATE message
SET state = 'leased', lease = ?3, hold = ?3, lease_until = ?4, operator = ?5,
  operator_price = ?6, service_price = ?7, paid_if_answered = ?8, attempts = attempts + 1
WHERE id IN (
    SELECT m.id
    FROM message m
    WHERE m.account = ?1
      AND m.campaign = ?2
      AND m.route = ?9
      AND m.state = 'queued'
      AND m.not_before <= ?10
      AND NOT EXISTS (SELECT 1 FROM blacklist b WHERE b.account = m.account AND b.number_hash = m.number_hash)
    ORDER BY m.not_before, m.id
    LIMIT ?11)
  -- The campaign goes on, is approved where it has to be, and its codes are fresh; the account may send.
  AND EXISTS (
    SELECT 1
    FROM campaign c
    JOIN account a ON a.account = c.account
    WHERE c.account = ?1
      AND c.campaign = ?2
      AND c.state = 'running'
      AND (c.class <> 'advertising' OR c.advertising_approved = 1)
      AND (c.class <> 'one_time_code' OR c.started_at > ?12)
      AND a.state IN ('active', 'closing')
      AND a.presence = 'here'
      -- Whom the service listed stands in the account's blacklist only once the account has that list.
      AND a.service_blacklist_version >= (SELECT service_blacklist_version FROM cell WHERE one = 1)
      AND (a.agreement_ended_at IS NULL OR a.agreement_ended_at > ?10))
  -- On the day of a deletion nothing leaves any more.
  AND NOT EXISTS (
    SELECT 1 FROM deletion
    WHERE account = ?1 AND state IN ('scheduled', 'executing') AND due_at <= ?10)
  -- The offer is accepted, and so is the processing of personal data. An account has an attestation for each campaign
  -- and upload, so its consents are not gone through.
  AND EXISTS (
    SELECT 1 FROM consent INDEXED BY consent_in_force
    WHERE account = ?1 AND document = 'offer' AND withdrawn_at IS NULL)
  AND EXISTS (
    SELECT 1 FROM consent INDEXED BY consent_in_force
    WHERE account = ?1 AND document = 'pd_consent' AND withdrawn_at IS NULL);

-- name: block_row
-- Of one row, whosever it is.
-- ?1 reason, ?2 now, ?3 the rule of its local time, ?4 minutes of offset, ?5 row
UPDATE message
SET state = 'blocked', reason = ?1, blocked_at = ?2, window_rule = ?3, offset_minutes = ?4
WHERE id = ?5
  AND state = 'queued'
  -- Nothing of an account that is on its way to another cell changes.
  AND (SELECT presence FROM account a WHERE a.account = message.account) <> 'leaving'
RETURNING 1;

-- name: block_beyond
-- Of what was queued in some rows, all but the first that were agreed to.
-- ?1 reason, ?2 now, ?3 the rule of its local time, ?4 minutes of offset, ?5 account, ?6 campaign, ?7 behind this row,
-- ?8 how many stay, ?9 up to this row
UPDATE message
SET state = 'blocked', reason = ?1, blocked_at = ?2, window_rule = ?3, offset_minutes = ?4
WHERE id IN (
  SELECT id
  FROM message
  WHERE account = ?5
    AND campaign = ?6
    AND id > ?7
    AND id <= ?9
    AND state = 'queued'
  ORDER BY id
  LIMIT -1 OFFSET ?8);

-- name: block_started_by
-- One-time codes of all accounts whose campaigns are too old, by the index that holds codes under way and nothing else.
-- ?1 reason, ?2 now, ?3 the rule of its local time, ?4 minutes of offset, ?5 started at this instant or before,
-- ?6 how many
-- plan: c USING INDEX campaign_codes, m USING INDEX message_due, a USING INDEX sqlite_autoindex_account_1
UPDATE message
SET state = 'blocked', reason = ?1, blocked_at = ?2, window_rule = ?3, offset_minutes = ?4
WHERE id IN (
  SELECT m.id
  FROM campaign c INDEXED BY campaign_codes
  CROSS JOIN message m INDEXED BY message_due ON m.account = c.account AND m.campaign = c.campaign
  CROSS JOIN account a ON a.account = c.account AND a.presence = 'here'
  WHERE c.class = 'one_time_code'
    AND c.state IN ('preparing', 'running')
    AND c.started_at <= ?5
    AND m.state = 'queued'
  LIMIT ?6)
RETURNING account, campaign;

-- name: block_to_numbers
-- A number has at most one message in each of the few campaigns that are not over, and is found there by the index
-- that says so: `+` hides the state from the planner, or it would go through all that is queued.
-- ?1 reason, ?2 now, ?3 the rule of its local time, ?4 minutes of offset, ?5 account, ?6 [hash in hexadecimal]
-- plan: m USING INDEX message_once
UPDATE message
SET state = 'blocked', reason = ?1, blocked_at = ?2, window_rule = ?3, offset_minutes = ?4
WHERE id IN (
  SELECT m.id
  FROM campaign c
  CROSS JOIN json_each(?6) hash
  CROSS JOIN message m ON m.account = c.account AND m.campaign = c.campaign AND m.number_hash = unhex(hash.value)
  WHERE c.account = ?5
    AND c.state IN ('preparing', 'running', 'paused')
    AND +m.state = 'queued')
RETURNING 1;

-- name: block_to_contact
-- Whoever is erased stands in no message either.
-- ?1 reason, ?2 now, ?3 the rule of its local time, ?4 minutes of offset, ?5 account, ?6 contact
-- plan: m USING INDEX message_queued_contact
UPDATE message
SET state = 'blocked', reason = ?1, blocked_at = ?2, window_rule = ?3, offset_minutes = ?4, contact = NULL
WHERE id IN (
  SELECT m.id
  FROM message m
  WHERE m.account = ?5
    AND m.state = 'queued'
    AND m.contact = ?6)
  -- Nothing of an account that is on its way to another cell changes; here and below.
  AND (SELECT presence FROM account WHERE account = ?5) <> 'leaving';

-- name: block_to_contacts
-- In steps of a bounded number of rows, so that nobody else waits for the end of a million.
-- ?1 reason, ?2 now, ?3 the rule of its local time, ?4 minutes of offset, ?5 account, ?6 behind this contact,
-- ?7 up to this one, ?8 how many; all of them where it is negative
-- plan: m USING INDEX message_queued_contact
UPDATE message
SET state = 'blocked', reason = ?1, blocked_at = ?2, window_rule = ?3, offset_minutes = ?4, contact = NULL
WHERE id IN (
  SELECT m.id
  FROM message m
  WHERE m.account = ?5
    AND m.state = 'queued'
    AND m.contact > ?6
    AND m.contact <= ?7
  LIMIT ?8)
  AND (SELECT presence FROM account WHERE account = ?5) <> 'leaving';

-- name: cancel
-- What is queued of one cancelled campaign, through the index of what is queued.
-- ?1 account, ?2 reason, ?3 how many, ?4 campaign
-- plan: m USING INDEX message_due
UPDATE message
SET state = 'cancelled', reason = ?2
WHERE id IN (
  SELECT m.id
  FROM message m INDEXED BY message_due
  CROSS JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
  WHERE m.account = ?1
    AND m.campaign = ?4
    AND m.state = 'queued'
    AND c.state = 'cancelled'
  LIMIT ?3)
  AND (SELECT presence FROM account WHERE account = ?1) <> 'leaving'
RETURNING 1;

-- name: cancel_all
-- The same of all campaigns of an account.
-- ?1 account, ?2 reason, ?3 how many
-- plan: m USING INDEX message_due
UPDATE message
SET state = 'cancelled', reason = ?2
WHERE id IN (
  SELECT m.id
  FROM message m INDEXED BY message_due
  CROSS JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
  WHERE m.account = ?1
    AND m.state = 'queued'
    AND c.state = 'cancelled'
  LIMIT ?3)
  AND (SELECT presence FROM account WHERE account = ?1) <> 'leaving'
RETURNING 1;
