-- What people decide about scores and write about accounts, and scores that were recorded.

-- A person's decision about an account's score. Its number is that of its import.
CREATE TABLE override (
  import INTEGER PRIMARY KEY REFERENCES import (id),
  account INTEGER NOT NULL REFERENCES account (id),
  card TEXT CHECK (card <> ''),       -- NULL: every card
  kind TEXT NOT NULL CHECK (kind IN ('cap', 'floor', 'set')),
  value REAL NOT NULL CHECK (value BETWEEN 0 AND 100),
  from_day INTEGER NOT NULL,
  until_day INTEGER NOT NULL CHECK (until_day >= from_day),  -- the last day, included
  note TEXT NOT NULL CHECK (note <> '')
) STRICT;
CREATE INDEX override_of ON override (account);

-- From a day on an override no longer holds.
CREATE TABLE override_end (
  import INTEGER PRIMARY KEY REFERENCES import (id),
  override INTEGER NOT NULL REFERENCES override (import),
  day INTEGER NOT NULL
) STRICT;
CREATE INDEX override_end_of ON override_end (override);

-- The words of human signals, for searching: one row for each of theirs in event_text, found by what is stored beside them.
CREATE VIRTUAL TABLE note USING fts5 (
  text, source UNINDEXED, line UNINDEXED, import UNINDEXED, tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO note (text, source, line, import)
  SELECT t.text, t.source, t.line, t.import FROM event_text AS t JOIN line AS l ON l.id = t.line JOIN signal AS s ON s.id = l.signal
  WHERE t.text IS NOT NULL AND s.key LIKE 'human.%';

-- Every version of a card that scores were recorded with.
CREATE TABLE card (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  yaml TEXT NOT NULL,
  first_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Scores recorded together. Two runs that agree in all but their number and time would have the same scores, so there are none.
CREATE TABLE score_run (
  id INTEGER PRIMARY KEY,
  as_of INTEGER NOT NULL,
  known_by INTEGER,                   -- NULL: what was known then
  cards TEXT NOT NULL,                -- their hashes, sorted, with blanks between
  catalogue TEXT NOT NULL,            -- hash
  settings TEXT NOT NULL,             -- hash
  import INTEGER NOT NULL,            -- the highest import by then
  state INTEGER NOT NULL,             -- the highest entry of import_state by then
  recorded INTEGER NOT NULL,
  author TEXT
) STRICT;
CREATE UNIQUE INDEX score_run_identity ON score_run (as_of, coalesce(known_by, -1), cards, catalogue, settings, import, state);

CREATE TABLE score (
  run INTEGER NOT NULL REFERENCES score_run (id),
  account INTEGER NOT NULL,           -- erased with the account
  card TEXT NOT NULL REFERENCES card (hash),
  score REAL,
  raw REAL,
  coverage REAL NOT NULL,
  band TEXT NOT NULL,
  PRIMARY KEY (run, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX score_of ON score (account);
