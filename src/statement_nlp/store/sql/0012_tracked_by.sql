-- Tracks say who said it and who asked for it, beside where and of whom.
DROP VIEW figure_tracks;
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
  (SELECT group_concat(publisher, '; ') FROM (
    SELECT DISTINCT s.publisher FROM track_members m JOIN statements s ON s.id = m.statement_id
    WHERE m.track_id = t.id AND s.publisher IS NOT NULL ORDER BY s.publisher)) AS said_by,
  t.id AS track_id,
  t.place_id
FROM tracks t LEFT JOIN places p ON p.id = t.place_id
WHERE t.layer = 'figures';

DROP VIEW demand_tracks;
CREATE VIEW demand_tracks AS
SELECT
  t.title AS track,
  p.name AS addressee,
  t.theme,
  t.first_date,
  t.last_date,
  t.members AS times_made,
  t.statements,
  (SELECT group_concat(publisher, '; ') FROM (
    SELECT DISTINCT s.publisher FROM track_members m JOIN statements s ON s.id = m.statement_id
    WHERE m.track_id = t.id AND s.publisher IS NOT NULL ORDER BY s.publisher)) AS made_by,
  t.id AS track_id,
  t.party_id
FROM tracks t LEFT JOIN parties p ON p.id = t.party_id
WHERE t.layer = 'demands';
