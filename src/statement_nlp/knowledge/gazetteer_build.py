"""Builds the place index: two SQLite files in the user's cache, each named by a hash of what it was built from.

`places-<hash>.db` holds the open sources (some 290,000 places); it is built once for a release of them.
`overlay-<hash>.db` holds our own `places_extra.csv` and what the user added, laid over it: a row there that is the same
place as one below mends it (name, variants, P-code), every other row is a place of its own. A change of either table
asks for a new overlay only, which takes a second or two.

A file is written beside its final name and moved there in one step (`os.replace`): processes that build at the same
time do the same work twice and disturb nobody.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import platformdirs

from statement_nlp.digests import changed_files, digest
from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge import gazetteer_sources as sources
from statement_nlp.knowledge.gazetteer_names import fold
from statement_nlp.knowledge.gazetteer_sources import Entry

BUILDER = "8"
"""Raise it when the same sources give another index."""
LAYER = "7"
"""Raise it when the same tables give another overlay."""
_WEEK = 7 * 24 * 3600.0
Progress = Callable[[str, int, int], None]
"""Called with (what is done, steps done, steps in all)."""

_SCHEMA = """
CREATE TABLE place (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, country TEXT, feature TEXT NOT NULL,
  latitude REAL, longitude REAL, geonameid INTEGER, admin1 TEXT, admin2 TEXT, population INTEGER, pcode TEXT,
  parents TEXT NOT NULL, weight REAL NOT NULL, approximate INTEGER NOT NULL, radius_km REAL, source TEXT,
  layer TEXT NOT NULL);
CREATE TABLE name (
  key TEXT NOT NULL, rank REAL NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (key, rank, place)) WITHOUT ROWID;
CREATE TABLE acronym (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""


def cache_dir() -> Path:
    """Where the index lies: `$STATEMENT_NLP_CACHE`, else the cache folder of the system for this user."""
    return Path(os.environ.get("STATEMENT_NLP_CACHE") or platformdirs.user_cache_dir("statement-nlp"))


def data_dir() -> Path:
    """Where the user's own places lie: `$STATEMENT_NLP_DATA`, else the data folder of the system for this user."""
    return Path(os.environ.get("STATEMENT_NLP_DATA") or platformdirs.user_data_dir("statement-nlp"))


def base_path(folder: Path) -> Path:
    """The file that holds (or will hold) the open sources of the installed releases."""
    key = hashlib.sha256(f"{BUILDER} {sources.versions()}".encode())
    key.update(sources.COUNTRY_NAMES.read_bytes())
    return folder / f"places-{key.hexdigest()[:16]}.db"


def overlay_path(folder: Path, tables: Iterable[Path]) -> Path:
    """The file that holds (or will hold) what lies over them, for these tables as they are now."""
    key = hashlib.sha256(f"{LAYER} {base_path(folder).name}".encode())
    for table in tables:
        key.update(table.read_bytes() if table.exists() else b"-")
    return folder / f"overlay-{key.hexdigest()[:16]}.db"


def build_base(folder: Path, progress: Progress | None = None) -> Path:
    """Writes the index of the open sources (about half a minute, 400 MB of memory while it runs) and gives its path.

    Raises:
        GazetteerError: the folder cannot be written.
    """
    collecting = gc.isenabled()
    gc.disable()  # millions of small objects and no cycles: a third of the time
    try:
        return _build_base(folder, progress or (lambda what, done, total: None))
    finally:
        if collecting:
            gc.enable()


def _check_sources() -> None:
    """Refuse sources that are not as their packages were published.

    Raises:
        GazetteerError: the message names the file and the way out.
    """
    for package in sources.PACKAGES:
        if changed := changed_files(package, (".json", ".gz", ".tsv")):
            way = f"install it again: pip install --force-reinstall {package}"
            raise GazetteerError(f"{changed[0]}: not the file that {package} was published with; {way}")


def _build_base(folder: Path, report: Progress) -> Path:
    _check_sources()
    report("countries and divisions", 0, 5)
    nations = sources.countries()
    home = {e.country: e.id for e in nations if e.country}
    parts = sources.divisions(home)
    report("cities", 1, 5)
    towns = list(sources.cities(home, parts))
    _behind_their_seats(parts.values(), towns)
    report("place names", 2, 5)
    entries = {e.id: e for e in (*towns, *parts.values(), *nations)}
    path = base_path(folder)
    write(path, entries.values(), lambda what, share: report(what, 2 + round(2 * share), 5))
    sweep(folder)
    report("done", 5, 5)
    return path


def _behind_their_seats(parts: Iterable[Entry], towns: Iterable[Entry]) -> None:
    """Puts a division that bears the name of a town inside it just behind that town: `Aleppo` is the city first."""
    best: dict[tuple[str, str], float] = {}
    for town in towns:
        for parent in town.parents[:-1]:
            key = (parent, fold(town.name))
            best[key] = max(best.get(key, 0.0), town.weight)
    for part in parts:
        seat = best.get((part.id, fold(part.name)))
        if seat is not None:
            part.weight = min(part.weight, seat * 0.95)


def write(path: Path, entries: Iterable[Entry], report: Callable[[str, float], None] | None = None) -> None:
    """Writes entries as an index file, whole or not at all.

    Raises:
        GazetteerError: the folder cannot be written, or the disk is full.
    """
    say = report or (lambda what, share: None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as error:
        hint = "STATEMENT_NLP_CACHE names another folder"
        raise GazetteerError(f"{path.parent}: cannot be written ({error}); {hint}") from error
    sums = sums_path(Path(draft))
    try:
        _fill(Path(draft), entries, say)
        sums.write_text(f"{digest(Path(draft))}  {path.name}\n", encoding="utf8")
        Path(draft).replace(path)
        sums.replace(sums_path(path))
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(f"{path}: the place index could not be written ({error})") from error
    finally:
        Path(draft).unlink(missing_ok=True)
        sums.unlink(missing_ok=True)


def _fill(draft: Path, entries: Iterable[Entry], say: Callable[[str, float], None]) -> None:
    with contextlib.closing(sqlite3.connect(draft)) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096;" + _SCHEMA)
        names: list[tuple[str, float, int]] = []
        say("places", 0.0)
        short: dict[str, bool] = {}
        db.executemany(f"INSERT INTO place VALUES ({','.join('?' * 18)})", _place_rows(entries, names, short))
        db.executemany("INSERT INTO acronym VALUES (?)", [(key,) for key in sorted(short) if short[key]])
        say("names", 0.4)
        names.sort()
        db.executemany("INSERT OR IGNORE INTO name VALUES (?,?,?)", names)
        say("names", 0.8)
        db.execute("CREATE INDEX place_pcode ON place(pcode) WHERE pcode IS NOT NULL")
        db.commit()
        say("names", 1.0)


def _place_rows(
    entries: Iterable[Entry], names: list[tuple[str, float, int]], short: dict[str, bool]
) -> Iterator[tuple[object, ...]]:
    for number, e in enumerate(entries):
        for name in (e.name, *e.variants) if e.weight > 1e10 or e.layer in ("extra", "user") else ():
            short[fold(name)] = sources.is_acronym(name) and short.get(fold(name), True)
        names.extend((key, -weight, number) for key, weight in sources.names_of(e).items())
        yield (
            number, e.id, e.name, e.country, e.feature, e.latitude, e.longitude, e.geonameid, e.admin1, e.admin2,
            e.population, e.pcode, "|".join(e.parents), e.weight, int(e.approximate), e.radius_km, e.source, e.layer,
        )  # fmt: skip


def sums_path(path: Path) -> Path:
    """Where the digest of an index file stands."""
    return path.with_name(path.name + ".sha256")


def verify(path: Path) -> None:
    """Refuse an index file that is not as it was written.

    Raises:
        GazetteerError: the message names the file and the way out.
    """
    sums = sums_path(path)
    if sums.is_file() and sums.read_text(encoding="utf8").split()[:1] != [digest(path)]:
        raise GazetteerError(
            f"{path}: the place index is damaged; delete it, and it is built again with the next command"
        )


def sweep(folder: Path) -> None:
    """Removes index files of older sources that nobody wrote for a week; one that is open stays for the next time."""
    keep = base_path(folder)
    for old in (
        *folder.glob("places-*.db"),
        *folder.glob("overlay-*.db"),
        *folder.glob("*.sha256"),
        *folder.glob("*.part"),
    ):
        with contextlib.suppress(FileNotFoundError, PermissionError):
            if old not in (keep, sums_path(keep)) and time.time() - old.stat().st_mtime > _WEEK:
                old.unlink()
