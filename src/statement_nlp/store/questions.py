"""What people ask without SQL: which records, where, when, of whom; made into one SQL text with named parameters.

The command line, the pages and their downloads, and assistants ask through a `Question`, so that the same question has
the same answer everywhere. Only what is asked for stands in the SQL, so that SQLite can use its indexes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from statement_nlp.store.database import Database
from statement_nlp.store.queries import CLAIM_COLUMNS, DEMAND_COLUMNS, FIGURE_COLUMNS

EARTH = 6371.0
"""Mean radius in km, as `records.distance` takes it."""
FARTHEST = 2000.0
"""The largest circle that may be asked for, in km: beyond it a flat reading of "near" means nothing."""
AREAS = ("country", "region", "district", "area")
"""Features that are wide: the point that stands for one says nothing of what is near it."""
Named = TypeVar("Named")


def measured_from(named: Sequence[Named], feature: Callable[[Named], str | None]) -> list[Named]:
    """Of the places of one name those that a distance is measured from: towns rather than areas of their name.

    >>> measured_from(["Aleppo region", "Aleppo city"], lambda place: place.split()[-1])
    ['Aleppo city']
    """
    return [place for place in named if feature(place) not in AREAS] or list(named)


STATEMENT_COLUMNS = """
  coalesce(s.title, s.id) AS statement,
  s.published,
  s.publisher,
  s.kind AS statement_kind,
  (SELECT group_concat(name, '; ') FROM (SELECT DISTINCT m.name FROM place_mentions m
   WHERE m.statement_id = s.id AND m.judgement IS NOT 'rejected' ORDER BY m.start)) AS places,
  (SELECT count(*) FROM claims c WHERE c.statement_id = s.id AND c.judgement IS NOT 'rejected') AS claims,
  (SELECT count(*) FROM figures f WHERE f.statement_id = s.id AND f.judgement IS NOT 'rejected') AS figures,
  (SELECT count(*) FROM demands d WHERE d.statement_id = s.id AND d.judgement IS NOT 'rejected') AS demands,
  s.language,
  s.id AS statement_id,
  (SELECT json_group_array(json_array(longitude, latitude)) FROM (
     SELECT DISTINCT p.longitude, p.latitude FROM place_mentions m JOIN places p ON p.id = m.place_id
     WHERE m.statement_id = s.id AND m.judgement IS NOT 'rejected' AND p.latitude IS NOT NULL)) AS points"""


@dataclass(frozen=True, slots=True)
class Layer:
    """How one kind of record is found: its SQL by parts, with the filters that it alone has."""

    columns: str
    table: str
    alias: str
    order: str
    since: str
    until: str
    placed: str
    words: str
    filters: Mapping[str, str]


_OF_CONDITION = """EXISTS (SELECT 1 FROM claim_figures x JOIN figures f ON f.id = x.figure_id
    WHERE x.claim_id = c.id AND f.condition = :condition AND f.judgement IS NOT 'rejected')"""
_PUBLISHED_SINCE, _PUBLISHED_UNTIL = "s.published_until > :since", "s.published_since <= :until"
LAYERS: Mapping[str, Layer] = {
    "claims": Layer(
        CLAIM_COLUMNS, "claims", "c", 'c.day DESC, s.id, c.start, c."end", c.id',
        "coalesce(c.until, s.published_until, c.day) > :since", "c.day <> '' AND c.day <= :until",
        "SELECT i.claim_id FROM claim_places i WHERE i.ancestor_id IN (SELECT id FROM meant)",
        "c.id IN (SELECT rowid FROM claims_fts WHERE claims_fts MATCH :words)",
        {"condition": _OF_CONDITION, "status": "c.status = :status"},
    ),
    "figures": Layer(
        FIGURE_COLUMNS, "figures", "f", 'coalesce(f.since, s.published_since) DESC, s.id, f.start, f."end", f.id',
        "coalesce(f.until, s.published_until) > :since", "coalesce(f.since, s.published_since) <= :until",
        "SELECT n.figure_id FROM meant JOIN place_ancestors a ON a.ancestor_id = meant.id "
        "JOIN figure_places n ON n.place_id = a.place_id",
        """f.id IN (SELECT x.figure_id FROM claims_fts w JOIN claim_figures x ON x.claim_id = w.rowid
    WHERE claims_fts MATCH :words)""",
        {"condition": "f.condition = :condition"},
    ),
    "demands": Layer(
        DEMAND_COLUMNS, "demands", "d", 's.published_since DESC, s.id, d.start, d."end", d.id',
        _PUBLISHED_SINCE, _PUBLISHED_UNTIL,
        "SELECT n.demand_id FROM meant JOIN place_ancestors a ON a.ancestor_id = meant.id "
        "JOIN demand_places n ON n.place_id = a.place_id",
        "d.id IN (SELECT rowid FROM demands_fts WHERE demands_fts MATCH :words)",
        {
            "addressee": "d.id IN (SELECT demand_id FROM demand_addressees WHERE party_id = :addressee)",
            "theme": "d.id IN (SELECT demand_id FROM demand_themes WHERE theme = :theme)",
        },
    ),
    "statements": Layer(
        STATEMENT_COLUMNS, "statements", "s", "s.published_since DESC, s.id",
        _PUBLISHED_SINCE, _PUBLISHED_UNTIL,
        "SELECT m.statement_id FROM meant JOIN place_ancestors a ON a.ancestor_id = meant.id "
        "JOIN place_mentions m ON m.place_id = a.place_id WHERE m.judgement IS NOT 'rejected'",
        "s.number IN (SELECT rowid FROM statements_fts WHERE statements_fts MATCH :words)",
        {},
    ),
}  # fmt: skip
WITHIN: Mapping[str, str] = {
    "claims": "claim_places", "figures": "figures_within", "demands": "demands_within",
    "statements": "statements_within",
}  # fmt: skip
"""Lists by day of what lies in a place and everything inside it."""
COMMON: Mapping[str, str] = {
    "publisher": "s.organisation_key IN (SELECT key FROM organisation_names WHERE organisation_id = :publisher)",
    "signatory": """s.id IN (SELECT g.statement_id FROM organisation_names n
    JOIN signatories g ON g.organisation_key = n.key
    WHERE n.organisation_id = :signatory AND g.judgement IS NOT 'rejected')""",
    "kind": "s.kind = :kind",
    "statement": "s.id = :statement",
}
"""Filters that every kind of record has."""
# a form gives its values as text, which SQLite would compare as such with what is no column: hence the sums
NEAR = f"""SELECT p.id FROM places p WHERE p.latitude BETWEEN :south AND :north
    AND (abs(p.longitude - :longitude) <= :across + 0 OR abs(p.longitude - :longitude) >= 360 - :across)
    AND p.feature NOT IN {AREAS!r}
    AND km_apart(p.latitude, p.longitude, :latitude + 0, :longitude + 0) <= :within + 0"""
"""Places in a circle: a box that an index answers, then the great-circle distance, both sides of the antimeridian."""
PLACES_NEAR = f"""SELECT p.id, p.name, p.feature, p.country_name, p.latitude, p.longitude,
  km_apart(p.latitude, p.longitude, :latitude + 0, :longitude + 0) AS km,
  coalesce(k.claims, 0) AS claims, coalesce(k.statements, 0) AS statements
FROM places p LEFT JOIN place_counts k ON k.place_id = p.id WHERE p.id IN ({NEAR}) ORDER BY km, p.name"""


@dataclass(frozen=True, slots=True)
class Circle:
    """All that is within so many km of a point, in degrees (WGS 84).

    Raises:
        ValueError: no such point on earth, or no such distance.
    """

    latitude: float
    longitude: float
    km: float

    def __post_init__(self) -> None:
        """Refuse what is no circle on earth."""
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"no point on earth: {self.latitude}, {self.longitude}")
        if not 0 < self.km <= FARTHEST:
            raise ValueError(f"a distance is more than 0 and at most {FARTHEST:,.0f} km")

    def parameters(self) -> dict[str, float]:
        """The parameters of `NEAR`: the point, the distance and the box around both, in degrees."""
        angle = self.km / EARTH
        up = math.degrees(angle)
        south, north = self.latitude - up, self.latitude + up
        reach = math.sin(angle) / max(math.cos(math.radians(self.latitude)), 1e-12)
        # a circle that holds a pole has every longitude
        across = 180.0 if south <= -90 or north >= 90 or reach >= 1 else math.degrees(math.asin(reach))
        # a hair wider than the circle, so that rounding loses nothing that the distance would keep
        return {
            "latitude": self.latitude, "longitude": self.longitude, "within": self.km,
            "south": south - 1e-9, "north": north + 1e-9, "across": min(180.0, across + 1e-9),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Every part that is None (or empty) does not narrow.

    Args:
        what: claims, figures, demands or statements.
        places: ids of places; everything inside them counts too.
        near: a circle; every place in it counts too, with everything inside it.
        since: the first day (full date), as `queries.day_range` gives it.
        until: the last day, included.
        condition: of figures, and of claims with such a figure.
        status: of claims.
        theme: of demands.
        addressee: id of the party that demands are addressed to.
        words: all of them stand in the claim, demand or statement, or in the claim that holds the figure.
        publisher: id of the organisation that published the statement.
        signatory: id of an organisation that signed it.
        kind: of the statement: original, illustrative or own.
        statement: id of the one statement.

    Raises:
        ValueError: nothing of that kind can be asked for.
    """

    what: str = "claims"
    places: tuple[str, ...] = ()
    near: Circle | None = None
    since: str | None = None
    until: str | None = None
    condition: str | None = None
    status: str | None = None
    theme: str | None = None
    addressee: str | None = None
    words: str | None = None
    publisher: str | None = None
    signatory: str | None = None
    kind: str | None = None
    statement: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no layer."""
        if self.what not in LAYERS:
            raise ValueError(f"nothing is called {self.what!r}: ask for {', '.join(LAYERS)}")

    def unused(self) -> tuple[str, ...]:
        """Parts that are given but that records of this kind do not have."""
        own = {*LAYERS[self.what].filters, *COMMON, "what", "places", "near", "since", "until", "words"}
        return tuple(f.name for f in fields(self) if f.name not in own and getattr(self, f.name))

    def parameters(self) -> dict[str, Any]:
        """The named parameters of the SQL, without limit and offset."""
        layer = LAYERS[self.what]
        names = ("since", "until", *layer.filters, *COMMON)
        given = {name: getattr(self, name) for name in names if getattr(self, name)}
        if self.words:
            given["words"] = as_fts(self.words)
        if self._in_one():
            given["place"] = self.places[0]
        elif self.places:
            given["places"] = json.dumps(self.places)
        return given | (self.near.parameters() if self.near else {})

    def sql(self) -> str:
        """Rows with all columns, newest first; parameters are those above, `:limit` and `:offset`."""
        return f"{self._with()}\nfound(id) AS MATERIALIZED ({self._found()})\n{_rows(LAYERS[self.what])}"

    def ids_sql(self) -> str:
        """The ids alone, in the same order, with the same parameters: what a download is read by, piece by piece."""
        return f"{self._with()} found(id) AS MATERIALIZED ({self._found()}) SELECT id FROM found"

    def rows_sql(self) -> str:
        """The rows of the ids in `:ids` (a JSON array), in the same order."""
        return f"WITH found(id) AS MATERIALIZED (SELECT value FROM json_each(:ids))\n{_rows(LAYERS[self.what])}"

    def count_sql(self) -> str:
        """How many there are, counted up to `:limit`; `:offset` is 0."""
        return f"{self._with()} found(id) AS MATERIALIZED ({self._found(ordered=False)}) SELECT count(*) FROM found"

    def _in_one(self) -> bool:
        return len(self.places) == 1 and self.near is None

    def _list(self) -> tuple[str, str, str] | None:
        """A list that holds what is asked for by day, so that nothing is sorted: its table, its key, the parameter."""
        if self._in_one():
            return WITHIN[self.what], "ancestor_id", "place"
        if self._meant() or self.what != "demands":
            return None
        if self.addressee:
            return "demands_to", "party_id", "addressee"
        return ("demands_on", "theme", "theme") if self.theme else None

    def _meant(self) -> str:
        """The ids of the places that are meant."""
        if self._in_one():
            return "SELECT :place"
        parts = ["SELECT value FROM json_each(:places)"] if self.places else []
        return "\n  UNION ".join(parts + ([NEAR] if self.near else []))

    def _with(self) -> str:
        """The places that are meant, where the records are found through them."""
        through = self._meant() and not self._list()
        return f"WITH meant(id) AS MATERIALIZED ({self._meant()})," if through else "WITH"

    def _found(self, *, ordered: bool = True) -> str:
        layer = LAYERS[self.what]
        start, order = self._from(layer), layer.order
        conditions = self._conditions(layer)
        if found := self._list():
            table, key, parameter = found
            own = f"{layer.table} {layer.alias}"
            record = f"i.{layer.table.removesuffix('s')}_id"
            start = start.replace(f"FROM {own}", f"FROM {table} i CROSS JOIN {own} ON {layer.alias}.id = {record}")
            order = f"i.date DESC{order[order.index(' DESC') + 5 :]}"
            conditions = [f"i.{key} = :{parameter}", *(["i.date <= :until"] if self.until else []), *conditions]
        where = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
        sort = f"\n  ORDER BY {order}" if ordered else ""
        return f"SELECT {layer.alias}.id {start}{where}{sort}\n  LIMIT :limit OFFSET :offset"

    @staticmethod
    def _from(layer: Layer) -> str:
        # the newest claims are read in the order of their days: the planner would begin with the statements
        join = "CROSS JOIN" if layer.alias == "c" else "JOIN"
        joined = "" if layer.alias == "s" else f" {join} statements s ON s.id = {layer.alias}.statement_id"
        return f"FROM {layer.table} {layer.alias}{joined}"

    def _conditions(self, layer: Layer) -> list[str]:
        found = [] if layer.alias == "s" else [f"{layer.alias}.judgement IS NOT 'rejected'"]
        if self._meant() and not self._list():
            found.append(f"{layer.alias}.id IN ({layer.placed})")
        given = {"since": layer.since, "until": layer.until, "words": layer.words, **layer.filters, **COMMON}
        listed = self._list()
        by_list = listed[2] if listed else None
        return found + [sql for name, sql in given.items() if getattr(self, name) and name != by_list]


def _rows(layer: Layer) -> str:
    key = f"{layer.alias}.id"
    joined = "" if layer.alias == "s" else f"\nJOIN statements s ON s.id = {layer.alias}.statement_id"
    return (
        f"SELECT {layer.columns},\n  s.url,\n  (SELECT r.started FROM runs r WHERE r.id = s.run_id) AS extracted\n"
        f"FROM found CROSS JOIN {layer.table} {layer.alias} ON {key} = found.id{joined}\nORDER BY {layer.order}"
    )


def as_fts(words: str) -> str:
    """A reader's words as an FTS5 query: each a string of its own, so that no punctuation is syntax."""
    return " ".join('"{}"'.format(word.replace('"', '""')) for word in words.replace("\0", " ").split())


def ask(database: Database, question: Question, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows that answer a question, newest first.

    Args:
        database: where to ask.
        question: what is asked.
        limit: at most so many rows; None for all.

    Raises:
        DatabaseError: SQLite refuses.
    """
    given = {"limit": -1 if limit is None else limit, "offset": 0}
    for row in database.execute(question.sql(), question.parameters() | given):
        yield dict(row)


def columns(question: Question, database: Database) -> tuple[str, ...]:
    """The names of the columns of an answer, in order."""
    cursor = database.execute(question.rows_sql(), {"ids": "[]"})
    return tuple(column[0] for column in cursor.description)
