-- What pages and links would otherwise count or sort anew out of a million rows. rollups.py says what each table holds,
-- fills it, and keeps it right in the transaction of each save. None has a foreign key to a record or a second index:
-- each is read in the order of its key.

ALTER TABLE place_counts ADD COLUMN illustrative INTEGER NOT NULL DEFAULT 0;

CREATE TABLE statement_counts (
  statement_id TEXT PRIMARY KEY,
  claims INTEGER NOT NULL DEFAULT 0,
  figures INTEGER NOT NULL DEFAULT 0,
  demands INTEGER NOT NULL DEFAULT 0,
  places INTEGER NOT NULL DEFAULT 0,
  parties INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- By the month of the statement ("" where it has no date); summed up, the counts of the whole database.
CREATE TABLE months (
  month TEXT NOT NULL,
  kind TEXT NOT NULL,
  statements INTEGER NOT NULL DEFAULT 0,
  claims INTEGER NOT NULL DEFAULT 0,
  figures INTEGER NOT NULL DEFAULT 0,
  demands INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (month, kind)
) WITHOUT ROWID;

-- By the month that a claim or figure holds for, and that a demand was made in; each place with all inside it.
CREATE TABLE place_months (
  place_id TEXT NOT NULL,
  month TEXT NOT NULL,
  claims INTEGER NOT NULL DEFAULT 0,
  figures INTEGER NOT NULL DEFAULT 0,
  demands INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (place_id, month)
) WITHOUT ROWID;
CREATE TABLE condition_months (
  condition TEXT NOT NULL,
  place_id TEXT NOT NULL,
  month TEXT NOT NULL,
  claims INTEGER NOT NULL DEFAULT 0,
  figures INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (condition, place_id, month)
) WITHOUT ROWID;
CREATE TABLE theme_months (
  theme TEXT NOT NULL,
  place_id TEXT NOT NULL,
  month TEXT NOT NULL,
  demands INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (theme, place_id, month)
) WITHOUT ROWID;

CREATE TABLE party_counts (
  party_id TEXT PRIMARY KEY,
  statements INTEGER NOT NULL DEFAULT 0,
  mentions INTEGER NOT NULL DEFAULT 0,
  demands INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
-- theme "" counts every demand once, whatever its themes.
CREATE TABLE party_months (
  party_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  month TEXT NOT NULL,
  demands INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (party_id, theme, month)
) WITHOUT ROWID;

-- Records in the order of their days: of a place and all inside it, to a party, on a theme.
CREATE TABLE figures_within (
  ancestor_id TEXT NOT NULL,
  date TEXT NOT NULL,
  figure_id INTEGER NOT NULL,
  PRIMARY KEY (ancestor_id, date, figure_id)
) WITHOUT ROWID;
CREATE TABLE demands_within (
  ancestor_id TEXT NOT NULL,
  date TEXT NOT NULL,
  demand_id INTEGER NOT NULL,
  PRIMARY KEY (ancestor_id, date, demand_id)
) WITHOUT ROWID;
CREATE TABLE demands_to (
  party_id TEXT NOT NULL,
  date TEXT NOT NULL,
  demand_id INTEGER NOT NULL,
  PRIMARY KEY (party_id, date, demand_id)
) WITHOUT ROWID;
CREATE TABLE demands_on (
  theme TEXT NOT NULL,
  date TEXT NOT NULL,
  demand_id INTEGER NOT NULL,
  PRIMARY KEY (theme, date, demand_id)
) WITHOUT ROWID;

-- What a new figure or demand is compared with: the nearest in time of the same place and condition, or of the same
-- party, theme and country. The day is that of the statement.
CREATE TABLE figure_blocks (
  place_id TEXT NOT NULL,
  condition TEXT NOT NULL,
  date TEXT NOT NULL,
  figure_id INTEGER NOT NULL,
  PRIMARY KEY (place_id, condition, date, figure_id)
) WITHOUT ROWID;
CREATE TABLE demand_blocks (
  party_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  country TEXT NOT NULL,
  date TEXT NOT NULL,
  demand_id INTEGER NOT NULL,
  PRIMARY KEY (party_id, theme, country, date, demand_id)
) WITHOUT ROWID;

CREATE INDEX statements_newest ON statements(published DESC, id);
CREATE INDEX signatory_counts_amiss ON signatory_counts(difference) WHERE difference <> 0;
CREATE INDEX place_counts_claims ON place_counts(claims DESC);
CREATE INDEX party_counts_demands ON party_counts(demands DESC);

DROP VIEW statements_overview;
CREATE VIEW statements_overview AS
SELECT
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.publisher,
  s.kind AS statement_kind,
  s.language,
  coalesce(c.claims, 0) AS claims,
  coalesce(c.demands, 0) AS demands,
  coalesce(c.figures, 0) AS figures,
  coalesce(c.places, 0) AS places,
  coalesce(c.parties, 0) AS parties,
  n.listed AS signatories_listed,
  n.stated AS signatories_stated,
  s.skipped,
  s.url,
  s.id AS statement_id
FROM statements s
LEFT JOIN statement_counts c ON c.statement_id = s.id
LEFT JOIN signatory_counts n ON n.statement_id = s.id;
