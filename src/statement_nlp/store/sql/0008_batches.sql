-- What people added through the pages, and what undoing it needs.

CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'stopped', 'failed', 'to undo', 'undone')),
  sent_by TEXT NOT NULL,
  sent TEXT NOT NULL,
  finished TEXT,
  given TEXT NOT NULL DEFAULT '{}',
  files INTEGER NOT NULL,
  files_done INTEGER NOT NULL DEFAULT 0,
  starts INTEGER NOT NULL DEFAULT 0,
  to_stop INTEGER NOT NULL DEFAULT 0 CHECK (to_stop IN (0, 1)),
  message TEXT
);
CREATE INDEX batches_state ON batches(state);

-- No foreign key to the statement: the list of what was done outlives what it was done to. `before` is the statement
-- as it was (JSON), empty where there was none; `holds` is 1 where undoing would bring that back.
CREATE TABLE batch_items (
  batch_id INTEGER NOT NULL REFERENCES batches(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('added', 'replaced', 'unchanged', 'failed', 'not taken')),
  message TEXT,
  statement_id TEXT,
  fingerprint TEXT,
  holds INTEGER NOT NULL DEFAULT 0 CHECK (holds IN (0, 1)),
  before TEXT,
  undone TEXT,
  PRIMARY KEY (batch_id, position)
) WITHOUT ROWID;
CREATE INDEX batch_items_statement ON batch_items(statement_id);
