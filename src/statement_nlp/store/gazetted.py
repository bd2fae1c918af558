"""Places as the database keeps them: each with the chain around it, and how much is told of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from statement_nlp.records import Place

Lookup = Callable[[str], Place | None]
"""From the id of a place to the place: `Gazetteer.get`. The store itself knows no gazetteer."""

COLUMNS = (
    "id", "geonameid", "name", "country", "country_name", "admin1", "admin2", "feature", "latitude", "longitude",
    "population", "pcode", "parent_id",
)  # fmt: skip

TALLY = """
SELECT 'mentions', a.ancestor_id, count(*) FROM place_mentions m
JOIN place_ancestors a ON a.place_id = m.place_id WHERE m.statement_id = :id GROUP BY 2
UNION ALL
SELECT 'claims', a.ancestor_id, count(DISTINCT c.id) FROM claims c JOIN claim_named_places n ON n.claim_id = c.id
JOIN place_ancestors a ON a.place_id = n.place_id WHERE c.statement_id = :id GROUP BY 2
UNION ALL
SELECT 'figures', a.ancestor_id, count(DISTINCT f.id) FROM figures f JOIN figure_places n ON n.figure_id = f.id
JOIN place_ancestors a ON a.place_id = n.place_id WHERE f.statement_id = :id GROUP BY 2
UNION ALL
SELECT 'demands', a.ancestor_id, count(DISTINCT d.id) FROM demands d JOIN demand_places n ON n.demand_id = d.id
JOIN place_ancestors a ON a.place_id = n.place_id WHERE d.statement_id = :id GROUP BY 2
"""

RECOUNT = """
UPDATE place_counts SET
  mentions = (SELECT count(*) FROM place_ancestors a JOIN place_mentions m ON m.place_id = a.place_id
              WHERE a.ancestor_id = :id),
  statements = (SELECT count(*) FROM (
    SELECT m.statement_id FROM place_ancestors a JOIN place_mentions m ON m.place_id = a.place_id
    WHERE a.ancestor_id = :id
    UNION SELECT c.statement_id FROM claim_places x JOIN claims c ON c.id = x.claim_id WHERE x.ancestor_id = :id
    UNION SELECT f.statement_id FROM place_ancestors a JOIN figure_places n ON n.place_id = a.place_id
    JOIN figures f ON f.id = n.figure_id WHERE a.ancestor_id = :id
    UNION SELECT d.statement_id FROM place_ancestors a JOIN demand_places n ON n.place_id = a.place_id
    JOIN demands d ON d.id = n.demand_id WHERE a.ancestor_id = :id)),
  claims = (SELECT count(*) FROM claim_places WHERE ancestor_id = :id),
  figures = (SELECT count(DISTINCT n.figure_id) FROM place_ancestors a JOIN figure_places n ON n.place_id = a.place_id
             WHERE a.ancestor_id = :id),
  demands = (SELECT count(DISTINCT n.demand_id) FROM place_ancestors a JOIN demand_places n ON n.place_id = a.place_id
             WHERE a.ancestor_id = :id)
WHERE place_id = :id
"""

Counts = dict[str, dict[str, int]]
"""Place id -> column of `place_counts` -> count."""


def chain(place: Place, lookup: Lookup | None) -> Iterator[Place]:
    """The places around a place, nearest first, its country last; one that nobody knows bears its id as its name."""
    for depth, parent_id in enumerate(place.parents, start=1):
        known = lookup(parent_id) if lookup else None
        around = known or Place(parent_id, parent_id, place.country, "other", None, None)
        yield replace(around, parents=place.parents[depth:])


def keep_place(connection: sqlite3.Connection, place: Place, lookup: Lookup | None) -> None:
    """Store a place and the chain around it, and bring what hangs on the chain up to date where it changed."""
    around = list(chain(place, lookup))
    for parent in reversed(around):
        if lookup is not None or not _stored(connection, parent.id):
            _keep_one(connection, parent, around[around.index(parent) + 1 :])
    _keep_one(connection, place, around)


def _stored(connection: sqlite3.Connection, place_id: str) -> bool:
    return connection.execute("SELECT 1 FROM places WHERE id = ?", (place_id,)).fetchone() is not None


def _keep_one(connection: sqlite3.Connection, place: Place, around: list[Place]) -> None:
    country = next((p.name for p in (*reversed(around), place) if p.feature == "country"), None)
    row = (
        place.id, place.geonameid, place.name, place.country, country, place.admin1, place.admin2, place.feature,
        place.latitude, place.longitude, place.population, place.pcode, place.parents[0] if place.parents else None,
    )  # fmt: skip
    stored = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM places WHERE id = ?", (place.id,)).fetchone()
    if stored is None or tuple(stored) != row:
        updates = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS[1:])
        connection.execute(
            f"INSERT INTO places({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "
            f"ON CONFLICT(id) DO UPDATE SET {updates}",
            row,
        )
    name_place(connection, place.id, [place.name])
    _close(connection, place.id, tuple(dict.fromkeys((place.id, *place.parents))))


def name_place(connection: sqlite3.Connection, place_id: str, names: Iterable[str]) -> None:
    """Remember what a stored place is called."""
    query = "INSERT INTO place_names(place_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
    connection.executemany(query, [(place_id, name) for name in names])


def _close(connection: sqlite3.Connection, place_id: str, ancestors: tuple[str, ...]) -> None:
    """Write the closure of one place; where it differs from the stored one, its claims and counts follow."""
    query = "SELECT ancestor_id FROM place_ancestors WHERE place_id = ? ORDER BY depth"
    stored = tuple(row[0] for row in connection.execute(query, (place_id,)))
    if stored == ancestors:
        return
    claims = connection.execute(
        "SELECT claim_id, position, name FROM claim_named_places WHERE place_id = ?", (place_id,)
    ).fetchall()
    connection.execute("UPDATE claim_named_places SET place_id = NULL WHERE place_id = ?", (place_id,))
    connection.execute("DELETE FROM place_ancestors WHERE place_id = ?", (place_id,))
    rows = [(place_id, ancestor, depth) for depth, ancestor in enumerate(ancestors)]
    connection.executemany("INSERT INTO place_ancestors(place_id, ancestor_id, depth) VALUES (?, ?, ?)", rows)
    connection.execute("INSERT INTO place_counts(place_id) VALUES (?) ON CONFLICT(place_id) DO NOTHING", (place_id,))
    for claim_id, position, _ in claims:
        connection.execute(
            "UPDATE claim_named_places SET place_id = ? WHERE claim_id = ? AND position = ?",
            (place_id, claim_id, position),
        )
    if stored:
        recount(connection, {*stored, *ancestors})


def recount(connection: sqlite3.Connection, place_ids: Iterable[str]) -> None:
    """Count anew what is told of some places and of all inside them."""
    for place_id in place_ids:
        connection.execute(RECOUNT, {"id": place_id})


def tally(connection: sqlite3.Connection, statement_id: str) -> Counts:
    """How much one statement tells of each place and of all inside it."""
    counts: Counts = {}
    for column, place_id, count in connection.execute(TALLY, {"id": statement_id}):
        counts.setdefault(place_id, {"statements": 1})[column] = count
    return counts


def add_counts(connection: sqlite3.Connection, counts: Counts, sign: int) -> None:
    """Add (`sign` 1) or take away (-1) what one statement tells of each place."""
    for place_id, columns in counts.items():
        sets = ", ".join(f"{column} = {column} + {sign * count:d}" for column, count in columns.items())
        connection.execute(f"UPDATE place_counts SET {sets} WHERE place_id = ?", (place_id,))


def forget_unused(connection: sqlite3.Connection, place_ids: Iterable[str]) -> None:
    """Drop those of some places of which, and inside which, nothing is told any more."""
    unused = """
        SELECT c.place_id, (SELECT max(depth) FROM place_ancestors a WHERE a.place_id = c.place_id) FROM place_counts c
        WHERE c.place_id = ? AND c.mentions = 0 AND c.claims = 0 AND c.figures = 0 AND c.demands = 0
    """
    gone = [row for place_id in place_ids if (row := connection.execute(unused, (place_id,)).fetchone())]
    for place_id, _ in sorted(gone, key=lambda row: -row[1]):
        inside = "SELECT 1 FROM place_ancestors WHERE ancestor_id = ? AND place_id <> ?"
        if connection.execute(inside, (place_id, place_id)).fetchone() is None:
            connection.execute("DELETE FROM places WHERE id = ?", (place_id,))
