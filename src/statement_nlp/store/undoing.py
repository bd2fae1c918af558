"""A statement as it was, kept when it is replaced, and brought back: its text, its records, what people judged."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from typing import Any

from statement_nlp.records import Extraction, PersonMention, PlaceMention, SignatoryList, Statement, Zone
from statement_nlp.store import filing, gazetted, judging, loading
from statement_nlp.store.saving import Writer, remove

Lookup = gazetted.Lookup
PERSONS = ("verdict", "reviewer", "reviewed", "note", "after")
"""What of a judgement is a person's word, and does not change when its statement is extracted anew."""


def keep(connection: sqlite3.Connection, statement_id: str, lookup: Lookup | None) -> str | None:
    """A stored statement as JSON, from which `bring_back` makes the same again; None where there is none."""
    if connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement_id,)).fetchone() is None:
        return None
    whole = loading.load_extraction(connection, statement_id)
    records, places = judging.machine_of(connection, statement_id, lookup)
    named = [f.record.place for f in records["places"] if isinstance(f.record, PlaceMention) and f.record.place]
    row = connection.execute("SELECT run_id FROM statements WHERE id = ?", (statement_id,)).fetchone()
    reviews = connection.execute(
        "SELECT * FROM reviews WHERE statement_id = :id OR other_statement_id = :id", {"id": statement_id}
    )
    kept = {
        "statement": asdict(whole.statement),
        "zones": [asdict(zone) for zone in whole.zones],
        "records": {layer: [filing.to_plain(f.record) for f in filed] for layer, filed in records.items()},
        "stated": whole.signatories.stated,
        "stated_quote": whole.signatories.stated_quote,
        "skipped": whole.skipped,
        "persons": None if whole.persons is None else [asdict(person) for person in whole.persons],
        "around": {place_id: asdict(place) for place_id, place in filing.around(named, places).items()},
        "run_id": row["run_id"],
        "reviews": [dict(review) for review in reviews],
    }
    return json.dumps(kept)


def bring_back(
    connection: sqlite3.Connection, statement_id: str, brought: str, before: str | None, lookup: Lookup | None
) -> tuple[str, bool]:
    """Make a statement what it was, within the caller's transaction, unless somebody changed it since.

    Args:
        connection: within a transaction.
        statement_id: of the statement.
        brought: the fingerprint of what is to be taken back.
        before: what `keep` gave; None where there was no such statement.
        lookup: from a place's id to the place; None for those that were kept.

    Returns:
        What was done, in words, and whether anything was.
    """
    row = connection.execute("SELECT fingerprint FROM statements WHERE id = ?", (statement_id,)).fetchone()
    if row is None:
        return "is gone already", False
    if row["fingerprint"] != brought:
        return "stays, for it was changed since", False
    if before is None:
        remove(connection, statement_id)
        return "removed", True
    kept = json.loads(before)
    for review in kept["reviews"]:
        _bring_back_review(connection, review)
    extraction = _extraction(kept)
    around = {place_id: filing.to_place(data) for place_id, data in kept["around"].items()}

    def known(place_id: str) -> Any:
        return (lookup(place_id) if lookup else None) or around.get(place_id)

    Writer(connection, extraction.statement, kept["run_id"], known).write(extraction)
    return "restored", True


def _extraction(kept: dict[str, Any]) -> Extraction:
    """The extraction that was kept."""
    plain = kept["statement"]
    records: dict[str, Any] = {
        layer: tuple(filing.from_plain(layer, data) for data in rows) for layer, rows in kept["records"].items()
    }
    signatories = SignatoryList(records.pop("signatories"), kept["stated"], kept["stated_quote"])
    return Extraction(
        Statement(**{**plain, "countries": tuple(plain["countries"])}),
        tuple(Zone(**zone) for zone in kept["zones"]),
        signatories=signatories,
        skipped=kept["skipped"],
        persons=_persons(kept["persons"]),
        **records,
    )


def _persons(kept: list[dict[str, Any]] | None) -> tuple[PersonMention, ...] | None:
    return None if kept is None else tuple(PersonMention(**{**p, "cues": tuple(p["cues"])}) for p in kept)


def _bring_back_review(connection: sqlite3.Connection, kept: dict[str, Any]) -> None:
    """Give a judgement the words that it was about, unless a person has judged anew or taken it back since."""
    now_is = connection.execute("SELECT * FROM reviews WHERE id = ?", (kept["id"],)).fetchone()
    if now_is is None or any(now_is[name] != kept[name] for name in PERSONS):
        return
    # it gets its record again when the records are written
    row = {name: kept[name] for name in kept if name not in ("id", "attached")} | {"record_id": None}
    settings = ", ".join(f'"{name}" = ?' for name in row)
    connection.execute(f"UPDATE reviews SET {settings} WHERE id = ?", (*row.values(), kept["id"]))
