-- Contacts with everything that is kept beside them.

-- name: page
-- The lists of a contact lie side by side in their index, so a page costs a step for each of them.
-- ?1 account, ?2 behind this contact, ?3 how many
-- plan: c USING PRIMARY KEY, i USING PRIMARY KEY, s USING PRIMARY KEY, b USING INDEX blacklist_number, m USING INDEX list_member_contact
SELECT c.contact, c.number, c.name, c.fields, c.import, c.created_at, c.consent_proof, s.stance,
  EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash) AS is_blacklisted,
  (SELECT json_group_array(m.list)
   FROM list_member m INDEXED BY list_member_contact
   WHERE m.account = c.account AND m.contact = c.contact) AS lists
FROM contact c
CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
LEFT JOIN decision_stance s ON s.account = c.account AND s.number_hash = c.number_hash
WHERE c.account = ?1
  AND c.contact > ?2
ORDER BY c.contact
LIMIT ?3;
