-- Human judgement: what people decided, each step of it, what the machine said, and which statements are read in full.

DROP TABLE reviews;
-- No foreign key to the record: a judgement outlives a record that is gone for now (record_id is then empty). The words
-- around the quote (`preceding`, `following`) tell where it stands in a changed text.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  layer TEXT NOT NULL CHECK (layer IN ('places', 'parties', 'figures', 'claims', 'demands', 'signatories', 'links')),
  record_id INTEGER,
  statement_id TEXT NOT NULL,
  other_statement_id TEXT,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected', 'corrected')),
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
CREATE INDEX reviews_statement ON reviews(statement_id);
CREATE INDEX reviews_other_statement ON reviews(other_statement_id);
CREATE INDEX reviews_reviewed ON reviews(reviewed);

DROP TABLE review_events;
CREATE TABLE review_events (
  id INTEGER PRIMARY KEY,
  happened TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  action TEXT NOT NULL,
  layer TEXT,
  record_id INTEGER,
  review_id INTEGER,
  statement_id TEXT,
  quote TEXT,
  before TEXT NOT NULL DEFAULT '{}',
  after TEXT NOT NULL DEFAULT '{}',
  note TEXT
);
CREATE INDEX review_events_statement ON review_events(statement_id);
CREATE INDEX review_events_record ON review_events(record_id);

-- All records of a statement as the machine found them, kept for each statement that anybody has judged anything of: what
-- the tables hold is always made from this and the judgements.
CREATE TABLE machine_records (
  statement_id TEXT PRIMARY KEY REFERENCES statements(id) ON DELETE CASCADE,
  records TEXT NOT NULL
) WITHOUT ROWID;

-- Statements that somebody has read in full: all that they say is judged, nothing is missing. Holds for one text.
CREATE TABLE reviewed_statements (
  statement_id TEXT PRIMARY KEY,
  text_hash TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  reviewed TEXT NOT NULL,
  note TEXT
) WITHOUT ROWID;

-- What nobody has judged yet, the least sure first.
CREATE INDEX place_mentions_unjudged ON place_mentions(confidence) WHERE judgement IS NULL;
CREATE INDEX party_mentions_unjudged ON party_mentions(confidence) WHERE judgement IS NULL;
CREATE INDEX figures_unjudged ON figures(confidence) WHERE judgement IS NULL;
CREATE INDEX claims_unjudged ON claims(confidence) WHERE judgement IS NULL;
CREATE INDEX demands_unjudged ON demands(confidence) WHERE judgement IS NULL;
CREATE INDEX links_unjudged ON links(score) WHERE judgement IS NULL;
