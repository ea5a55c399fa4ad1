-- The history of every account. Facts are only ever added; which of them count is decided when they are read, by four rules
-- (rank, live, known-by, covers), see Storage/History/Knowledge.swift.
--
-- Days are whole days since 1970-01-01 in the workspace's zone, instants milliseconds since 1970-01-01T00:00:00Z.

-- Whose midnights end the days: one row. Facts of another zone's days would be off by one.
CREATE TABLE workspace (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  zone TEXT NOT NULL
) STRICT;

CREATE TABLE account (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 2097151),  -- dense, never reused: shard and slot follow from it
  key TEXT NOT NULL UNIQUE CHECK (key <> '')                -- text always: '007' is not '7'
) STRICT;

CREATE TABLE signal (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 1023),     -- dense: the block follows from it
  key TEXT NOT NULL UNIQUE CHECK (key LIKE '%.%')
) STRICT;

-- Texts that recur: labels, attribute names and values.
CREATE TABLE label (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- One file taken in, or one command typed by a person. A failed one has no entry in import_state and never counts.
CREATE TABLE import (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 4194303),
  feed INTEGER NOT NULL REFERENCES feed (id),
  file TEXT NOT NULL,
  file_day INTEGER,
  digest INTEGER NOT NULL,            -- XXH64 of the bytes
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  modified INTEGER,                   -- instant of the file's last change, where it is a file
  feed_hash TEXT NOT NULL,
  author TEXT,                        -- of what a person typed
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('imported', 'failed')),
  error TEXT,                         -- why it failed
  rows INTEGER NOT NULL, new INTEGER NOT NULL, corrected INTEGER NOT NULL, older INTEGER NOT NULL,
  unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL, skipped INTEGER NOT NULL, warnings INTEGER NOT NULL,
  facts_new INTEGER NOT NULL, facts_corrected INTEGER NOT NULL, facts_older INTEGER NOT NULL, facts_unchanged INTEGER NOT NULL,
  facts_skipped INTEGER NOT NULL,
  CHECK ((error IS NOT NULL) = (state = 'failed')),
  CHECK (rows = new + corrected + older + unchanged + rejected + skipped)
) STRICT;
CREATE INDEX import_by_feed ON import (feed, file_day);

-- Finishing, reverting, restoring and marking are entries; the newest not after a moment says how an import stood then.
CREATE TABLE import_state (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES import (id),
  at INTEGER NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  backfill INTEGER NOT NULL CHECK (backfill IN (0, 1))
) STRICT;
CREATE INDEX import_state_by_import ON import_state (import, id);

-- Which signals an import speaks of, whether or not it had a fact for them.
CREATE TABLE import_signal (
  import INTEGER NOT NULL REFERENCES import (id),
  signal INTEGER NOT NULL REFERENCES signal (id),
  PRIMARY KEY (import, signal)
) STRICT, WITHOUT ROWID;

-- The days on which an import spoke: its file day and every day that it stated a fact for, as runs of days.
CREATE TABLE spoke (
  import INTEGER NOT NULL REFERENCES import (id),
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL CHECK (last_day >= first_day),
  PRIMARY KEY (import, first_day)
) STRICT, WITHOUT ROWID;

-- Days of which a `complete: day` import says everything.
CREATE TABLE covers (
  import INTEGER NOT NULL REFERENCES import (id),
  day INTEGER NOT NULL,
  PRIMARY KEY (import, day)
) STRICT, WITHOUT ROWID;

-- How many facts an import found unchanged, and therefore did not write, because another import had stated them.
CREATE TABLE leans (
  import INTEGER NOT NULL REFERENCES import (id),
  "on" INTEGER NOT NULL REFERENCES import (id),
  facts INTEGER NOT NULL CHECK (facts > 0),
  PRIMARY KEY (import, "on")
) STRICT, WITHOUT ROWID;
CREATE INDEX leans_on ON leans ("on");

-- Which imports vouch for an account; it is known while one of them is live.
CREATE TABLE introduced (
  account INTEGER NOT NULL REFERENCES account (id),
  import INTEGER NOT NULL REFERENCES import (id),
  PRIMARY KEY (account, import)
) STRICT, WITHOUT ROWID;

CREATE TABLE alias (
  alias TEXT NOT NULL CHECK (alias <> ''),
  import INTEGER NOT NULL REFERENCES import (id),
  account INTEGER NOT NULL REFERENCES account (id),
  PRIMARY KEY (alias, import)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_of ON alias (account);

-- The earliest day an import states of an account, where that was earlier than any live import's before it.
CREATE TABLE first_fact (
  account INTEGER NOT NULL REFERENCES account (id),
  import INTEGER NOT NULL REFERENCES import (id),
  day INTEGER NOT NULL,
  PRIMARY KEY (account, import)
) STRICT, WITHOUT ROWID;

-- Readings: key = day · shard · import · block · part (Storage/Chunks/ChunkKey.swift), data = Storage/Chunks/Chunk.swift.
CREATE TABLE chunk (
  key INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

-- Slivers: readings of cells too thin for a chunk (late rows, corrections), data = Storage/Chunks/Sliver.swift.
CREATE TABLE late (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES import (id),
  shard INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL CHECK (last_day >= first_day),
  data BLOB NOT NULL
) STRICT;
CREATE INDEX late_by_shard ON late (shard, last_day);
CREATE INDEX late_by_import ON late (import);

-- What one line of a feed says of one signal; part of an event's identity.
CREATE TABLE line (
  id INTEGER PRIMARY KEY,
  feed INTEGER NOT NULL REFERENCES feed (id),
  signal INTEGER NOT NULL REFERENCES signal (id),
  name TEXT NOT NULL,
  UNIQUE (feed, signal, name)
) STRICT;

-- The identity that a feed's source gave to one thing (a ticket, an invoice). Ids follow the order of arrival, so that a night
-- finds its things close together.
CREATE TABLE source (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 4294967295),
  hash INTEGER NOT NULL,              -- XXH64 of ref, seeded with the feed
  feed INTEGER NOT NULL REFERENCES feed (id),
  ref TEXT NOT NULL,
  import INTEGER NOT NULL,            -- the first that stated it
  shard INTEGER NOT NULL              -- of the account that it was first stated for
) STRICT;
CREATE INDEX source_by_hash ON source (hash);

-- Further imports that wrote revisions of a source's events, and further shards that its events came to.
CREATE TABLE restated (
  source INTEGER NOT NULL,
  import INTEGER NOT NULL,
  PRIMARY KEY (source, import)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_shard (
  source INTEGER NOT NULL,
  shard INTEGER NOT NULL,
  PRIMARY KEY (source, shard)
) STRICT, WITHOUT ROWID;

-- Events: all that one import says of the events of one shard, in pieces; data = Storage/Chunks/EventChunk.swift.
CREATE TABLE event_chunk (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES import (id),
  shard INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL CHECK (last_day >= first_day),
  first_source INTEGER NOT NULL,
  last_source INTEGER NOT NULL CHECK (last_source >= first_source),
  data BLOB NOT NULL
) STRICT;
CREATE INDEX event_chunk_by_shard ON event_chunk (shard, last_day);
CREATE INDEX event_chunk_by_import ON event_chunk (import, shard, last_source);

-- What an event says in words.
CREATE TABLE event_text (
  source INTEGER NOT NULL,
  line INTEGER NOT NULL,
  import INTEGER NOT NULL,
  text TEXT,
  author TEXT,
  reason TEXT,
  PRIMARY KEY (source, line, import)
) STRICT, WITHOUT ROWID;

-- The value from a day on; NULL where it was cleared.
CREATE TABLE attribute (
  account INTEGER NOT NULL REFERENCES account (id),
  name INTEGER NOT NULL REFERENCES label (id),
  day INTEGER NOT NULL,
  import INTEGER NOT NULL REFERENCES import (id),
  value INTEGER REFERENCES label (id),
  PRIMARY KEY (account, name, day, import)
) STRICT, WITHOUT ROWID;

-- Rows that were refused (severity 'reject') or accepted with a remark ('warning').
CREATE TABLE reject (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES import (id),
  severity TEXT NOT NULL CHECK (severity IN ('reject', 'warning')),
  line INTEGER NOT NULL,
  "column" INTEGER NOT NULL,
  column_name TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  text TEXT NOT NULL,
  nearest TEXT,                       -- the known word that comes nearest to what the row says
  hint TEXT                           -- what to do
) STRICT;
CREATE INDEX reject_by_import ON reject (import);
