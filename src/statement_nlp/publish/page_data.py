"""What the pages show, read from the database: one query for each list, none in a loop."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from datasette.database import Database

Row = dict[str, Any]

LAYER_QUERIES: Mapping[str, str] = {
    "claims": """
        SELECT c.id, c.start, c."end", c.quote, c.status, c.attribution, c.date, c.confidence, c.method, c.cues,
          c.judgement,
          (SELECT json_group_array(json_object('name', n.name, 'id', n.place_id)) FROM claim_named_places n
           WHERE n.claim_id = c.id) AS places
        FROM claims c WHERE c.statement_id = :id AND c.judgement IS NOT 'rejected' ORDER BY c.start""",
    "figures": """
        SELECT f.id, f.start, f."end", f.quote, f.low, f.high, f.qualifier, f.unit, f.condition, f.date, f.since,
          f.until, f.confidence, f.method, f.cues, f.judgement,
          (SELECT json_group_array(json_object('name', n.name, 'id', n.place_id)) FROM figure_places n
           WHERE n.figure_id = f.id) AS places
        FROM figures f WHERE f.statement_id = :id AND f.judgement IS NOT 'rejected' ORDER BY f.start""",
    "demands": """
        SELECT d.id, d.start, d."end", d.quote, d.strength, d.deadline, d.confidence, d.method, d.cues, d.judgement,
          (SELECT json_group_array(json_object('name', p.name, 'id', p.id)) FROM demand_addressees a
           JOIN parties p ON p.id = a.party_id WHERE a.demand_id = d.id) AS addressees,
          (SELECT json_group_array(t.theme) FROM demand_themes t WHERE t.demand_id = d.id) AS themes,
          (SELECT json_group_array(x.action) FROM demand_actions x WHERE x.demand_id = d.id) AS actions,
          (SELECT json_group_array(json_object('name', n.name, 'id', n.place_id)) FROM demand_places n
           WHERE n.demand_id = d.id) AS places
        FROM demands d WHERE d.statement_id = :id AND d.judgement IS NOT 'rejected' ORDER BY d.start""",
    "places": """
        SELECT m.id, m.start, m."end", m.quote, m.name, m.modifier, m.confidence, m.method, m.cues, m.judgement,
          m.place_id, p.country_name, p.feature
        FROM place_mentions m LEFT JOIN places p ON p.id = m.place_id
        WHERE m.statement_id = :id AND m.judgement IS NOT 'rejected' ORDER BY m.start""",
    "parties": """
        SELECT m.id, m.start, m."end", m.quote, p.name, p.kind, m.party_id, m.confidence, m.method, m.cues, m.judgement
        FROM party_mentions m JOIN parties p ON p.id = m.party_id
        WHERE m.statement_id = :id AND m.judgement IS NOT 'rejected' ORDER BY m.start""",
}
SIGNATORIES = """
    SELECT g.position, g.name, g.acronym, g.note, o.id AS organisation_id, o.name AS organisation
    FROM signatories g JOIN organisation_names k ON k.key = g.organisation_key
    JOIN organisations o ON o.id = k.organisation_id
    WHERE g.statement_id = :id AND g.judgement IS NOT 'rejected' ORDER BY g.position"""
LINKS = """
    SELECT kind, layer, reason, score, link_id,
      CASE WHEN a_statement_id = :id THEN a_quote ELSE b_quote END AS here,
      CASE WHEN a_statement_id = :id THEN a_id ELSE b_id END AS here_id,
      CASE WHEN a_statement_id = :id THEN b_quote ELSE a_quote END AS there,
      CASE WHEN a_statement_id = :id THEN b_id ELSE a_id END AS there_id,
      CASE WHEN a_statement_id = :id THEN b_statement_id ELSE a_statement_id END AS there_statement_id,
      CASE WHEN a_statement_id = :id THEN b_statement ELSE a_statement END AS there_statement,
      CASE WHEN a_statement_id = :id THEN b_published ELSE a_published END AS there_published,
      CASE WHEN a_statement_id = :id THEN b_statement_kind ELSE a_statement_kind END AS there_kind
    FROM linked_records WHERE a_statement_id = :id OR b_statement_id = :id ORDER BY score DESC LIMIT 200"""
PLACE_CLAIMS = """
    SELECT c.id, c.quote, c.status, c.attribution, c.date, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.kind,
      (SELECT group_concat(n.name, '; ') FROM claim_named_places n WHERE n.claim_id = c.id) AS places
    FROM claim_places x JOIN claims c ON c.id = x.claim_id JOIN statements s ON s.id = c.statement_id
    WHERE x.ancestor_id = :id AND c.judgement IS NOT 'rejected'
    ORDER BY x.date DESC LIMIT 100"""
PLACE_FIGURES = """
    SELECT DISTINCT f.id, f.quote, f.low, f.high, f.qualifier, f.unit, f.condition, n.name AS place, n.place_id,
      coalesce(f.since, s.published_since) AS day, f.date, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.kind
    FROM place_ancestors a JOIN figure_places n ON n.place_id = a.place_id JOIN figures f ON f.id = n.figure_id
    JOIN statements s ON s.id = f.statement_id
    WHERE a.ancestor_id = :id AND f.judgement IS NOT 'rejected' ORDER BY day DESC LIMIT 300"""
PLACE_DEMANDS = """
    SELECT DISTINCT d.id, d.quote, d.strength, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.kind
    FROM place_ancestors a JOIN demand_places n ON n.place_id = a.place_id JOIN demands d ON d.id = n.demand_id
    JOIN statements s ON s.id = d.statement_id
    WHERE a.ancestor_id = :id AND d.judgement IS NOT 'rejected' ORDER BY s.published DESC LIMIT 100"""
PARTY_DEMANDS = """
    SELECT d.id, d.quote, d.strength, d.deadline, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.publisher, s.kind,
      (SELECT group_concat(t.theme, ', ') FROM demand_themes t WHERE t.demand_id = d.id) AS themes
    FROM demand_addressees r JOIN demands d ON d.id = r.demand_id JOIN statements s ON s.id = d.statement_id
    WHERE r.party_id = :id AND d.judgement IS NOT 'rejected' ORDER BY s.published DESC LIMIT 200"""
MAP_PLACES = """
    SELECT p.id, p.name, p.country_name, p.feature, p.latitude, p.longitude, k.claims, k.figures, k.demands,
      k.statements
    FROM place_counts k JOIN places p ON p.id = k.place_id
    WHERE p.latitude IS NOT NULL AND k.mentions > 0 ORDER BY k.claims DESC LIMIT 5000"""


async def ours(datasette: Any) -> Database | None:
    """The first database that is one of this project's, or None."""
    for database in datasette.databases.values():
        if database.name == "_internal":
            continue
        try:
            names = set(await database.table_names())
        except sqlite3.DatabaseError:
            continue  # not ours, then; Datasette itself reports what it cannot read
        if {"statements", "place_mentions", "runs"} <= names:
            return database  # type: ignore[no-any-return]
    return None


async def rows(database: Database, sql: str, **parameters: Any) -> list[Row]:
    """Rows of a query as dicts; JSON columns (`places`, `addressees`, ...) are decoded."""
    found = [dict(row) for row in (await database.execute(sql, parameters)).rows]
    for row in found:
        for column in ("places", "addressees", "themes", "actions", "cues"):
            if isinstance(row.get(column), str) and row[column][:1] == "[":
                row[column] = json.loads(row[column])
    return found


async def one(database: Database, sql: str, **parameters: Any) -> Row | None:
    """The first row of a query, or None."""
    found = await rows(database, sql, **parameters)
    return found[0] if found else None


async def layers(database: Database, statement_id: str) -> dict[str, list[Row]]:
    """The records of a statement by layer, in the order of the text."""
    return {layer: await rows(database, sql, id=statement_id) for layer, sql in LAYER_QUERIES.items()}


async def counts(database: Database) -> dict[str, int]:
    """How many statements (also by kind), claims, figures, demands and places there are."""
    row = await one(
        database,
        """SELECT (SELECT count(*) FROM statements) AS statements, (SELECT count(*) FROM claims) AS claims,
             (SELECT count(*) FROM figures) AS figures, (SELECT count(*) FROM demands) AS demands,
             (SELECT count(*) FROM organisations) AS organisations,
             (SELECT count(*) FROM place_counts WHERE mentions > 0) AS places""",
    )
    found: dict[str, int] = defaultdict(int, row or {})
    for kind in await rows(database, "SELECT kind, count(*) AS n FROM statements GROUP BY kind"):
        found[kind["kind"]] = kind["n"]
    return found
