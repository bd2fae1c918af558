"""Tracks: linked figures followed through time, linked demands by who makes them how often.

A track holds all records that links join, directly or through others; rejected links join nothing. Its place, unit,
addressee and theme are those of most of its records. Tracks are rebuilt only where links changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from statement_nlp.store import Database
from statement_nlp.store.identity import stable_id
from statement_nlp.tracking.link_kinds import counts_on

Layer = Literal["figures", "demands"]

NEIGHBOURS = """
SELECT b_id FROM links WHERE a_id = :id AND judgement IS NOT 'rejected' AND +kind IN ({kinds})
UNION SELECT a_id FROM links WHERE b_id = :id AND judgement IS NOT 'rejected' AND +kind IN ({kinds})
"""
KINDS: dict[Layer, str] = {"figures": "'repeats', 'updates', 'conflicts'", "demands": "'same_demand'"}
FIGURE = """
SELECT f.id, f.statement_id, f.low, f.high, f.unit, f.condition, f.since, f.until, f.date AS date_as_written,
  s.published_since,
  (SELECT place_id FROM figure_places p WHERE p.figure_id = f.id AND place_id IS NOT NULL ORDER BY position LIMIT 1)
    AS place
FROM figures f JOIN statements s ON s.id = f.statement_id WHERE f.id = ? AND f.judgement IS NOT 'rejected'
"""
DEMAND = """
SELECT d.id, d.statement_id, s.published_since,
  (SELECT group_concat(party_id, char(10)) FROM demand_addressees WHERE demand_id = d.id) AS parties,
  (SELECT group_concat(theme, char(10)) FROM demand_themes WHERE demand_id = d.id) AS themes
FROM demands d JOIN statements s ON s.id = d.statement_id WHERE d.id = ? AND d.judgement IS NOT 'rejected'
"""
TRACK = """
INSERT INTO tracks(id, layer, title, place_id, condition, unit, party_id, theme, first_date, last_date, low, high,
  members, statements, conflicts)
VALUES (:id, :layer, :title, :place_id, :condition, :unit, :party_id, :theme, :first_date, :last_date, :low, :high,
  :members, :statements, :conflicts)
"""
STALE = """
SELECT id FROM tracks t WHERE members <> (SELECT count(*) FROM track_members m WHERE m.track_id = t.id)
"""
JOINED = """
SELECT r.value FROM json_each(?) r WHERE EXISTS (SELECT 1 FROM links WHERE a_id = r.value)
OR EXISTS (SELECT 1 FROM links WHERE b_id = r.value) OR EXISTS (SELECT 1 FROM track_members WHERE record_id = r.value)
"""
"""Those of some records that have a link or are in a track."""
TIMELINE = """
SELECT DISTINCT f.id AS figure_id, p.name AS place, f.condition, f.quote AS figure, f.low, f.high, f.qualifier, f.unit,
  f.date AS date_as_written, f.since, f.until, s.published_since, s.published, s.publisher, s.kind AS statement_kind,
  coalesce(s.title, s.id) AS statement, s.id AS statement_id, t.id AS track_id, t.title AS track,
  (SELECT group_concat(quote, '; ') FROM (
     SELECT b_quote AS quote FROM links WHERE a_id = f.id AND +kind = 'conflicts' AND judgement IS NOT 'rejected'
     UNION ALL
     SELECT a_quote FROM links WHERE b_id = f.id AND +kind = 'conflicts' AND judgement IS NOT 'rejected')) AS conflicts
FROM figure_places n JOIN figures f ON f.id = n.figure_id JOIN places p ON p.id = n.place_id
JOIN statements s ON s.id = f.statement_id
LEFT JOIN track_members m ON m.record_id = f.id LEFT JOIN tracks t ON t.id = m.track_id AND t.layer = 'figures'
WHERE n.place_id IN ({places}) AND f.condition = :condition AND f.judgement IS NOT 'rejected'
"""

SAID_ALONE = frozenset({"dead", "displaced", "injured", "wounded", "missing", "detained", "trapped", "besieged"})
"""Units that are no nouns: people are counted."""
SAID_BY = {
    "killed": frozenset({"deaths", "bodies", "fatalities", "dead"}),
    "injured": frozenset({"wounded", "injuries", "casualties"}),
    "displaced": frozenset({"refugees", "idps", "asylum-seekers", "displacements"}),
    "detained": frozenset({"detainees", "prisoners", "arrests", "detentions"}),
    "sick": frozenset({"cases", "patients", "infections"}),
}
"""Units that say a condition themselves."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of a place and condition on a day (ISO; None where nobody knows), and the quotes it conflicts with."""

    day: str | None
    low: float | None
    high: float | None
    unit: str
    figure: str
    qualifier: str
    place: str
    condition: str
    date_as_written: str | None
    publisher: str | None
    statement: str
    statement_kind: str
    published: str | None
    conflicts: str | None
    track: str | None
    track_id: int | None
    figure_id: int
    statement_id: str


def day_of(row: sqlite3.Row) -> str | None:
    """The day that a figure holds for: the first of a time that was over by then, else that of the statement.

    What counts on from a day ("since April") holds for the day of the statement.
    """
    published: str | None = row["published_since"]
    over = row["since"] and row["until"] and (not published or row["until"] <= published)
    if over and not counts_on(row["date_as_written"]):
        return str(row["since"])
    return published or row["since"]


def timeline(db: Database, place_ids: Sequence[str], condition: str, *, linked_only: bool = False) -> list[Point]:
    """Figures of one condition that hold for a place itself, in the order of the days they hold for.

    Args:
        db: an open database.
        place_ids: the place (several ids where a name means several).
        condition: one of `records.CONDITIONS`.
        linked_only: only figures that are in a track, linked to one of another statement.
    """
    return timeline_stored(db.connection, place_ids, condition, linked_only=linked_only)


def timeline_stored(
    connection: sqlite3.Connection, place_ids: Sequence[str], condition: str, *, linked_only: bool = False
) -> list[Point]:
    """The same over a connection whose rows have names, for who has no `Database` (the pages)."""
    names = ",".join(f":place_{n}" for n in range(len(place_ids)))
    given = {f"place_{n}": place for n, place in enumerate(place_ids)} | {"condition": condition}
    points = []
    for row in connection.execute(TIMELINE.replace("{places}", names), given):
        own = {name: row[name] for name in Point.__dataclass_fields__ if name != "day"}
        if row["track_id"] is not None or not linked_only:
            points.append(Point(day=day_of(row), **own))
    return sorted(points, key=lambda p: (p.day or "", p.published or "", p.statement_id, p.figure_id))


def during(points: Sequence[Point], since: str | None, until: str | None) -> list[Point]:
    """Those of a time.

    Args:
        points: of a timeline.
        since: the first day, ISO; None leaves that end open.
        until: the last day, itself included; None leaves that end open. Undated points lie in no time with an end.
    """
    return [p for p in points if (since or "") <= (p.day or "") and (not until or (p.day or "~") <= until)]


def rebuild_all(connection: sqlite3.Connection) -> int:
    """Build all tracks anew within the caller's transaction; gives their number."""
    connection.execute("DELETE FROM tracks")
    query = "SELECT a_id FROM links WHERE layer = ? UNION SELECT b_id FROM links WHERE layer = ?"
    for layer in KINDS:
        _build(connection, layer, (row[0] for row in connection.execute(query, (layer, layer)).fetchall()))
    return int(connection.execute("SELECT count(*) FROM tracks").fetchone()[0])


def touched(connection: sqlite3.Connection, statement_id: str) -> dict[Layer, set[int]]:
    """Records whose tracks a change of a statement's links may change: its own, and all in tracks with one of them."""
    found: dict[Layer, set[int]] = {}
    for layer in KINDS:
        own = {row[0] for row in connection.execute(f"SELECT id FROM {layer} WHERE statement_id = ?", (statement_id,))}
        query = """SELECT DISTINCT o.record_id FROM track_members m JOIN tracks t ON t.id = m.track_id AND t.layer = ?
        JOIN track_members o ON o.track_id = m.track_id WHERE m.statement_id = ?"""
        found[layer] = own | {row[0] for row in connection.execute(query, (layer, statement_id))}
    return found


def retrack(connection: sqlite3.Connection, records: dict[Layer, set[int]]) -> None:
    """Build anew the tracks that hold any of some records, within the caller's transaction."""
    for layer, ids in records.items():
        _build(connection, layer, (row[0] for row in connection.execute(JOINED, (json.dumps(list(ids)),)).fetchall()))


def sweep(db: Database) -> None:
    """Build anew the tracks that lost a record when a statement was removed or replaced."""
    with db.transaction() as connection:
        for (track,) in connection.execute(STALE).fetchall():
            layer: Layer = connection.execute("SELECT layer FROM tracks WHERE id = ?", (track,)).fetchone()[0]
            members = connection.execute("SELECT record_id FROM track_members WHERE track_id = ?", (track,)).fetchall()
            connection.execute("DELETE FROM tracks WHERE id = ?", (track,))
            _build(connection, layer, [row[0] for row in members])


def _build(connection: sqlite3.Connection, layer: Layer, seeds: Iterable[int]) -> None:
    """Replace the tracks that hold the seeds or what is linked to them."""
    done: set[int] = set()
    for seed in sorted(seeds):
        if seed in done:
            continue
        members = _connected(connection, layer, seed)
        done |= members
        for member in members:
            query = """DELETE FROM tracks WHERE layer = ? AND id IN
            (SELECT track_id FROM track_members WHERE record_id = ?)"""
            connection.execute(query, (layer, member))
        if len(members) == 1:
            continue
        rows = [r for m in sorted(members) if (r := connection.execute(_QUERIES[layer], (m,)).fetchone()) is not None]
        if len(rows) > 1:
            _write(connection, layer, rows)


def _connected(connection: sqlite3.Connection, layer: Layer, seed: int) -> set[int]:
    query = NEIGHBOURS.replace("{kinds}", KINDS[layer])
    found, todo = {seed}, [seed]
    while todo:
        for (other,) in connection.execute(query, {"id": todo.pop()}).fetchall():
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def _write(connection: sqlite3.Connection, layer: Layer, rows: Sequence[sqlite3.Row]) -> None:
    days = {row["id"]: day_of(row) if layer == "figures" else row["published_since"] for row in rows}
    known = sorted(day for day in days.values() if day)
    track: dict[str, Any] = dict.fromkeys(("place_id", "condition", "unit", "party_id", "theme", "low", "high"))
    track |= {
        "id": stable_id("track", layer, rows[0]["id"]),
        "layer": layer,
        "conflicts": 0,
        "first_date": known[0] if known else None,
        "last_date": known[-1] if known else None,
        "members": len(rows),
        "statements": len({row["statement_id"] for row in rows}),
    }
    track |= _of_figures(connection, rows) if layer == "figures" else _of_demands(connection, rows)
    connection.execute(TRACK, track)
    ordered = sorted(rows, key=lambda row: (days[row["id"]] or "", row["published_since"] or "", row["id"]))
    connection.executemany(
        "INSERT INTO track_members(track_id, position, record_id, statement_id, date) VALUES (?, ?, ?, ?, ?)",
        [(track["id"], n, row["id"], row["statement_id"], days[row["id"]]) for n, row in enumerate(ordered, 1)],
    )


def _of_figures(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> dict[str, Any]:
    place, unit = _most(row["place"] for row in rows), _most(row["unit"] for row in rows)
    values = [value for row in rows for value in (row["low"], row["high"]) if value is not None]
    conflicts = sum(
        connection.execute(
            "SELECT count(*) FROM links WHERE a_id = ? AND +kind = 'conflicts' AND judgement IS NOT 'rejected'",
            (row["id"],),
        ).fetchone()[0]
        for row in rows
    )
    name = connection.execute("SELECT name FROM places WHERE id = ?", (place,)).fetchone()
    return {
        "title": f"{name[0] if name else 'No place'}: {_counted(unit or 'something', rows[0]['condition'])}",
        "place_id": place, "condition": rows[0]["condition"], "unit": unit,
        "low": min(values, default=None), "high": max(values, default=None), "conflicts": conflicts,
    }  # fmt: skip


def _counted(unit: str, condition: str) -> str:
    """What a track counts, in words: "people trapped", "funding, USD", and the unit alone where it says all."""
    words = condition.replace("_", " ")
    if condition == "funding":
        return f"funding, {unit}"
    said = set(unit.lower().split())
    if unit.lower() == words or (len(said) == 1 and said <= SAID_ALONE):
        return f"people {words}"
    if condition == "other" or words in unit.lower() or said & SAID_BY.get(condition, frozenset()):
        return unit
    return f"{unit} {words}"


def _of_demands(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> dict[str, Any]:
    party = _most(chain.from_iterable((row["parties"] or "").split("\n") for row in rows))
    theme = _most(chain.from_iterable((row["themes"] or "").split("\n") for row in rows))
    name = connection.execute("SELECT name FROM parties WHERE id = ?", (party,)).fetchone()
    return {
        "title": f"{name[0] if name else 'Nobody by name'}: {(theme or 'other').replace('_', ' ')}",
        "party_id": party if name else None, "theme": theme,
    }  # fmt: skip


def _most(values: Iterable[str | None]) -> str | None:
    """The commonest value, the first of equals; None where there is none."""
    counts = Counter(value for value in values if value)
    return counts.most_common(1)[0][0] if counts else None


_QUERIES: dict[Layer, str] = {"figures": FIGURE, "demands": DEMAND}
