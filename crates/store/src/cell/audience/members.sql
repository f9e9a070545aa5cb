-- Who is in lists and has tags.

-- name: is_there
-- One that is deleted takes nobody any more.
-- ?1 account, ?2 list
-- plan: list USING PRIMARY KEY
SELECT 1
FROM list
WHERE account = ?1
  AND list = ?2
  AND deleted_at IS NULL;

-- name: page
-- In the order of the contacts; people of a file that is being merged are in the list, and no contacts yet.
-- ?1 account, ?2 list, ?3 behind this contact, ?4 how many
-- plan: m USING PRIMARY KEY, c USING PRIMARY KEY, i USING PRIMARY KEY, b USING INDEX blacklist_number
SELECT c.contact, c.number, c.name, c.fields, c.import, c.created_at,
  EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash) AS is_blacklisted
FROM list_member m
CROSS JOIN contact c ON c.account = m.account AND c.contact = m.contact
CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
WHERE m.account = ?1
  AND m.list = ?2
  AND m.contact > ?3
ORDER BY m.contact
LIMIT ?4;

-- name: joins
-- Asked once a part of a file.
-- ?1 account, ?2 import
-- plan: import USING PRIMARY KEY
SELECT joins
FROM import
WHERE account = ?1
  AND import = ?2;

-- name: join
-- In the order of the table and no other, since hashes have none. A list that was deleted meanwhile is joined by nobody,
-- and whoever has as many tags as one may have gets no more.
-- ?1 account, ?2 hashes one behind the other, ?3 [places], ?4 list, ?5 now, ?6 tags that one may have
INSERT INTO list_member (account, list, contact, added_at)
SELECT ?1, ?4, n.contact, ?5
FROM json_each(?3) j
CROSS JOIN contact_number n ON n.account = ?1 AND n.number_hash = substr(?2, j.value * 32 + 1, 32)
WHERE EXISTS (SELECT 1 FROM list WHERE account = ?1 AND list = ?4 AND deleted_at IS NULL)
  AND (?4 < 'tag_' OR (
    SELECT count(*) FROM list_member t
    WHERE t.account = ?1 AND t.contact = n.contact AND t.list BETWEEN 'tag_' AND 'tag~') < ?6)
ORDER BY n.contact
ON CONFLICT DO NOTHING;
