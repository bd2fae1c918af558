"""Names that readers type: which entry is meant, which others have the same name, and which names are nearest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from rapidfuzz import fuzz, process, utils

from statement_nlp.publish import page_data
from statement_nlp.store.queries import PARTY, PLACE

NEAREST = 6
LIKENESS = 70
"""From 0 to 100, of rapidfuzz's WRatio: what is less alike is no misspelling."""

KIND_OF_PLACE = "p.feature || coalesce(', ' || nullif(p.country_name, p.name), '')"
KNOWN: Mapping[str, str] = {
    "place": f"""SELECT p.id, n.name, p.name AS entry, {KIND_OF_PLACE} AS detail
        FROM place_names n JOIN places p ON p.id = n.place_id JOIN place_counts k ON k.place_id = p.id
        ORDER BY k.mentions DESC LIMIT 50000""",
    "addressee": """SELECT p.id, n.name, p.name AS entry, replace(p.kind, '_', ' ') AS detail
        FROM party_names n JOIN parties p ON p.id = n.party_id LIMIT 50000""",
}
MEANT: Mapping[str, str] = {
    "place": f"SELECT p.id, p.name AS entry, {KIND_OF_PLACE} AS detail FROM places p WHERE p.id = {PLACE}",
    "addressee": f"""SELECT p.id, p.name AS entry, replace(p.kind, '_', ' ') AS detail FROM parties p
        WHERE p.id = {PARTY}""",
}
NAMESAKES = f"""SELECT p.id, p.name AS entry, {KIND_OF_PLACE} AS detail
    FROM place_names n JOIN places p ON p.id = n.place_id JOIN place_counts k ON k.place_id = p.id
    WHERE n.name = :place COLLATE NOCASE AND p.id <> :meant AND k.mentions > 0 ORDER BY k.mentions DESC LIMIT 5"""
CHOICES: Mapping[str, str] = {
    "place": """SELECT DISTINCT p.name FROM place_counts k JOIN places p ON p.id = k.place_id
        WHERE k.mentions > 0 ORDER BY k.claims DESC LIMIT 400""",
    "addressee": """SELECT p.name FROM demand_addressees r JOIN parties p ON p.id = r.party_id
        GROUP BY p.id ORDER BY count(*) DESC LIMIT 300""",
    "condition": "SELECT DISTINCT condition FROM figures ORDER BY 1",
    "theme": "SELECT DISTINCT theme FROM demand_themes ORDER BY 1",
    "status": "VALUES ('asserted'), ('reported'), ('hedged'), ('negated')",
}
"""What the fields of a question offer while one types."""


async def nearest(database: Database, what: str, name: str, likeness: int = LIKENESS) -> list[dict[str, Any]]:
    """Entries whose names are nearest to this one, the nearest first, each once.

    Args:
        database: one of ours.
        what: place or addressee.
        name: as typed.
        likeness: from 0 to 100; what is less alike is left out.
    """
    known = await page_data.rows(database, KNOWN[what])
    close = process.extract(
        name,
        {n: row["name"] for n, row in enumerate(known)},
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=NEAREST * 3,
        score_cutoff=likeness,
    )
    found: dict[str, dict[str, Any]] = {}
    for _, _, n in close:
        found.setdefault(known[n]["id"], known[n])
    return list(found.values())[:NEAREST]


async def understood(database: Database, path: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """How the names in a question were understood.

    Args:
        database: one of ours.
        path: of the question's page, to link the same question about another entry.
        given: all parameters of the page.

    Returns:
        For each name: `what` and `given`; `meant`, the entry taken, or None; `others`, entries of the same name;
        `near`, entries with the nearest names where nothing has this one. Each entry with a `url`.
    """
    notes = []
    for what in ("place", "addressee"):
        name = given.get(what, "").strip()
        if not name:
            continue
        meant = await page_data.one(database, MEANT[what], **{what: name})
        others = []
        if meant and what == "place":
            others = await page_data.rows(database, NAMESAKES, place=name, meant=meant["id"])
        near = [] if meant else await nearest(database, what, name)
        for entry in (*others, *near):
            value = entry["id"] if meant else entry["entry"]
            entry["url"] = f"{path}?{urlencode({**given, what: value})}"
        notes.append({"what": what, "given": name, "meant": meant, "others": others, "near": near})
    return notes


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
