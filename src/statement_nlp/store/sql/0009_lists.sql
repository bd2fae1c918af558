-- More lists by day (rollups.py), and two places where the planner would read all links of a kind for each record.

CREATE TABLE statements_within (
  ancestor_id TEXT NOT NULL,
  date TEXT NOT NULL,
  statement_id TEXT NOT NULL,
  PRIMARY KEY (ancestor_id, date, statement_id)
) WITHOUT ROWID;
CREATE TABLE statements_naming (
  party_id TEXT NOT NULL,
  date TEXT NOT NULL,
  statement_id TEXT NOT NULL,
  mentions INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (party_id, date, statement_id)
) WITHOUT ROWID;
CREATE INDEX statements_since ON statements(published_since DESC, id);

DROP VIEW figures_over_time;
CREATE VIEW figures_over_time AS
SELECT
  coalesce(p.name, n.name) AS place,
  p.country_name AS country,
  f.condition,
  f.quote AS figure,
  f.low,
  f.high,
  f.qualifier,
  f.unit,
  coalesce(f.since, s.published_since) AS day,
  f.date AS date_as_written,
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.publisher,
  s.kind AS statement_kind,
  ((SELECT count(*) FROM links l WHERE l.a_id = f.id AND +l.kind = 'conflicts' AND l.judgement IS NOT 'rejected')
   + (SELECT count(*) FROM links l WHERE l.b_id = f.id AND +l.kind = 'conflicts' AND l.judgement IS NOT 'rejected'))
    AS conflicts,
  f.confidence,
  p.latitude,
  p.longitude,
  f.id AS figure_id,
  p.id AS place_id,
  s.id AS statement_id,
  f.start,
  f."end"
FROM figures f
JOIN statements s ON s.id = f.statement_id
LEFT JOIN figure_places n ON n.figure_id = f.id
LEFT JOIN places p ON p.id = n.place_id
WHERE f.judgement IS NOT 'rejected';
