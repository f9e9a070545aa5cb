-- What people said, for their owner's own copy.

-- name: stances
-- By the hashes that they are kept under; a number is there where the contact is.
-- ?1 account, ?2 behind this hash in hexadecimal, ?3 how many
-- plan: s USING PRIMARY KEY, n USING PRIMARY KEY, c USING PRIMARY KEY
SELECT s.number_hash, s.stance, s.said, s.import, s.at, c.contact, c.number
FROM decision_stance s
LEFT JOIN contact_number n ON n.account = s.account AND n.number_hash = s.number_hash
LEFT JOIN contact c ON c.account = n.account AND c.contact = n.contact
WHERE s.account = ?1
  AND s.number_hash > unhex(?2)
ORDER BY s.number_hash
LIMIT ?3;
