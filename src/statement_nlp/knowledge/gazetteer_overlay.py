"""The project's curated places and the user's own, laid over the open gazetteers.

A row is the same place as an entry below when they share a name, the country and the sort of place and lie close
together: it then mends that entry (name, variants, point, P-code) and keeps its id, so no place stands twice.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge.gazetteer_names import distance, fold, is_region_word, without_type
from statement_nlp.knowledge.gazetteer_sources import EXTRA_COLUMNS, FEATURES, Entry, read_table

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
_DIVISIONS = ("region", "district")
_WEIGHT = 1e11
"""Curated and user's places come before all others of the same name that are no country."""


def read_rows(path: Path, prefix: str) -> list[tuple[Entry, str]]:
    """(entry, name of its parent) of every row of a places table; ids are `prefix:name-country`.

    Raises:
        GazetteerError: with file and line, for a row without name, of an unknown kind or with an impossible point.
    """
    out: list[tuple[Entry, str]] = []
    seen: set[str] = set()
    for line, row in read_table(path, EXTRA_COLUMNS if prefix == "extra" else ("name",)):
        entry = _entry(row, prefix, f"{path}, line {line}")
        while entry.id in seen:
            entry.id += "-2"
        seen.add(entry.id)
        out.append((entry, row.get("parent", "")))
    return out


def _entry(row: Mapping[str, str], prefix: str, where: str) -> Entry:
    name, country, kind = row.get("name", ""), row.get("country", "").upper() or None, row.get("kind") or "city"
    if not fold(name):
        raise GazetteerError(f"{where}: a place without a name")
    if kind not in FEATURES:
        raise GazetteerError(f"{where}: kind {kind!r} is none of {', '.join(FEATURES)}")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise GazetteerError(f"{where}: country {country!r} is no ISO 3166-1 code of two letters")
    latitude, longitude = _degrees(row.get("latitude", ""), 90, where), _degrees(row.get("longitude", ""), 180, where)
    slug = re.sub(r"\W+", "-", fold(name))
    return Entry(
        row.get("id") or f"{prefix}:{slug}-{(country or 'xx').lower()}", name, country, kind,
        latitude=latitude, longitude=longitude, geonameid=int(row.get("geonameid") or 0) or None,
        population=int(row.get("population") or 0) or None, pcode=row.get("pcode") or None,
        variants=tuple(v.strip() for v in row.get("variants", "").split("|") if v.strip()),
        weight=_WEIGHT + float(row.get("population") or 0),
        radius_km=float(row.get("radius_km") or 0) or None, source=row.get("source") or None,
    )  # fmt: skip


def _degrees(cell: str, limit: int, where: str) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError as error:
        raise GazetteerError(f"{where}: {cell!r} is no number of degrees") from error
    if not -limit <= value <= limit:
        raise GazetteerError(f"{where}: {cell} degrees is beyond {limit}")
    return value


class Overlay:
    """Lays rows over a base index; `entries()` gives what the overlay file is to hold."""

    def __init__(self, base: sqlite3.Connection, tables: Sequence[tuple[Path, str]]) -> None:
        self.base = base
        self.rows = [row for path, prefix in tables if path.exists() for row in read_rows(path, prefix)]
        self.by_name: dict[tuple[str, str | None], list[Entry]] = {}
        self.parents: dict[str, str] = {}
        self.names = {(fold(entry.name), entry.country) for entry, _ in self.rows}
        self.below = {id(entry): self._same(entry) for entry, _ in self.rows}
        self.renamed = {
            found[0]
            for entry, _ in self.rows
            if (found := self.below[id(entry)]) and fold(found[1]) not in {fold(n) for n in (entry.name, *entry.variants)}
        }
        self.towns = {(fold(entry.name), entry.country) for entry, _ in self.rows if entry.feature == "city"}
        self.home = {code: i for i, code in base.execute("SELECT id, country FROM place WHERE feature='country'")}

    def entries(self) -> Iterator[Entry]:
        """Every entry of the overlay, those that mend one below under its id, parents resolved."""
        merged: dict[str, Entry] = {}
        for entry, parent in self.rows:
            self._mend(entry)
            if entry.id in merged:
                entry = _joined(merged[entry.id], entry)
            merged[entry.id] = entry
            self.by_name.setdefault((fold(entry.name), entry.country), []).append(entry)
            if parent:
                self.parents[entry.id] = parent
        for entry in merged.values():
            entry.parents = self._chain(entry, set())
        yield from merged.values()
        yield from self._seated(merged)

    def _seated(self, merged: Mapping[str, Entry]) -> Iterator[Entry]:
        """The divisions that a curated town is the seat of and that bear its name: they take its spellings too."""
        for town in merged.values():
            keys = {fold(n) for n in (town.name, *town.variants)} if town.feature == "city" else set()
            for identity in town.parents[:-1] if keys else ():
                row = self.base.execute("SELECT name, feature, weight, number FROM place WHERE id=?", (identity,)).fetchone()
                if row is None or identity in merged or fold(row[0]) not in keys:
                    continue
                yield self._again(identity, town.name, town.variants)

    def _again(self, identity: str, name: str, variants: tuple[str, ...]) -> Entry:
        """The entry below, with a better name and more variants, in its place in the order."""
        columns = "country, feature, latitude, longitude, geonameid, population, admin1, admin2, pcode, parents, weight"
        row = self.base.execute(f"SELECT name, {columns} FROM place WHERE id=?", (identity,)).fetchone()
        old, *values, parents, weight = row
        entry = Entry(identity, name, *values, parents=tuple(filter(None, parents.split("|"))), variants=(old, *variants))
        entry.weight, entry.approximate = weight * 0.95, True
        return entry

    def _mend(self, entry: Entry) -> None:
        below = self.below[id(entry)]
        self._drop_type(entry)
        if below is None:
            return
        (entry.id, name, latitude, longitude, geonameid, admin1, admin2, people, parents, weight, pcode) = below
        if (fold(name), entry.country) not in self.names:
            entry.variants = (*entry.variants, name)
        if entry.latitude is None:
            entry.latitude, entry.longitude, entry.approximate = latitude, longitude, True
        entry.geonameid, entry.admin1, entry.admin2 = geonameid, admin1, admin2
        entry.population, entry.pcode = entry.population or people, entry.pcode or pcode
        entry.weight = weight if entry.feature in _DIVISIONS and self._has_seat(entry) else _WEIGHT + (entry.population or 0)
        entry.parents = tuple(filter(None, parents.split("|")))

    @staticmethod
    def _drop_type(entry: Entry) -> None:
        """`Daraa Governorate` is called Daraa; both names find it."""
        parted = without_type(fold(entry.name))
        if entry.feature in _DIVISIONS and parted and is_region_word(parted[1]) and " of " not in entry.name:
            entry.variants = (entry.name, *entry.variants)
            entry.name = entry.name.rpartition(" ")[0]

    def _has_seat(self, entry: Entry) -> bool:
        """Whether a town of the same country bears the name of this division: it then comes first.

        A town that our own table calls by another name (`Gaza City`) does not count.
        """
        if (fold(entry.name), entry.country) in self.towns:
            return True
        sql = "SELECT p.id FROM name n JOIN place p ON p.number=n.place WHERE n.key=? AND p.country=? AND p.feature='city'"
        return any(i not in self.renamed for (i,) in self.base.execute(sql, (fold(entry.name), entry.country)))

    def _same(self, entry: Entry) -> tuple[str, str, float, float, int, str, str, int, str, float, str] | None:
        kinds = SAME.get(entry.feature, {})
        columns = "p.id, p.name, latitude, longitude, geonameid, admin1, admin2, population, parents, weight, pcode"
        if entry.geonameid:
            return self.base.execute(f"SELECT {columns} FROM place p WHERE id=?", (f"geonames:{entry.geonameid}",)).fetchone()
        best = None
        for place, key in enumerate(dict.fromkeys(fold(n) for n in (entry.name, *entry.variants))):
            sql = f"SELECT p.feature, {columns} FROM name n JOIN place p ON p.number=n.place WHERE n.key=? AND p.country=?"
            for feature, *found in self.base.execute(sql, (key, entry.country)):
                if feature not in kinds:
                    continue
                near = distance((entry.latitude, entry.longitude), (found[2], found[3]))
                if near is None:
                    near = kinds[feature] - 1.0 if entry.feature in ("region", "district", "country") else 1e9
                order = (list(kinds).index(feature), place, near / kinds[feature])
                if near <= kinds[feature] and (best is None or order < best[0]):
                    best = (order, tuple(found))
        return best[1] if best else None

    def _chain(self, entry: Entry, seen: set[str]) -> tuple[str, ...]:
        """Ids around an entry, nearest first, its country last."""
        nation = self.home.get(entry.country or "")
        parent = self.parents.get(entry.id)
        if parent and entry.id not in seen:
            seen.add(entry.id)
            for above in self.by_name.get((fold(parent), entry.country), []):
                if above is not entry and above.id not in seen:
                    return (above.id, *self._chain(above, seen))
            found = self._below(parent, entry.country)
            if found:
                identity, name, chain = found
                if identity != entry.id and entry.admin1 is None:
                    entry.admin1 = name
                if identity != entry.id:
                    return (identity, *filter(None, chain.split("|")))
        if entry.parents:
            return entry.parents
        return (nation,) if nation and nation != entry.id else ()

    def _below(self, name: str, country: str | None) -> tuple[str, str, str] | None:
        return self.base.execute(
            "SELECT p.id, p.name, p.parents FROM name n JOIN place p ON p.number=n.place WHERE n.key=? AND p.country IS ? "
            "ORDER BY CASE p.feature WHEN 'region' THEN 0 WHEN 'district' THEN 1 ELSE 2 END, n.rank LIMIT 1",
            (fold(name), country),
        ).fetchone()


def _joined(first: Entry, second: Entry) -> Entry:
    """Two rows for one place: the later one's values, the names of both."""
    second.variants = tuple(dict.fromkeys((*second.variants, first.name, *first.variants)))
    second.pcode = second.pcode or first.pcode
    if second.latitude is None:
        second.latitude, second.longitude = first.latitude, first.longitude
    return second
