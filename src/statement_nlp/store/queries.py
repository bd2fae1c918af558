"""The named queries: one SQL text each, for the command line, Datasette and Python alike.

Parameters are named. One that is NULL or empty does not narrow, so that a form with empty fields works. `:place` is
a name, the id or the P-code of a stored place; `:addressee` a name or the id of a party; `:since` and `:until` are
days, both included: what happened (or was published, where the text gives no date) between them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from statement_nlp.store.database import Database
from statement_nlp.store.dates import interval

PLACE = """coalesce(
  (SELECT id FROM places WHERE id = :place),
  (SELECT n.place_id FROM place_names n LEFT JOIN place_counts k ON k.place_id = n.place_id
   WHERE n.name = :place COLLATE NOCASE ORDER BY k.mentions DESC, n.place_id LIMIT 1),
  (SELECT id FROM places WHERE pcode = upper(:place)))"""
PARTY = """coalesce(
  (SELECT id FROM parties WHERE id = :addressee),
  (SELECT id FROM parties WHERE name = :addressee COLLATE NOCASE),
  (SELECT party_id FROM party_names WHERE name = :addressee COLLATE NOCASE LIMIT 1))"""

_STATEMENT = "coalesce(s.title, s.id) AS statement, s.published, s.publisher, s.kind AS statement_kind"

CLAIM_COLUMNS = f"""
  (SELECT group_concat(n.name, '; ') FROM claim_named_places n WHERE n.claim_id = c.id) AS places,
  (SELECT p.country_name FROM claim_named_places n JOIN places p ON p.id = n.place_id WHERE n.claim_id = c.id
   ORDER BY n.position LIMIT 1) AS country,
  c.quote AS claim,
  c.status,
  c.attribution,
  (SELECT group_concat(f.quote, '; ') FROM claim_figures x JOIN figures f ON f.id = x.figure_id
   WHERE x.claim_id = c.id AND f.judgement IS NOT 'rejected') AS figures,
  (SELECT group_concat(DISTINCT f.condition) FROM claim_figures x JOIN figures f ON f.id = x.figure_id
   WHERE x.claim_id = c.id AND f.judgement IS NOT 'rejected') AS condition,
  c.date AS event_date,
  c.day,
  {_STATEMENT},
  round(c.confidence, 3) AS confidence,
  (SELECT p.latitude FROM claim_named_places n JOIN places p ON p.id = n.place_id
   WHERE n.claim_id = c.id AND p.latitude IS NOT NULL ORDER BY n.position LIMIT 1) AS latitude,
  (SELECT p.longitude FROM claim_named_places n JOIN places p ON p.id = n.place_id
   WHERE n.claim_id = c.id AND p.latitude IS NOT NULL ORDER BY n.position LIMIT 1) AS longitude,
  c.id AS claim_id,
  s.id AS statement_id,
  c.start,
  c."end",
  (SELECT json_group_array(json_array(p.longitude, p.latitude)) FROM claim_named_places n
   JOIN places p ON p.id = n.place_id WHERE n.claim_id = c.id AND p.latitude IS NOT NULL) AS points"""

_CLAIM_FILTERS = """
  c.judgement IS NOT 'rejected'
  AND (coalesce(:status, '') = '' OR c.status = :status)
  AND (coalesce(:condition, '') = '' OR EXISTS (
    SELECT 1 FROM claim_figures x JOIN figures f ON f.id = x.figure_id
    WHERE x.claim_id = c.id AND f.condition = :condition AND f.judgement IS NOT 'rejected'))
  AND (coalesce(:since, '') = '' OR coalesce(c.until, s.published_until, c.day) > :since)
  AND (coalesce(:until, '') = '' OR (c.day <> '' AND c.day <= :until))"""

CLAIMS_IN_PLACE = f"""SELECT {CLAIM_COLUMNS}
FROM claim_places i
CROSS JOIN claims c ON c.id = i.claim_id
JOIN statements s ON s.id = c.statement_id
WHERE i.ancestor_id = {PLACE}
  AND {_CLAIM_FILTERS}
ORDER BY i.date DESC, s.id, c.start
LIMIT :limit"""

CLAIMS = f"""SELECT {CLAIM_COLUMNS}
FROM claims c CROSS JOIN statements s ON s.id = c.statement_id
WHERE {_CLAIM_FILTERS}
ORDER BY c.day DESC, s.id, c.start
LIMIT :limit"""

DEMAND_COLUMNS = f"""  (SELECT group_concat(p.name, '; ') FROM demand_addressees a JOIN parties p ON p.id = a.party_id
   WHERE a.demand_id = d.id) AS addressees,
  d.quote AS demand,
  (SELECT group_concat(a.action, '; ') FROM demand_actions a WHERE a.demand_id = d.id) AS actions,
  (SELECT group_concat(t.theme, ', ') FROM demand_themes t WHERE t.demand_id = d.id) AS themes,
  (SELECT group_concat(n.name, '; ') FROM demand_places n WHERE n.demand_id = d.id) AS places,
  d.strength,
  d.deadline,
  {_STATEMENT},
  round(d.confidence, 3) AS confidence,
  d.id AS demand_id,
  s.id AS statement_id,
  d.start,
  d."end",
  (SELECT json_group_array(json_array(p.longitude, p.latitude)) FROM demand_places n
   JOIN places p ON p.id = n.place_id WHERE n.demand_id = d.id AND p.latitude IS NOT NULL) AS points"""

DEMANDS = f"""SELECT
{DEMAND_COLUMNS}
FROM (
  SELECT demand_id AS id FROM demands_within WHERE ancestor_id = {PLACE}
  UNION ALL SELECT id FROM demands WHERE coalesce(:place, '') = '') i
CROSS JOIN demands d ON d.id = i.id
JOIN statements s ON s.id = d.statement_id
WHERE d.judgement IS NOT 'rejected'
  AND (coalesce(:addressee, '') = '' OR d.id IN (SELECT demand_id FROM demand_addressees WHERE party_id = {PARTY}))
  AND (coalesce(:theme, '') = '' OR d.id IN (SELECT demand_id FROM demand_themes WHERE theme = :theme))
  AND (coalesce(:since, '') = '' OR s.published_until > :since)
  AND (coalesce(:until, '') = '' OR s.published_since <= :until)
ORDER BY s.published_since DESC, s.id, d.start
LIMIT :limit"""

FIGURE_COLUMNS = f"""  (SELECT group_concat(n.name, '; ') FROM figure_places n WHERE n.figure_id = f.id) AS places,
  f.condition,
  f.quote AS figure,
  f.low,
  f.high,
  f.qualifier,
  f.unit,
  coalesce(f.since, s.published_since) AS day,
  f.date AS date_as_written,
  {_STATEMENT},
  round(f.confidence, 3) AS confidence,
  f.id AS figure_id,
  s.id AS statement_id,
  f.start,
  f."end",
  (SELECT json_group_array(json_array(p.longitude, p.latitude)) FROM figure_places n
   JOIN places p ON p.id = n.place_id WHERE n.figure_id = f.id AND p.latitude IS NOT NULL) AS points"""

FIGURES = f"""SELECT
{FIGURE_COLUMNS}
FROM (
  SELECT figure_id AS id FROM figures_within WHERE ancestor_id = {PLACE}
  UNION ALL SELECT id FROM figures WHERE coalesce(:place, '') = '') i
CROSS JOIN figures f ON f.id = i.id
JOIN statements s ON s.id = f.statement_id
WHERE f.judgement IS NOT 'rejected'
  AND (coalesce(:condition, '') = '' OR f.condition = :condition)
  AND (coalesce(:since, '') = '' OR coalesce(f.until, s.published_until) > :since)
  AND (coalesce(:until, '') = '' OR coalesce(f.since, s.published_since) <= :until)
ORDER BY day DESC, s.id, f.start
LIMIT :limit"""

CONFLICTS = """SELECT
  (SELECT group_concat(n.name, '; ') FROM figure_places n WHERE n.figure_id = f.id) AS places,
  f.condition,
  l.a_quote AS figure,
  coalesce(a.title, a.id) AS statement, a.published, a.publisher, a.kind AS statement_kind,
  l.b_quote AS conflicts_with,
  coalesce(b.title, b.id) AS other_statement, b.published AS other_published, b.publisher AS other_publisher,
  b.kind AS other_statement_kind,
  l.reason,
  round(l.score, 3) AS score,
  l.a_id AS figure_id,
  l.b_id AS other_figure_id,
  a.id AS statement_id,
  b.id AS other_statement_id
FROM links l
JOIN figures f ON f.id = l.a_id
JOIN statements a ON a.id = l.a_statement_id
JOIN statements b ON b.id = l.b_statement_id
WHERE l.kind = 'conflicts' AND l.layer = 'figures' AND l.judgement IS NOT 'rejected'
  AND (:condition IS NULL OR f.condition = :condition)
  AND (:since IS NULL OR b.published_until > :since OR a.published_until > :since)
  AND (:until IS NULL OR a.published_since <= :until)
  AND (:places IS NULL OR EXISTS (SELECT 1 FROM figure_places n JOIN place_ancestors p ON p.place_id = n.place_id
    WHERE n.figure_id = f.id AND p.ancestor_id IN (SELECT value FROM json_each(:places))))
ORDER BY a.published_since, a.id, f.start"""
"""Pairs of figures that cannot both be right, the earlier statement's first."""
SIGNED_ALL = """SELECT o.name AS organisation, min(g.name) AS printed, o.id AS organisation_id
FROM signatories g
JOIN organisation_names k ON k.key = g.organisation_key
JOIN organisations o ON o.id = k.organisation_id
WHERE g.judgement IS NOT 'rejected' AND g.statement_id IN (SELECT value FROM json_each(:statements))
GROUP BY o.id HAVING count(DISTINCT g.statement_id) = json_array_length(:statements)
ORDER BY o.name"""
"""Organisations that signed each of some statements."""

# ranking every statement that holds a common word is slow, cutting passages slower: a thousand are ranked, and passages
# are cut from those that are shown
SEARCH = """WITH
  found AS MATERIALIZED (SELECT rowid AS number, bm25(statements_fts) AS score FROM statements_fts
    WHERE statements_fts MATCH {words} LIMIT 1000),
  best AS MATERIALIZED (SELECT number, score FROM found ORDER BY score LIMIT :limit)
SELECT
  coalesce(s.title, s.id) AS statement, s.published, s.publisher, s.kind AS statement_kind,
  snippet(statements_fts, 2, '[', ']', ' ... ', 24) AS passage,
  s.id AS statement_id
FROM best
CROSS JOIN statements_fts ON statements_fts.rowid = best.number
JOIN statements s ON s.number = best.number
WHERE statements_fts MATCH {words}
ORDER BY best.score"""


@dataclass(frozen=True, slots=True)
class Query:
    """A named query: its SQL, what it is called and what it answers."""

    sql: str
    title: str
    description: str
    parameters: tuple[str, ...]


QUERIES: Mapping[str, Query] = {
    "claims_in_place": Query(
        CLAIMS_IN_PLACE,
        "Claims in a place and everything inside it",
        "What statements say happened in a country, a region or a town, newest first.",
        ("place", "status", "condition", "since", "until"),
    ),
    "claims": Query(CLAIMS, "Claims", "All claims, newest first.", ("status", "condition", "since", "until")),
    "demands": Query(
        DEMANDS,
        "Demands by addressee, theme and place",
        "Who is asked to do what, newest first.",
        ("addressee", "theme", "place", "since", "until"),
    ),
    "figures": Query(
        FIGURES,
        "Figures by place and condition",
        "Counts and amounts in a place and everything inside it, newest first.",
        ("place", "condition", "since", "until"),
    ),
}


def for_datasette(limit: int = 500) -> dict[str, dict[str, Any]]:
    """The queries as Datasette's metadata wants them: the same SQL, with a fixed limit and a search with snippets."""
    found = {
        name: {
            "title": query.title,
            "description": query.description,
            "sql": query.sql.replace(":limit", str(limit)),
            "params": list(query.parameters),
            "hide_sql": True,
        }
        for name, query in QUERIES.items()
    }
    search = SEARCH.format(words="escape_fts(:words)").replace(":limit", "100")
    found["search"] = {
        "title": "Search statements",
        "description": "Statements that hold all of the words, in any form, with the passage around them.",
        "sql": search,
        "params": ["words"],
        "hide_sql": True,
    }
    return found


def run(database: Database, name: str, *, limit: int | None = None, **parameters: str | None) -> sqlite3.Cursor:
    """A cursor over the rows of a named query, as they are found.

    Args:
        database: where to ask.
        name: a key of `QUERIES`.
        limit: at most so many rows; None for all.
        parameters: those of the query; None does not narrow. `since` and `until` may be a year or a month.

    Raises:
        ValueError: an unknown query, parameter or date.
        DatabaseError: SQLite refuses.
    """
    query = QUERIES.get(name)
    if query is None:
        raise ValueError(f"no query {name!r}: there are {', '.join(QUERIES)}")
    if unknown := set(parameters) - set(query.parameters):
        raise ValueError(f"query {name!r} has no {', '.join(sorted(unknown))}: it has {', '.join(query.parameters)}")
    bound: dict[str, Any] = dict.fromkeys(query.parameters) | parameters
    bound["since"], bound["until"] = day_range(parameters.get("since"), parameters.get("until"))
    return database.execute(query.sql, bound | {"limit": -1 if limit is None else limit})


def day_range(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """First and last day, both included, of two dates of any precision.

    >>> day_range("2016-09", "2016")
    ('2016-09-01', '2016-12-31')

    Raises:
        ValueError: no ISO 8601 date.
    """
    days: list[str | None] = []
    for text, which in ((since, 0), (until, 1)):
        day = interval(text)[which]
        if text and day is None:
            raise ValueError(f"{text!r} is no date: give 2016, 2016-09 or 2016-09-12")
        days.append(day)
    if days[1]:
        # the last day itself, as the half-open interval ends on the day after
        days[1] = (date.fromisoformat(days[1]) - timedelta(days=1)).isoformat()
    return days[0], days[1]


def search(database: Database, words: str, limit: int = 20) -> list[sqlite3.Row]:
    """Statements that hold all of the words, best first, with the passage around them.

    Raises:
        DatabaseError: SQLite refuses.
    """
    quoted = " ".join(f'"{word}"' for word in words.replace('"', " ").replace("\0", " ").split())
    if not quoted:
        return []
    return database.execute(SEARCH.format(words=":words"), {"words": quoted, "limit": limit}).fetchall()
