"""The records that may be linked, as the database has them, and which of them are worth comparing (blocking).

Everything is found through indexes: from the places of a figure, from the addressees of a demand. Of many, what lies
nearest in time is kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from statement_nlp.tracking.link_words import addressee_sort

MOST = 150
"""Candidates of one record that are compared, nearest in time first."""
DEPTH = 2
"""How far a place may lie inside another one, which is no country, for their figures to be compared."""
NEVER = "9999"
"""A day after all others: where a statement without one stands."""
AROUND = 240
"""Code points of text to each side of a figure, from which its sentence is cut."""

FIGURE_COLUMNS = (
    "id", "statement_id", "quote", "low", "high", "qualifier", "unit", "condition", "date", "since", "until",
    "published",
)  # fmt: skip
"""The fields of a FigureEnd that are columns."""
FIGURES = """
SELECT f.*, s.published_since AS published,
  substr(s.text, max(1, f.start + 1 - :around), min(f.start, :around)) AS before,
  substr(s.text, f."end" + 1, :around) AS after
FROM figures f JOIN statements s ON s.id = f.statement_id WHERE f.id IN (SELECT value FROM json_each(:ids))
"""
DEMANDS = """
SELECT d.id, d.statement_id, d.quote, s.published_since AS published
FROM demands d JOIN statements s ON s.id = d.statement_id WHERE d.id IN (SELECT value FROM json_each(:ids))
"""
COUNTRIES = """
SELECT statement_id, country, count(*) AS n FROM place_mentions
WHERE statement_id IN (SELECT value FROM json_each(:ids)) AND country IS NOT NULL AND judgement IS NOT 'rejected'
GROUP BY statement_id, country
"""
PLACES_NEAR = """
WITH own AS (SELECT place_id FROM figure_places WHERE figure_id = :id AND place_id IS NOT NULL)
SELECT place_id FROM own
UNION SELECT a.ancestor_id FROM own JOIN place_ancestors a ON a.place_id = own.place_id
  JOIN places p ON p.id = a.ancestor_id WHERE a.depth <= :depth AND p.feature <> 'country'
UNION SELECT a.place_id FROM own JOIN places p ON p.id = own.place_id
  JOIN place_ancestors a ON a.ancestor_id = own.place_id WHERE a.depth <= :depth AND p.feature <> 'country'
"""
BLOCKS = {
    "figures": ("figure_blocks", "figure_id", ("place_id", "condition")),
    "demands": ("demand_blocks", "demand_id", ("party_id", "theme", "country")),
}
"""Of each layer: the table in which a record finds others, the column of these, the key that they share."""
SIDES = {"after": ">= :day ORDER BY b.date, {id}", "before": "< :day ORDER BY b.date DESC, {id}"}
NEAR = """
SELECT b.{id} AS id, b.date AS date FROM {table} b CROSS JOIN {layer} r ON r.id = b.{id}
CROSS JOIN statements s ON s.id = r.statement_id
WHERE {key} AND r.statement_id <> :statement AND (:below IS NULL OR s.number < :below) AND b.date {side} LIMIT :most
"""
USED = "SELECT k.key FROM json_each(?) k WHERE EXISTS (SELECT 1 FROM {table} b WHERE {key})"
"""Which of some keys any record has."""
THEMES = "SELECT DISTINCT theme FROM demand_themes WHERE demand_id = ? ORDER BY theme"


@dataclass(frozen=True, slots=True)
class FigureEnd:
    """A figure with what its likeness to another is told by. Dates are ISO days; intervals half-open."""

    id: int
    statement_id: str
    quote: str
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    condition: str
    date: str | None
    since: str | None
    until: str | None
    published: str | None
    sentence: str
    places: tuple[str, ...]
    """Ids."""
    around: frozenset[str]
    """Ids of the places around them."""
    countrywide: bool
    """Whether a place of it is a country."""

    @property
    def value(self) -> float:
        """The number that stands in the text: the middle of a range, else the bound that is given."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return (self.low if self.low is not None else self.high) or 0.0


@dataclass(frozen=True, slots=True)
class DemandEnd:
    """A demand with what its likeness to another is told by."""

    id: int
    statement_id: str
    quote: str
    published: str | None
    addressees: tuple[tuple[str, str, str, str | None], ...]
    """Party id, name, kind, country."""
    actions: tuple[str, ...]
    themes: tuple[str, ...]
    places: frozenset[str]
    """Ids of its places and of those around them, countries left out."""
    countries: frozenset[str]
    """ISO codes: of its places, else of most places of its statement."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked up for one statement, whose records share much: kept while its links are sought.

    `blocks` is by layer and key, `places` by the ids of a figure's places, `sorted` holds parties with their sorts.
    """

    blocks: dict[tuple[str, ...], dict[int, str]] = field(default_factory=dict)
    places: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    sorted: list[tuple[str, str | None]] = field(default_factory=list)


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    listed = list(ids)
    for at in range(0, len(listed), 500):
        yield listed[at : at + 500]


def _sentence(before: str, quote: str, after: str) -> str:
    """The sentence of a figure, from what stands around it."""
    left = max(before.rfind(mark) + len(mark) if mark in before else 0 for mark in (". ", "\n", "? ", "! "))
    ends = [at for mark in (". ", ".\n", "\n", "? ", "! ") if (at := after.find(mark)) >= 0]
    return before[left:] + quote + after[: min(ends, default=len(after))]


def figure_ends(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, FigureEnd]:
    """Figures by id, with their places and sentences."""
    found: dict[int, FigureEnd] = {}
    for chunk in _chunks(ids):
        given = {"ids": json.dumps(chunk), "around": AROUND}
        places: dict[int, list[str]] = defaultdict(list)
        around: dict[int, set[str]] = defaultdict(set)
        countrywide: set[int] = set()
        query = """SELECT p.figure_id, a.place_id, a.ancestor_id, a.depth, x.feature FROM figure_places p
        JOIN place_ancestors a ON a.place_id = p.place_id JOIN places x ON x.id = a.ancestor_id
        WHERE p.figure_id IN (SELECT value FROM json_each(:ids)) ORDER BY p.figure_id, p.position, a.depth"""
        for figure, place, ancestor, depth, feature in connection.execute(query, given):
            if depth == 0:
                places[figure].append(place)
                if feature == "country":
                    countrywide.add(figure)
            else:
                around[figure].add(ancestor)
        for row in connection.execute(FIGURES, given):
            figure = row["id"]
            found[figure] = FigureEnd(
                **{name: row[name] for name in FIGURE_COLUMNS},
                sentence=_sentence(row["before"], row["quote"], row["after"]),
                places=tuple(dict.fromkeys(places[figure])),
                around=frozenset(around[figure]),
                countrywide=figure in countrywide,
            )
    return found


def near_figures(
    connection: sqlite3.Connection,
    figure: FigureEnd,
    *,
    below: int | None = None,
    most: int = MOST,
    looked: Looked | None = None,
) -> list[int]:
    """Ids of figures of other statements about the same or a surrounding place and the same condition.

    Args:
        connection: of the database.
        figure: the one to find others for.
        below: only of statements whose `number` is lower; None for all.
        most: how many, the nearest in time first.
        looked: what was looked up already for the same statement, with the same `below` and `most`.
    """
    looked = looked or Looked()
    if (places := looked.places.get(figure.places)) is None:
        rows = connection.execute(PLACES_NEAR, {"id": figure.id, "depth": DEPTH})
        places = looked.places[figure.places] = [row[0] for row in rows]
    keys = [(place, figure.condition) for place in places]
    return _nearest(connection, "figures", keys, figure, below, most, looked)


def _nearest(
    connection: sqlite3.Connection,
    layer: str,
    keys: Iterable[tuple[str, ...]],
    end: FigureEnd | DemandEnd,
    below: int | None,
    most: int,
    looked: Looked,
) -> list[int]:
    """Ids of the records of other statements that share one of some keys with this one, the nearest in time first.

    Those of statements without a date come last. Where this one has none, the newest are the nearest.
    """
    wanted = [(layer, *key) for key in keys]
    _look(connection, layer, [of for of in wanted if of not in looked.blocks], end, below, most, looked)
    found: dict[int, str] = {}
    for of in wanted:
        found.update(looked.blocks[of])
    pivot = date.fromisoformat(end.published) if end.published else date.max
    away = {i: abs((date.fromisoformat(day) - pivot).days) if day else date.max.toordinal() for i, day in found.items()}
    return sorted(found, key=lambda i: (away[i], i))[:most]


def _look(
    connection: sqlite3.Connection,
    layer: str,
    wanted: Sequence[tuple[str, ...]],
    end: FigureEnd | DemandEnd,
    below: int | None,
    most: int,
    looked: Looked,
) -> None:
    """Look up the records of each block (layer and key), with their days."""
    table, column, names = BLOCKS[layer]
    looked.blocks.update((of, {}) for of in wanted)
    key = " AND ".join(f"b.{name} = json_extract(k.value, '$[{n}]')" for n, name in enumerate(names, 1))
    used = connection.execute(USED.format(table=table, key=key), (json.dumps(wanted),)).fetchall() if wanted else []
    shared = " AND ".join(f"b.{name} = :{name}" for name in names)
    given = {"statement": end.statement_id, "below": below, "most": most, "day": end.published or NEVER}
    for side in SIDES.values():
        query = NEAR.format(table=table, layer=layer, id=column, key=shared, side=side.format(id=f"b.{column}"))
        for (n,) in used:
            given.update(zip(names, wanted[n][1:], strict=True))
            looked.blocks[wanted[n]].update(connection.execute(query, given))


def demand_ends(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, DemandEnd]:
    """Demands by id, with addressees, actions, themes and places."""
    found: dict[int, DemandEnd] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(DEMANDS, {"ids": json.dumps(chunk)}).fetchall()
        main = _main_countries(connection, sorted({row["statement_id"] for row in rows}))
        addressees = _children(
            connection, chunk, "SELECT r.demand_id, p.id, p.name, p.kind, p.country FROM demand_addressees r "
            "JOIN parties p ON p.id = r.party_id WHERE r.demand_id IN (SELECT value FROM json_each(?)) "
            "ORDER BY r.demand_id, r.position",
        )  # fmt: skip
        actions, themes = (
            _children(
                connection,
                chunk,
                f"SELECT demand_id, {what} FROM demand_{what}s WHERE demand_id IN (SELECT value FROM json_each(?))",
            )
            for what in ("action", "theme")
        )
        places = _children(
            connection, chunk, "SELECT d.demand_id, p.id, p.feature, p.country FROM demand_places d "
            "JOIN place_ancestors a ON a.place_id = d.place_id JOIN places p ON p.id = a.ancestor_id "
            "WHERE d.demand_id IN (SELECT value FROM json_each(?))",
        )  # fmt: skip
        for row in rows:
            own = places[row["id"]]
            countries = {country for _, _, country in own if country} or main[row["statement_id"]]
            found[row["id"]] = DemandEnd(
                row["id"],
                row["statement_id"],
                row["quote"],
                row["published"],
                tuple((party, name, kind, country) for party, name, kind, country in addressees[row["id"]]),
                tuple(action for (action,) in actions[row["id"]]),
                tuple(theme for (theme,) in themes[row["id"]]),
                frozenset(place for place, feature, _ in own if feature != "country"),
                frozenset(countries),
            )
    return found


def _children(connection: sqlite3.Connection, ids: Sequence[int], query: str) -> dict[int, list[tuple[str, ...]]]:
    found: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for row in connection.execute(query, (json.dumps(ids),)):
        found[row[0]].append(tuple(row)[1:])
    return found


def _main_countries(connection: sqlite3.Connection, statements: Sequence[str]) -> dict[str, set[str]]:
    """The countries of most place mentions of each statement: those with at least a third of the first's."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for statement, country, n in connection.execute(COUNTRIES, {"ids": json.dumps(statements)}):
        counts[statement][country] = n
    found: dict[str, set[str]] = defaultdict(set)
    for statement, of in counts.items():
        found[statement] = {country for country, n in of.items() if 3 * n >= max(of.values())}
    return found


def near_demands(
    connection: sqlite3.Connection,
    demand: DemandEnd,
    *,
    below: int | None = None,
    most: int = MOST,
    looked: Looked | None = None,
) -> list[int]:
    """Ids of demands of other statements on a shared theme and country, to the same addressee or one of its sort.

    Args:
        connection: of the database.
        demand: the one to find others for; one without an addressee finds none.
        below: only of statements whose `number` is lower; None for all.
        most: how many, the nearest in time first.
        looked: what was looked up already for the same statement, with the same `below` and `most`.
    """
    looked = looked or Looked()
    parties = sorted(_stand_ins(connection, demand, looked))
    if not parties or not demand.countries:
        return []
    themes = [row[0] for row in connection.execute(THEMES, (demand.id,))]
    keys = list(product(parties, themes, sorted(demand.countries)))
    return _nearest(connection, "demands", keys, demand, below, most, looked)


def _stand_ins(connection: sqlite3.Connection, demand: DemandEnd, looked: Looked) -> set[str]:
    """The addressees of a demand, and the parties that may stand for one of them elsewhere."""
    own = {party for party, _, _, _ in demand.addressees}
    sorts = {addressee_sort(name) for _, name, _, _ in demand.addressees} - {None}
    fighting = any(kind in ("state", "armed_group") for _, _, kind, _ in demand.addressees)
    found = set(own)
    if sorts or fighting:
        wanted = sorts | ({"parties", "authorities", "states"} if fighting else set())
        if not looked.sorted:
            query = "SELECT id, name FROM parties WHERE kind NOT IN ('person', 'ngo')"
            looked.sorted.extend((party, addressee_sort(name)) for party, name in connection.execute(query))
        found |= {party for party, sort in looked.sorted if sort in wanted}
    countries = {country for _, _, kind, country in demand.addressees if kind == "state" and country}
    if sorts & {"parties", "authorities", "states"}:
        countries |= demand.countries
        mentioned = """SELECT DISTINCT p.id FROM party_mentions m JOIN parties p ON p.id = m.party_id
        WHERE m.statement_id = ? AND p.kind IN ('state', 'armed_group')"""
        found |= {row[0] for row in connection.execute(mentioned, (demand.statement_id,))}
    if countries:
        query = """SELECT id FROM parties
        WHERE kind IN ('state', 'armed_group') AND country IN (SELECT value FROM json_each(?))"""
        found |= {row[0] for row in connection.execute(query, (json.dumps(sorted(countries)),))}
    return found
