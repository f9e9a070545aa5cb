-- Runs of scores: asked for, priced, delivered, and paid for once they are.

-- name: consenting
-- Who can be scored at most: people who consented and are contacts of completed uploads, and how many contacts there
-- are. As an audience is counted.
-- ?1 account
-- plan: import USING PRIMARY KEY, s USING PRIMARY KEY, n USING PRIMARY KEY, c USING PRIMARY KEY, i USING PRIMARY KEY
SELECT
  (SELECT coalesce(sum(contacts), 0) FROM import WHERE account = ?1 AND state = 'completed') AS contacts,
  (SELECT count(*)
   FROM decision_stance s
   CROSS JOIN contact_number n ON n.account = s.account AND n.number_hash = s.number_hash
   CROSS JOIN contact c ON c.account = n.account AND c.contact = n.contact
   CROSS JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
   WHERE s.account = ?1 AND s.stance = 'consented') AS consenting,
  (SELECT max(c.contact) FROM contact c WHERE c.account = ?1) AS up_to;

-- name: begin
-- Its price is agreed to and held from now on.
-- ?1 account, ?2 scoring, ?3 kind, ?4 last contact, ?5 tariff, ?6 price of one, ?7 agreed, ?8 now
INSERT INTO scoring (account, scoring, kind, state, up_to, tariff, price, agreed, created_at)
VALUES (?1, ?2, ?3, 'working', ?4, ?5, ?6, ?7, ?8);

-- name: one
-- Another account's is not found.
-- ?1 account, ?2 scoring
-- plan: scoring USING PRIMARY KEY
SELECT scoring, kind, state, up_to, tariff, price, agreed, charged, scored, skipped, model, quality, people, created_at, finished_at
FROM scoring
WHERE account = ?1
  AND scoring = ?2;

-- name: page
-- Newest first: ids grow with time. The columns are those of `one`.
-- ?1 account, ?2 below this scoring, or NULL from the newest, ?3 how many
-- plan: scoring USING PRIMARY KEY
SELECT scoring, kind, state, up_to, tariff, price, agreed, charged, scored, skipped, model, quality, people, created_at, finished_at
FROM scoring
WHERE account = ?1
  AND (?2 IS NULL OR scoring < ?2)
ORDER BY scoring DESC
LIMIT ?3;

-- name: in_force
-- The run whose scores can be read; there is one of a kind. The columns are those of `one`.
-- ?1 account, ?2 kind
-- plan: scoring USING PRIMARY KEY
SELECT scoring, kind, state, up_to, tariff, price, agreed, charged, scored, skipped, model, quality, people, created_at, finished_at
FROM scoring
WHERE account = ?1
  AND kind = ?2
  AND state = 'completed';

-- name: end_without_charge
-- Only one that works ends so, and once.
-- ?1 account, ?2 scoring, ?3 state, ?4 quality or NULL, ?5 people or NULL, ?6 now
-- plan: scoring USING PRIMARY KEY
UPDATE scoring
SET state = ?3, quality = ?4, people = ?5, finished_at = ?6,
  skipped = (SELECT count(*) FROM scored_contact s WHERE s.account = ?1 AND s.scoring = ?2 AND s.skipped IS NOT NULL)
WHERE account = ?1
  AND scoring = ?2
  AND state = 'working'
RETURNING agreed;

-- name: under_way
-- There is one at most.
-- ?1 account
-- plan: scoring USING INDEX scoring_under_way
SELECT scoring
FROM scoring
WHERE account = ?1
  AND state = 'working';

-- name: skip_the_rest
-- Those behind so many scores, by their contacts.
-- ?1 account, ?2 scoring, ?3 how many were agreed to
-- plan: scored_contact USING INDEX scored_contact_of_scoring
UPDATE scored_contact
SET skipped = 'beyond_agreement', past = NULL, inputs = NULL, score = NULL, reasons = NULL
WHERE account = ?1
  AND scoring = ?2
  AND score IS NOT NULL
  AND contact >= (
    SELECT contact
    FROM scored_contact
    WHERE account = ?1
      AND scoring = ?2
      AND score IS NOT NULL
    ORDER BY contact
    LIMIT 1 OFFSET ?3);

-- name: count_scored
-- Who is paid for: those who have a score at the moment of delivery, whoever objected meanwhile left out.
-- ?1 account, ?2 scoring
-- plan: scored_contact USING INDEX scored_contact_of_scoring
SELECT count(score) AS scored, count(skipped) AS skipped
FROM scored_contact
WHERE account = ?1
  AND scoring = ?2;

-- name: supersede
-- Scores of an earlier run of the kind are out of date.
-- ?1 account, ?2 scoring, ?3 kind
-- plan: scoring USING PRIMARY KEY
UPDATE scoring
SET state = 'superseded'
WHERE account = ?1
  AND scoring < ?2
  AND kind = ?3
  AND state = 'completed';

-- name: deliver
-- Only one that works is delivered, and once.
-- ?1 account, ?2 scoring, ?3 scored, ?4 skipped, ?5 charged, ?6 transfer or NULL, ?7 now
-- plan: scoring USING PRIMARY KEY
UPDATE scoring
SET state = 'completed', scored = ?3, skipped = ?4, charged = ?5, capture = ?6, finished_at = ?7
WHERE account = ?1
  AND scoring = ?2
  AND state = 'working'
RETURNING 1;
