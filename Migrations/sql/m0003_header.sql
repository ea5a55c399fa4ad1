-- Refused rows can be written out as they stood, mended, and imported again.

-- How the file of an import with refused rows was written.
CREATE TABLE header (
  import INTEGER PRIMARY KEY REFERENCES import (id),
  format TEXT NOT NULL CHECK (format IN ('csv', 'jsonl')),
  encoding TEXT NOT NULL,
  delimiter TEXT NOT NULL,
  quote TEXT NOT NULL,                -- '' where there is none
  bytes BLOB,                         -- of the file's own header, without a line end
  names TEXT NOT NULL                 -- of the columns as the feed gives them instead, joined by U+001F
) STRICT;

-- The import whose refused rows this one takes in.
ALTER TABLE import ADD COLUMN mends INTEGER REFERENCES import (id);
CREATE INDEX import_by_mended ON import (mends) WHERE mends IS NOT NULL;

ALTER TABLE reject ADD COLUMN raw BLOB;  -- the row's bytes where its text cannot be turned back into them
ALTER TABLE reject ADD COLUMN is_cut INTEGER NOT NULL DEFAULT 0 CHECK (is_cut IN (0, 1));  -- whether the text is not all of the row
