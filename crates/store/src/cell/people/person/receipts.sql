-- Receipts of what was done at people's requests.

-- name: write
-- By the number's hash alone.
-- ?1 account, ?2 request, ?3 kind, ?4 the number's hash, ?5 sealed what was said, ?6 JSON of what it came to, ?7 actor,
-- ?8 channel, ?9 now, ?10 the leaf
INSERT INTO person_request (account, request, kind, number_hash, said, done, actor, channel, at, log_index)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: one
-- A repeated request is answered with it.
-- ?1 account, ?2 request
-- plan: person_request USING PRIMARY KEY
SELECT request, kind, said, done, actor, channel, at, log_index
FROM person_request
WHERE account = ?1
  AND request = ?2;

-- name: page
-- Newest first: ids grow with time. A number is there where the contact is.
-- ?1 account, ?2 below this request, or NULL from the newest, ?3 how many
-- plan: r USING PRIMARY KEY, n USING PRIMARY KEY, c USING PRIMARY KEY
SELECT r.request, r.kind, r.said, r.done, r.actor, r.channel, r.at, r.log_index, c.contact, c.number
FROM person_request r
LEFT JOIN contact_number n ON n.account = r.account AND n.number_hash = r.number_hash
LEFT JOIN contact c ON c.account = n.account AND c.contact = n.contact
WHERE r.account = ?1
  AND (?2 IS NULL OR r.request < ?2)
ORDER BY r.request DESC
LIMIT ?3;

-- name: of_person
-- All of one person, newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 the number's hash, ?3 how many
-- plan: person_request USING INDEX person_request_of_person
SELECT request, kind, said, done, actor, channel, at, log_index
FROM person_request INDEXED BY person_request_of_person
WHERE account = ?1
  AND number_hash = ?2
ORDER BY request DESC
LIMIT ?3;
