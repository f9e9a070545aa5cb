-- The base of contacts: the rows of completed uploads.

-- name: page
-- In the order of the file: ids grow with its lines.
-- ?1 account, ?2 behind this contact, ?3 how many
-- plan: c USING PRIMARY KEY, i USING PRIMARY KEY, b USING INDEX blacklist_number
SELECT c.contact, c.number, c.name, c.fields, c.import, c.created_at,
  EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash) AS is_blacklisted
FROM contact c
CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
WHERE c.account = ?1
  AND c.contact > ?2
ORDER BY c.contact
LIMIT ?3;

-- name: consent_proof
-- With the contact, or behind it.
-- ?1 account, ?2 contact
SELECT consent_proof
FROM contact
WHERE account = ?1
  AND contact = ?2
  AND consent_proof IS NOT NULL
UNION ALL
SELECT consent_proof
FROM former_consent_proof
WHERE account = ?1
  AND contact = ?2;

-- name: next_step
-- So many contacts behind one, and no further than where the deletion began: what comes in meanwhile stays.
-- ?1 account, ?2 behind this contact, ?3 up to this one, ?4 how many
-- plan: contact USING PRIMARY KEY
SELECT max(contact) AS up_to, count(*) AS contacts
FROM (
  SELECT contact
  FROM contact
  WHERE account = ?1
    AND contact > ?2
    AND contact <= ?3
  ORDER BY contact
  LIMIT ?4);

-- name: queued_for
-- No more are counted than one step blocks.
-- ?1 account, ?2 behind this contact, ?3 up to this one, ?4 how many at most
-- plan: message USING INDEX message_queued_contact
SELECT count(*) AS messages
FROM (
  SELECT id
  FROM message
  WHERE account = ?1
    AND state = 'queued'
    AND contact > ?2
    AND contact <= ?3
  LIMIT ?4);

-- name: open_messages
-- The few that are with an operator come first, by the index that has only them; then their contacts.
-- ?1 account, ?2 behind this contact, ?3 up to this one
-- plan: message USING INDEX message_open, c USING PRIMARY KEY
WITH open AS MATERIALIZED (
  SELECT id, message, contact
  FROM message INDEXED BY message_open
  WHERE account = ?1
    AND state IN ('leased', 'unknown')
    AND contact > ?2
    AND contact <= ?3)
SELECT open.id, open.message, open.contact, c.number AS contact_number
FROM open
CROSS JOIN contact c ON c.account = ?1 AND c.contact = open.contact;

-- name: open_messages_of_one
-- The same of one contact.
-- ?1 account, ?2 contact
-- plan: m USING INDEX message_open, c USING PRIMARY KEY
SELECT m.id, m.message, m.contact, c.number AS contact_number
FROM message m INDEXED BY message_open
CROSS JOIN contact c ON c.account = m.account AND c.contact = m.contact
WHERE m.account = ?1
  AND m.state IN ('leased', 'unknown')
  AND m.contact = ?2;

-- name: count_some
-- Rows of a file that is being read are no contacts yet.
-- ?1 account, ?2 behind this contact, ?3 up to this one
-- plan: contact USING PRIMARY KEY
SELECT count(*) AS contacts
FROM contact
WHERE account = ?1
  AND contact > ?2
  AND contact <= ?3
  AND import IS NOT (SELECT import FROM import WHERE account = ?1 AND state = 'reading');

-- name: delete_some
-- Rows of a file that is being read are no contacts yet.
-- ?1 account, ?2 behind this contact, ?3 up to this one
-- plan: contact USING PRIMARY KEY
DELETE FROM contact
WHERE account = ?1
  AND contact > ?2
  AND contact <= ?3
  AND import IS NOT (SELECT import FROM import WHERE account = ?1 AND state = 'reading');

-- name: count_one
-- Rows of a file that is being read are no contacts yet.
-- ?1 account, ?2 contact
-- plan: contact USING PRIMARY KEY
SELECT count(*) AS contacts
FROM contact
WHERE account = ?1
  AND contact = ?2
  AND import IS NOT (SELECT import FROM import WHERE account = ?1 AND state = 'reading');

-- name: delete_one
-- Rows of a file that is being read are no contacts yet.
-- ?1 account, ?2 contact
-- plan: contact USING PRIMARY KEY
DELETE FROM contact
WHERE account = ?1
  AND contact = ?2
  AND import IS NOT (SELECT import FROM import WHERE account = ?1 AND state = 'reading');
