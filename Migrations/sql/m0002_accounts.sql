-- What people say of accounts themselves (two are one, one is called otherwise), and what was erased for good.

-- From a merge on, all facts of the account count as the other's. Nothing is rewritten: see Storage/History/Merges.swift.
CREATE TABLE merge (
  account INTEGER NOT NULL REFERENCES account (id),
  import INTEGER NOT NULL REFERENCES import (id),
  "into" INTEGER NOT NULL REFERENCES account (id),
  PRIMARY KEY (account, import),
  CHECK ("into" <> account)
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_into ON merge ("into");

-- The key that an account is shown by instead of its own, which still finds it.
CREATE TABLE rename (
  account INTEGER NOT NULL REFERENCES account (id),
  import INTEGER NOT NULL REFERENCES import (id),
  key TEXT NOT NULL CHECK (key <> ''),
  PRIMARY KEY (account, import)
) STRICT, WITHOUT ROWID;
CREATE INDEX rename_by_key ON rename (key);

-- The numbers of erased accounts, which are never given again. Whose they were is nowhere.
CREATE TABLE erased (
  account INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES import (id)
) STRICT;

-- Reverted imports whose facts were erased; they cannot be restored.
CREATE TABLE purged (
  import INTEGER PRIMARY KEY REFERENCES import (id),
  at INTEGER NOT NULL
) STRICT;
