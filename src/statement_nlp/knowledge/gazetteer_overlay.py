"""The project's curated places and the user's own, laid over the open gazetteers.

A row is the same place as an entry below when they share a name, the country and the sort of place and lie close
together: it then mends that entry (name, variants, point, P-code) and keeps its id, so no place stands twice.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge.gazetteer_names import fold, is_region_word, without_article, without_type
from statement_nlp.knowledge.gazetteer_sources import EXTRA_COLUMNS, FEATURES, Entry, read_table
from statement_nlp.records import distance

SAME = {
    "country": {"country": 5000.0},
    "region": {"region": 250.0, "district": 60.0},
    "district": {"district": 80.0, "region": 80.0, "city": 12.0},
    "city": {"city": 15.0},
    "camp": {"city": 8.0},
    "neighbourhood": {"city": 6.0},
    "crossing": {"city": 5.0},
}
"""Kind of a row -> kinds of entries that can be the same place, with the greatest distance in km."""
LAYERS = ("extra", "user", "geonames", "cod")
"""Where a row comes from, in the order in which the rows are laid down: later ones add to those before."""
CURATED = ("extra", "user")
"""Layers whose names are those to use, and which come before all others."""
_DIVISIONS = ("region", "district")
_SETTLEMENTS = ("city", "camp", "neighbourhood")
_GREAT = 500_000.0
"""Inhabitants from which on a city of the same name elsewhere comes before a curated settlement."""
_WEIGHT = 1e11
"""Curated and user's places come before all others of the same name that are no country; seas and regions that no
country holds before those of one."""


class Below(NamedTuple):
    """An entry of the base index."""

    id: str
    name: str
    feature: str
    country: str | None
    latitude: float | None
    longitude: float | None
    geonameid: int | None
    admin1: str | None
    admin2: str | None
    population: int | None
    pcode: str | None
    parents: str
    weight: float

    @property
    def chain(self) -> tuple[str, ...]:
        """Ids around it, nearest first."""
        return tuple(filter(None, self.parents.split("|")))


_COLUMNS = ", ".join(f"p.{field}" for field in Below._fields)
_NAMED = f"SELECT {_COLUMNS} FROM name n JOIN place p ON p.number = n.place WHERE n.key = ? AND p.country IS ?"


def read_rows(path: Path, prefix: str) -> list[tuple[Entry, str]]:
    """(entry, name of its parent) of every row of a places table; ids are `prefix:name-country`.

    Raises:
        GazetteerError: with file and line, for a row without name, of an unknown kind or with an impossible point.
    """
    out: list[tuple[Entry, str]] = []
    seen: set[str] = set()
    for line, row in read_table(path, EXTRA_COLUMNS if prefix == "extra" else ("name",)):
        entry = read_entry(row, prefix, f"{path}, line {line}")
        while entry.id in seen:
            entry.id += "-2"
        seen.add(entry.id)
        out.append((entry, row.get("parent", "")))
    return sorted(out, key=lambda item: LAYERS.index(item[0].layer))


def read_entry(row: Mapping[str, str], prefix: str, where: str) -> Entry:
    """One row as an entry; `where` (file and line) stands in the messages.

    Raises:
        GazetteerError: no name, an unknown kind, no ISO code, or a number that is none.
    """
    name, country, kind = row.get("name", ""), row.get("country", "").upper() or None, row.get("kind") or "city"
    if not fold(name):
        raise GazetteerError(f"{where}: a place without a name")
    if kind not in FEATURES:
        raise GazetteerError(f"{where}: kind {kind!r} is none of {', '.join(FEATURES)}")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise GazetteerError(f"{where}: country {country!r} is no ISO 3166-1 code of two letters")
    slug = re.sub(r"\W+", "-", fold(name))
    entry = Entry(row.get("id") or f"{prefix}:{slug}-{(country or 'xx').lower()}", name, country, kind)
    entry.latitude = _number(row, "latitude", where, 90)
    entry.longitude = _number(row, "longitude", where, 180)
    entry.radius_km = _number(row, "radius_km", where)
    entry.geonameid = int(_number(row, "geonameid", where) or 0) or None
    entry.population = int(_number(row, "population", where) or 0) or None
    entry.pcode = row.get("pcode", "").upper() or None
    entry.admin1, entry.admin2 = row.get("admin1") or None, row.get("admin2") or None
    entry.variants = tuple(v.strip() for v in row.get("variants", "").split("|") if v.strip())
    entry.layer = row.get("layer") or prefix
    first = _WEIGHT if entry.country else 10 * _WEIGHT
    entry.weight = float(entry.population or 1) + (first if entry.layer in CURATED else 0)
    entry.source = row.get("source") or None
    return entry


def _number(row: Mapping[str, str], column: str, where: str, limit: float = 1e11) -> float | None:
    cell = row.get(column, "")
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError as error:
        raise GazetteerError(f"{where}: {column} {cell!r} is no number") from error
    if not -limit <= value <= limit:
        raise GazetteerError(f"{where}: {column} {cell} is beyond {limit:g}")
    return value


class Overlay:
    """Lays rows over a base index; `entries()` gives what the overlay file is to hold."""

    def __init__(self, base: sqlite3.Connection, tables: Sequence[tuple[Path, str]]) -> None:
        self.base = base
        self.rows = [row for path, prefix in tables if path.exists() for row in read_rows(path, prefix)]
        self.home = {code: i for i, code in base.execute("SELECT id, country FROM place WHERE feature='country'")}
        self.nations = frozenset(fold(n) for (n,) in base.execute("SELECT name FROM place WHERE feature='country'"))
        own = [entry for entry, _ in self.rows if entry.layer in CURATED]
        self.names = {(fold(entry.name), entry.country) for entry in own}
        self.towns = {(fold(entry.name), entry.country) for entry in own if entry.feature == "city"}
        self.merged: dict[str, Entry] = {}
        self.by_name: dict[tuple[str, str | None], list[Entry]] = {}
        self.parents: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.known: dict[tuple[str, str | None], list[Below]] = {}
        below = ((entry, self._same(entry, None)) for entry in own)
        self.renamed = {found.id for entry, found in below if found and fold(found.name) not in _keys(entry)}

    def entries(self) -> Iterator[Entry]:
        """Every entry of the overlay, those that mend one below under its id, parents resolved."""
        for entry, parent in self.rows:
            given = entry.id
            self._lay(entry, self.ids.get(parent, parent))
            self.ids[given] = entry.id
        for entry in self.merged.values():
            entry.parents = self._chain(entry, frozenset())
        yield from self.merged.values()
        yield from self._seated(self.merged)

    def _lay(self, entry: Entry, parent: str) -> None:
        """Lays one row down: over the entry that it speaks of, or as one of its own."""
        _drop_type(entry, self.nations)
        first = self._laid(entry, parent)
        if first is not None:
            entry.id = first.id
            merged = _joined(first, entry)
        else:
            self._mend(entry, self._same(entry, parent))
            merged = _joined(self.merged[entry.id], entry) if entry.id in self.merged else entry
        merged.weight = min(merged.weight, self._rival(merged))
        self.merged[entry.id] = merged
        for key in _keys(entry):
            same = self.by_name.setdefault((key, entry.country), [])
            same[:] = [*(e for e in same if e.id != merged.id), merged]
        if parent and entry.id not in self.parents:
            self.parents[entry.id] = parent

    def _rival(self, entry: Entry) -> float:
        """The weight to stay below: that of a great city of the same name in another country (Kobe, Brooklyn)."""
        sql = (
            "SELECT max(p.weight) FROM name n JOIN place p ON p.number = n.place "
            "WHERE n.key = ? AND p.feature = 'city' AND p.country IS NOT ? AND n.rank < ?"
        )
        if entry.country is None or entry.feature not in _SETTLEMENTS:
            return math.inf
        (weight,) = self.base.execute(sql, (fold(entry.name), entry.country, -_GREAT)).fetchone()
        return 0.95 * weight if weight and weight > (entry.population or 0) else math.inf

    def _laid(self, entry: Entry, parent: str) -> Entry | None:
        """The row laid down before that speaks of the same place, if any."""
        if entry.id in self.merged:
            return self.merged[entry.id]
        if entry.geonameid or entry.layer == "extra":
            return None
        kinds = SAME.get(entry.feature, {entry.feature: 20.0})
        for key in _keys(entry):
            for other in self.by_name.get((key, entry.country), ()):
                near = distance((entry.latitude, entry.longitude), (other.latitude, other.longitude))
                close = near is not None and near <= max(kinds.get(other.feature, 0.0), other.radius_km or 0.0)
                divided = {entry.feature, other.feature} <= set(_DIVISIONS)
                inside = near is None and divided and self._inside(other, parent)
                if other.feature in {*kinds, entry.feature} and (close or inside):
                    return other
        return None

    def _inside(self, other: Entry, parent: str) -> bool:
        """Whether a row laid down before can lie in the division `parent` (an id), where one is given."""
        if ":" not in parent:
            return other.feature == "region" or not parent
        return parent in other.parents or parent == self.parents.get(other.id)

    def _mend(self, entry: Entry, below: Below | None) -> None:
        """Takes over what the entry below knows and the row does not."""
        if below is None:
            return
        entry.id, entry.geonameid, entry.parents = below.id, below.geonameid, below.chain
        if entry.layer not in CURATED:
            entry.name, entry.variants = below.name, (*entry.variants, entry.name)
        elif (fold(below.name), entry.country) not in self.names:
            entry.variants = (*entry.variants, below.name)
        if entry.latitude is None or entry.longitude is None:
            entry.latitude, entry.longitude, entry.approximate = below.latitude, below.longitude, True
        entry.admin1, entry.admin2 = entry.admin1 or below.admin1, entry.admin2 or below.admin2
        entry.population, entry.pcode = entry.population or below.population, entry.pcode or below.pcode
        if entry.layer not in CURATED or (entry.feature in _DIVISIONS and self._has_seat(entry)):
            entry.weight = max(below.weight, 1.0)
        else:
            entry.weight = _WEIGHT + float(entry.population or 0)

    def _has_seat(self, entry: Entry) -> bool:
        """Whether a town of the same country bears the name of this division: it then comes first.

        A town that our own table calls by another name (`Gaza City`) does not count.
        """
        if (fold(entry.name), entry.country) in self.towns:
            return True
        found = self._named(fold(entry.name), entry.country)
        return any(town.feature == "city" and town.id not in self.renamed for town in found)

    def _seated(self, merged: Mapping[str, Entry]) -> Iterator[Entry]:
        """The divisions that a curated town is the seat of and that bear its name: they take its spellings too."""
        done: set[str] = set(merged)
        for town in merged.values():
            seat = town.feature == "city" and town.layer in CURATED
            for identity in town.parents[:-1] if seat else ():
                below = self._get(identity)
                if below is None or identity in done or fold(below.name) not in _keys(town):
                    continue
                done.add(identity)
                yield _renamed(below, town)

    def _named(self, key: str, country: str | None) -> list[Below]:
        """The entries of the base that have this key in a country."""
        found = self.known.get((key, country))
        if found is None:
            found = self.known[key, country] = [Below._make(row) for row in self.base.execute(_NAMED, (key, country))]
        return found

    def _get(self, identity: str) -> Below | None:
        row = self.base.execute(f"SELECT {_COLUMNS} FROM place p WHERE p.id = ?", (identity,)).fetchone()
        return Below._make(row) if row else None

    def _same(self, entry: Entry, parent: str | None) -> Below | None:
        """The entry of the base that a row speaks of, if any; inside the division `parent` where that is an id."""
        if entry.geonameid:
            return self._get(f"geonames:{entry.geonameid}")
        kinds = SAME.get(entry.feature, {})
        best: tuple[tuple[float, ...], Below] | None = None
        keys = _keys(entry)
        bare = dict.fromkeys(b for key in keys if (b := without_article(key)))
        for place, key in enumerate(keys | bare):
            for found in self._named(key, entry.country):
                if found.feature not in kinds or (parent and ":" in parent and parent not in found.chain):
                    continue
                limit = kinds[found.feature]
                near = distance((entry.latitude, entry.longitude), (found.latitude, found.longitude))
                if near is None:
                    near = limit if {entry.feature, found.feature} <= {"country", *_DIVISIONS} else 1e9
                order = (list(kinds).index(found.feature), place, near / limit)
                if near <= limit and (best is None or order < best[0]):
                    best = (order, found)
        return best[1] if best else self._of_seat(entry)

    def _of_seat(self, entry: Entry) -> Below | None:
        """The region that is called after a curated town which goes by a name of this row: `Al-Hasakeh`."""
        for key in _keys(entry) if entry.feature == "region" else ():
            for town in self.by_name.get((key, entry.country), ()):
                for identity in town.parents[:-1] if town.feature == "city" else ():
                    below = self._get(identity)
                    if below and below.feature == "region" and fold(below.name) in _keys(town):
                        return below
        return None

    def _chain(self, entry: Entry, seen: frozenset[str]) -> tuple[str, ...]:
        """Ids around an entry, nearest first, its country last."""
        parent = self.parents.get(entry.id)
        if parent and entry.id not in seen:
            seen |= {entry.id}
            above = self._above(parent, entry, seen)
            if above is not None:
                entry.admin1 = entry.admin1 or (above.name if above.feature == "region" else above.admin1)
                chain = self._chain(above, seen) if isinstance(above, Entry) else above.chain
                return (above.id, *(i for i in chain if i != entry.id))
        nation = self.home.get(entry.country or "")
        return entry.parents or ((nation,) if nation and nation != entry.id else ())

    def _above(self, name: str, entry: Entry, seen: frozenset[str]) -> Entry | Below | None:
        """The region (else district, else any place) of this name around an entry."""
        if ":" in name:
            return self.merged.get(name) or self._get(name)
        key = (fold(name), entry.country)
        mine = [e for e in self.by_name.get(key, ()) if e.id not in seen]
        below = [b for b in self._named(*key) if b.id not in seen]
        taken = {e.id for e in mine}
        options: list[Entry | Below] = [*mine, *(b for b in below if b.id not in taken)]
        return min(options, key=lambda p: (*_DIVISIONS, p.feature).index(p.feature), default=None)


def _keys(entry: Entry) -> dict[str, None]:
    """Keys of all names of an entry, its own first."""
    return dict.fromkeys(fold(name) for name in (entry.name, *entry.variants))


def _drop_type(entry: Entry, nations: frozenset[str]) -> None:
    """`Daraa Governorate` is called Daraa, and both names find it; `Niger State` keeps its name beside a country's."""
    parted = without_type(fold(entry.name))
    if parted is None or parted[0] in nations or not is_region_word(parted[1]) or " of " in entry.name:
        return
    if entry.feature in _DIVISIONS:
        entry.variants = (entry.name, *entry.variants)
        entry.name = entry.name.rpartition(" ")[0]


def _renamed(below: Below, town: Entry) -> Entry:
    """The division below with the name and the spellings of its seat, just behind it in the order."""
    entry = Entry(below.id, town.name, below.country, below.feature, below.latitude, below.longitude, below.geonameid)
    entry.population, entry.admin1, entry.admin2 = below.population, below.admin1, below.admin2
    entry.pcode, entry.parents, entry.approximate, entry.layer = below.pcode, below.chain, True, "extra"
    entry.variants, entry.weight = (below.name, *town.variants), below.weight * 0.95
    return entry


def _joined(first: Entry, second: Entry) -> Entry:
    """Two rows for one place: a user's own row goes before the project's, both before dumps; names of all are kept."""
    best, other = (second, first) if second.layer in CURATED else (first, second)
    best.variants = tuple(dict.fromkeys((*best.variants, other.name, *other.variants)))
    best.pcode = second.pcode or first.pcode
    best.population = best.population or other.population
    best.geonameid, best.parents = best.geonameid or other.geonameid, best.parents or other.parents
    best.radius_km = best.radius_km or other.radius_km
    if (
        best.latitude is None
        or best.longitude is None
        or (best.approximate and other.latitude and not other.approximate)
    ):
        best.latitude, best.longitude, best.approximate = other.latitude, other.longitude, other.approximate
    return best
