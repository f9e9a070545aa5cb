-- Visits of the short links in texts, and their counts.

-- name: linked_message
-- Only a message whose text has links is found by one.
-- ?1 the message's row
-- plan: m USING INTEGER PRIMARY KEY, a USING INDEX sqlite_autoindex_account_1, c USING INDEX campaign_id
SELECT m.account, m.message, m.campaign, m.contact, c.links
FROM message m
JOIN campaign c ON c.account = m.account AND c.campaign = m.campaign
-- What moved is found in its new cell, once it is all there.
JOIN account a ON a.account = m.account AND a.presence NOT IN ('left', 'arriving')
WHERE m.id = ?1
  AND c.links IS NOT NULL;

-- name: before
-- What is known of a link's visits. Asked before anything is written, so that whoever opens one link again and again
-- keeps nobody from writing.
-- ?1 account, ?2 contact, ?3 the message's row, ?4 the link's place
-- plan: link_visit USING PRIMARY KEY
SELECT visitor, visited_at, counted_at
FROM link_visit
WHERE account = ?1
  AND contact = ?2
  AND message = ?3
  AND place = ?4;

-- name: was_visited
-- By whichever of its links: a text has few.
-- ?1 account, ?2 contact, ?3 the message's row
-- plan: link_visit USING PRIMARY KEY
SELECT 1
FROM link_visit
WHERE account = ?1
  AND contact = ?2
  AND message = ?3
  AND visitor = 'person';

-- name: keep
-- Of a contact that is gone nothing is kept, and so nothing counted.
-- ?1 account, ?2 contact, ?3 the message's row, ?4 the link's place, ?5 who it was, ?6 since when, ?7 now
-- plan: c USING PRIMARY KEY
INSERT INTO link_visit (account, contact, message, place, visitor, visited_at, counted_at)
SELECT c.account, c.contact, ?3, ?4, ?5, ?6, ?7
FROM contact c
WHERE c.account = ?1
  AND c.contact = ?2
ON CONFLICT (account, contact, message, place) DO UPDATE
SET visitor = excluded.visitor, visited_at = excluded.visited_at, counted_at = excluded.counted_at
RETURNING 1;

-- name: count
-- Belongs behind `keep`, in its transaction.
-- ?1 account, ?2 campaign, ?3 the link's place, ?4 visits, ?5 visitors, ?6 previews, ?7 of whom nobody can tell
INSERT INTO link_count (account, campaign, place, visits, visitors, previews, unknown)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (account, campaign, place) DO UPDATE
SET visits = visits + excluded.visits, visitors = visitors + excluded.visitors,
  previews = previews + excluded.previews, unknown = unknown + excluded.unknown;

-- name: counts
-- A link that nobody opened has no row.
-- ?1 account, ?2 campaign
-- plan: link_count USING PRIMARY KEY
SELECT place, visits, visitors, previews, unknown
FROM link_count
WHERE account = ?1
  AND campaign = ?2
ORDER BY place;
