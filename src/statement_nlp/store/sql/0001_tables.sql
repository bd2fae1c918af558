-- Every table. What each one and each of its columns means: descriptions.yaml beside this folder.
-- Ids of extracted records are whole numbers below 2^53, made from statement, layer, quote and occurrence (identity.py):
-- the same record keeps its id when its statement is extracted again, so links, reviews and addresses survive.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  finished TEXT,
  version TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  models TEXT NOT NULL DEFAULT '{}',
  sources TEXT NOT NULL DEFAULT '[]',
  saved INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE organisations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  acronym TEXT,
  branch TEXT
);

-- One row for each printed name; to merge two organisations is to point their names at one of them.
CREATE TABLE organisation_names (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  acronym TEXT,
  branch TEXT,
  organisation_id TEXT NOT NULL REFERENCES organisations(id) ON DELETE CASCADE,
  reason TEXT NOT NULL DEFAULT 'same name'
) WITHOUT ROWID;
CREATE INDEX organisation_names_organisation ON organisation_names(organisation_id);

CREATE TABLE organisation_judgements (
  id INTEGER PRIMARY KEY,
  a_key TEXT NOT NULL,
  b_key TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different')),
  reviewer TEXT NOT NULL,
  judged TEXT NOT NULL,
  note TEXT,
  UNIQUE (a_key, b_key)
);

CREATE TABLE statements (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  title TEXT,
  published TEXT,
  published_since TEXT,
  published_until TEXT,
  publisher TEXT,
  organisation_key TEXT REFERENCES organisation_names(key),
  kind TEXT NOT NULL CHECK (kind IN ('original', 'illustrative', 'own')),
  language TEXT NOT NULL,
  url TEXT,
  source TEXT,
  countries TEXT NOT NULL DEFAULT '[]',
  series TEXT,
  modelled_on TEXT,
  links_read INTEGER NOT NULL DEFAULT 0 CHECK (links_read IN (0, 1)),
  text TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  skipped TEXT,
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX statements_published ON statements(published);
CREATE INDEX statements_organisation ON statements(organisation_key);
CREATE INDEX statements_text_hash ON statements(text_hash);
CREATE INDEX statements_run ON statements(run_id);

CREATE TABLE zones (
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('heading', 'dateline', 'body', 'notes', 'contact', 'signatories')),
  PRIMARY KEY (statement_id, position)
) WITHOUT ROWID;

CREATE TABLE places (
  id TEXT PRIMARY KEY,
  geonameid INTEGER,
  name TEXT NOT NULL,
  country TEXT,
  country_name TEXT,
  admin1 TEXT,
  admin2 TEXT,
  feature TEXT NOT NULL,
  latitude REAL,
  longitude REAL,
  population INTEGER,
  pcode TEXT,
  parent_id TEXT REFERENCES places(id)
);
CREATE INDEX places_name ON places(name COLLATE NOCASE);
CREATE INDEX places_geonameid ON places(geonameid);
CREATE INDEX places_pcode ON places(pcode);
CREATE INDEX places_parent ON places(parent_id);
CREATE INDEX places_country ON places(country);

-- What a place is called: its own name and those that statements use.
CREATE TABLE place_names (
  place_id TEXT NOT NULL REFERENCES places(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (place_id, name)
) WITHOUT ROWID;
CREATE INDEX place_names_name ON place_names(name COLLATE NOCASE);

-- The place itself at depth 0, its nearest parent at 1, its country last.
CREATE TABLE place_ancestors (
  place_id TEXT NOT NULL REFERENCES places(id) ON DELETE CASCADE,
  ancestor_id TEXT NOT NULL REFERENCES places(id),
  depth INTEGER NOT NULL,
  PRIMARY KEY (place_id, ancestor_id)
) WITHOUT ROWID;
CREATE INDEX place_ancestors_ancestor ON place_ancestors(ancestor_id, place_id);

-- A roll-up, so that a map or a list of places does not count a million claims.
CREATE TABLE place_counts (
  place_id TEXT PRIMARY KEY REFERENCES places(id) ON DELETE CASCADE,
  statements INTEGER NOT NULL DEFAULT 0,
  mentions INTEGER NOT NULL DEFAULT 0,
  claims INTEGER NOT NULL DEFAULT 0,
  figures INTEGER NOT NULL DEFAULT 0,
  demands INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE place_mentions (
  id INTEGER PRIMARY KEY,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  quote TEXT NOT NULL,
  name TEXT NOT NULL,
  country TEXT,
  place_id TEXT REFERENCES places(id),
  modifier TEXT,
  confidence REAL NOT NULL,
  method TEXT NOT NULL,
  cues TEXT NOT NULL DEFAULT '[]',
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX place_mentions_statement ON place_mentions(statement_id, start);
CREATE INDEX place_mentions_place ON place_mentions(place_id);

CREATE TABLE parties (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('state', 'armed_group', 'intergovernmental', 'ngo', 'person', 'collective', 'other')),
  country TEXT,
  registered INTEGER NOT NULL DEFAULT 0 CHECK (registered IN (0, 1))
);
CREATE INDEX parties_name ON parties(name COLLATE NOCASE);

CREATE TABLE party_names (
  party_id TEXT NOT NULL REFERENCES parties(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (party_id, name)
) WITHOUT ROWID;
CREATE INDEX party_names_name ON party_names(name COLLATE NOCASE);

CREATE TABLE party_mentions (
  id INTEGER PRIMARY KEY,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  quote TEXT NOT NULL,
  party_id TEXT NOT NULL REFERENCES parties(id),
  confidence REAL NOT NULL,
  method TEXT NOT NULL,
  cues TEXT NOT NULL DEFAULT '[]',
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX party_mentions_statement ON party_mentions(statement_id, start);
CREATE INDEX party_mentions_party ON party_mentions(party_id);

CREATE TABLE figures (
  id INTEGER PRIMARY KEY,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  quote TEXT NOT NULL,
  low REAL,
  high REAL,
  qualifier TEXT NOT NULL CHECK (qualifier IN ('exact', 'about', 'at_least', 'at_most', 'range')),
  unit TEXT NOT NULL,
  condition TEXT NOT NULL,
  date TEXT,
  since TEXT,
  until TEXT,
  part_of INTEGER,
  confidence REAL NOT NULL,
  method TEXT NOT NULL,
  cues TEXT NOT NULL DEFAULT '[]',
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX figures_statement ON figures(statement_id, start);
CREATE INDEX figures_condition ON figures(condition, unit);

CREATE TABLE figure_places (
  figure_id INTEGER NOT NULL REFERENCES figures(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  place_id TEXT REFERENCES places(id),
  PRIMARY KEY (figure_id, position)
) WITHOUT ROWID;
CREATE INDEX figure_places_place ON figure_places(place_id);

CREATE TABLE claims (
  id INTEGER PRIMARY KEY,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  quote TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('asserted', 'reported', 'hedged', 'negated')),
  attribution TEXT,
  date TEXT,
  since TEXT,
  until TEXT,
  day TEXT NOT NULL DEFAULT '',
  confidence REAL NOT NULL,
  method TEXT NOT NULL,
  cues TEXT NOT NULL DEFAULT '[]',
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX claims_statement ON claims(statement_id, start);
CREATE INDEX claims_day ON claims(day);

CREATE TABLE claim_named_places (
  claim_id INTEGER NOT NULL REFERENCES claims(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  place_id TEXT REFERENCES places(id),
  PRIMARY KEY (claim_id, position)
) WITHOUT ROWID;
CREATE INDEX claim_named_places_place ON claim_named_places(place_id);

-- Each claim under its places and every place around them. No second index and no foreign key on claim_id: either
-- would lead the planner astray; the triggers of 0003 keep the table right.
CREATE TABLE claim_places (
  ancestor_id TEXT NOT NULL,
  date TEXT NOT NULL,
  claim_id INTEGER NOT NULL,
  PRIMARY KEY (ancestor_id, date, claim_id)
) WITHOUT ROWID;

CREATE TABLE claim_figures (
  claim_id INTEGER NOT NULL REFERENCES claims(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  figure_id INTEGER REFERENCES figures(id) ON DELETE SET NULL,
  PRIMARY KEY (claim_id, position)
) WITHOUT ROWID;
CREATE INDEX claim_figures_figure ON claim_figures(figure_id);

CREATE TABLE demands (
  id INTEGER PRIMARY KEY,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  quote TEXT NOT NULL,
  strength TEXT NOT NULL CHECK (strength IN ('demand', 'urge', 'recommend')),
  deadline TEXT,
  confidence REAL NOT NULL,
  method TEXT NOT NULL,
  cues TEXT NOT NULL DEFAULT '[]',
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX demands_statement ON demands(statement_id, start);

CREATE TABLE demand_addressees (
  demand_id INTEGER NOT NULL REFERENCES demands(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  party_id TEXT NOT NULL REFERENCES parties(id),
  PRIMARY KEY (demand_id, position)
) WITHOUT ROWID;
CREATE INDEX demand_addressees_party ON demand_addressees(party_id);

CREATE TABLE demand_actions (
  demand_id INTEGER NOT NULL REFERENCES demands(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  action TEXT NOT NULL,
  PRIMARY KEY (demand_id, position)
) WITHOUT ROWID;

CREATE TABLE demand_themes (
  demand_id INTEGER NOT NULL REFERENCES demands(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  theme TEXT NOT NULL,
  PRIMARY KEY (demand_id, position)
) WITHOUT ROWID;
CREATE INDEX demand_themes_theme ON demand_themes(theme);

CREATE TABLE demand_places (
  demand_id INTEGER NOT NULL REFERENCES demands(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  place_id TEXT REFERENCES places(id),
  PRIMARY KEY (demand_id, position)
) WITHOUT ROWID;
CREATE INDEX demand_places_place ON demand_places(place_id);

CREATE TABLE signatories (
  id INTEGER PRIMARY KEY,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  name TEXT NOT NULL,
  acronym TEXT,
  note TEXT,
  organisation_key TEXT NOT NULL REFERENCES organisation_names(key),
  method TEXT NOT NULL,
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  run_id INTEGER NOT NULL REFERENCES runs(id)
);
CREATE INDEX signatories_statement ON signatories(statement_id, position);
CREATE INDEX signatories_organisation ON signatories(organisation_key);

CREATE TABLE signatory_counts (
  statement_id TEXT PRIMARY KEY REFERENCES statements(id) ON DELETE CASCADE,
  stated INTEGER,
  stated_quote TEXT,
  listed INTEGER NOT NULL,
  difference INTEGER GENERATED ALWAYS AS (stated - listed) VIRTUAL
) WITHOUT ROWID;

-- Links between records of two statements; a is the earlier one of an update.
CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('repeats', 'updates', 'conflicts', 'same_demand')),
  layer TEXT NOT NULL CHECK (layer IN ('figures', 'claims', 'demands')),
  a_statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  a_id INTEGER NOT NULL,
  a_quote TEXT NOT NULL,
  b_statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  b_id INTEGER NOT NULL,
  b_quote TEXT NOT NULL,
  score REAL NOT NULL,
  reason TEXT NOT NULL,
  features TEXT NOT NULL DEFAULT '{}',
  method TEXT NOT NULL DEFAULT '',
  judgement TEXT CHECK (judgement IN ('accepted', 'rejected', 'corrected')),
  UNIQUE (a_id, b_id, kind)
);
CREATE INDEX links_b ON links(b_id);
CREATE INDEX links_a_statement ON links(a_statement_id);
CREATE INDEX links_b_statement ON links(b_statement_id);
CREATE INDEX links_kind ON links(kind, score);

CREATE TABLE tracks (
  id INTEGER PRIMARY KEY,
  layer TEXT NOT NULL CHECK (layer IN ('figures', 'demands')),
  title TEXT NOT NULL,
  place_id TEXT REFERENCES places(id) ON DELETE SET NULL,
  condition TEXT,
  unit TEXT,
  party_id TEXT REFERENCES parties(id) ON DELETE SET NULL,
  theme TEXT,
  first_date TEXT,
  last_date TEXT,
  low REAL,
  high REAL,
  members INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  conflicts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX tracks_place ON tracks(place_id);
CREATE INDEX tracks_party ON tracks(party_id);

CREATE TABLE track_members (
  track_id INTEGER NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  statement_id TEXT NOT NULL REFERENCES statements(id) ON DELETE CASCADE,
  date TEXT,
  PRIMARY KEY (track_id, position)
) WITHOUT ROWID;
CREATE INDEX track_members_record ON track_members(record_id);
CREATE INDEX track_members_statement ON track_members(statement_id);

-- What people decided. No foreign key to the record: a judgement outlives a record that is gone for now.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  layer TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  statement_id TEXT,
  quote TEXT,
  start INTEGER,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected', 'corrected')),
  before TEXT NOT NULL DEFAULT '{}',
  after TEXT NOT NULL DEFAULT '{}',
  note TEXT,
  reviewer TEXT NOT NULL,
  reviewed TEXT NOT NULL,
  attached INTEGER NOT NULL DEFAULT 1 CHECK (attached IN (0, 1)),
  UNIQUE (layer, record_id)
);
CREATE INDEX reviews_statement ON reviews(statement_id);

CREATE TABLE review_events (
  id INTEGER PRIMARY KEY,
  happened TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  action TEXT NOT NULL,
  layer TEXT NOT NULL,
  record_id INTEGER,
  statement_id TEXT,
  before TEXT NOT NULL DEFAULT '{}',
  after TEXT NOT NULL DEFAULT '{}',
  note TEXT
);
CREATE INDEX review_events_statement ON review_events(statement_id);
