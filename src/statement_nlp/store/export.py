"""Records and query results in the formats that others read.

The annotation guide's JSON (docs/annotation.md), CSV, CSV with HXL tags (HXL 1.1, a row of hashtags under the header),
JSON, and GeoJSON (RFC 7946: WGS 84, longitude before latitude).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from statement_nlp.records import Claim, Demand, Extraction, Figure, PartyMention, PlaceMention
from statement_nlp.store.identity import find_all

ToGiven = Callable[[int, int], tuple[int, int]]
"""From a span of the stored text to the span of the text as given: `Normalised.to_given`."""
Row = Mapping[str, Any]

POINTS = "points"
"""The column that holds a row's points, [[longitude, latitude], ...] as JSON, for GeoJSON alone."""

HXL = {
    "place": "#loc +name", "places": "#loc +name +list", "country": "#country +name", "latitude": "#geo +lat",
    "longitude": "#geo +lon", "place_id": "#loc +code", "claim": "#event +description", "claim_id": "#event +id",
    "status": "#status", "attribution": "#meta +source", "figures": "#value +text", "figure": "#value +text",
    "low": "#value +min +num", "high": "#value +max +num", "qualifier": "#value +qualifier", "unit": "#value +unit",
    "condition": "#impact +type", "event_date": "#date +event", "day": "#date +start",
    "addressee": "#org +addressee +name", "addressees": "#org +addressee +list", "demand": "#need +description",
    "demand_id": "#need +id", "actions": "#activity +requested +list", "themes": "#sector +theme +list",
    "strength": "#need +strength", "deadline": "#date +deadline", "statement": "#meta +title",
    "statement_id": "#meta +id", "published": "#date +published", "publisher": "#org +publisher",
    "statement_kind": "#meta +kind", "confidence": "#indicator +confidence +num", "url": "#meta +url",
}  # fmt: skip


MARK = "\ufeff"
"""How a file of CSV begins, so that spreadsheet programs read it as UTF-8 and not in the system's own letters."""
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?%?")


def annotation(extraction: Extraction, given: str | None = None, to_given: ToGiven | None = None) -> dict[str, Any]:
    """One statement in the guide's format: a JSON object with `start` and `end` (code points) beside each `quote`.

    Args:
        extraction: what was found.
        given: the text as it was given, where it differs from the stored one.
        to_given: maps spans of the stored text onto it; quotes are then cut from the text as given.
    """
    place = _Spans(given if given is not None else extraction.statement.text, to_given)
    found: dict[str, Any] = {
        "id": extraction.statement.id,
        "places": [place(m) | _place(m) for m in extraction.places],
        "parties": [place(m) | {"name": m.party.name, "kind": m.party.kind} for m in extraction.parties],
        "figures": [place(f) | _figure(f) for f in extraction.figures],
        "demands": [place(d) | _demand(d) for d in extraction.demands],
        "claims": [place(c) | _claim(c) for c in extraction.claims],
    }
    listed = extraction.signatories
    if listed.signatories or listed.stated is not None:
        found["stated"] = listed.stated
        found["signatories"] = [{"name": s.name, "acronym": s.acronym, "note": s.note} for s in listed.signatories]
    if extraction.skipped:
        found["skipped"] = extraction.skipped
    return found


class _Spans:
    """Where records stand in the text as given."""

    def __init__(self, text: str, to_given: ToGiven | None) -> None:
        self.text = text
        self.to_given = to_given
        self.starts: dict[str, list[int]] = {}

    def __call__(self, record: PlaceMention | PartyMention | Figure | Demand | Claim) -> dict[str, Any]:
        start, end = self.to_given(record.start, record.end) if self.to_given else (record.start, record.end)
        quote = self.text[start:end]
        if quote not in self.starts:
            self.starts[quote] = list(find_all(self.text, quote))
        occurrence = sum(1 for at in self.starts[quote] if at <= start)
        where = {"quote": quote, "occurrence": occurrence, "start": start, "end": end}
        return where | {"confidence": round(record.confidence, 4), "method": record.method}


def _place(mention: PlaceMention) -> dict[str, Any]:
    place = mention.place
    return {
        "name": mention.name,
        "country": mention.country,
        "modifier": mention.modifier,
        "place_id": place.id if place else None,
        "geonameid": place.geonameid if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    names = ("low", "high", "qualifier", "unit", "condition", "date", "since", "until")
    return {name: _plain(getattr(figure, name)) for name in names} | {"places": list(figure.places)}


def _demand(demand: Demand) -> dict[str, Any]:
    lists = {name: list(getattr(demand, name)) for name in ("addressees", "actions", "themes", "places")}
    return lists | {"deadline": demand.deadline, "strength": demand.strength}


def _claim(claim: Claim) -> dict[str, Any]:
    names = ("status", "attribution", "date", "since", "until")
    return {name: getattr(claim, name) for name in names} | {"places": list(claim.places)}


def _plain(value: Any) -> Any:
    """A whole number without its ".0"."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def to_line(value: object) -> str:
    """JSON in one line; readable letters, but escapes where a text holds half a surrogate pair that UTF-8 has not."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return line


def _cells(row: Row) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if name != POINTS}


def lines(form: str, rows: Iterable[Row], columns: Sequence[str]) -> Iterator[str]:
    """Rows in one of the data formats: csv, hxl, json or geojson."""
    if form in ("csv", "hxl"):
        return to_csv(rows, columns, hxl=form == "hxl")
    return to_geojson(rows) if form == "geojson" else to_json(rows)


def inert(cell: Any) -> Any:
    """A cell that no spreadsheet program takes for a formula: an apostrophe stands before one that begins like one.

    Statements are the words of others, and "=HYPERLINK(...)" is run where the file is opened. Numbers stay as they
    are. Source: OWASP, CSV Injection; the full-width signs are taken for the narrow ones in Japanese and Chinese.
    """
    if not isinstance(cell, str):
        return cell
    start = cell.lstrip(" \u00a0\u200b\ufeff")[:1]
    risky = start and start in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
    return f"'{cell}" if risky and not _NUMBER.fullmatch(cell) else cell


def to_csv(rows: Iterable[Row], columns: Sequence[str], *, hxl: bool = False) -> Iterator[str]:
    """Lines of CSV (RFC 4180), header first; with `hxl` the row of HXL hashtags follows it; no cell is a formula.

    A column that has no hashtag gets `#meta` with its own name, so that every column is tagged.
    """
    names = [name for name in columns if name != POINTS]
    buffer = io.StringIO()
    writer = csv.writer(buffer)  # with another end of line it would not quote "\r"

    def line(cells: Iterable[Any]) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([inert(cell) for cell in cells])
        return buffer.getvalue()[:-2] + "\n"

    yield line(names)
    if hxl:
        yield line(HXL.get(name) or "#meta +" + name.replace("_", "") for name in names)
    for row in rows:
        cells = _cells(row)
        yield line(cells[name] for name in names)


def to_json(rows: Iterable[Row]) -> Iterator[str]:
    """A JSON array, one object a line."""
    separator = "[\n"
    for row in rows:
        yield separator + to_line(_cells(row))
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def to_geojson(rows: Iterable[Row]) -> Iterator[str]:
    """A FeatureCollection, one feature a row: a point, several points, or no geometry where no place is known."""
    opening = separator = '{"type": "FeatureCollection", "features": [\n'
    for row in rows:
        yield separator + to_line({"type": "Feature", "geometry": _geometry(row), "properties": _cells(row)})
        separator = ",\n"
    yield "\n]}\n" if separator != opening else opening + "]}\n"


def _geometry(row: Row) -> dict[str, Any] | None:
    points = json.loads(row[POINTS]) if row.get(POINTS) else []
    if not points and row.get("latitude") is not None and row.get("longitude") is not None:
        points = [[row["longitude"], row["latitude"]]]
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}
