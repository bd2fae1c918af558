-- What a researcher browses: plain columns first, ids last. A rejected record is in no view.

CREATE VIEW statements_overview AS
SELECT
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.publisher,
  s.kind AS statement_kind,
  s.language,
  (SELECT count(*) FROM claims c WHERE c.statement_id = s.id AND c.judgement IS NOT 'rejected') AS claims,
  (SELECT count(*) FROM demands d WHERE d.statement_id = s.id AND d.judgement IS NOT 'rejected') AS demands,
  (SELECT count(*) FROM figures f WHERE f.statement_id = s.id AND f.judgement IS NOT 'rejected') AS figures,
  (SELECT count(DISTINCT m.name) FROM place_mentions m
   WHERE m.statement_id = s.id AND m.judgement IS NOT 'rejected') AS places,
  (SELECT count(DISTINCT m.party_id) FROM party_mentions m
   WHERE m.statement_id = s.id AND m.judgement IS NOT 'rejected') AS parties,
  n.listed AS signatories_listed,
  n.stated AS signatories_stated,
  s.skipped,
  s.url,
  s.id AS statement_id
FROM statements s LEFT JOIN signatory_counts n ON n.statement_id = s.id;

CREATE VIEW claims_by_place AS
SELECT
  p.name AS place,
  p.country_name AS country,
  c.quote AS claim,
  c.status,
  c.attribution,
  (SELECT group_concat(f.quote, '; ') FROM claim_figures cf JOIN figures f ON f.id = cf.figure_id
   WHERE cf.claim_id = c.id AND f.judgement IS NOT 'rejected') AS figures,
  c.date AS event_date,
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.publisher,
  s.kind AS statement_kind,
  c.confidence,
  p.latitude,
  p.longitude,
  c.id AS claim_id,
  p.id AS place_id,
  s.id AS statement_id,
  c.start,
  c."end"
FROM claims c
JOIN claim_named_places n ON n.claim_id = c.id
JOIN places p ON p.id = n.place_id
JOIN statements s ON s.id = c.statement_id
WHERE c.judgement IS NOT 'rejected';

CREATE VIEW demands_by_addressee AS
SELECT
  p.name AS addressee,
  p.kind AS addressee_kind,
  d.quote AS demand,
  (SELECT group_concat(a.action, '; ') FROM demand_actions a WHERE a.demand_id = d.id) AS actions,
  (SELECT group_concat(t.theme, ', ') FROM demand_themes t WHERE t.demand_id = d.id) AS themes,
  (SELECT group_concat(x.name, '; ') FROM demand_places x WHERE x.demand_id = d.id) AS places,
  d.strength,
  d.deadline,
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.publisher,
  s.kind AS statement_kind,
  d.confidence,
  d.id AS demand_id,
  p.id AS party_id,
  s.id AS statement_id,
  d.start,
  d."end"
FROM demands d
JOIN demand_addressees r ON r.demand_id = d.id
JOIN parties p ON p.id = r.party_id
JOIN statements s ON s.id = d.statement_id
WHERE d.judgement IS NOT 'rejected';

-- Also the figures without a place: a figure is not lost because nobody knows where it holds.
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
  ((SELECT count(*) FROM links l WHERE l.a_id = f.id AND l.kind = 'conflicts' AND l.judgement IS NOT 'rejected')
   + (SELECT count(*) FROM links l WHERE l.b_id = f.id AND l.kind = 'conflicts' AND l.judgement IS NOT 'rejected'))
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

CREATE VIEW places_in_statements AS
SELECT
  m.name AS place,
  p.country_name AS country,
  m.quote,
  m.modifier,
  p.feature,
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.kind AS statement_kind,
  m.confidence,
  p.latitude,
  p.longitude,
  m.id AS mention_id,
  p.id AS place_id,
  s.id AS statement_id,
  m.start,
  m."end"
FROM place_mentions m
JOIN statements s ON s.id = m.statement_id
LEFT JOIN places p ON p.id = m.place_id
WHERE m.judgement IS NOT 'rejected';

CREATE VIEW parties_in_statements AS
SELECT
  p.name AS party,
  p.kind,
  m.quote,
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.kind AS statement_kind,
  m.confidence,
  m.id AS mention_id,
  p.id AS party_id,
  s.id AS statement_id,
  m.start,
  m."end"
FROM party_mentions m
JOIN parties p ON p.id = m.party_id
JOIN statements s ON s.id = m.statement_id
WHERE m.judgement IS NOT 'rejected';

CREATE VIEW signatories_by_statement AS
SELECT
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.kind AS statement_kind,
  g.position,
  g.name,
  g.acronym,
  g.note,
  o.name AS organisation,
  g.id AS signatory_id,
  o.id AS organisation_id,
  s.id AS statement_id,
  g.start,
  g."end"
FROM signatories g
JOIN organisation_names k ON k.key = g.organisation_key
JOIN organisations o ON o.id = k.organisation_id
JOIN statements s ON s.id = g.statement_id
WHERE g.judgement IS NOT 'rejected';

CREATE VIEW signatory_findings AS
SELECT
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.kind AS statement_kind,
  n.stated,
  n.listed,
  n.difference,
  CASE
    WHEN n.stated IS NULL THEN 'The text states no number; ' || n.listed || ' are listed.'
    WHEN n.listed = 0 THEN 'The text states ' || n.stated || ' signatories; it lists none.'
    WHEN n.difference = 0 THEN 'The text states ' || n.stated || ' signatories and lists as many.'
    WHEN n.difference > 0 THEN 'The text states ' || n.stated || ' signatories but lists ' || n.listed || ': '
      || n.difference || ' fewer.'
    ELSE 'The text states ' || n.stated || ' signatories but lists ' || n.listed || ': ' || (-n.difference) || ' more.'
  END AS finding,
  n.stated_quote,
  s.id AS statement_id
FROM signatory_counts n JOIN statements s ON s.id = n.statement_id;

CREATE VIEW organisations_overview AS
SELECT
  o.name AS organisation,
  o.acronym,
  o.branch,
  (SELECT count(DISTINCT g.statement_id) FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
   WHERE n.organisation_id = o.id AND g.judgement IS NOT 'rejected') AS statements_signed,
  (SELECT count(*) FROM organisation_names n JOIN statements s ON s.organisation_key = n.key
   WHERE n.organisation_id = o.id) AS statements_published,
  (SELECT group_concat(n.name, '; ') FROM organisation_names n WHERE n.organisation_id = o.id) AS names,
  o.id AS organisation_id
FROM organisations o;

CREATE VIEW linked_records AS
SELECT
  l.kind,
  l.layer,
  l.a_quote,
  coalesce(a.title, a.id) AS a_statement,
  a.published AS a_published,
  a.kind AS a_statement_kind,
  l.b_quote,
  coalesce(b.title, b.id) AS b_statement,
  b.published AS b_published,
  b.kind AS b_statement_kind,
  l.score,
  l.reason,
  l.judgement,
  l.id AS link_id,
  l.a_id,
  l.b_id,
  l.a_statement_id,
  l.b_statement_id
FROM links l
JOIN statements a ON a.id = l.a_statement_id
JOIN statements b ON b.id = l.b_statement_id
WHERE l.judgement IS NOT 'rejected';

CREATE VIEW figure_tracks AS
SELECT
  t.title AS track,
  p.name AS place,
  p.country_name AS country,
  t.condition,
  t.unit,
  t.low,
  t.high,
  t.first_date,
  t.last_date,
  t.members AS figures,
  t.statements,
  t.conflicts,
  t.id AS track_id,
  t.place_id
FROM tracks t LEFT JOIN places p ON p.id = t.place_id
WHERE t.layer = 'figures';

CREATE VIEW demand_tracks AS
SELECT
  t.title AS track,
  p.name AS addressee,
  t.theme,
  t.first_date,
  t.last_date,
  t.members AS times_made,
  t.statements,
  t.id AS track_id,
  t.party_id
FROM tracks t LEFT JOIN parties p ON p.id = t.party_id
WHERE t.layer = 'demands';
