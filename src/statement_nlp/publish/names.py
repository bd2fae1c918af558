"""Names that readers type: which entry is meant, which others have the same name, and which names are nearest."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite_timelimit
from rapidfuzz import fuzz, process, utils

from statement_nlp.publish import page_data
from statement_nlp.publish.kept import kept
from statement_nlp.store.identity import key
from statement_nlp.store.queries import PARTY, PLACE, day_range
from statement_nlp.store.questions import measured_from
from statement_nlp.store.spelling import mended

NEAREST = 6
LIKENESS = 70
"""From 0 to 100, of rapidfuzz's WRatio: what is less alike is no misspelling."""

LONGEST_LOOK = 2000
"""Milliseconds for a look at the words of the index."""

KIND_OF_PLACE = "p.feature || coalesce(', ' || nullif(p.country_name, p.name), '')"
KNOWN: Mapping[str, str] = {
    "place": f"""SELECT p.id, n.name, p.name AS entry, {KIND_OF_PLACE} AS detail
        FROM place_names n JOIN places p ON p.id = n.place_id JOIN place_counts k ON k.place_id = p.id
        ORDER BY k.mentions DESC LIMIT 50000""",
    "addressee": """SELECT p.id, n.name, p.name AS entry, replace(p.kind, '_', ' ') AS detail
        FROM party_names n JOIN parties p ON p.id = n.party_id LIMIT 50000""",
    "organisation": """SELECT o.id, n.name, o.name AS entry,
          trim(coalesce(o.acronym, '') || ', ' || coalesce(o.branch, ''), ', ') AS detail
        FROM organisation_names n JOIN organisations o ON o.id = n.organisation_id
        UNION ALL SELECT o.id, n.acronym, o.name, coalesce(o.branch, '')
        FROM organisation_names n JOIN organisations o ON o.id = n.organisation_id WHERE n.acronym <> '' LIMIT 50000""",
}
MEANT: Mapping[str, str] = {
    "place": f"SELECT p.id, p.name AS entry, {KIND_OF_PLACE} AS detail, p.feature FROM places p WHERE p.id = {PLACE}",
    "addressee": f"""SELECT p.id, p.name AS entry, replace(p.kind, '_', ' ') AS detail FROM parties p
        WHERE p.id = {PARTY}""",
    "organisation": """SELECT o.id, o.name AS entry, coalesce(o.branch, '') AS detail FROM organisations o
        WHERE o.id = coalesce((SELECT id FROM organisations WHERE id = :organisation),
          (SELECT organisation_id FROM organisation_names WHERE key = :key),
          (SELECT organisation_id FROM organisation_names WHERE name = :organisation COLLATE NOCASE LIMIT 1),
          (SELECT id FROM organisations WHERE acronym = :organisation COLLATE NOCASE LIMIT 1))""",
}
NAMESAKES = f"""SELECT DISTINCT p.id, p.name AS entry, {KIND_OF_PLACE} AS detail, p.feature
    FROM place_names n JOIN places p ON p.id = n.place_id JOIN place_counts k ON k.place_id = p.id
    WHERE n.name = :place COLLATE NOCASE AND p.id <> :meant AND k.statements > 0 ORDER BY k.mentions DESC LIMIT 5"""
_KEYS = """WITH RECURSIVE k(v) AS (SELECT min({key}) FROM {table}
    UNION ALL SELECT (SELECT min({key}) FROM {table} WHERE {key} > v) FROM k WHERE v IS NOT NULL)
    SELECT v FROM k WHERE v IS NOT NULL"""
"""The values that a key begins with, by as many steps in its index as there are values."""
CHOICES: Mapping[str, str] = {
    "place": """SELECT DISTINCT p.name FROM place_counts k JOIN places p ON p.id = k.place_id
        WHERE k.statements > 0 ORDER BY k.claims DESC LIMIT 400""",
    "addressee": """SELECT p.name FROM party_counts k JOIN parties p ON p.id = k.party_id
        WHERE k.demands > 0 ORDER BY k.demands DESC, p.name LIMIT 300""",
    "condition": _KEYS.format(key="condition", table="figures"),
    "theme": _KEYS.format(key="theme", table="demand_themes"),
    "status": "VALUES ('asserted'), ('reported'), ('hedged'), ('negated')",
}
"""What the fields of a question offer while one types."""


CODES = ("condition", "theme", "status")
"""Fields that take one of a few words."""


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a kind, those most often meant first, and the same folded for comparing."""

    rows: tuple[page_data.Row, ...]
    folded: tuple[str, ...]


async def every(database: Database, what: str) -> Names:
    """All names of a kind: place, addressee or organisation; kept for a while where reading them takes long."""

    async def read() -> Names:
        found = await page_data.rows(database, KNOWN[what])
        return Names(tuple(found), tuple(utils.default_process(row["name"]) for row in found))

    return await kept(database, ("names", what), read)


async def nearest(database: Database, what: str, name: str, likeness: int = LIKENESS) -> list[dict[str, Any]]:
    """Entries whose names are nearest to this one, the nearest first, each once.

    Args:
        database: one of ours.
        what: place, addressee or organisation.
        name: as typed.
        likeness: from 0 to 100; what is less alike is left out.
    """
    known = await every(database, what)
    close = process.extract(
        utils.default_process(name),
        known.folded,
        scorer=fuzz.WRatio,
        processor=None,
        limit=NEAREST * 3,
        score_cutoff=likeness,
    )
    found: dict[str, dict[str, Any]] = {}
    for _, _, n in close:
        found.setdefault(known.rows[n]["id"], dict(known.rows[n]))
    return list(found.values())[:NEAREST]


async def words_meant(database: Database, words: str, *, wide: bool = True) -> str | None:
    """Words of a search with slips mended, where texts hold the mended ones, else None (`store.spelling`)."""

    def read(connection: sqlite3.Connection) -> str | None:
        try:
            with sqlite_timelimit(connection, LONGEST_LOOK):
                return mended(connection, words, wide=wide)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                return None  # nothing is offered, as where nothing is near
            raise

    meant: str | None = await database.execute_fn(read)
    return meant


async def understood(database: Database, path: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """How what stands in the fields of a question was understood.

    Args:
        database: one of ours.
        path: of the question's page, to link the same question with another value.
        given: all parameters of the page.

    Returns:
        For each name: `what` and `given`; `meant`, the entry taken, or None; `others`, entries of the same name;
        `near`, entries with the nearest names where nothing has this one; `trouble`, what is wrong, in words, where
        nothing is meant. Each entry has a `url`, that of the same question about it.
    """
    notes = []
    for what, name in given.items():
        if not name.strip():
            continue
        note: dict[str, Any] | None = None
        if what in MEANT:
            note = await meant_by(database, what, name.strip())
        elif what in CODES:
            note = await _code(database, what, name)
        elif what in ("since", "until"):
            note = _day(what, name)
        if note:
            for entry in (*note["others"], *note["near"]):
                entry["url"] = f"{path}?{urlencode({**given, what: entry['value']})}"
            notes.append({"what": what, "given": name, **note})
    return notes


async def meant_by(database: Database, what: str, name: str, *, pointed: bool = False) -> dict[str, Any]:
    """What one name means.

    Args:
        database: one of ours.
        what: place, addressee or organisation.
        name: as typed, or an id.
        pointed: a distance is measured from the place, so a city is meant rather than the region of its name.

    Returns:
        `meant`, the entry taken, or None; `others`, entries of the same name; `near`, entries with the nearest names
        where nothing has this one; `trouble`, what is wrong, in words. Each entry has a `value`: what to ask for it by.
    """
    given = {what: name} | ({"key": key(name)} if what == "organisation" else {})
    meant = await page_data.one(database, MEANT[what], **given)
    others, near = [], []
    if meant and what == "place":
        typed = meant["entry"] if name == meant["id"] else name
        others = await page_data.rows(database, NAMESAKES, place=typed, meant=meant["id"])
        if pointed and name != meant["id"]:
            bearing = [meant, *others]
            meant = measured_from(bearing, itemgetter("feature"))[0]
            others = [other for other in bearing if other is not meant]
    if not meant:
        near = await nearest(database, what, name)
    for entry in (*others, *near):
        entry["value"] = entry["id"] if meant else entry["entry"]
    return {"meant": meant, "others": others, "near": near, "trouble": f"Nothing here is called “{name}”."}


async def _code(database: Database, what: str, code: str) -> dict[str, Any] | None:
    known = (await choices(database, [what])).get(what)
    if not known or code in known:
        return None
    close = process.extract(code.strip().replace(" ", "_"), known, scorer=fuzz.WRatio, limit=NEAREST, score_cutoff=60)
    near = [{"entry": name, "value": name, "detail": ""} for name, _, _ in close]
    return {"meant": None, "others": [], "near": near, "trouble": f"Nothing here has the {what} “{code}”."}


def _day(what: str, text: str) -> dict[str, Any] | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        days = day_range(text, text)
    except ValueError:
        days = (None, None)
    day = days[0 if what == "since" else 1]
    near = [{"entry": day, "value": day, "detail": ""}] if day else []
    return {"meant": None, "others": [], "near": near, "trouble": f"“{text}” is no day, such as 2016-09-12."}


async def choices(database: Database, parameters: list[str]) -> dict[str, list[str]]:
    """What each field of a question may hold, most frequent first; a field that takes any words is left out."""
    offered = {}
    for name in parameters:
        if name in CHOICES:
            try:
                offered[name] = [row[0] for row in (await database.execute(CHOICES[name])).rows]
            except QueryInterrupted:
                continue  # the field still takes what is typed
    return offered
