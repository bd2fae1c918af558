"""Appends the rows of other statements, as another database holds them, to a database that has none of them.

What comes out is what saving the statements one by one would have made of them, without reading each record back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from statement_nlp.records import Place
from statement_nlp.store import gazetted, rollups
from statement_nlp.store.saving import KEEP_PARTY, NAME_PARTY
from statement_nlp.store.tables import RECORDS, Row, Rows, columns, names

FOLLOWING = {
    "statements_fts_insert": "INSERT INTO statements_fts(statements_fts) VALUES ('rebuild')",
    "claims_fts_insert": "INSERT INTO claims_fts(claims_fts) VALUES ('rebuild')",
    "demands_fts_insert": "INSERT INTO demands_fts(demands_fts) VALUES ('rebuild')",
    "claim_places_insert": """
        INSERT INTO claim_places(ancestor_id, date, claim_id)
        SELECT DISTINCT a.ancestor_id, c.day, c.id FROM claim_named_places n
        JOIN claims c ON c.id = n.claim_id JOIN place_ancestors a ON a.place_id = n.place_id ORDER BY 1, 2, 3""",
}
"""Triggers that follow each new row, and what makes the same of all rows at once, many times faster."""

OWN_ORGANISATION = """
INSERT INTO organisations(id, name, acronym, branch) SELECT :id, :name, :acronym, :branch
WHERE NOT EXISTS (SELECT 1 FROM organisation_names WHERE key = :id) ON CONFLICT DO NOTHING
"""


@contextmanager
def unindexed(connection: sqlite3.Connection) -> Iterator[None]:
    """Without the indexes, triggers and roll-ups that make many rows slow to insert; all is made when the block ends.

    Only within a transaction, on a database without statements: a failure undoes all of it.
    """
    marks = ", ".join("?" * len(RECORDS))
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    indexes = dict(connection.execute(query, RECORDS).fetchall())
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    triggers = {name: sql for name, sql in found if name in FOLLOWING}
    for kind, things in (("INDEX", indexes), ("TRIGGER", triggers)):
        for name in things:
            connection.execute(f'DROP {kind} "{name}"')
    yield
    for name in triggers:
        connection.execute(FOLLOWING[name])
    for sql in (*indexes.values(), *triggers.values()):
        connection.execute(sql)
    rollups.rebuild(connection)


class Appender:
    """Appends part after part, in the order in which the statements would have been saved.

    Args:
        connection: of the database, in a transaction.
        run_id: the run that the statements count to.
        counted: whether roll-ups follow each part; without, they are to be rebuilt at the end, as `unindexed` does.
    """

    def __init__(self, connection: sqlite3.Connection, run_id: int, *, counted: bool = True) -> None:
        self._connection = connection
        self._run_id = run_id
        self._counted = counted
        self._moved: set[str] = set()
        self._places: dict[str, tuple[Row, tuple[str, ...]]] = {}

    def append(self, rows: Rows) -> None:
        """Append the rows of a part.

        Raises:
            sqlite3.IntegrityError: a row of its id is there already.
        """
        self._append_places(rows)
        self._append_parties(rows)
        self._append_organisations(rows)
        for table in RECORDS:
            self._insert(table, rows[table])
        if self._counted:
            for (statement_id,) in _some(rows, "statements", "id"):
                rollups.write_difference(self._connection, {}, rollups.tally(self._connection, statement_id))
            rollups.rebuild_places(self._connection, self._moved)
            self._moved.clear()

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        found = [column.name for column in columns(table)]
        if "run_id" in found:
            at = found.index("run_id")
            rows = [(*row[:at], self._run_id, *row[at + 1 :]) for row in rows]
        marks = ", ".join("?" * len(found))
        self._connection.executemany(f"INSERT INTO {table}({names(table)}) VALUES ({marks})", rows)

    def _append_places(self, rows: Rows) -> None:
        """Places with the chain around each; one that changed since it was stored takes its claims along."""
        around: dict[str, list[tuple[int, str]]] = {}
        for place_id, ancestor_id, depth in _some(rows, "place_ancestors", "place_id", "ancestor_id", "depth"):
            around.setdefault(place_id, []).append((depth, ancestor_id))
        found = {}
        for values in _dicts(rows, "places"):
            chain = tuple(ancestor for depth, ancestor in sorted(around.get(values["id"], ())) if depth)
            found[values["id"]] = _place(values, chain)
        for row, place in zip(rows["places"], found.values(), strict=True):
            if self._places.get(place.id) != (row, place.parents):
                self._moved |= gazetted.keep_place(self._connection, place, found.get)
                self._places[place.id] = (row, place.parents)
        query = "INSERT INTO place_names(place_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
        self._connection.executemany(query, _some(rows, "place_names", "place_id", "name"))

    def _append_parties(self, rows: Rows) -> None:
        """Parties: one that is only addressed, and mentioned nowhere in the part, tells nothing of a known one."""
        mentioned = {party for (party,) in _some(rows, "party_mentions", "party_id")}
        for party in _some(rows, "parties", "id", "name", "kind", "country", "registered"):
            self._connection.execute(*((KEEP_PARTY, party) if party[0] in mentioned else (NAME_PARTY, party[:2])))
        query = "INSERT INTO party_names(party_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
        self._connection.executemany(query, _some(rows, "party_names", "party_id", "name"))

    def _append_organisations(self, rows: Rows) -> None:
        """Organisations by their printed names: one that is known keeps its spelling and its organisation."""
        self._connection.executemany(OWN_ORGANISATION, _dicts(rows, "organisations"))
        marks = ", ".join("?" * len(columns("organisation_names")))
        query = f"INSERT INTO organisation_names({names('organisation_names')}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        self._connection.executemany(query, rows["organisation_names"])


def _dicts(rows: Rows, table: str) -> Iterator[dict[str, Any]]:
    found = [column.name for column in columns(table)]
    return (dict(zip(found, row, strict=True)) for row in rows[table])


def _some(rows: Rows, table: str, *wanted: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows of a table."""
    found = [column.name for column in columns(table)]
    at = [found.index(name) for name in wanted]
    return [tuple(row[n] for n in at) for row in rows[table]]


def _place(values: dict[str, Any], parents: tuple[str, ...]) -> Place:
    fields = (
        "id",
        "name",
        "country",
        "feature",
        "latitude",
        "longitude",
        "geonameid",
        "admin1",
        "admin2",
        "population",
    )
    return Place(**{name: values[name] for name in fields}, pcode=values["pcode"], parents=parents)
