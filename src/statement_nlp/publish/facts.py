"""One fact by its permanent address: statement, layer and characters; in its context, with what found it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datasette.database import Database
from datasette.utils import tilde_encode

from statement_nlp.publish import page_data
from statement_nlp.store.judgements import context

SIGNATORIES = """
    SELECT g.id, g.start, g."end", g.name AS quote, g.name, g.acronym, g.note, g.position, g.method, g.judgement,
      NULL AS confidence, '[]' AS cues, o.id AS organisation_id, o.name AS organisation
    FROM signatories g JOIN organisation_names k ON k.key = g.organisation_key
    JOIN organisations o ON o.id = k.organisation_id
    WHERE g.statement_id = :id AND g.judgement IS NOT 'rejected'"""
RECORDS: Mapping[str, str] = {
    **{layer: page_data.LAYER_QUERIES[layer] for layer in ("claims", "figures", "demands")},
    "signatories": SIGNATORIES,
}
AT = 'SELECT * FROM ({records}) WHERE start = :start AND "end" = :end ORDER BY id'
NEAREST = """SELECT id, start, "end", quote FROM ({records})
    ORDER BY max(start - :end, :start - "end", 0), abs(start - :start) LIMIT 5"""
STATEMENT = """SELECT s.id, coalesce(s.title, s.id) AS title, s.text, s.published, s.publisher, s.kind, s.language,
      s.url, s.source, s.modelled_on, r.version, r.pipeline, r.started AS extracted
    FROM statements s JOIN runs r ON r.id = s.run_id WHERE s.id = :id"""
REJECTED = """SELECT reviewer, reviewed, note FROM reviews WHERE statement_id = :id AND layer = :layer
    AND verdict = 'rejected' AND start = :start AND "end" = :end"""
PLACES = """SELECT p.id, p.name, p.country, p.country_name, p.latitude, p.longitude, p.geonameid
    FROM json_each(:ids) x JOIN places p ON p.id = x.value ORDER BY x.key"""
ONE: Mapping[str, str] = {"claims": "claim", "figures": "figure", "demands": "demand", "signatories": "signatory"}
"""What one record of each layer is called."""
Fact = dict[str, Any]


def path(statement_id: str, layer: str, start: int, end: int) -> str:
    """The permanent path of a fact on this server: it holds as long as the text and the characters of the fact do."""
    return f"/fact/{tilde_encode(statement_id)}/{layer}/{start}-{end}"


async def statement(database: Database, statement_id: str) -> page_data.Row | None:
    """The statement of a fact, with the run that read it."""
    return await page_data.one(database, STATEMENT, id=statement_id)


async def find(database: Database, found: page_data.Row, layer: str, start: int, end: int) -> list[Fact]:
    """The records of a layer at these characters: mostly one.

    Args:
        database: one of ours.
        found: the statement.
        layer: claims, figures, demands or signatories.
        start: first character, in code points of the stored text.
        end: one past the last.

    Returns:
        Each record with its columns and `context`, (before, words, after); `places_known`, its places with
        coordinates; `judged`, the judgement of it, or None.
    """
    sql = AT.format(records=RECORDS[layer])
    records = await page_data.rows(database, sql, id=found["id"], start=start, end=end)
    for record in records:
        record["context"] = context(found["text"], start, end)
        ids = [place["id"] for place in record.get("places") or () if place["id"]]
        record["places_known"] = await page_data.rows(database, PLACES, ids=json.dumps(ids)) if ids else []
        record["judged"] = await page_data.one(
            database,
            "SELECT verdict, reviewer, reviewed, note FROM reviews WHERE layer = :layer AND record_id = :id",
            layer=layer,
            id=record["id"],
        )
    return records


async def nearest(database: Database, statement_id: str, layer: str, start: int, end: int) -> list[page_data.Row]:
    """The records of a layer that stand nearest to these characters, the nearest first."""
    sql = NEAREST.format(records=RECORDS[layer])
    return await page_data.rows(database, sql, id=statement_id, start=start, end=end)


async def rejected(database: Database, statement_id: str, layer: str, start: int, end: int) -> page_data.Row | None:
    """Who rejected the record at these characters, if somebody did."""
    return await page_data.one(database, REJECTED, id=statement_id, layer=layer, start=start, end=end)
