-- Files that gather what several feeds told say themselves on which days each signal was spoken of.

-- Whether the import speaks of a signal on the days in `signal_spoke` alone; else on all of its days.
ALTER TABLE import ADD COLUMN speaks_by_rows INTEGER NOT NULL DEFAULT 0 CHECK (speaks_by_rows IN (0, 1));

CREATE TABLE signal_spoke (
  import INTEGER NOT NULL REFERENCES import (id),
  signal INTEGER NOT NULL REFERENCES signal (id),
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL CHECK (last_day >= first_day),
  PRIMARY KEY (import, signal, first_day)
) STRICT, WITHOUT ROWID;
