-- Persons whom statements name, so that the names of private ones can be hidden.

-- One row for each statement in which persons were looked for; without it, nobody knows whom its text names.
CREATE TABLE person_readings (
  statement_id TEXT PRIMARY KEY REFERENCES statements(id) ON DELETE CASCADE,
  private INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE person_mentions (
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('office', 'private')),
  method TEXT NOT NULL,
  cues TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (statement_id, position)
) WITHOUT ROWID;
