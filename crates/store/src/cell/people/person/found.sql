-- What an account has of one number.

-- name: contact
-- The rows of a file that is being read are no contacts yet.
-- ?1 account, ?2 the number's hash
-- plan: n USING PRIMARY KEY, c USING PRIMARY KEY, i USING PRIMARY KEY, b USING INDEX blacklist_number
SELECT c.contact, c.number, c.name, c.fields, c.consent_proof, c.import, c.created_at,
  EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash) AS is_blacklisted
FROM contact_number n
CROSS JOIN contact c ON c.account = n.account AND c.contact = n.contact
CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
WHERE n.account = ?1
  AND n.number_hash = ?2;

-- name: next_campaigns
-- So many below one, newest first. No index has a number's messages in all campaigns.
-- ?1 account, ?2 below this campaign, ?3 how many
-- plan: campaign USING PRIMARY KEY
SELECT min(campaign) AS down_to, count(*) AS campaigns
FROM (
  SELECT campaign
  FROM campaign
  WHERE account = ?1
    AND campaign < ?2
  ORDER BY campaign DESC
  LIMIT ?3);

-- name: messages
-- A number has a message in a campaign, or one for each attempt of a call, and is found there by the index that says so;
-- CROSS JOIN keeps the campaigns outside. What is shown of one, the view `history` says.
-- ?1 account, ?2 below this campaign, ?3 down to this one, ?4 the number's hash
-- plan: o USING PRIMARY KEY, f USING INDEX message_once, m USING INTEGER PRIMARY KEY
SELECT h.*
FROM campaign o
CROSS JOIN message f ON f.account = o.account AND f.campaign = o.campaign AND f.number_hash = ?4
CROSS JOIN history h ON h.id = f.id
WHERE o.account = ?1
  AND o.campaign < ?2
  AND o.campaign >= ?3
ORDER BY o.campaign DESC;

-- name: former_consents
-- Their contacts are gone, or other proofs followed them.
-- ?1 account, ?2 the number's hash, ?3 how many
-- plan: former_consent_proof USING INDEX former_consent_proof_of_person
SELECT contact, consent_proof
FROM former_consent_proof
WHERE account = ?1
  AND number_hash = ?2
LIMIT ?3;

-- name: visits
-- By the contact, with which they go.
-- ?1 account, ?2 contact, ?3 how many
-- plan: v USING PRIMARY KEY, m USING INTEGER PRIMARY KEY
SELECT m.message, m.campaign, v.place, v.visitor, v.visited_at
FROM link_visit v
CROSS JOIN message m ON m.id = v.message
WHERE v.account = ?1
  AND v.contact = ?2
ORDER BY v.message, v.place
LIMIT ?3;
