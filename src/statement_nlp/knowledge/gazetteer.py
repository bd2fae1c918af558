"""Names of places -> entries with coordinates and parents, from a prebuilt SQLite index.

    >>> gazetteer = Gazetteer.open()                       # doctest: +SKIP
    >>> gazetteer.candidates("Darayya")[0].name            # doctest: +SKIP
    'Daraya'

Sources and files: see `gazetteer_build`. A name is looked up by its key (`fold`), so that case, diacritics, hyphens
and apostrophes do not matter; acronyms (`US`, `DRC`) are known in capitals only.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge import gazetteer_build as building
from statement_nlp.knowledge.gazetteer_build import Progress
from statement_nlp.knowledge.gazetteer_names import (
    direction,
    fold,
    is_region_word,
    without_article,
    without_type,
)
from statement_nlp.knowledge.gazetteer_overlay import Overlay
from statement_nlp.knowledge.gazetteer_sources import EXTRA
from statement_nlp.knowledge.gazetteer_user import user_file
from statement_nlp.records import Place, distance

__all__ = ["Gazetteer", "distance_km", "fold", "split_modifier", "user_file"]

_FIELDS = "id name country feature latitude longitude geonameid admin1 admin2 population pcode parents"
_COLUMNS = ", ".join(f"p.{field}" for field in _FIELDS.split())
_BY_KEY = f"SELECT n.rank, {_COLUMNS} FROM name n JOIN place p ON p.number = n.place WHERE n.key = ? ORDER BY n.rank"
_BY_ID = f"SELECT {_COLUMNS} FROM place p WHERE id = ?"
_KEPT = 100_000
"""How many looked-up names are kept in memory."""
_INSIDE = frozenset("-–‐‑'’‘`/.")
"""Marks that may stand inside a name."""


def distance_km(a: Place | tuple[float, float], b: Place | tuple[float, float]) -> float | None:
    """Great-circle distance in kilometres of two places (or points in degrees); None where one has no coordinates."""
    one = (a.latitude, a.longitude) if isinstance(a, Place) else a
    two = (b.latitude, b.longitude) if isinstance(b, Place) else b
    return distance(one, two)


def _place(row: Sequence[Any]) -> Place:
    values = dict(zip(_FIELDS.split(), row, strict=True))
    values["parents"] = tuple(filter(None, values["parents"].split("|")))
    return Place(**values)


class Gazetteer:
    """The place index, open for reading; safe to use from several threads of one process."""

    def __init__(self, base: Path, overlay: Path) -> None:
        self.path = base
        self._lock = threading.RLock()
        self._base = _readonly(base)
        self._overlay = _readonly(overlay)
        self._both = (self._overlay, self._base)
        self._mended = {row[0] for row in _rows_of(self._overlay, "SELECT id FROM place")}
        self._curated = {
            row[0] for row in _rows_of(self._overlay, "SELECT id FROM place WHERE layer IN ('extra', 'user')")
        }
        self._acronyms = {row[0] for db in self._both for row in _rows_of(db, "SELECT key FROM acronym")}
        self._countries = dict(_rows_of(self._base, "SELECT country, id FROM place WHERE feature='country'"))
        self._candidates: dict[str, tuple[Place, ...]] = {}
        self._starting: dict[str, tuple[frozenset[str], int]] = {}
        self._places: dict[str, Place | None] = {}

    @classmethod
    def open(cls, path: Path | None = None, *, progress: Progress | None = None, verify: bool = False) -> Gazetteer:
        """Opens the index, building what is missing or out of date.

        Args:
            path: the folder of the index; the user's cache folder where None.
            progress: called with (what is done, steps done, steps in all) while it builds.
            verify: refuse files that are not byte by byte as they were written; takes a third of a second.

        Raises:
            GazetteerError: it can be neither read nor built, or a table of places has a fault.
        """
        folder = path or building.cache_dir()
        base = building.base_path(folder)
        if not base.exists():
            building.build_base(folder, progress)
        tables = [(EXTRA, "extra"), (user_file(), "user")]
        overlay = building.overlay_path(folder, [table for table, _ in tables])
        if not overlay.exists():
            with contextlib.closing(_readonly(base)) as db:
                building.write(overlay, Overlay(db, tables).entries())
            building.sweep(folder)
        if verify:
            building.verify(base)
            building.verify(overlay)
        return cls(base, overlay)

    def close(self) -> None:
        """Closes the files."""
        self._base.close()
        self._overlay.close()

    def _written_as_word(self, key: str, name: str) -> bool:
        """Whether a name that is known as an acronym stands in small letters: `us` is no country."""
        return key in self._acronyms and name != name.upper()

    def candidates(self, name: str) -> tuple[Place, ...]:
        """All places of this name or variant, best first: countries, curated and user's places, then by population.

        Case, diacritics, hyphens and apostrophes do not matter. A name that is not known is tried without its Arabic
        article, then without a word for its sort ("Homs governorate": regions and districts called Homs). A key
        (`fold`) is taken as one: `us` finds what `US` finds, but `Us` finds no country.
        """
        key = fold(name)
        if name != key and self._written_as_word(key, name):
            return ()
        known = self._candidates.get(key)
        if known is None:
            known = self._look_up(key)
            if len(self._candidates) > _KEPT:
                self._candidates.clear()
            self._candidates[key] = known
        return known

    def _look_up(self, key: str) -> tuple[Place, ...]:
        rows = self._rows(key)
        if not rows and (bare := without_article(key)):
            rows = self._rows(bare)
        if not rows and (parted := without_type(key)):
            bare, word = parted
            found = self.candidates(bare)
            if is_region_word(word):
                return tuple(p for p in found if p.feature in ("region", "district", "area", "country")) or found
            return found
        return tuple(_place(row) for row in rows)

    def _rows(self, key: str) -> list[tuple[Any, ...]]:
        """Rows of a key, best first, mended entries in place of those below them."""
        with self._lock:
            rows = _rows_of(self._overlay, _BY_KEY, key)
            seen, held = {row[1] for row in rows}, {row[3] for row in rows}
            for row in _rows_of(self._base, _BY_KEY, key):
                if row[1] in seen:
                    continue
                if row[1] in self._mended:
                    if row[3] in held:  # our table gives this name to another place there: Gaza is not Gaza City
                        continue
                    row = (row[0], *_rows_of(self._overlay, _BY_ID, row[1])[0])
                rows.append(row)
        rows.sort(key=lambda row: float(row[0]))
        return [row[1:] for row in rows]

    def has(self, name: str) -> bool:
        """Whether a place has this name or variant; quick, for testing candidates in a text."""
        key = fold(name)
        if not key or self._written_as_word(key, name):
            return False
        if key in self._names_from(key.split(" ", 1)[0])[0]:
            return True
        bare = without_article(key)
        return bare is not None and bare in self._names_from(bare.split(" ", 1)[0])[0]

    def longest(self, tokens: Sequence[str], start: int) -> int:
        """How many tokens the longest known name has that starts at `tokens[start]`; 0 where none does.

        Tokens are words and marks as a tokeniser gives them; marks (`-`, `’`) may stand inside a name. Articles
        count: `al-Hasakah` is found under `Hasakah` too.
        """
        if start >= len(tokens) or not (head := fold(tokens[start])):
            return 0
        known, most = self._names_from(head.split(" ", 1)[0])
        bare_known: frozenset[str] = frozenset()
        best, words = 0, ""
        for end in range(start, len(tokens)):
            word = fold(tokens[end])
            if not word:
                if tokens[end] not in _INSIDE:
                    break
                continue
            words = f"{words} {word}" if words else word
            bare = without_article(words)
            if bare and not bare_known:
                bare_known, longest_bare = self._names_from(bare.split(" ", 1)[0])
                most = max(most, longest_bare + 1)
            found = words in known or (bare is not None and bare in bare_known)
            if found and not (end == start and self._written_as_word(words, tokens[start])):
                best = end - start + 1
            if words.count(" ") + 1 >= most:
                break
        return best

    def _names_from(self, token: str) -> tuple[frozenset[str], int]:
        """(the keys that begin with this word, how many words the longest of them has)."""
        found = self._starting.get(token)
        if found is None:
            sql = "SELECT DISTINCT key FROM name WHERE key = ? UNION SELECT key FROM name WHERE key > ? AND key < ?"
            with self._lock:
                keys = {row[0] for db in self._both for row in _rows_of(db, sql, token, f"{token} ", f"{token}!")}
            found = (frozenset(keys), max((key.count(" ") + 1 for key in keys), default=0))
            if len(self._starting) > _KEPT:
                self._starting.clear()
            self._starting[token] = found
        return found

    def get(self, place_id: str) -> Place | None:
        """The entry of this id ("geonames:170063", "extra:zamzam-sd"); None where there is none."""
        if place_id in (known := self._places):
            return known[place_id]
        with self._lock:
            rows = [row for db in self._both for row in _rows_of(db, _BY_ID, place_id)]
        found = _place(rows[0]) if rows else None
        if len(known) > _KEPT:
            self._places = {}  # another thread may be reading the old one
        self._places[place_id] = found
        return found

    def forget(self) -> None:
        """Forget what was looked up."""
        self._candidates, self._starting, self._places = {}, {}, {}

    def ancestors(self, place_id: str) -> tuple[Place, ...]:
        """The places around one, nearest first, its country last; empty for countries and unknown ids."""
        place = self.get(place_id)
        return tuple(p for i in (place.parents if place else ()) if (p := self.get(i)))

    def contains(self, outer_id: str, inner_id: str) -> bool:
        """Whether one place is, or lies inside, another by the hierarchy."""
        inner = self.get(inner_id)
        return inner is not None and (outer_id == inner_id or outer_id in inner.parents)

    def country(self, code: str) -> Place | None:
        """The country of an ISO 3166-1 alpha-2 code (`PS`, `XK` included); None where there is none."""
        place_id = self._countries.get(code.upper())
        return self.get(place_id) if place_id else None

    def by_pcode(self, pcode: str) -> Place | None:
        """The place of an OCHA P-code ("SY02"), where a table with P-codes was added; None where there is none."""
        sql = f"SELECT {_COLUMNS} FROM place p WHERE pcode = ?"
        with self._lock:
            rows = [row for db in self._both for row in _rows_of(db, sql, pcode.strip().upper())]
        return _place(rows[0]) if rows else None

    def is_curated(self, place: Place) -> bool:
        """Whether a country, or a place of our own table or the user's: its `name` is the common English one."""
        return place.feature == "country" or place.id in self._curated

    def common_name(self, place: Place, quote: str) -> str:
        """What to call a place that the text calls `quote`: its name where that is curated or the same, else the quote.

        GeoNames' own names are often romanisations that no statement uses (`Al Junaynah` for El Geneina).
        """
        return place.name if self.is_curated(place) or fold(place.name) == fold(quote) else quote

    def nearest(self, name: str, limit: int = 5) -> tuple[str, ...]:
        """Names of places that are spelt most like this one, best first, for a message about an unknown name."""
        from rapidfuzz import fuzz, process

        key = fold(name)
        if not key:
            return ()
        choices = {k: (place, rank) for k, place, rank in self._names_like(key)}
        found = process.extract(key, list(choices), scorer=fuzz.ratio, limit=limit * 6, score_cutoff=65)
        found.sort(key=lambda hit: (-round(hit[1] / 8), choices[hit[0]][1]))
        return tuple(dict.fromkeys(choices[k][0] for k, _, _ in found))[:limit]

    def _names_like(self, key: str) -> Iterator[tuple[str, str, float]]:
        """(key, name of its place, rank) of names of places that are no hamlets, with the same first letter."""
        sql = (
            "SELECT n.key, p.name, n.rank FROM name n JOIN place p ON p.number = n.place "
            "WHERE n.key >= ? AND n.key < ? AND length(n.key) BETWEEN ? AND ? AND p.weight > 5000 ORDER BY n.rank DESC"
        )
        arguments = (key[0], chr(ord(key[0]) + 1), len(key) - 2, len(key) + 3)
        with self._lock:
            for db in (self._base, self._overlay):
                yield from _rows_of(db, sql, *arguments)

    def split_modifier(self, name: str) -> tuple[str | None, str]:
        """(direction, name) of a name with a direction that is no part of it; (None, name) where it is.

        "eastern Aleppo" -> ("eastern", "Aleppo"), but "Eastern Ghouta", "South Sudan" and "North Darfur" are names:
        places known under the whole of it. A direction in lower case is part of a name only where it is the
        curated name of a place inside one country ("eastern Ghouta").
        """
        parted = direction(name.strip())
        if parted is None:
            return None, name
        whole = self.candidates(name)
        if whole and (name[:1].isupper() or self._called(whole[0], name)):
            return None, name
        return parted if self.has(parted[1]) else (None, name)

    def _called(self, place: Place, name: str) -> bool:
        return place.country is not None and self.is_curated(place) and fold(place.name) == fold(name)


def _readonly(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        db.execute("SELECT 1 FROM name LIMIT 1")
    except sqlite3.Error as error:
        hint = "delete it and run: statement-nlp gazetteer build"
        raise GazetteerError(f"{path}: not a place index ({error}); {hint}") from error
    return db


def _rows_of(db: sqlite3.Connection, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    """All rows of a query; a damaged file is told by its name, with the way out."""
    try:
        return db.execute(sql, arguments).fetchall()
    except sqlite3.DatabaseError as error:
        path = db.execute("PRAGMA database_list").fetchone()[2]
        way = "delete it, and it is built again with the next command"
        raise GazetteerError(f"{path}: the place index is damaged ({error}); {way}") from error


_shared: list[Gazetteer] = []


def split_modifier(name: str) -> tuple[str | None, str]:
    """`Gazetteer.split_modifier` of the index in the user's cache folder, opened once."""
    if not _shared:
        _shared.append(Gazetteer.open())
    return _shared[0].split_modifier(name)
