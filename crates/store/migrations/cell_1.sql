-- A cell: everything of its tenants. Every tenant row begins with its account. Statements are parted by
-- lines of four dashes. Times are Unix milliseconds, UTC; amounts are tiyn.

-- To which master key the data belong: a keyed hash, so that another key is noticed before it does anything.
CREATE TABLE master_key (one INTEGER PRIMARY KEY CHECK (one = 1), check_value BLOB NOT NULL) STRICT
----
-- Which cell this is, so that a file under another's label is noticed before anything is written to it; and the row
-- of the message that was queued here last. Messages that moved here keep their rows, which may lie above it.
CREATE TABLE cell (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  number INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  -- Up to which version of the service's blacklist this cell has it.
  service_blacklist_version INTEGER NOT NULL DEFAULT 0
) STRICT
----
-- The service's blacklist as this cell has it: numbers sealed under the directory's key, as they came from there. One that was
-- taken off stays as an entry without a number, by which accounts take it off too.
CREATE TABLE service_blacklist_number (
  entry TEXT PRIMARY KEY,
  version INTEGER NOT NULL UNIQUE,
  number BLOB
) STRICT, WITHOUT ROWID
----

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
  authority_confirmed_at INTEGER,
  -- Whether the account lives here. `stopping`: nothing more is taken for sending, and what is on its way is waited
  -- for. `leaving`: it is copied to another cell, and can be read; triggers refuse whatever would change it. `left`: a
  -- row without anything personal, by which stragglers find out. `arriving`: not all of it is here yet. `resting`: it
  -- is here, and sends nothing until what came for it to the other cell is here too.
  presence TEXT NOT NULL DEFAULT 'here' CHECK (presence IN ('here', 'stopping', 'leaving', 'left', 'arriving', 'resting')),
  -- The label of the cell that it goes to, or comes from.
  elsewhere TEXT CHECK ((elsewhere IS NULL) = (presence = 'here')),
  -- Up to which version the account has the service's blacklist in its blacklist: nothing is taken for sending while that of
  -- its cell is a later one.
  service_blacklist_version INTEGER NOT NULL DEFAULT 0
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
CREATE TRIGGER series_is_kept BEFORE DELETE ON series
WHEN (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
BEGIN SELECT RAISE(ABORT, 'constraint: a series is kept'); END
----
CREATE TRIGGER series_only_grows BEFORE UPDATE ON series
WHEN NEW.account <> OLD.account OR NEW.series <> OLD.series OR NEW.events < OLD.events
BEGIN SELECT RAISE(ABORT, 'constraint: a series only grows'); END
----
-- At which sizes of the log an account was last given evidence: the next file proves that it continues them.
CREATE TABLE shown_log (
  account TEXT NOT NULL REFERENCES account (account),
  size INTEGER NOT NULL,
  PRIMARY KEY (account, size)
) STRICT, WITHOUT ROWID
----
-- The balance: what the entries add up to, kept by triggers. Neither side can go below zero (R45).
CREATE TABLE balance (
  account TEXT PRIMARY KEY REFERENCES account (account),
  available INTEGER NOT NULL DEFAULT 0 CHECK (available >= 0),
  held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
  -- Since when there is too little for a message that is due: one event tells of it (R53); NULL while there is
  -- enough.
  short_since INTEGER
) STRICT
----
-- Money that no account could take stands under the account 'suspense', which has no row of its own (R51).
CREATE TABLE transfer (
  account TEXT NOT NULL,
  transfer TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('top_up', 'hold', 'capture', 'release', 'refund', 'forfeit', 'reversal', 'unapplied', 'applied')),
  at INTEGER NOT NULL,
  payment TEXT,
  campaign TEXT,
  messages INTEGER,
  scoring TEXT,
  lookup TEXT,
  PRIMARY KEY (account, transfer)
) STRICT, WITHOUT ROWID
----
CREATE TABLE entry (
  account TEXT NOT NULL,
  transfer TEXT NOT NULL,
  book TEXT NOT NULL CHECK (book IN ('bank', 'available', 'held', 'operator', 'service', 'forfeited', 'suspense')),
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
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
WHEN (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
CREATE TRIGGER entry_is_fixed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
CREATE TRIGGER transfer_is_kept BEFORE DELETE ON transfer
WHEN (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
CREATE TRIGGER transfer_is_fixed BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'constraint: the ledger is append-only'); END
----
-- A payment is credited once, whatever is repeated: its id is kept for good, with the answer that was given.
-- One that no account could take waits, in suspense, until it can be credited.
CREATE TABLE payment (
  provider TEXT NOT NULL,
  payment TEXT NOT NULL,
  -- A keyed hash of the account number that the payer wrote, and the number itself under the master key: people
  -- write anything there.
  said BLOB NOT NULL,
  sealed_number BLOB,
  account TEXT REFERENCES account (account),
  amount INTEGER NOT NULL CHECK (amount > 0),
  received_at INTEGER NOT NULL,
  credited_at INTEGER,
  -- What credited it, and what took it into suspense before.
  transfer TEXT CHECK ((transfer IS NULL) = (credited_at IS NULL)),
  suspense TEXT CHECK (transfer IS NOT NULL OR suspense IS NOT NULL),
  -- Why it was not credited at once.
  unapplied TEXT CHECK ((unapplied IS NULL) = (suspense IS NULL)),
  -- For which account of another cell it was claimed: no other gets it from then on.
  passed_to TEXT,
  answer TEXT NOT NULL,
  PRIMARY KEY (provider, payment)
) STRICT, WITHOUT ROWID
----
CREATE INDEX payment_waiting ON payment (received_at) WHERE credited_at IS NULL
----
CREATE INDEX payment_waiting_of_account ON payment (account) WHERE credited_at IS NULL
----
CREATE INDEX payment_credited_to ON payment (account) WHERE credited_at IS NOT NULL
----
CREATE INDEX payment_of_transfer ON payment (transfer) WHERE transfer IS NOT NULL
----
CREATE TABLE import (
  account TEXT NOT NULL REFERENCES account (account),
  import TEXT NOT NULL,
  name BLOB,
  state TEXT NOT NULL CHECK (
    state IN ('awaiting_file', 'receiving', 'awaiting_format', 'queued', 'reading', 'completed', 'failed')),
  consent TEXT NOT NULL,
  -- The lists and tags that its people join, a JSON array; NULL without any.
  joins TEXT,
  -- Who began it: the event of its end says so, whoever carries it out.
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  -- The request that sends the file: of two only the one that came last may go on.
  upload TEXT,
  received_bytes INTEGER NOT NULL DEFAULT 0,
  -- Whether its owner says how the file is written before it is read.
  confirms INTEGER NOT NULL DEFAULT 0 CHECK (confirms IN (0, 1)),
  -- A workbook is kept as it came, and turned into text; `text_bytes` are those of the text.
  is_workbook INTEGER NOT NULL DEFAULT 0 CHECK (is_workbook IN (0, 1)),
  text_bytes INTEGER NOT NULL DEFAULT 0,
  -- The bytes of its pieces that lie here, kept by triggers: those of a file that is sent anew take their time to go.
  kept_bytes INTEGER NOT NULL DEFAULT 0,
  -- Whether the text is that of the whole sheet, and how often it was begun: each time costs as much as the first.
  is_text_whole INTEGER NOT NULL DEFAULT 0 CHECK (is_text_whole IN (0, 1)),
  texts_begun INTEGER NOT NULL DEFAULT 0,
  -- Sealed JSON: the sheets of a workbook, and which of them is read.
  sheets BLOB,
  -- Of its rows each ends as one of these.
  rows_read INTEGER NOT NULL DEFAULT 0,
  imported INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  blacklisted INTEGER NOT NULL DEFAULT 0,
  -- Rows whose cell held several numbers.
  several INTEGER NOT NULL DEFAULT 0,
  -- Rows that say of their person that they consent to automated decisions, that they do not, and neither (R99).
  decision_consents INTEGER NOT NULL DEFAULT 0,
  decision_refusals INTEGER NOT NULL DEFAULT 0,
  decision_unclear INTEGER NOT NULL DEFAULT 0,
  -- Lines that are listed with what is to say of them.
  listed INTEGER NOT NULL DEFAULT 0,
  -- Contacts that it brought and that are still there, once it is complete: so nobody has to count them.
  contacts INTEGER NOT NULL DEFAULT 0,
  -- Sealed JSON: how the file is written, the columns that are kept, and the names of those that are not.
  format BLOB,
  problem_code TEXT,
  problem_line INTEGER,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  finished_at INTEGER,
  -- Its place among the account's completed ones. Which of them a campaign's start counted is told by it, and not by the
  -- time: hosts' clocks differ.
  completed_no INTEGER,
  PRIMARY KEY (account, import)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX import_completed ON import (account, completed_no) WHERE completed_no IS NOT NULL
----
-- One file of an account is read at a time: two at once could each count the other's rows as new.
CREATE UNIQUE INDEX import_under_way ON import (account) WHERE state = 'reading'
----
-- Files that are here and not read yet: what they may take is counted with each piece that comes.
CREATE INDEX import_waiting ON import (account)
WHERE state IN ('receiving', 'awaiting_format', 'queued', 'reading')
----
-- The file until it is read, sealed, in pieces as they came; each is known by the place of its first byte. With rows of
-- their own kind of key: a table without one would carry the bytes through its whole tree. Of a workbook the packed file
-- and the text that it is turned into lie side by side.
CREATE TABLE import_piece (
  account TEXT NOT NULL,
  import TEXT NOT NULL,
  is_packed INTEGER NOT NULL CHECK (is_packed IN (0, 1)),
  first_byte INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account, import, is_packed, first_byte)
) STRICT
----
CREATE TRIGGER import_piece_is_counted AFTER INSERT ON import_piece
BEGIN UPDATE import SET kept_bytes = kept_bytes + NEW.bytes WHERE account = NEW.account AND import = NEW.import; END
----
CREATE TRIGGER import_piece_is_counted_off AFTER DELETE ON import_piece
BEGIN UPDATE import SET kept_bytes = kept_bytes - OLD.bytes WHERE account = OLD.account AND import = OLD.import; END
----
-- What an account chose by hand for files of one shape: `shape` is a keyed hash of the names of their columns and of
-- their delimiter, `chosen` sealed JSON.
CREATE TABLE remembered_format (
  account TEXT NOT NULL REFERENCES account (account),
  shape BLOB NOT NULL,
  chosen BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, shape)
) STRICT, WITHOUT ROWID
----
-- The numbers of a file that is being read, parted by the beginning of their hashes: a batch of rows leaves one run in
-- each part (`packed.rs`). Hashes lie in no order, and a tree that takes them as they come has to be walked through for
-- each; a part at a time they come in order.
CREATE TABLE import_run (
  account TEXT NOT NULL,
  import TEXT NOT NULL,
  part INTEGER NOT NULL,
  first_line INTEGER NOT NULL,
  packed BLOB NOT NULL,
  PRIMARY KEY (account, import, part, first_line)
) STRICT
----
-- What a file changes of contacts that are there; it counts once the whole file was read. `former` is the fingerprint
-- that the contact had then: one that was changed meanwhile stays as it was changed.
CREATE TABLE contact_change (
  account TEXT NOT NULL,
  import TEXT NOT NULL,
  contact TEXT NOT NULL,
  former BLOB NOT NULL,
  name BLOB,
  fields BLOB,
  consent_proof BLOB,
  fingerprint BLOB NOT NULL,
  PRIMARY KEY (account, import, contact)
) STRICT, WITHOUT ROWID
----
CREATE TABLE import_problem (
  account TEXT NOT NULL,
  import TEXT NOT NULL,
  line INTEGER NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (account, import, line)
) STRICT, WITHOUT ROWID
----
-- Rows that were rejected, as they stood in the file with the reason, those of a batch in one sealed text.
CREATE TABLE rejected_rows (
  account TEXT NOT NULL,
  import TEXT NOT NULL,
  first_line INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (account, import, first_line)
) STRICT
----
-- In the order of their files, since an id grows with the line: so a file's rows are appended, and the contacts of one
-- import lie side by side.
CREATE TABLE contact (
  account TEXT NOT NULL,
  contact TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  number BLOB NOT NULL,
  -- Its first three digits behind the country's: what a route goes by, and one of millions has in common.
  number_range TEXT NOT NULL,
  name BLOB,
  -- Sealed JSON: what else the owner chose to keep.
  fields BLOB,
  -- Sealed under the evidence key: it is shown as long as evidence is (R63).
  consent_proof BLOB,
  import TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- The marks that it has in `contact_mark`, a JSON array; and whether they are those of what it is now.
  marks TEXT,
  is_marked INTEGER NOT NULL DEFAULT 0 CHECK (is_marked IN (0, 1)),
  PRIMARY KEY (account, contact)
) STRICT, WITHOUT ROWID
----
CREATE INDEX contact_unmarked ON contact (account, contact) WHERE is_marked = 0
----
-- By what contacts are found beside their number: short keyed hashes of a field, of a field with its value, and of the
-- beginnings of a name's words. A job writes them.
CREATE TABLE contact_mark (
  account TEXT NOT NULL,
  mark BLOB NOT NULL,
  contact TEXT NOT NULL,
  PRIMARY KEY (account, mark, contact)
) STRICT, WITHOUT ROWID
----
-- Each contact says its own marks, so that they need no second index.
CREATE TRIGGER contact_takes_marks AFTER DELETE ON contact WHEN OLD.marks IS NOT NULL
BEGIN DELETE FROM contact_mark
  WHERE account = OLD.account AND contact = OLD.contact AND mark IN (SELECT unhex(value) FROM json_each(OLD.marks)); END
----
-- Whatever changes a contact, it is marked anew.
CREATE TRIGGER contact_is_marked_anew AFTER UPDATE OF name, fields ON contact WHEN NEW.is_marked = 1
BEGIN UPDATE contact SET is_marked = 0 WHERE account = NEW.account AND contact = NEW.contact; END
----
-- The fields that contacts have: by the mark of whoever has one.
CREATE TABLE contact_field (
  account TEXT NOT NULL REFERENCES account (account),
  name_hash BLOB NOT NULL,
  name BLOB NOT NULL,
  PRIMARY KEY (account, name_hash)
) STRICT, WITHOUT ROWID
----
-- A field goes with the last contact that has it, or names that nobody uses any more would only grow.
CREATE TRIGGER contact_field_goes_unused AFTER DELETE ON contact_mark
BEGIN DELETE FROM contact_field
  WHERE account = OLD.account AND name_hash = OLD.mark
    AND NOT EXISTS (SELECT 1 FROM contact_mark k WHERE k.account = OLD.account AND k.mark = OLD.mark); END
----
-- Which contact has a number. A table of its own and no index, so that an import can append its rows as they come and
-- fill this in the order of the hashes. `fingerprint` is a keyed hash of what else is known, by which a row that changes
-- nothing is told without opening anything.
CREATE TABLE contact_number (
  account TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  contact TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  PRIMARY KEY (account, number_hash)
) STRICT, WITHOUT ROWID
----
-- Whatever deletes a contact takes its number with it; rows of an import that never was complete have none.
CREATE TRIGGER contact_number_goes_with_it AFTER DELETE ON contact
BEGIN
  DELETE FROM contact_number
  WHERE account = OLD.account AND number_hash = OLD.number_hash AND contact = OLD.contact;
END
----
CREATE TRIGGER contact_is_counted_off AFTER DELETE ON contact
WHEN (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
BEGIN
  UPDATE import SET contacts = contacts - 1
  WHERE account = OLD.account AND import = OLD.import AND state IN ('reading', 'completed');
END
----
-- Lists and tags, which are one thing underneath: a name with members. A list is made by its owner; a tag is a short word,
-- also made by whoever first brings contacts in with it. `members` is kept by triggers, so that nobody counts them.
CREATE TABLE list (
  account TEXT NOT NULL REFERENCES account (account),
  -- `lst_…` of a list, `tag_…` of a tag: so the tags of a contact lie side by side.
  list TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('list', 'tag')),
  name BLOB NOT NULL,
  name_hash BLOB NOT NULL,
  members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0),
  created_at INTEGER NOT NULL,
  -- It is gone for everybody, and its members follow in steps.
  deleted_at INTEGER,
  PRIMARY KEY (account, list)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX list_name ON list (account, kind, name_hash) WHERE deleted_at IS NULL
----
CREATE TABLE list_member (
  account TEXT NOT NULL,
  list TEXT NOT NULL,
  contact TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (account, list, contact)
) STRICT, WITHOUT ROWID
----
CREATE INDEX list_member_contact ON list_member (account, contact, list)
----
CREATE TRIGGER list_member_is_counted AFTER INSERT ON list_member
BEGIN UPDATE list SET members = members + 1 WHERE account = NEW.account AND list = NEW.list; END
----
CREATE TRIGGER list_member_is_counted_off AFTER DELETE ON list_member
BEGIN UPDATE list SET members = members - 1 WHERE account = OLD.account AND list = OLD.list; END
----
CREATE TRIGGER contact_leaves_lists AFTER DELETE ON contact
BEGIN DELETE FROM list_member WHERE account = OLD.account AND contact = OLD.contact; END
----
-- Audiences that are kept under a name; both are sealed, since rules may hold numbers.
CREATE TABLE saved_audience (
  account TEXT NOT NULL REFERENCES account (account),
  audience TEXT NOT NULL,
  name BLOB NOT NULL,
  rules BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, audience)
) STRICT, WITHOUT ROWID
----
-- Proofs of consents whose contacts are gone, or that others followed (R63). A person's are found by the hash of the
-- number, which goes with the account.
CREATE TABLE former_consent_proof (
  account TEXT NOT NULL REFERENCES account (account),
  contact TEXT NOT NULL,
  number_hash BLOB,
  consent_proof BLOB NOT NULL,
  PRIMARY KEY (account, contact, consent_proof)
) STRICT, WITHOUT ROWID
----
CREATE INDEX former_consent_proof_of_person ON former_consent_proof (account, number_hash) WHERE number_hash IS NOT NULL
----
CREATE TRIGGER consent_proof_is_followed AFTER UPDATE OF consent_proof ON contact
WHEN OLD.consent_proof IS NOT NULL AND OLD.consent_proof IS NOT NEW.consent_proof
BEGIN
  INSERT INTO former_consent_proof (account, contact, number_hash, consent_proof)
  VALUES (OLD.account, OLD.contact, OLD.number_hash, OLD.consent_proof);
END
----
CREATE TRIGGER consent_proof_is_kept AFTER DELETE ON contact
WHEN OLD.consent_proof IS NOT NULL
  AND (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
  AND (SELECT state FROM import WHERE account = OLD.account AND import = OLD.import) = 'completed'
BEGIN
  INSERT INTO former_consent_proof (account, contact, number_hash, consent_proof)
  VALUES (OLD.account, OLD.contact, OLD.number_hash, OLD.consent_proof);
END
----
-- Numbers that are not written to. The account, the person and the service each list one for themselves and take only
-- their own back, so a number can have an entry of each.
CREATE TABLE blacklist (
  account TEXT NOT NULL REFERENCES account (account),
  entry TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  number BLOB NOT NULL,
  reason BLOB,
  source TEXT NOT NULL CHECK (source IN ('account', 'service', 'opt_out')),
  -- Who put it there, and through what: `recipient` where the person did it, a session or a key where their word was
  -- taken down.
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, entry)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX blacklist_number ON blacklist (account, number_hash, source)
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
  -- Sealed: what stands before the token of each short link in the text, and where the links lead; NULL without any.
  links BLOB CHECK (channel = 'text' OR links IS NULL),
  -- Sealed: to whom it goes; NULL for everybody in the base.
  audience BLOB,
  -- The start that fixes whom it reaches: of two only the one that came last goes on.
  fixed_by TEXT,
  -- When it is looked at next: those whose instant lies furthest back come first, so each has its turn, and
  -- one of which nothing is due yet is left alone until then.
  turn_at INTEGER NOT NULL DEFAULT 0,
  -- The price of one message, where there was no money for one: it sleeps until there is (R52). NULL while awake.
  needs INTEGER,
  -- In which line its account waits for it: what is prepared, the codes, which go before everything else, and
  -- the rest. NULL where there is nothing to wait for.
  line TEXT GENERATED ALWAYS AS (CASE
    WHEN state = 'preparing' THEN 'preparing'
    WHEN state = 'running' AND needs IS NULL THEN iif(class = 'one_time_code', 'codes', 'running')
  END) VIRTUAL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  -- The last import that its start counted.
  base_no INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (account, campaign)
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX campaign_id ON campaign (campaign)
----
-- Whom a campaign with an audience reaches, fixed by its start: each leaves as their message is made.
CREATE TABLE campaign_recipient (
  account TEXT NOT NULL,
  campaign TEXT NOT NULL,
  contact TEXT NOT NULL,
  PRIMARY KEY (account, campaign, contact)
) STRICT, WITHOUT ROWID
----
CREATE INDEX campaign_in_line ON campaign (account, line, turn_at) WHERE line IS NOT NULL
----
CREATE INDEX campaign_short ON campaign (account, needs) WHERE needs IS NOT NULL
----
CREATE INDEX campaign_asleep ON campaign (turn_at) WHERE needs IS NOT NULL AND state = 'running'
----
-- Whose turn it is. Turns go by account, and within an account by campaign: whoever starts twenty campaigns waits
-- for his turn as long as whoever starts one. Triggers keep `due_at` from the campaigns, so forgetting is
-- impossible, and a tick finds who is due without a look at those who are not.
CREATE TABLE turn (
  account TEXT NOT NULL REFERENCES account (account),
  line TEXT NOT NULL CHECK (line IN ('preparing', 'codes', 'running')),
  -- The earliest turn of its campaigns in this line; NULL where there is none.
  due_at INTEGER,
  -- It had its turn then, or is put off until then.
  not_before INTEGER NOT NULL DEFAULT 0,
  turn_at INTEGER GENERATED ALWAYS AS (max(due_at, not_before)) VIRTUAL,
  PRIMARY KEY (account, line)
) STRICT, WITHOUT ROWID
----
CREATE INDEX turn_in_line ON turn (line, turn_at, due_at) WHERE due_at IS NOT NULL
----
CREATE TRIGGER campaign_leaves_line AFTER UPDATE OF state, needs, turn_at ON campaign WHEN OLD.line IS NOT NULL
BEGIN UPDATE turn SET due_at = (SELECT min(c.turn_at) FROM campaign c WHERE c.account = OLD.account AND c.line = OLD.line)
  WHERE account = OLD.account AND line = OLD.line; END
----
CREATE TRIGGER campaign_joins_line AFTER UPDATE OF state, needs, turn_at ON campaign
  WHEN NEW.line IS NOT NULL AND NEW.line IS NOT OLD.line
BEGIN INSERT INTO turn (account, line, due_at)
  SELECT NEW.account, NEW.line, min(c.turn_at) FROM campaign c WHERE c.account = NEW.account AND c.line = NEW.line
  ON CONFLICT (account, line) DO UPDATE SET due_at = excluded.due_at; END
----
-- Money that comes, or comes back, wakes what it is enough for.
CREATE TRIGGER balance_wakes AFTER UPDATE OF available ON balance WHEN NEW.available > OLD.available
BEGIN UPDATE campaign SET needs = NULL, turn_at = 0 WHERE account = NEW.account AND needs <= NEW.available; END
----
CREATE INDEX campaign_codes ON campaign (started_at) WHERE class = 'one_time_code' AND state IN ('preparing', 'running')
----
-- Who sent lately, without a look at the campaigns themselves.
CREATE INDEX campaign_sent ON campaign (account, finished_at, started_at) WHERE started_at IS NOT NULL
----
-- The queue and the history in one: a message is queued, leased, handed over, and reported on in place.
-- The id says the cell and is counted there (`cell.last_row`): it is never used again, in any cell, since links and
-- some operators know the message by it.
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
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
  -- When its operator first said that it does not have a message of which nobody knows, by the database's clock.
  not_found_at INTEGER,
  -- When its operator was asked for the last time: since then its owner has to decide.
  asking_ended_at INTEGER,
  lease TEXT,
  -- By the database's clock, as is `not_before` of what is unknown: hosts' own may differ by minutes.
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
  -- Whether its charge is given back unless the line was open: a call by the minute.
  paid_if_answered INTEGER NOT NULL DEFAULT 0,
  -- The transfer that gave it back.
  refund TEXT,
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
-- What became of messages, counted with each change by triggers, so that no report scans them and no transition can
-- forget to. A message is counted when it is queued, once it is handed over or blocked, and with its result: what is
-- on its way in between is few, and is counted when somebody asks. So being leased, requeued or lost sight of costs
-- nothing here.
CREATE TABLE campaign_count (
  account TEXT NOT NULL REFERENCES account (account),
  campaign TEXT NOT NULL,
  messages INTEGER NOT NULL,
  -- A person who is called again is one recipient.
  recipients INTEGER NOT NULL,
  PRIMARY KEY (account, campaign)
) STRICT, WITHOUT ROWID
----
-- All that came of what was handed over stands in the hour of the hand-over, by its local time, whenever it came: so
-- a part of what was sent is never larger than the whole.
CREATE TABLE hand_over_count (
  account TEXT NOT NULL REFERENCES account (account),
  -- Hours of the local time since the first of January 1970.
  hour INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  operator TEXT NOT NULL,
  handed_over INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  undelivered INTEGER NOT NULL DEFAULT 0,
  expired INTEGER NOT NULL DEFAULT 0,
  -- How calls ended.
  answered INTEGER NOT NULL DEFAULT 0,
  machine INTEGER NOT NULL DEFAULT 0,
  busy INTEGER NOT NULL DEFAULT 0,
  no_answer INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  -- What was charged and not given back, in tiyn.
  operator_price INTEGER NOT NULL DEFAULT 0,
  service_price INTEGER NOT NULL DEFAULT 0,
  -- Visits of links by people, messages of which a person opened one, and refusals by a message's own link.
  visits INTEGER NOT NULL DEFAULT 0,
  visitors INTEGER NOT NULL DEFAULT 0,
  opt_outs INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, hour, campaign, operator)
) STRICT, WITHOUT ROWID
----
CREATE INDEX hand_over_count_of_campaign ON hand_over_count (account, campaign)
----
-- What is never sent, blocked or cancelled, by its reason; 0 for the hour of what its owner cancelled in the queue.
CREATE TABLE blocked_count (
  account TEXT NOT NULL REFERENCES account (account),
  hour INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  reason TEXT NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (account, hour, campaign, reason)
) STRICT, WITHOUT ROWID
----
CREATE INDEX blocked_count_of_campaign ON blocked_count (account, campaign)
----
CREATE TRIGGER message_is_counted AFTER INSERT ON message
BEGIN INSERT INTO campaign_count (account, campaign, messages, recipients)
  VALUES (NEW.account, NEW.campaign, 1, NEW.call_attempt <= 1)
  ON CONFLICT (account, campaign) DO UPDATE
  SET messages = messages + 1, recipients = recipients + excluded.recipients; END
----
CREATE TRIGGER blocked_message_is_counted AFTER INSERT ON message WHEN NEW.state = 'blocked'
BEGIN INSERT INTO blocked_count (account, hour, campaign, reason, messages)
  VALUES (NEW.account, (NEW.blocked_at + NEW.offset_minutes * 60000) / 3600000, NEW.campaign, NEW.reason, 1)
  ON CONFLICT (account, hour, campaign, reason) DO UPDATE SET messages = messages + 1; END
----
CREATE TRIGGER message_that_stops_is_counted AFTER UPDATE OF state ON message WHEN NEW.state IN ('blocked', 'cancelled')
BEGIN INSERT INTO blocked_count (account, hour, campaign, reason, messages)
  VALUES (NEW.account, coalesce((NEW.blocked_at + NEW.offset_minutes * 60000) / 3600000, 0), NEW.campaign, NEW.reason, 1)
  ON CONFLICT (account, hour, campaign, reason) DO UPDATE SET messages = messages + 1; END
----
-- What its owner left alone goes on where its operator speaks of it after all.
CREATE TRIGGER message_that_goes_on_is_counted_off AFTER UPDATE OF state ON message WHEN OLD.state IN ('blocked', 'cancelled')
BEGIN UPDATE blocked_count SET messages = messages - 1
  WHERE account = OLD.account AND campaign = OLD.campaign AND reason = OLD.reason
    AND hour = coalesce((OLD.blocked_at + OLD.offset_minutes * 60000) / 3600000, 0); END
----
CREATE TRIGGER hand_over_is_counted AFTER UPDATE OF state ON message WHEN NEW.state = 'handed_over'
BEGIN INSERT INTO hand_over_count (account, hour, campaign, operator, handed_over, operator_price, service_price)
  VALUES (NEW.account, (NEW.handed_over_at + NEW.offset_minutes * 60000) / 3600000, NEW.campaign, NEW.operator, 1,
    NEW.operator_price, NEW.service_price)
  ON CONFLICT (account, hour, campaign, operator) DO UPDATE
  SET handed_over = handed_over + 1, operator_price = operator_price + excluded.operator_price,
    service_price = service_price + excluded.service_price; END
----
CREATE TRIGGER result_is_counted AFTER UPDATE OF state ON message WHEN OLD.state = 'handed_over'
BEGIN UPDATE hand_over_count
  SET delivered = delivered + (NEW.state = 'delivered'), undelivered = undelivered + (NEW.state = 'undelivered'),
    expired = expired + (NEW.state = 'expired'), answered = answered + (NEW.call_result IS 'answered'),
    machine = machine + (NEW.call_result IS 'machine'), busy = busy + (NEW.call_result IS 'busy'),
    no_answer = no_answer + (NEW.call_result IS 'no_answer'), failed = failed + (NEW.call_result IS 'failed')
  WHERE account = NEW.account AND campaign = NEW.campaign AND operator = NEW.operator
    AND hour = (NEW.handed_over_at + NEW.offset_minutes * 60000) / 3600000; END
----
CREATE TRIGGER refund_is_counted AFTER UPDATE OF refund ON message WHEN OLD.refund IS NULL AND NEW.refund IS NOT NULL
BEGIN UPDATE hand_over_count
  SET operator_price = operator_price - NEW.operator_price, service_price = service_price - NEW.service_price
  WHERE account = NEW.account AND campaign = NEW.campaign AND operator = NEW.operator
    AND hour = (NEW.handed_over_at + NEW.offset_minutes * 60000) / 3600000; END
----
-- A message as its sender sees it, joined from left to right by keys.
CREATE VIEW history AS
SELECT m.account, m.id, m.message, m.campaign,
  -- The number is sealed in one of two places: with the message once it was sent, with the contact before.
  m.number, m.contact, c.number AS contact_number,
  -- What a cancelled campaign still has in the queue is never sent, and is shown so before its row says so.
  iif(m.state = 'queued' AND p.state = 'cancelled', 'cancelled', m.state) AS state,
  CASE
    WHEN m.state = 'queued' AND p.state = 'cancelled' THEN 'cancelled_by_owner'
    -- Nobody is asked any more: its owner has to decide.
    WHEN m.state = 'unknown' AND m.asking_ended_at IS NOT NULL THEN 'undecided'
    ELSE m.reason
  END AS reason,
  m.operator, m.handed_over_at, m.blocked_at, m.offset_minutes, m.window_hours, m.window_rule, m.result_at,
  -- Nothing before the hand-over, and nothing any more once it was given back.
  CASE
    WHEN m.refund IS NOT NULL THEN 0
    WHEN m.capture IS NOT NULL THEN m.operator_price + m.service_price
  END AS charged,
  p.segments,
  nullif(m.call_attempt, 0) AS call_attempt,
  m.call_result
FROM message m
JOIN campaign p ON p.account = m.account AND p.campaign = m.campaign
LEFT JOIN contact c ON c.account = m.account AND c.contact = m.contact
----
-- That somebody opened a link of a message: what is known of them is whether they are a person. No address of a
-- network and no browser stands here, and the row dies with the contact (R96).
CREATE TABLE link_visit (
  account TEXT NOT NULL,
  contact TEXT NOT NULL,
  -- The message's row, and which of its links it is, from 0.
  message INTEGER NOT NULL,
  place INTEGER NOT NULL,
  -- The best that was seen of whoever opened it, and since when.
  visitor TEXT NOT NULL CHECK (visitor IN ('preview', 'unknown', 'person')),
  visited_at INTEGER NOT NULL,
  -- When it was counted for the last time.
  counted_at INTEGER NOT NULL,
  PRIMARY KEY (account, contact, message, place),
  FOREIGN KEY (account, contact) REFERENCES contact (account, contact) ON DELETE CASCADE
) STRICT, WITHOUT ROWID
----
-- How often the links of a campaign were opened: kept with each visit, so that no report scans them.
CREATE TABLE link_count (
  account TEXT NOT NULL REFERENCES account (account),
  campaign TEXT NOT NULL,
  place INTEGER NOT NULL,
  -- By people; and messages of which a person opened it.
  visits INTEGER NOT NULL,
  visitors INTEGER NOT NULL,
  previews INTEGER NOT NULL,
  -- By whom nobody can tell.
  unknown INTEGER NOT NULL,
  PRIMARY KEY (account, campaign, place)
) STRICT, WITHOUT ROWID
----
-- What of a lease may have left: a row is written before its group does, and holds what was answered of the
-- messages before it. Gone once the lease is settled.
CREATE TABLE departure (
  lease TEXT NOT NULL,
  up_to INTEGER NOT NULL,
  at INTEGER NOT NULL,
  answered TEXT NOT NULL,
  PRIMARY KEY (lease, up_to)
) STRICT, WITHOUT ROWID
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
CREATE TRIGGER advertising_decision_is_kept BEFORE DELETE ON advertising_decision
WHEN (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
BEGIN SELECT RAISE(ABORT, 'constraint: a decision is kept'); END
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
CREATE TRIGGER window_override_is_kept BEFORE DELETE ON window_override
WHEN (SELECT presence FROM account WHERE account = OLD.account) IS NOT 'left'
BEGIN SELECT RAISE(ABORT, 'constraint: a decision is kept'); END
----
-- What people said of automated decisions about them (R99, R100). One row a person, by the keyed hash of the number: so
-- it outlives the contact, and holds for whoever comes back under the same number.
CREATE TABLE decision_stance (
  account TEXT NOT NULL REFERENCES account (account),
  number_hash BLOB NOT NULL,
  stance TEXT NOT NULL CHECK (stance IN ('consented', 'withdrawn', 'objected')),
  -- How the person said it: sealed words, or the upload that says it of all its contacts.
  said BLOB,
  import TEXT,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, number_hash),
  CHECK ((said IS NULL) <> (import IS NULL))
) STRICT, WITHOUT ROWID
----
-- A run of scores over the contacts that there were (R95).
CREATE TABLE scoring (
  account TEXT NOT NULL REFERENCES account (account),
  scoring TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('reach', 'response')),
  -- `superseded`: a later one of its kind is completed, and its scores are gone. `ended`: the account was closed.
  state TEXT NOT NULL CHECK (state IN ('working', 'completed', 'not_enough', 'nothing_to_say', 'superseded', 'ended')),
  -- The last contact that it is about: who comes in later is not.
  up_to TEXT NOT NULL,
  tariff TEXT NOT NULL,
  -- Of one score, in tiyn.
  price INTEGER NOT NULL CHECK (price >= 0),
  -- What was agreed to, and is held while it works.
  agreed INTEGER NOT NULL CHECK (agreed >= 0),
  capture TEXT,
  charged INTEGER CHECK (charged <= agreed),
  scored INTEGER,
  skipped INTEGER,
  -- JSON: the model with the version of its rules, its quality, and how many people there were to learn from.
  model TEXT,
  quality TEXT,
  people TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (account, scoring),
  -- Nothing is paid for what was not delivered (R103).
  CHECK ((charged IS NOT NULL) = (state IN ('completed', 'superseded')))
) STRICT, WITHOUT ROWID
----
-- One at a time for an account.
CREATE UNIQUE INDEX scoring_under_way ON scoring (account) WHERE state = 'working'
----
-- The contacts of a run: those that are scored, and those that are not, with the reason (R99).
CREATE TABLE scored_contact (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  scoring TEXT NOT NULL,
  contact TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  skipped TEXT CHECK (skipped IN ('no_consent', 'objected', 'blacklisted', 'beyond_agreement')),
  -- JSON: what happened so far, while the run works.
  past TEXT,
  -- JSON: what the score was made of (R104), and the strongest reasons. The score is in millionths.
  inputs TEXT,
  score INTEGER,
  reasons TEXT,
  FOREIGN KEY (account, scoring) REFERENCES scoring (account, scoring),
  CHECK (skipped IS NULL OR (past IS NULL AND inputs IS NULL AND score IS NULL AND reasons IS NULL))
) STRICT
----
CREATE UNIQUE INDEX scored_contact_of_scoring ON scored_contact (account, scoring, contact)
----
CREATE INDEX scored_contact_number ON scored_contact (account, number_hash, scoring)
----
-- Whoever does not consent any more has no scores from that moment on, whatever changed it (R100).
CREATE TRIGGER stance_voids_scores AFTER INSERT ON decision_stance WHEN NEW.stance <> 'consented'
BEGIN UPDATE scored_contact
  SET skipped = iif(NEW.stance = 'objected', 'objected', 'no_consent'), past = NULL, inputs = NULL, score = NULL, reasons = NULL
  WHERE account = NEW.account AND number_hash = NEW.number_hash AND skipped IS NOT 'blacklisted'; END
----
CREATE TRIGGER stance_change_voids_scores AFTER UPDATE OF stance ON decision_stance WHEN NEW.stance <> 'consented'
BEGIN UPDATE scored_contact
  SET skipped = iif(NEW.stance = 'objected', 'objected', 'no_consent'), past = NULL, inputs = NULL, score = NULL, reasons = NULL
  WHERE account = NEW.account AND number_hash = NEW.number_hash AND skipped IS NOT 'blacklisted'; END
----
-- Nor has whoever is no contact any more (R67).
CREATE TRIGGER contact_takes_scores AFTER DELETE ON contact
BEGIN DELETE FROM scored_contact
  WHERE account = OLD.account AND number_hash = OLD.number_hash AND contact = OLD.contact; END
----
-- A look-up of numbers: an operator asks their networks whether they are in service, and where (R95).
CREATE TABLE lookup (
  account TEXT NOT NULL REFERENCES account (account),
  lookup TEXT NOT NULL,
  -- `ended`: the account was closed.
  state TEXT NOT NULL CHECK (state IN ('working', 'completed', 'ended')),
  operator TEXT NOT NULL,
  tariff TEXT NOT NULL,
  -- Of one answer, in tiyn.
  price INTEGER NOT NULL CHECK (price >= 0),
  -- What was agreed to, and is held while it works.
  agreed INTEGER NOT NULL CHECK (agreed >= 0),
  numbers INTEGER NOT NULL,
  -- Which numbers of the request are left out, and why: a repeat is answered the same, whatever people said since. Sealed
  -- JSON.
  skipped BLOB NOT NULL,
  capture TEXT,
  charged INTEGER CHECK (charged <= agreed),
  answered INTEGER,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (account, lookup),
  -- Nothing is paid for what was not delivered (R103).
  CHECK ((charged IS NOT NULL) = (state = 'completed'))
) STRICT, WITHOUT ROWID
----
-- One at a time for an account.
CREATE UNIQUE INDEX lookup_under_way ON lookup (account) WHERE state = 'working'
----
-- The numbers of a look-up, by their contacts. The operator knows each by its row, which is never given again: it would
-- take another for the same. `leaving`: the question may have left, and nobody knows yet whether it has it.
CREATE TABLE looked_up_number (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  lookup TEXT NOT NULL,
  contact TEXT NOT NULL,
  number_hash BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leaving', 'asked', 'answered', 'unanswered')),
  -- When there is something to do for it next.
  due_at INTEGER NOT NULL,
  -- How often the operator said that it never heard of it.
  not_found INTEGER NOT NULL DEFAULT 0,
  -- Sealed JSON.
  answer BLOB,
  UNIQUE (account, lookup, contact),
  FOREIGN KEY (account, lookup) REFERENCES lookup (account, lookup),
  CHECK ((answer IS NOT NULL) = (state = 'answered'))
) STRICT
----
CREATE INDEX looked_up_number_open ON looked_up_number (account, lookup, due_at) WHERE state IN ('waiting', 'leaving', 'asked')
----
CREATE INDEX looked_up_number_of_person ON looked_up_number (account, number_hash)
----
-- Whoever does not consent any more is not asked about, and what was said of them is gone, whatever changed it (R99, R100).
CREATE TRIGGER stance_voids_lookups AFTER INSERT ON decision_stance WHEN NEW.stance <> 'consented'
BEGIN DELETE FROM looked_up_number WHERE account = NEW.account AND number_hash = NEW.number_hash; END
----
CREATE TRIGGER stance_change_voids_lookups AFTER UPDATE OF stance ON decision_stance WHEN NEW.stance <> 'consented'
BEGIN DELETE FROM looked_up_number WHERE account = NEW.account AND number_hash = NEW.number_hash; END
----
-- Nor is whoever is no contact any more (R67).
CREATE TRIGGER contact_takes_lookups AFTER DELETE ON contact
BEGIN DELETE FROM looked_up_number
  WHERE account = OLD.account AND number_hash = OLD.number_hash AND contact = OLD.contact; END
----
-- Appeals of people against automated decisions, and their wish that a human reviews one (R101, R210).
CREATE TABLE appeal (
  account TEXT NOT NULL REFERENCES account (account),
  appeal TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('appeal', 'review')),
  number_hash BLOB NOT NULL,
  -- Sealed, as is all that was said and decided.
  number BLOB NOT NULL,
  said BLOB NOT NULL,
  -- The scores that it is about, as they were before they were voided.
  contested BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  outcome TEXT CHECK (outcome IN ('decision_stands', 'decision_changed')),
  decided_by BLOB CHECK ((outcome IS NULL) = (decided_by IS NULL)),
  decision BLOB CHECK ((outcome IS NULL) = (decision IS NULL)),
  decided_at INTEGER CHECK ((outcome IS NULL) = (decided_at IS NULL)),
  PRIMARY KEY (account, appeal)
) STRICT, WITHOUT ROWID
----
CREATE INDEX appeal_open ON appeal (account, due_at) WHERE outcome IS NULL
----
CREATE INDEX appeal_of_person ON appeal (account, number_hash)
----
-- What was done at a person's request (R69, R183): the receipt of each act. The number stands here as its keyed hash
-- alone.
CREATE TABLE person_request (
  account TEXT NOT NULL REFERENCES account (account),
  request TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('shown', 'corrected', 'blocked', 'withdrawn', 'deleted')),
  number_hash BLOB NOT NULL,
  -- Sealed: what the person said, as it was taken down.
  said BLOB,
  -- JSON: what it came to.
  done TEXT NOT NULL,
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  at INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (account, request)
) STRICT, WITHOUT ROWID
----
CREATE INDEX person_request_of_person ON person_request (account, number_hash)
----
CREATE TRIGGER person_request_is_fixed BEFORE UPDATE ON person_request
BEGIN SELECT RAISE(ABORT, 'constraint: a receipt is kept'); END
----
-- An operator's word on a message whose hand-over is not settled yet: it comes again to nobody, so it is
-- kept until it can be taken.
CREATE TABLE waiting_report (
  message TEXT PRIMARY KEY,
  operator TEXT NOT NULL,
  result TEXT,
  call_result TEXT,
  reference TEXT,
  at INTEGER NOT NULL,
  -- When it is tried next: what cannot be taken now must not keep others from being taken.
  take_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID
----
CREATE INDEX waiting_report_due ON waiting_report (take_at)
----
-- A refusal that could not be listed for an account, since something is broken there: nobody sends it again. Who
-- refused is sealed under the master key, since the account's own may be what is broken.
CREATE TABLE waiting_refusal (
  account TEXT NOT NULL REFERENCES account (account),
  operator TEXT NOT NULL,
  -- A keyed hash: whoever refuses ten times waits once.
  from_hash BLOB NOT NULL,
  sealed_from BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, operator, from_hash)
) STRICT, WITHOUT ROWID
----
-- Messages whose operator gave notice that it has a last word: a job asks for it.
CREATE TABLE result_question (
  message TEXT PRIMARY KEY,
  ask_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
----
CREATE INDEX result_question_due ON result_question (ask_at)
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
----
-- Work for later, written in the transaction of its cause. A job is taken under a lease until `due_at`, by the
-- database's clock; so one whose holder died is due again by itself.
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- Empty for work of the whole cell.
  account TEXT NOT NULL DEFAULT '',
  -- What it is about, where an account can have several of a kind.
  subject TEXT NOT NULL DEFAULT '',
  -- How far it has come, in the words of its kind.
  cursor TEXT NOT NULL DEFAULT '',
  due_at INTEGER NOT NULL,
  -- How often it was taken since it last came on.
  tries INTEGER NOT NULL DEFAULT 0,
  lease TEXT,
  -- Why it failed last.
  error TEXT,
  UNIQUE (kind, account, subject)
) STRICT
----
CREATE INDEX job_due ON job (due_at)
----
-- A log that grew is signed anew (R91). The first such job of all is due at once, whatever the clock says.
CREATE TRIGGER log_grew AFTER UPDATE OF size ON log WHEN NEW.log <> 'send-box.com/directory'
BEGIN
  INSERT INTO job (kind, subject, due_at) SELECT 'checkpoint', NEW.log, 0
  WHERE NOT EXISTS (SELECT 1 FROM job WHERE kind = 'checkpoint' AND account = '' AND subject = NEW.log);
END
----
CREATE TRIGGER log_began AFTER INSERT ON log WHEN NEW.log <> 'send-box.com/directory'
BEGIN
  INSERT INTO job (kind, subject, due_at) SELECT 'checkpoint', NEW.log, 0
  WHERE NOT EXISTS (SELECT 1 FROM job WHERE kind = 'checkpoint' AND account = '' AND subject = NEW.log);
END
----
-- Accounts that move. While one is copied to another cell nothing of it changes here, and when it is gone nothing of it
-- is written here any more, whoever still thinks that it lives here. One of these tables is written by whatever
-- changes an account: an act has its number in a series, money its transfer, sending its campaign.
CREATE TRIGGER series_is_frozen_against_insert BEFORE INSERT ON series
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER series_is_frozen_against_update BEFORE UPDATE ON series
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER transfer_is_frozen_against_insert BEFORE INSERT ON transfer
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER campaign_is_frozen_against_insert BEFORE INSERT ON campaign
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER campaign_is_frozen_against_update BEFORE UPDATE ON campaign
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER contact_is_frozen_against_insert BEFORE INSERT ON contact
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER contact_is_frozen_against_update BEFORE UPDATE ON contact
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER contact_is_frozen_against_delete BEFORE DELETE ON contact
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
-- Who joins or leaves a list is counted in it, so this holds for them too.
CREATE TRIGGER list_is_frozen_against_insert BEFORE INSERT ON list
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER list_is_frozen_against_update BEFORE UPDATE ON list
WHEN (SELECT presence FROM account WHERE account = NEW.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER list_is_frozen_against_delete BEFORE DELETE ON list
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER saved_audience_is_frozen_against_insert BEFORE INSERT ON saved_audience
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER saved_audience_is_frozen_against_update BEFORE UPDATE ON saved_audience
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER saved_audience_is_frozen_against_delete BEFORE DELETE ON saved_audience
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER campaign_recipient_is_frozen_against_insert BEFORE INSERT ON campaign_recipient
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER campaign_recipient_is_frozen_against_delete BEFORE DELETE ON campaign_recipient
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER blacklist_is_frozen_against_insert BEFORE INSERT ON blacklist
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER blacklist_is_frozen_against_update BEFORE UPDATE ON blacklist
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER blacklist_is_frozen_against_delete BEFORE DELETE ON blacklist
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER link_visit_is_frozen_against_insert BEFORE INSERT ON link_visit
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER link_visit_is_frozen_against_update BEFORE UPDATE ON link_visit
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER import_is_frozen_against_insert BEFORE INSERT ON import
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER import_is_frozen_against_update BEFORE UPDATE ON import
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER remembered_format_is_frozen_against_insert BEFORE INSERT ON remembered_format
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER remembered_format_is_frozen_against_update BEFORE UPDATE ON remembered_format
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER remembered_format_is_frozen_against_delete BEFORE DELETE ON remembered_format
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER audio_is_frozen_against_insert BEFORE INSERT ON audio
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER audio_is_frozen_against_delete BEFORE DELETE ON audio
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER decision_stance_is_frozen_against_insert BEFORE INSERT ON decision_stance
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER decision_stance_is_frozen_against_update BEFORE UPDATE ON decision_stance
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER scoring_is_frozen_against_insert BEFORE INSERT ON scoring
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER scoring_is_frozen_against_update BEFORE UPDATE ON scoring
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER scored_contact_is_frozen_against_insert BEFORE INSERT ON scored_contact
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER scored_contact_is_frozen_against_update BEFORE UPDATE ON scored_contact
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER scored_contact_is_frozen_against_delete BEFORE DELETE ON scored_contact
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER lookup_is_frozen_against_insert BEFORE INSERT ON lookup
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER lookup_is_frozen_against_update BEFORE UPDATE ON lookup
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER looked_up_number_is_frozen_against_insert BEFORE INSERT ON looked_up_number
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER looked_up_number_is_frozen_against_update BEFORE UPDATE ON looked_up_number
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER looked_up_number_is_frozen_against_delete BEFORE DELETE ON looked_up_number
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER appeal_is_frozen_against_insert BEFORE INSERT ON appeal
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER appeal_is_frozen_against_update BEFORE UPDATE ON appeal
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER person_request_is_frozen_against_insert BEFORE INSERT ON person_request
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER profile_change_is_frozen_against_insert BEFORE INSERT ON profile_change
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER deletion_is_frozen_against_insert BEFORE INSERT ON deletion
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER deletion_is_frozen_against_update BEFORE UPDATE ON deletion
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER idempotency_is_frozen_against_insert BEFORE INSERT ON idempotency
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER campaign_is_frozen_against_delete BEFORE DELETE ON campaign
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER import_is_frozen_against_delete BEFORE DELETE ON import
WHEN (SELECT presence FROM account WHERE account = OLD.account) = 'leaving'
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER advertising_decision_is_frozen_against_insert BEFORE INSERT ON advertising_decision
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER window_override_is_frozen_against_insert BEFORE INSERT ON window_override
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
CREATE TRIGGER window_override_is_frozen_against_update BEFORE UPDATE ON window_override
WHEN (SELECT presence FROM account WHERE account = NEW.account) IN ('leaving', 'left')
BEGIN SELECT RAISE(ABORT, 'constraint: the account is moving'); END
----
-- Acts of an account that came while it left, such as a sign-in, which the directory knows of: they are recorded in the
-- cell that it goes to, with their time. Sealed under the master key.
CREATE TABLE waiting_act (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (account),
  sealed BLOB NOT NULL
) STRICT
----
CREATE INDEX waiting_act_of_account ON waiting_act (account, id)
----
-- How far an account that arrives was copied, in the transaction of its rows: what was copied is not copied again.
CREATE TABLE arrival (
  account TEXT PRIMARY KEY REFERENCES account (account),
  cursor TEXT NOT NULL
) STRICT, WITHOUT ROWID
----
-- Its leaves in the log that it comes from, with their places in the log here once they are appended.
CREATE TABLE arriving_leaf (
  account TEXT NOT NULL REFERENCES account (account),
  former INTEGER NOT NULL,
  hash BLOB NOT NULL,
  leaf INTEGER,
  PRIMARY KEY (account, former)
) STRICT, WITHOUT ROWID
