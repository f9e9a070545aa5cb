-- A cell: everything of its tenants. Every tenant row begins with its account. Statements are parted by
-- lines of four dashes. Times are Unix milliseconds, UTC; amounts are tiyn.

-- Wrapped personal keys, in a table of their own: its rows are of one size, appended, and overwritten in
-- place, so SQLite never moves one. A row that moves can leave a copy behind in the unused part of a page,
-- which `secure_delete` does not reach, and a destroyed key must be gone from the file (R127, R158).
CREATE TABLE personal_key (
  id INTEGER PRIMARY KEY,
  wrapped BLOB NOT NULL
) STRICT
----
-- `personal_key` is NULL once destroyed (R127). `profile` is sealed JSON.
CREATE TABLE account (
  account TEXT PRIMARY KEY,
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'blocked', 'closing', 'closed')),
  language TEXT NOT NULL,
  profile BLOB,
  personal_key INTEGER REFERENCES personal_key (id),
  evidence_key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  -- When the owner declared that the data are true (R5).
  truth_declared_at INTEGER NOT NULL,
  agreement_ended_at INTEGER,
  authority_confirmed_at INTEGER
) STRICT
----
-- What stood in the profile before each change (R6): sealed JSON, and the language.
CREATE TABLE profile_change (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (account),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  former BLOB,
  language TEXT NOT NULL
) STRICT
----
CREATE INDEX profile_change_of_account ON profile_change (account, id)
----
-- Acceptances and consents (R21, R22, R36, R62): one row an act; a withdrawal is a time, not a deletion.
CREATE TABLE consent (
  account TEXT NOT NULL REFERENCES account (account),
  consent TEXT NOT NULL,
  document TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT,
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  at INTEGER NOT NULL,
  withdrawn_at INTEGER,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (account, consent)
) STRICT, WITHOUT ROWID
----
CREATE INDEX consent_in_force ON consent (account, document) WHERE withdrawn_at IS NULL
----
-- What the log commits to and no other table holds: the event, sealed under the evidence key.
CREATE TABLE event (
  account TEXT NOT NULL REFERENCES account (account),
  log_index INTEGER NOT NULL,
  kind TEXT NOT NULL,
  campaign TEXT,
  at INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account, log_index)
) STRICT, WITHOUT ROWID
----
-- How many events each series has: a campaign's, or a run of the account's acts. Their numbers stand in the
-- events, under the log's commitments; counted here, so that an event whose row is gone is still missed.
CREATE TABLE series (
  account TEXT NOT NULL REFERENCES account (account),
  series TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (account, series)
) STRICT, WITHOUT ROWID
----
CREATE TRIGGER series_is_kept BEFORE DELETE ON series BEGIN SELECT RAISE(ABORT, 'constraint: a series is kept'); END
----
CREATE TRIGGER series_only_grows BEFORE UPDATE ON series
WHEN NEW.account <> OLD.account OR NEW.series <> OLD.series OR NEW.events < OLD.events
BEGIN SELECT RAISE(ABORT, 'constraint: a series only grows'); END
----
-- The balance: what the entries add up to, kept by triggers. Neither side can go below zero (R45).
CREATE TABLE balance (
  account TEXT PRIMARY KEY REFERENCES account (account),
  available INTEGER NOT NULL DEFAULT 0 CHECK (available >= 0),
  held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0)
) STRICT
----
CREATE TABLE transfer (
  account TEXT NOT NULL REFERENCES account (account),
  transfer TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('top_up', 'hold', 'capture', 'release', 'forfeit', 'reversal')),
  at INTEGER NOT NULL,
  payment TEXT,
  campaign TEXT,
  messages INTEGER,
  PRIMARY KEY (account, transfer)
) STRICT, WITHOUT ROWID
----
CREATE TABLE entry (
  account TEXT NOT NULL,
  transfer TEXT NOT NULL,
  book TEXT NOT NULL CHECK (book IN ('bank', 'available', 'held', 'operator', 'service', 'forfeited')),
  amount INTEGER NOT NULL,
  PRIMARY KEY (account, transfer, book),
  FOREIGN KEY (account, transfer) REFERENCES transfer (account, transfer)
) STRICT, WITHOUT ROWID
----
CREATE TRIGGER entry_moves_available AFTER INSERT ON entry WHEN NEW.book = 'available'
BEGIN UPDATE balance SET available = available + NEW.amount WHERE account = NEW.account; END
----
CREATE TRIGGER entry_moves_held AFTER INSERT ON entry WHEN NEW.book = 'held'
BEGIN UPDATE balance SET held = held + NEW.amount WHERE account = NEW.account; END
----
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
CREATE TRIGGER entry_is_fixed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
CREATE TRIGGER transfer_is_kept BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
CREATE TRIGGER transfer_is_fixed BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
-- A payment is credited once, whatever is repeated: its id is kept for good, with the answer that was given.
CREATE TABLE payment (
  provider TEXT NOT NULL,
  payment TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES account (account),
  amount INTEGER NOT NULL CHECK (amount > 0),
  transfer TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (provider, payment)
) STRICT, WITHOUT ROWID
----
CREATE TABLE import (
  account TEXT NOT NULL REFERENCES account (account),
  import TEXT NOT NULL,
  name BLOB,
  state TEXT NOT NULL CHECK (state IN ('awaiting_file', 'receiving', 'completed', 'failed')),
  consent TEXT NOT NULL,
  rows_read INTEGER NOT NULL DEFAULT 0,
  imported INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  blacklisted INTEGER NOT NULL DEFAULT 0,
  dropped_columns BLOB,
  problem_code TEXT,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (account, import)
) STRICT, WITHOUT ROWID
----
-- One upload at a time for an account: two at once could each count the other's rows as duplicates.
CREATE UNIQUE INDEX import_under_way ON import (account) WHERE state = 'receiving'
----
CREATE TABLE import_problem (
  account TEXT NOT NULL,
  import TEXT NOT NULL,
  line INTEGER NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (account, import, line)
) STRICT, WITHOUT ROWID
----
CREATE TABLE contact (
  account TEXT NOT NULL,
  contact TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  number BLOB NOT NULL,
  -- Its first three digits behind the country's: what a route goes by, and one of millions has in common.
  number_range TEXT NOT NULL,
  name BLOB,
  consent_proof BLOB,
  import TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, contact)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX contact_number ON contact (account, number_hash)
----
CREATE INDEX contact_of_import ON contact (account, import)
----
CREATE TABLE blacklist (
  account TEXT NOT NULL REFERENCES account (account),
  entry TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  number BLOB NOT NULL,
  reason BLOB,
  source TEXT NOT NULL CHECK (source IN ('account', 'service', 'opt_out')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, entry)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX blacklist_number ON blacklist (account, number_hash)
----
-- Recordings (R71). Their bytes lie apart in sealed pieces, so that a list reads no sound and no value passes
-- what a host takes at once.
CREATE TABLE audio (
  account TEXT NOT NULL REFERENCES account (account),
  audio TEXT NOT NULL UNIQUE,
  name BLOB NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('wav', 'mp3')),
  bytes INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, audio)
) STRICT, WITHOUT ROWID
----
-- With rows of its own kind of key: a table without one would carry the bytes through its whole tree.
CREATE TABLE audio_piece (
  account TEXT NOT NULL,
  audio TEXT NOT NULL,
  piece INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account, audio, piece),
  FOREIGN KEY (account, audio) REFERENCES audio (account, audio)
) STRICT
----
CREATE TABLE campaign (
  account TEXT NOT NULL REFERENCES account (account),
  campaign TEXT NOT NULL,
  name BLOB,
  channel TEXT NOT NULL CHECK (channel IN ('text', 'voice')),
  -- Of the recording, or of the text behind a salt that stands in no row.
  content_sha256 TEXT NOT NULL,
  class TEXT NOT NULL,
  text BLOB,
  encoding TEXT,
  segments INTEGER CHECK ((channel = 'text') = (segments IS NOT NULL)),
  audio TEXT CHECK ((channel = 'voice') = (audio IS NOT NULL)),
  duration_ms INTEGER CHECK ((channel = 'voice') = (duration_ms IS NOT NULL)),
  attempts INTEGER CHECK ((channel = 'voice') = (attempts IS NOT NULL)),
  ring_seconds INTEGER CHECK ((channel = 'voice') = (ring_seconds IS NOT NULL)),
  retry_gap_seconds INTEGER CHECK ((channel = 'voice') = (retry_gap_seconds IS NOT NULL)),
  state TEXT NOT NULL CHECK (state IN ('draft', 'preparing', 'running', 'paused', 'cancelled', 'completed')),
  resumes_as TEXT,
  prepared_to TEXT NOT NULL DEFAULT '',
  -- How many messages the owner agreed to pay for at the start, and how many were queued since (R50).
  agreed_messages INTEGER,
  queued_messages INTEGER NOT NULL DEFAULT 0 CHECK (agreed_messages IS NULL OR queued_messages <= agreed_messages),
  consent TEXT NOT NULL,
  -- Staff's last word on advertising: 1 may be sent, 0 may not; NULL while there is none (R79).
  advertising_approved INTEGER,
  -- What stands before the token of the link that is put behind the text; NULL without one.
  opt_out_link TEXT,
  -- When it is looked at next: those whose instant lies furthest back come first, so each has its turn, and
  -- one of which nothing is due yet is left alone until then.
  turn_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (account, campaign)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX campaign_id ON campaign (campaign)
----
CREATE INDEX campaign_preparing ON campaign (turn_at) WHERE state = 'preparing'
----
CREATE INDEX campaign_running ON campaign (turn_at) WHERE state = 'running'
----
-- Codes go before everything else, and are worth nothing after ten minutes.
CREATE INDEX campaign_codes_running ON campaign (turn_at) WHERE class = 'one_time_code' AND state = 'running'
----
CREATE INDEX campaign_codes ON campaign (started_at) WHERE class = 'one_time_code' AND state IN ('preparing', 'running')
----
-- Who sent lately, without a look at the campaigns themselves.
CREATE INDEX campaign_sent ON campaign (account, finished_at, started_at) WHERE started_at IS NOT NULL
----
-- The queue and the history in one: a message is queued, leased, handed over, and reported on in place.
-- The id is never used again, since some operators know the message by it.
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  message TEXT NOT NULL UNIQUE,
  campaign TEXT NOT NULL,
  contact TEXT,
  number_hash BLOB,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'leased', 'unknown', 'handed_over', 'delivered', 'undelivered', 'expired', 'blocked', 'cancelled')),
  reason TEXT,
  route TEXT NOT NULL,
  not_before INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- How often nobody could say whether an operator took it.
  unclear INTEGER NOT NULL DEFAULT 0,
  lease TEXT,
  lease_until INTEGER,
  operator TEXT,
  operator_reference TEXT,
  operator_price INTEGER,
  service_price INTEGER,
  handed_over_at INTEGER,
  -- When a gate refused the message for good (R86).
  blocked_at INTEGER,
  -- What judged the instant of the hand-over or of the refusal: the hours of that day, the versions of the
  -- rules, and the offset of the local time.
  window_hours TEXT,
  window_rule TEXT,
  offset_minutes INTEGER,
  number BLOB,
  evidence_hash BLOB,
  hold TEXT,
  capture TEXT,
  hand_over_index INTEGER,
  -- Its number among the events of its campaign.
  hand_over_number INTEGER,
  result_at INTEGER,
  result_index INTEGER,
  result_number INTEGER,
  -- Which call to the person it is; 0 for a text.
  call_attempt INTEGER NOT NULL DEFAULT 0,
  -- Whether its price stays held until its result: a call by the minute.
  charged_on_result INTEGER NOT NULL DEFAULT 0,
  call_result TEXT CHECK (call_result IN ('answered', 'machine', 'busy', 'no_answer', 'failed')),
  -- Until when the result of a call is waited for; NULL for a text, and once there is nothing to wait for.
  result_due INTEGER
) STRICT
----
-- Each recipient at most once per campaign, or once per attempt of a call (R87). It is the only index in which
-- a campaign's messages lie far apart, and no change of state touches it: one more would make every message
-- write a page of its own.
CREATE UNIQUE INDEX message_once ON message (account, campaign, number_hash, call_attempt)
----
CREATE INDEX message_due ON message (account, campaign, route, not_before, id) WHERE state = 'queued'
----
CREATE INDEX message_queued_contact ON message (account, contact) WHERE state = 'queued'
----
CREATE INDEX message_leased ON message (lease_until) WHERE state = 'leased'
----
CREATE INDEX message_unknown ON message (not_before) WHERE state = 'unknown'
----
CREATE INDEX message_open ON message (account, campaign) WHERE state IN ('leased', 'unknown')
----
CREATE INDEX message_awaited ON message (account, campaign) WHERE result_due IS NOT NULL
----
CREATE INDEX message_result_due ON message (result_due) WHERE result_due IS NOT NULL
----
CREATE INDEX message_of_campaign ON message (account, campaign, id)
----
CREATE INDEX message_of_account ON message (account, id)
----
-- The one operator whose notices name a message by its own reference only.
CREATE INDEX message_reference ON message (operator_reference) WHERE operator = 'mobizon'
----
-- Staff's decisions about advertising: each about one campaign and one text (R79).
CREATE TABLE advertising_decision (
  account TEXT NOT NULL REFERENCES account (account),
  decision TEXT NOT NULL,
  campaign TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
  decided_by BLOB NOT NULL,
  basis BLOB NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (account, decision)
) STRICT, WITHOUT ROWID
----
CREATE INDEX advertising_decision_of_campaign ON advertising_decision (account, campaign)
----
CREATE TRIGGER advertising_decision_is_kept BEFORE DELETE ON advertising_decision BEGIN SELECT RAISE(ABORT, 'constraint: a decision is kept'); END
----
CREATE TRIGGER advertising_decision_is_fixed BEFORE UPDATE ON advertising_decision BEGIN SELECT RAISE(ABORT, 'constraint: a decision is kept'); END
----
-- Other hours for one account, decided by staff (R82). A decision is revoked with a time and never erased.
-- Days are local; who decided, and on what basis, is sealed.
CREATE TABLE window_override (
  account TEXT NOT NULL REFERENCES account (account),
  decision TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL CHECK (first_day <= last_day),
  weekdays TEXT NOT NULL,
  opens TEXT NOT NULL,
  closes TEXT NOT NULL CHECK (opens < closes),
  decided_by BLOB NOT NULL,
  basis BLOB NOT NULL,
  decided_at INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (account, decision)
) STRICT, WITHOUT ROWID
----
CREATE INDEX window_override_open ON window_override (last_day) WHERE revoked_at IS NULL
----
CREATE UNIQUE INDEX window_override_decision ON window_override (decision)
----
CREATE TRIGGER window_override_is_kept BEFORE DELETE ON window_override BEGIN SELECT RAISE(ABORT, 'constraint: a decision is kept'); END
----
-- An operator's word on a message whose hand-over is not settled yet: it comes again to nobody, so it is
-- kept until it can be taken.
CREATE TABLE waiting_report (
  message TEXT PRIMARY KEY,
  operator TEXT NOT NULL,
  result TEXT,
  call_result TEXT,
  reference TEXT,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
----
-- Messages whose operator gave notice that it has a last word: the reconciliation tick asks for it.
CREATE TABLE result_question (
  message TEXT PRIMARY KEY,
  ask_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
----
CREATE INDEX result_question_due ON result_question (ask_at)
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
CREATE TABLE deletion (
  account TEXT NOT NULL REFERENCES account (account),
  deletion TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'executing', 'done', 'cancelled')),
  requested_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  forfeits INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (account, deletion)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX deletion_open ON deletion (account) WHERE state IN ('scheduled', 'executing')
----
CREATE INDEX deletion_done ON deletion (finished_at) WHERE state = 'done'
----
CREATE INDEX deletion_due ON deletion (due_at) WHERE state IN ('scheduled', 'executing')
----
-- What requests that carried an Idempotency-Key made. A client may write anything into its key, so only
-- a keyed hash of it is kept (R158).
CREATE TABLE idempotency (
  account TEXT NOT NULL,
  route TEXT NOT NULL,
  key_hash BLOB NOT NULL,
  -- Keyed too: the request may hold a short text.
  request_hash BLOB NOT NULL,
  object TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, route, key_hash)
) STRICT, WITHOUT ROWID
