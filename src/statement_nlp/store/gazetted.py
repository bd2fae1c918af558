"""Places as the database keeps them: each with the chain around it, and how much is told of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from statement_nlp.records import Place
from statement_nlp.store.batching import Kept

Lookup = Callable[[str], Place | None]
"""From the id of a place to the place: `Gazetteer.get`. The store itself knows no gazetteer."""

COLUMNS = (
    "id", "geonameid", "name", "country", "country_name", "admin1", "admin2", "feature", "latitude", "longitude",
    "population", "pcode", "parent_id",
)  # fmt: skip


def chain(place: Place, lookup: Lookup | None) -> Iterator[Place]:
    """The places around a place, nearest first, its country last; one that nobody knows bears its id as its name."""
    for depth, parent_id in enumerate(place.parents, start=1):
        known = lookup(parent_id) if lookup else None
        around = known or Place(parent_id, parent_id, place.country, "other", None, None)
        yield replace(around, parents=place.parents[depth:])


def keep_place(
    connection: sqlite3.Connection, place: Place, lookup: Lookup | None, kept: Kept | None = None
) -> set[str]:
    """Store a place and the chain around it; claims follow where the chain changed.

    Args:
        connection: of the database, in a transaction.
        place: the place.
        lookup: what knows the places around it.
        kept: what the transaction has stored; it is not stored again, and this place joins it.

    Returns:
        The ids of the places inside which now lies something else: their roll-ups want to be filled anew.
    """
    changed: set[str] = set()
    kept = kept or Kept()
    of = (place.id, place.parents)
    if (around := kept.chains.get(of)) is None:
        around = kept.chains[of] = list(chain(place, lookup))
    for one, outside in [(p, around[n + 1 :]) for n, p in reversed(list(enumerate(around)))] + [(place, around)]:
        if kept.places.get(one.id) != one and (one is place or lookup is not None or not _stored(connection, one.id)):
            changed |= _keep_one(connection, one, outside)
            kept.places[one.id] = one
    return changed


NAME = "INSERT INTO place_names(place_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
"""What a stored place is called: its id and the name."""


def _stored(connection: sqlite3.Connection, place_id: str) -> bool:
    return connection.execute("SELECT 1 FROM places WHERE id = ?", (place_id,)).fetchone() is not None


def _keep_one(connection: sqlite3.Connection, place: Place, around: list[Place]) -> set[str]:
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
    ancestors = tuple(dict.fromkeys((place.id, *place.parents)))
    if stored is None:
        _surround(connection, place.id, ancestors)
        return set()
    return _close(connection, place.id, ancestors)


def name_place(connection: sqlite3.Connection, place_id: str, names: Iterable[str]) -> None:
    """Remember what a stored place is called."""
    connection.executemany(NAME, [(place_id, name) for name in names])


def _close(connection: sqlite3.Connection, place_id: str, ancestors: tuple[str, ...]) -> set[str]:
    """Write the closure of one place; where it differs from the stored one, its claims follow; gives what changed."""
    query = "SELECT ancestor_id FROM place_ancestors WHERE place_id = ? ORDER BY depth"
    stored = tuple(row[0] for row in connection.execute(query, (place_id,)))
    if stored == ancestors:
        return set()
    claims = connection.execute(
        "SELECT claim_id, position, name FROM claim_named_places WHERE place_id = ?", (place_id,)
    ).fetchall()
    connection.execute("UPDATE claim_named_places SET place_id = NULL WHERE place_id = ?", (place_id,))
    connection.execute("DELETE FROM place_ancestors WHERE place_id = ?", (place_id,))
    _surround(connection, place_id, ancestors)
    for claim_id, position, _ in claims:
        connection.execute(
            "UPDATE claim_named_places SET place_id = ? WHERE claim_id = ? AND position = ?",
            (place_id, claim_id, position),
        )
    return {*stored, *ancestors} if stored else set()


def _surround(connection: sqlite3.Connection, place_id: str, ancestors: tuple[str, ...]) -> None:
    """Write the closure of a place that has none."""
    rows = [(place_id, ancestor, depth) for depth, ancestor in enumerate(ancestors)]
    connection.executemany("INSERT INTO place_ancestors(place_id, ancestor_id, depth) VALUES (?, ?, ?)", rows)
    connection.execute("INSERT INTO place_counts(place_id) VALUES (?) ON CONFLICT(place_id) DO NOTHING", (place_id,))


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
