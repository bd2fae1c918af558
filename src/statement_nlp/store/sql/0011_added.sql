-- A judgement may also be a record that the machine missed: verdict 'added'. SQLite changes no CHECK, so the table is
-- made anew, with all that it holds.
CREATE TABLE reviews_with_added (
  id INTEGER PRIMARY KEY,
  layer TEXT NOT NULL CHECK (layer IN ('places', 'parties', 'figures', 'claims', 'demands', 'signatories', 'links')),
  record_id INTEGER,
  statement_id TEXT NOT NULL,
  other_statement_id TEXT,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected', 'corrected', 'added')),
  quote TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  preceding TEXT NOT NULL,
  following TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  judged TEXT NOT NULL,
  note TEXT,
  reviewer TEXT NOT NULL,
  reviewed TEXT NOT NULL,
  attached INTEGER NOT NULL DEFAULT 1 CHECK (attached IN (0, 1)),
  found INTEGER NOT NULL DEFAULT 1 CHECK (found IN (0, 1)),
  UNIQUE (layer, record_id)
);
INSERT INTO reviews_with_added(id, layer, record_id, statement_id, other_statement_id, verdict, quote, start, "end",
  preceding, following, before, after, judged, note, reviewer, reviewed, attached, found)
SELECT id, layer, record_id, statement_id, other_statement_id, verdict, quote, start, "end", preceding, following,
  before, after, judged, note, reviewer, reviewed, attached, found FROM reviews;
DROP TABLE reviews;
ALTER TABLE reviews_with_added RENAME TO reviews;
CREATE INDEX reviews_statement ON reviews(statement_id);
CREATE INDEX reviews_other_statement ON reviews(other_statement_id);
CREATE INDEX reviews_reviewed ON reviews(reviewed);
