-- How many an audience takes.

-- name: listed
-- Of those in a list the blacklisted ones, counted from the blacklist, which is a small part and may list a number for
-- several; and whether a file is being
-- read, whose people may be in the list and are no contacts yet.
-- ?1 account, ?2 list
-- plan: n USING PRIMARY KEY, m USING PRIMARY KEY
SELECT
  (SELECT count(DISTINCT b.number_hash)
   FROM blacklist b
   CROSS JOIN contact_number n ON n.account = b.account AND n.number_hash = b.number_hash
   CROSS JOIN list_member m ON m.account = n.account AND m.list = ?2 AND m.contact = n.contact
   WHERE b.account = ?1) AS blacklisted,
  EXISTS (SELECT 1 FROM import WHERE account = ?1 AND state = 'reading') AS is_reading;
