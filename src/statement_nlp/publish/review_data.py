"""Judgements as the pages show them, and the one way in which a page writes: through the store, in one transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datasette.database import Database
from datasette.utils import display_actor

from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.publish import page_data
from statement_nlp.store import judging, missed
from statement_nlp.store.corrections import CHOICES, FIELDS, locate, spans
from statement_nlp.store.database import Database as Store
from statement_nlp.store.judged_links import KINDS_OF
from statement_nlp.store.judgements import JUDGED, TRAIL, context, difference, plain
from statement_nlp.tracking import reviews
from statement_nlp.tracking.reviews import Decision, Missed, known, review

OF_STATEMENT = """
    SELECT id, layer, record_id, verdict, quote, note, reviewer, reviewed, found FROM reviews
    WHERE attached = 1 AND (statement_id = :id OR other_statement_id = :id) ORDER BY start, id"""
MOST_PLACES = 20
"""So many places where the same words stand are offered."""
WAITING = """SELECT count(*) AS n FROM (SELECT 1 FROM {table} WHERE judgement IS NULL LIMIT 10000)"""


def is_on(datasette: Any) -> bool:
    """Whether people may judge on these pages: `serve --review`."""
    return bool((datasette.plugin_config("statement_nlp") or {}).get("review"))


def name_of(actor: Mapping[str, Any]) -> str:
    """The name of a signed-in person in the trail: their id, which no two have, else what Datasette shows."""
    return str(actor.get("id") or display_actor(dict(actor)))


async def of_statement(datasette: Any, database: Database, statement_id: str, actor: Any) -> dict[str, Any]:
    """What a statement's page shows of judgements.

    Returns:
        `judged`: record id -> its judgement; `rejected`: those that are shown nowhere else; `digests`: record id -> its
        digest, where the reader may judge, else empty.
    """
    found = await page_data.rows(database, OF_STATEMENT, id=statement_id)
    digests: dict[int, str] = {}
    if actor and is_on(datasette):
        digests = await database.execute_fn(lambda connection: judging.digests(connection, statement_id))
    return {
        "judged": {row["record_id"]: row for row in found if row["record_id"] is not None},
        "rejected": [row for row in found if row["verdict"] == "rejected"],
        "digests": digests,
    }


async def decide(database: Database, record_id: int, decision: Decision) -> judging.Standing:
    """Carry out a decision on the database that is served.

    The write goes through the store's own connection (write-ahead log, one transaction, 30 seconds of patience with an
    extraction that writes meanwhile), in a thread; Datasette's connections only read.

    Raises:
        ReviewError: it cannot be done; the message says why.
        DatabaseError: another program keeps the database locked.
    """
    path = Path(str(database.path))

    def write() -> judging.Standing:
        with Store(path, create=False) as store:
            if decision.action != "correct":
                return review(store, record_id, decision)
            gazetteer = Gazetteer.open()
            try:
                return review(store, record_id, decision, known(gazetteer))
            finally:
                gazetteer.close()

    return await asyncio.to_thread(write)


async def add(database: Database, given: Missed) -> int:
    """Add a record that the program missed to the database that is served; as `decide`, so this writes.

    Raises:
        ReviewError: it cannot be done; the message says why.
        DatabaseError: another program keeps the database locked.
    """
    path = Path(str(database.path))

    def write() -> int:
        gazetteer = Gazetteer.open()
        try:
            with Store(path, create=False) as store:
                return reviews.add(store, given, known(gazetteer))
        finally:
            gazetteer.close()

    return await asyncio.to_thread(write)


async def missed_at(
    database: Database, statement: Mapping[str, Any], layer: str, quote: str, nth: int | None
) -> dict[str, Any]:
    """What the form for a record that the program missed shows of its words.

    Returns:
        `span`, or None where it is open which of several places is meant; `passage`, the words in their sentence;
        `places`, such a passage of each place where there are several; `fields` of the form.

    Raises:
        CorrectionError: the words stand nowhere.
    """
    text = statement["text"]
    found = spans(text, quote)
    if not found or (nth is not None and not 1 <= nth <= len(found)):
        locate(text, quote, nth)
    at = found[(nth or 1) - 1] if nth or len(found) == 1 else None
    start, end = at or found[0]
    known_already = await database.execute_fn(
        lambda connection: missed.suggest(connection, statement["id"], layer, start, end)
    )
    return {
        "span": at,
        "passage": context(text, start, end),
        "places": [context(text, *one, around=60) for one in found[:MOST_PLACES]] if len(found) > 1 else [],
        "fields": [
            {
                "name": name,
                "value": known_already.get(name, missed.USUAL.get(name, "")),
                "choices": CHOICES.get(name, ()),
                "machine": None,
                "long": name == "actions",
                "needed": name in missed.WANTED.get(layer, ()),
            }
            for name in FIELDS[layer]
            if name != "quote"
        ],
    }


async def record(database: Database, record_id: int) -> dict[str, Any]:
    """All that the page of a record's judgement shows.

    Raises:
        ReviewError: no record of this id, or its judgement is unattached.
    """
    stands: judging.Standing = await database.execute_fn(lambda connection: judging.standing(connection, record_id))
    subject = stands.subject
    shown = stands.shown or stands.machine or {}
    statements = [
        await page_data.one(
            database,
            "SELECT id, coalesce(title, id) AS title, published, kind, text FROM statements WHERE id = :id",
            id=i,
        )
        for i in subject.statements
    ]
    return {
        "record_id": subject.record_id,
        "layer": subject.layer,
        "stands": stands,
        "fields": [_field(subject.layer, name, shown, stands) for name in FIELDS[subject.layer]],
        "statements": [s for s in statements if s],
        "passage": _passage(stands, statements[0]),
        "review": stands.review,
        "trail": await trail(database, subject.record_id),
    }


def _passage(stands: judging.Standing, statement: Mapping[str, Any] | None) -> tuple[str, str, str]:
    if stands.subject.layer == "links" or statement is None:
        return "", stands.anchor.quote, ""
    start = stands.anchor.start
    return context(statement["text"], start, start + len(stands.anchor.quote))


def _field(layer: str, name: str, shown: Mapping[str, Any], stands: judging.Standing) -> dict[str, Any]:
    """A field of the form: its value as typed, the values it may take, and what the machine says where that differs."""
    choices: tuple[str, ...] = CHOICES.get(name, ())
    if layer == "links":
        choices = next((kinds for kinds in KINDS_OF.values() if shown.get("kind") in kinds), ())
    machine = typed(name, stands.machine) if stands.machine else None
    value = typed(name, shown)
    return {
        "name": name,
        "value": value,
        "choices": choices,
        "machine": machine if machine != value else None,
        "long": name in ("quote", "actions"),
    }


def typed(name: str, shown: Mapping[str, Any]) -> str:
    """A value as a person would type it."""
    if name == "place":
        return f"{shown['name']}, {shown['country']}" if shown.get("place") and shown.get("country") else (
            shown["name"] if shown.get("place") else ""
        )  # fmt: skip
    value = shown.get(name)
    if value is None or value == []:
        return ""
    return str(value) if name in ("quote", "date") else plain(value)


def changes(form: Mapping[str, str], fields: list[dict[str, Any]]) -> dict[str, str]:
    """The fields of a form that somebody changed."""
    sent = {f["name"]: form[f["name"]].replace("\r\n", "\n") for f in fields if f["name"] in form}
    return {
        f["name"]: sent[f["name"]]
        for f in fields
        if f["name"] in sent and sent[f["name"]].strip() != f["value"].strip()
    }


async def trail(database: Database, record_id: int) -> list[dict[str, Any]]:
    """Every step of the judgement of a record, the newest first, with what it changed in words."""
    found = await page_data.rows(database, TRAIL, record=record_id, statement=None, limit=100)
    return [_worded(row) for row in found]


async def judged(database: Database, *, unattached: bool, limit: int) -> list[dict[str, Any]]:
    """The judgements that hold, the newest first."""
    given = {"attached": 0 if unattached else None, "layer": None, "statement": None, "limit": limit}
    return [_worded(row) for row in await page_data.rows(database, JUDGED, **given)]


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"changed": difference(json.loads(row["before"]), json.loads(row["after"]))}
