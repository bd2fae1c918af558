"""What the pages show, read from the database: one query for each list, none in a loop."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite_timelimit

from statement_nlp.publish.kept import kept

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
    SELECT g.id, g.start, g."end", g.position, g.name, g.acronym, g.note, o.id AS organisation_id,
      o.name AS organisation
    FROM signatories g JOIN organisation_names k ON k.key = g.organisation_key
    JOIN organisations o ON o.id = k.organisation_id
    WHERE g.statement_id = :id AND g.judgement IS NOT 'rejected' ORDER BY g.position"""
LINKS = """
    SELECT kind, layer, reason, score, judgement, link_id, a_statement_id = :id AS earlier,
      CASE WHEN a_statement_id = :id THEN a_quote ELSE b_quote END AS here,
      CASE WHEN a_statement_id = :id THEN a_id ELSE b_id END AS here_id,
      CASE WHEN a_statement_id = :id THEN b_quote ELSE a_quote END AS there,
      CASE WHEN a_statement_id = :id THEN b_id ELSE a_id END AS there_id,
      CASE WHEN a_statement_id = :id THEN b_statement_id ELSE a_statement_id END AS there_statement_id,
      CASE WHEN a_statement_id = :id THEN b_statement ELSE a_statement END AS there_statement,
      CASE WHEN a_statement_id = :id THEN b_published ELSE a_published END AS there_published,
      CASE WHEN a_statement_id = :id THEN b_statement_kind ELSE a_statement_kind END AS there_kind
    FROM linked_records WHERE a_statement_id = :id OR b_statement_id = :id ORDER BY score DESC LIMIT 200"""
# each list is read in the order of a table that holds it by day: CROSS JOIN keeps that table first
PLACE_CLAIMS = """
    SELECT c.id, c.start, c."end", c.quote, c.status, c.attribution, c.date, s.id AS statement_id,
      coalesce(s.title, s.id) AS statement, s.published, s.kind,
      (SELECT group_concat(n.name, '; ') FROM claim_named_places n WHERE n.claim_id = c.id) AS places
    FROM claim_places x CROSS JOIN claims c ON c.id = x.claim_id CROSS JOIN statements s ON s.id = c.statement_id
    WHERE x.ancestor_id = :id AND c.judgement IS NOT 'rejected'
    ORDER BY x.date DESC, x.claim_id DESC LIMIT 50"""
PLACE_FIGURES = """
    SELECT f.id, f.start, f."end", f.quote, f.low, f.high, f.qualifier, f.unit, f.condition,
      (SELECT group_concat(DISTINCT n.name) FROM figure_places n
       JOIN place_ancestors a ON a.place_id = n.place_id AND a.ancestor_id = :id WHERE n.figure_id = f.id) AS place,
      coalesce(f.since, s.published_since) AS day, f.date, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.kind
    FROM figures_within x CROSS JOIN figures f ON f.id = x.figure_id CROSS JOIN statements s ON s.id = f.statement_id
    WHERE x.ancestor_id = :id AND f.judgement IS NOT 'rejected' ORDER BY x.date DESC, x.figure_id DESC LIMIT 100"""
PLACE_DEMANDS = """
    SELECT d.id, d.start, d."end", d.quote, d.strength, s.id AS statement_id, coalesce(s.title, s.id) AS statement,
      s.published, s.kind
    FROM demands_within x CROSS JOIN demands d ON d.id = x.demand_id CROSS JOIN statements s ON s.id = d.statement_id
    WHERE x.ancestor_id = :id AND d.judgement IS NOT 'rejected' ORDER BY x.date DESC, x.demand_id DESC LIMIT 50"""
PARTY_DEMANDS = """
    SELECT d.id, d.start, d."end", d.quote, d.strength, d.deadline, s.id AS statement_id,
      coalesce(s.title, s.id) AS statement, s.published, s.publisher, s.kind,
      (SELECT group_concat(t.theme, ', ') FROM demand_themes t WHERE t.demand_id = d.id) AS themes
    FROM demands_to x CROSS JOIN demands d ON d.id = x.demand_id CROSS JOIN statements s ON s.id = d.statement_id
    WHERE x.party_id = :id AND d.judgement IS NOT 'rejected' ORDER BY x.date DESC, x.demand_id DESC LIMIT 100"""
PARTY_NAMED = """
    SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind, x.mentions
    FROM statements_naming x CROSS JOIN statements s ON s.id = x.statement_id
    WHERE x.party_id = :id ORDER BY x.date DESC, x.statement_id DESC LIMIT 100"""
PARTY_TOTALS = "SELECT statements, mentions, demands FROM party_counts WHERE party_id = :id"
PARTY_YEARS = """
    SELECT substr(month, 1, 4) AS year, sum(demands) AS n FROM party_months
    WHERE party_id = :id AND theme = '' AND month <> '' GROUP BY 1"""
PLACE_TOTALS = "SELECT claims, figures, demands FROM place_counts WHERE place_id = :id"
NOTHING: Mapping[str, int] = dict.fromkeys(("statements", "mentions", "claims", "figures", "demands"), 0)
"""What is counted of a place or party of which nothing is told."""
PLACE_AROUND = """
    SELECT p.id, p.name, p.feature FROM place_ancestors a JOIN places p ON p.id = a.ancestor_id
    WHERE a.place_id = :id AND a.depth > 0 ORDER BY a.depth"""
PLACE_INSIDE = """
    SELECT p.id, p.name, p.feature, k.claims FROM place_ancestors a JOIN places p ON p.id = a.place_id
    JOIN place_counts k ON k.place_id = p.id
    WHERE a.ancestor_id = :id AND a.depth > 0 AND k.statements > 0 ORDER BY k.claims DESC, p.name LIMIT 60"""
PLACE_NAMESAKES = """
    SELECT p.id, p.name, p.feature, p.country_name FROM places p JOIN place_counts k ON k.place_id = p.id
    WHERE p.name = :name COLLATE NOCASE AND p.id <> :id AND k.statements > 0 ORDER BY k.claims DESC LIMIT 6"""
ORGANISATION_LISTS: Mapping[str, str] = {
    "names": "SELECT name, acronym, branch, reason FROM organisation_names WHERE organisation_id = :id",
    "judged": """SELECT a.name AS a, b.name AS b, j.verdict, j.reviewer, j.judged, j.note FROM organisation_judgements j
        JOIN organisation_names a ON a.key = j.a_key JOIN organisation_names b ON b.key = j.b_key
        WHERE :id IN (a.organisation_id, b.organisation_id) ORDER BY j.judged, j.id""",
    "signed": """SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind, g.name AS printed, g.position
        FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
        JOIN statements s ON s.id = g.statement_id
        WHERE n.organisation_id = :id AND g.judgement IS NOT 'rejected' ORDER BY s.published DESC LIMIT 500""",
    "published": """SELECT s.id, coalesce(s.title, s.id) AS title, s.published, s.kind FROM organisation_names n
        JOIN statements s ON s.organisation_key = n.key WHERE n.organisation_id = :id
        ORDER BY s.published DESC LIMIT 500""",
    "cosigners": """SELECT o.id, o.name, count(DISTINCT g.statement_id) AS together
        FROM organisation_names n JOIN signatories g ON g.organisation_key = n.key
        JOIN signatories h ON h.statement_id = g.statement_id
        JOIN organisation_names m ON m.key = h.organisation_key JOIN organisations o ON o.id = m.organisation_id
        WHERE n.organisation_id = :id AND o.id <> :id AND g.judgement IS NOT 'rejected'
          AND h.judgement IS NOT 'rejected' GROUP BY o.id ORDER BY together DESC, o.name LIMIT 50""",
}
LISTINGS: Mapping[str, str] = {
    "places": """SELECT p.id, p.name, p.country_name AS detail, p.feature AS kind, k.claims, k.figures, k.demands,
        k.statements FROM place_counts k JOIN places p ON p.id = k.place_id
        WHERE k.statements > 0 AND (:q = '' OR p.name LIKE '%' || :q || '%' OR EXISTS (
          SELECT 1 FROM place_names n WHERE n.place_id = p.id AND n.name LIKE '%' || :q || '%'))
        ORDER BY k.claims DESC, p.name LIMIT 300""",
    "parties": """SELECT p.id, p.name, p.kind, '' AS detail, coalesce(k.demands, 0) AS demands,
        coalesce(k.statements, 0) AS statements
        FROM parties p LEFT JOIN party_counts k ON k.party_id = p.id
        WHERE :q = '' OR p.name LIKE '%' || :q || '%'
          OR EXISTS (SELECT 1 FROM party_names n WHERE n.party_id = p.id AND n.name LIKE '%' || :q || '%')
        ORDER BY demands DESC, statements DESC, p.name LIMIT 300""",
}
# ranking every text that holds a common word is slow: the first thousand are ranked, and passages are cut from the best
SEARCH = """
    WITH found AS MATERIALIZED (SELECT rowid AS number, bm25({table}) AS score FROM {table}
        WHERE {table} MATCH :q LIMIT 1000),
      best AS MATERIALIZED (SELECT number, score FROM found ORDER BY score LIMIT :limit)
    SELECT {columns}, snippet({table}, {column}, char(2), char(3), '…', 36) AS snippet, s.id AS statement_id,
      coalesce(s.title, s.id) AS statement, s.published, s.publisher, s.kind
    FROM best CROSS JOIN {table} ON {table}.rowid = best.number {joins}
    WHERE {table} MATCH :q {also} ORDER BY best.score"""
_RECORDS = "JOIN {table} r ON r.id = best.number JOIN statements s ON s.id = r.statement_id"
SEARCHES: Mapping[str, str] = {
    "statements": SEARCH.format(
        table="statements_fts", columns="s.id", column=2, joins="JOIN statements s ON s.number = best.number", also=""
    ),
    **{
        layer: SEARCH.format(
            table=f"{layer}_fts",
            columns='r.id, r.start, r."end"',
            column=0,
            joins=_RECORDS.format(table=layer),
            also="AND r.judgement IS NOT 'rejected'",
        )
        for layer in ("claims", "demands")
    },
}


async def ours(datasette: Any) -> Database | None:
    """The first database that is one of this project's, or None."""
    for database in datasette.databases.values():
        if database in _known_as_ours:
            return database
        if database.name == "_internal":
            continue
        try:
            names = set(await database.table_names())
        except sqlite3.DatabaseError:
            continue  # not ours, then; Datasette itself reports what it cannot read
        if {"statements", "place_mentions", "runs"} <= names:
            _known_as_ours.add(database)
            return database
    return None


_known_as_ours: WeakSet[Database] = WeakSet()
"""Databases that were found to be ours: every page asks."""


async def rows(database: Database, sql: str, **parameters: Any) -> list[Row]:
    """Rows of a query as dicts; JSON columns (`places`, `addressees`, ...) are decoded."""
    return [_decoded(dict(row)) for row in (await database.execute(sql, parameters)).rows]


async def many(database: Database, queries: Mapping[str, str], **parameters: Any) -> dict[str, list[Row]]:
    """Rows of several queries, asked one after the other in one go: each go waits for a free thread.

    Raises:
        QueryInterrupted: one of them took longer than the time limit.
    """
    limit = database.ds.sql_time_limit_ms

    def read(connection: sqlite3.Connection) -> dict[str, list[Row]]:
        found = {}
        for name, sql in queries.items():
            try:
                with sqlite_timelimit(connection, limit):
                    found[name] = [_decoded(dict(row)) for row in connection.execute(sql, parameters)]
            except sqlite3.OperationalError as error:
                if error.args == ("interrupted",):
                    raise QueryInterrupted(error, sql, parameters) from error
                raise
        return found

    answered: dict[str, list[Row]] = await database.execute_fn(read)
    return answered


def _decoded(row: Row) -> Row:
    for column in ("places", "addressees", "themes", "actions", "cues"):
        if isinstance(row.get(column), str) and row[column][:1] == "[":
            row[column] = json.loads(row[column])
    return row


async def one(database: Database, sql: str, **parameters: Any) -> Row | None:
    """The first row of a query, or None."""
    found = await rows(database, sql, **parameters)
    return found[0] if found else None


async def layers(database: Database, statement_id: str) -> dict[str, list[Row]]:
    """The records of a statement by layer, in the order of the text."""
    return await many(database, LAYER_QUERIES, id=statement_id)


async def standing(database: Database) -> Row:
    """What each page says of the whole: `demonstration`, and how many statements of each kind in `our_counts`."""

    async def read() -> Row:
        kinds = await rows(database, "SELECT kind, sum(statements) AS n FROM months GROUP BY kind")
        noted = await one(database, "SELECT value FROM meta WHERE key = 'demonstration'")
        found = {row["kind"]: row["n"] for row in kinds}
        return {
            "our_counts": defaultdict(int, found, statements=sum(found.values())),
            "demonstration": bool(noted and noted["value"] not in ("", "0", "false")),
        }

    return dict(await kept(database, "standing", read))


async def counts(database: Database) -> dict[str, int]:
    """How many claims, figures, demands, places and organisations there are, beside the statements of each kind."""
    row = await one(
        database,
        """SELECT coalesce(sum(claims), 0) AS claims, coalesce(sum(figures), 0) AS figures,
             coalesce(sum(demands), 0) AS demands, (SELECT count(*) FROM organisations) AS organisations,
             (SELECT count(*) FROM place_counts WHERE statements > 0) AS places FROM months""",
    )
    known: dict[str, int] = (await standing(database))["our_counts"]
    return defaultdict(int, {**known, **(row or {})})
