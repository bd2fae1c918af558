"""Places that a user adds: tables of their own, GeoNames dumps, and OCHA's COD-AB tables with P-codes.

They are kept in one table, `user_places.csv` in the user's data folder (`$STATEMENT_NLP_DATA`), which a rebuild of the
index never touches; the next look-up lays it over the open gazetteers. Adding a file again replaces its rows.

- A table of the user's own: CSV in UTF-8 with a header; `name` is the only column that must be there, the others are
  those of `data/places_extra.csv` and `population`, `geonameid`, `pcode`. It comes before all other sources.
- A GeoNames dump of a country (`SY.txt`, `SY.zip`; 19 columns parted by tabs, as geonames.org describes them in its
  readme): settlements, divisions, camps, waters, islands and mountains, crossings; no buildings.
- An administrative table of OCHA's Common Operational Datasets (COD-AB): CSV with `ADM1_EN`, `ADM1_PCODE`, ...,
  or `admin1Name_en`, `admin1Pcode`, ... A division that is known by its name gets its P-code, others are added.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from statement_nlp.errors import GazetteerError
from statement_nlp.knowledge.gazetteer_build import data_dir
from statement_nlp.knowledge.gazetteer_overlay import read_entry

COLUMNS = (
    "id", "layer", "name", "variants", "kind", "country", "parent", "latitude", "longitude", "radius_km", "population",
    "geonameid", "pcode", "admin1", "admin2", "source",
)  # fmt: skip
_LARGEST = 2_000_000_000
"""Bytes of a dump inside a ZIP beyond which it is refused."""
_GEONAMES = 19
"""Columns of a GeoNames dump."""
_KIND_BY_CODE = {
    "ADM1": "region", "ADM2": "district", "ADM3": "district", "ADM4": "district", "ADMD": "district",
    "RGN": "region", "RGNE": "region", "TERR": "region", "PPLX": "neighbourhood", "CMP": "camp", "CMPRF": "camp",
    "PSTB": "crossing", "CSTM": "crossing", "BDG": "crossing", "AREA": "area", "LCTY": "area", "RESW": "area",
    "PRK": "area", "OAS": "area",
}  # fmt: skip
_KIND_BY_CLASS = {"P": "city", "H": "water", "T": "area", "R": "road"}
_PART = re.compile(
    r"^adm(?:in)?_?([1-4])_?(pcode|(?:name|ref_name|ref|alt1?name)?(?:_?(?:en|fr|es|pt))?(?:name)?)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Added:
    """What an addition did: rows read, how many of them were new, with a P-code, and left out as no place."""

    rows: int
    new: int
    pcodes: int
    left_out: int
    table: Path


def user_file() -> Path:
    """The table of the user's own places."""
    return data_dir() / "user_places.csv"


def add(path: Path, *, country: str | None = None) -> Added:
    """Adds the places of a file to the user's own; the next `Gazetteer.open` knows them.

    Args:
        path: a CSV table, a GeoNames dump (`.txt` or `.zip`) or a COD-AB table (`.csv`).
        country: ISO 3166-1 alpha-2 code for rows that say none.

    Raises:
        GazetteerError: the file cannot be read, is none of these, or a row has a fault; nothing is added then.
    """
    try:
        rows, left_out = _read(path, country)
    except (OSError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile) as error:
        raise GazetteerError(f"{path}: cannot be read ({error})") from error
    if not rows:
        raise GazetteerError(f"{path}: there is no place in it")
    for number, row in enumerate(rows, 2):
        read_entry(row, "user", f"{path}, place {number - 1} ({row['name']})")
    table = user_file()
    kept = {row["id"]: row for row in _stored(table)}
    new = sum(row["id"] not in kept for row in rows)
    kept.update((row["id"], row) for row in rows)
    _store(table, kept.values())
    return Added(len(rows), new, sum(bool(row["pcode"]) for row in rows), left_out, table)


def _read(path: Path, country: str | None) -> tuple[list[dict[str, str]], int]:
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            inside = [
                i
                for i in archive.infolist()
                if i.filename.lower().endswith(".txt") and "readme" not in i.filename.lower()
            ]
            if len(inside) != 1 or inside[0].file_size > _LARGEST:
                raise GazetteerError(f"{path}: not a GeoNames dump (one .txt with the places of a country)")
            with archive.open(inside[0]) as file:
                return _geonames(io.TextIOWrapper(file, encoding="utf-8"), str(path))
    if path.suffix.lower() == ".txt":
        with path.open(encoding="utf-8-sig") as file:
            return _geonames(file, str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        header = reader.fieldnames or ()
        rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]
    if any((m := _PART.match(name)) and m.group(2).lower() == "pcode" for name in header):
        return list(_divisions(rows, path.name, country)), 0
    if "name" not in header:
        raise GazetteerError(
            f"{path}: neither a places table (it has no column `name`) nor a COD-AB table (no column `ADM1_PCODE`); "
            f"its columns are {', '.join(header) or 'none'}"
        )
    return [_own(row, country) for row in rows], 0


def _own(row: Mapping[str, str], country: str | None) -> dict[str, str]:
    out = {column: row.get(column, "") for column in COLUMNS}
    out["country"] = (out["country"] or country or "").upper()
    slug = re.sub(r"\W+", "-", f"{out['name']}-{out['kind'] or 'city'}-{out['country'] or 'xx'}".lower())
    out["id"], out["layer"] = f"user:{slug}", "user"
    return out


def _geonames(lines: Iterable[str], where: str) -> tuple[list[dict[str, str]], int]:
    """Rows of a GeoNames dump, and how many lines are buildings, plants and the like."""
    out: list[dict[str, str]] = []
    left_out = 0
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\n").split("\t")
        if len(cells) != _GEONAMES or not cells[0].isdigit():
            raise GazetteerError(
                f"{where}, line {number}: not a line of a GeoNames dump ({_GEONAMES} columns parted by tabs)"
            )
        kind = _KIND_BY_CODE.get(cells[7]) or _KIND_BY_CLASS.get(cells[6])
        if kind is None or cells[7].startswith(("PCL", "PPLH", "ADM5")) or cells[7].endswith("H"):
            left_out += 1
            continue
        out.append(_from_geonames(cells, kind))
    codes = {(row["country"], row.pop("code")): row["id"] for row in out if row["kind"] == "region" and row.get("code")}
    for row in out:
        row.pop("code", None)
        row["parent"] = codes.get((row["country"], row["admin1"]), "")
        if row["parent"] == row["id"]:
            row["parent"] = ""
        row["admin1"] = ""
    return out, left_out


def _from_geonames(cells: list[str], kind: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "")
    row.update(id=f"geonames:{cells[0]}", layer="geonames", name=cells[1], kind=kind, country=cells[8])
    row.update(latitude=cells[4], longitude=cells[5], population=cells[14], geonameid=cells[0], admin1=cells[10])
    row["variants"] = "|".join(dict.fromkeys(v for v in (cells[2], *cells[3].split(",")) if v and v != cells[1]))
    row["source"] = "GeoNames"
    if cells[7] == "ADM1":
        row["code"] = cells[10]
    return row


def _divisions(rows: Iterable[Mapping[str, str]], name: str, country: str | None) -> Iterator[dict[str, str]]:
    """Each division of a COD-AB table once, the larger before the smaller."""
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for row in rows:
        above = ""
        for level, (pcode, names) in sorted(_levels(row).items()):
            if not pcode or not names:
                continue
            code = (country or pcode[:2]).upper()
            if pcode not in found:
                out = dict.fromkeys(COLUMNS, "")
                out.update(id=f"cod:{pcode}", layer="cod", name=names[0], variants="|".join(names[1:]), country=code)
                out.update(
                    kind=("region", "district", "district", "city")[level - 1], parent=above, pcode=pcode, source=name
                )
                found[pcode] = (level, out)
            above = f"cod:{pcode}"
        point = _point(row)
        if point and above:
            deepest = found[above.removeprefix("cod:")][1]
            deepest["latitude"], deepest["longitude"] = point
    for _, out in sorted(found.values(), key=lambda item: item[0]):
        yield out


def _levels(row: Mapping[str, str]) -> dict[int, tuple[str, list[str]]]:
    """Level -> (P-code, names, the English first) of a row of a COD-AB table."""
    out: dict[int, tuple[str, list[str]]] = {}
    for column, cell in row.items():
        found = _PART.match(column)
        if not found or not cell:
            continue
        level, what = int(found.group(1)), found.group(2).lower()
        pcode, names = out.get(level, ("", []))
        if what == "pcode":
            pcode = cell.upper()
        elif cell not in names:
            names = [cell, *names] if what.endswith("en") else [*names, cell]
        out[level] = (pcode, names)
    return out


def _point(row: Mapping[str, str]) -> tuple[str, str] | None:
    cells = {k.lower(): v for k, v in row.items()}
    for lat, lon in (("center_lat", "center_lon"), ("latitude", "longitude"), ("lat", "lon"), ("y", "x")):
        if cells.get(lat) and cells.get(lon):
            return cells[lat], cells[lon]
    return None


def _stored(table: Path) -> list[dict[str, str]]:
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return [{column: row.get(column) or "" for column in COLUMNS} for row in csv.DictReader(file)]


def _store(table: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Writes the table whole or not at all."""
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=table.stem, suffix=".part", dir=table.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        Path(draft).replace(table)
    except OSError as error:
        raise GazetteerError(f"{table}: cannot be written ({error})") from error
