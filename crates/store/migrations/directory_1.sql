-- The directory: who has an account, and where its cell is. Statements are parted by lines of four dashes,
-- since the runtime runs one statement a call. Times are Unix milliseconds, UTC.

-- A login is a keyed hash: the file shows no name. `reserved` rows are sign-ups under way.
CREATE TABLE directory_account (
  account TEXT PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  login_hash BLOB UNIQUE,
  password TEXT,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'open', 'closed')),
  cell TEXT NOT NULL,
  -- Grows with every change of what signs in: a sign-in that was checked against an older one begins no session.
  credentials INTEGER NOT NULL DEFAULT 0,
  -- Grows with every move to another cell: whoever slept through one does not put the account back.
  moves INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT
----
-- How many accounts each cell has.
CREATE INDEX directory_account_of_cell ON directory_account (cell) WHERE state <> 'closed'
----
-- Which cell has a payment, kept for good: a provider's id is credited once over all cells.
CREATE TABLE payment_place (
  provider TEXT NOT NULL,
  payment TEXT NOT NULL,
  cell TEXT NOT NULL,
  PRIMARY KEY (provider, payment)
) STRICT, WITHOUT ROWID
----
-- How operators are: those that fail rest, and those with a rate have their next free instant here, so
-- that all ticks of all hosts keep to it together.
CREATE TABLE operator (
  operator TEXT PRIMARY KEY,
  failures INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  failed_at INTEGER,
  resting_until INTEGER NOT NULL DEFAULT 0,
  next_slot_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID
----
-- What operators sent, under a sound signature, that could not be read. It may have been a refusal: whoever
-- keeps the deployment sees how often it happens, and when it did last.
CREATE TABLE operator_unread (
  operator TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('number', 'charset', 'body')),
  times INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (operator, what)
) STRICT, WITHOUT ROWID
----
-- Counters of attempts, under hashes of who attempts what. Nothing here is worth keeping.
CREATE TABLE attempt (
  key BLOB PRIMARY KEY,
  count INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT
----
CREATE INDEX attempt_age ON attempt (at)
----
CREATE TABLE session (
  session TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES directory_account (account),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT
----
CREATE INDEX session_of_account ON session (account)
----
CREATE TABLE api_key (
  api_key TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES directory_account (account),
  -- Sealed: people write anything into names.
  name BLOB NOT NULL,
  last_four TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT
----
CREATE INDEX api_key_of_account ON api_key (account)
----
-- What visitors chose about cookies (R181). No address and no browser: the choice is all it needs.
CREATE TABLE cookie_choice (
  choice TEXT PRIMARY KEY,
  functional INTEGER NOT NULL,
  analytics INTEGER NOT NULL,
  marketing INTEGER NOT NULL,
  gpc INTEGER NOT NULL,
  policy_version TEXT NOT NULL,
  policy_sha256 TEXT NOT NULL,
  language TEXT NOT NULL,
  surface TEXT NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  withdrawn_at INTEGER,
  log_index INTEGER NOT NULL
) STRICT
----
-- Numbers to which no account may send, listed by staff, with who listed each and why (R66). `version` grows with every
-- change of the list, and is that of the row's last one: cells follow by it. Once taken off a row keeps who did it and
-- why, and no number.
CREATE TABLE service_blacklist (
  entry TEXT PRIMARY KEY,
  version INTEGER NOT NULL UNIQUE,
  -- A keyed hash, and the number itself, sealed, as is all that was said.
  number_hash BLOB UNIQUE,
  number BLOB CHECK ((number IS NULL) = (number_hash IS NULL)),
  listed_by BLOB NOT NULL,
  basis BLOB NOT NULL,
  listed_at INTEGER NOT NULL,
  -- The leaf of the listing in the directory's log; below, that of the removal.
  log_index INTEGER NOT NULL,
  removed_by BLOB,
  removal_basis BLOB,
  removed_at INTEGER CHECK ((removed_at IS NULL) = (number IS NOT NULL)),
  removal_log_index INTEGER CHECK ((removal_log_index IS NULL) = (removed_at IS NULL))
) STRICT, WITHOUT ROWID
----
-- The shift of the product's clock; written by the sandbox only, read while the sandbox is on.
CREATE TABLE sandbox_clock (one INTEGER PRIMARY KEY CHECK (one = 1), shift_seconds INTEGER NOT NULL) STRICT
----
-- What the stand-in operator took: ids and fates, no number and no text.
CREATE TABLE sandbox_message (
  message TEXT PRIMARY KEY,
  fate TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  -- Until when it was told that it may pass it on.
  expires_at INTEGER NOT NULL,
  reported INTEGER NOT NULL DEFAULT 0
) STRICT
----
CREATE INDEX sandbox_message_due ON sandbox_message (taken_at) WHERE reported = 0
