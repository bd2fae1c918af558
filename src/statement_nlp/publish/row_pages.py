"""The page of one row: what it is called, which statement it comes from, and where it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasette.database import Database

from statement_nlp.publish import page_data
from statement_nlp.store.filing import TABLES

PAGES: Mapping[str, str] = {
    "statements": "statement",
    "places": "place",
    "parties": "party",
    "organisations": "organisation",
    "tracks": "track",
}
NAMES: Mapping[str, str] = {
    "claims": "claim",
    "demands": "demand",
    "figures": "figure",
    "place_mentions": "place named",
    "party_mentions": "party named",
    "signatories": "signatory",
    "zones": "part of the text",
    "signatory_counts": "count of signatories",
    "reviews": "review",
    "links": "link",
}
"""What a row of each table that belongs to a statement is called."""
OF_RECORD: Mapping[str, tuple[str, str]] = {
    "claim_named_places": ("claims", "claim_id"),
    "claim_places": ("claims", "claim_id"),
    "claim_figures": ("claims", "claim_id"),
    "figure_places": ("figures", "figure_id"),
    "demand_addressees": ("demands", "demand_id"),
    "demand_actions": ("demands", "demand_id"),
    "demand_themes": ("demands", "demand_id"),
    "demand_places": ("demands", "demand_id"),
}
"""Tables whose rows belong to a record."""


JUDGED: Mapping[str, str] = {table: layer for layer, table in TABLES.items()} | {"links": "links"}
"""Tables whose rows people judge, and the name of their layer."""


async def heading(database: Database, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of a row says above its columns.

    Args:
        database: one of ours.
        table: the row's table.
        row: its columns.

    Returns:
        `judgement`, that of a record, and `can_be_judged`, where it is one;
        `label`, the words that the row is called by, or None; `name`, what a row of this table is called; `page`, the
        page of ours on the same thing, and its `page_id`; `statements`, those that it comes from, each with `id`,
        `title`, `kind`, `published` and `anchor`, the record to show in it, or None.
    """
    shown: dict[str, Any] = {"label": None, "name": NAMES.get(table), "page": PAGES.get(table), "statements": []}
    if table in PAGES:
        shown["page_id"] = row["id"]
        shown["label"] = row.get("title") or row.get("name") or row["id"]
        if table == "statements":
            shown["statements"] = await _statements(database, [(row["id"], None)])
    elif table in OF_RECORD:
        await _of_record(database, table, row, shown)
    elif table == "links":
        shown["label"] = f"{row['kind'].replace('_', ' ')}: {row['reason']}"
        sides = [(row["a_statement_id"], row["a_id"]), (row["b_statement_id"], row["b_id"])]
        shown["statements"] = await _statements(database, sides)
    elif row.get("statement_id") is not None:
        shown["label"] = _label(table, row)
        anchor = row.get("id") if "quote" in row and table in NAMES and table != "reviews" else None
        shown["statements"] = await _statements(database, [(row["statement_id"], anchor)])
    if table in JUDGED:
        query = "SELECT * FROM reviews WHERE layer = :layer AND record_id = :id"
        shown["can_be_judged"] = True
        shown["judgement"] = await page_data.one(database, query, layer=JUDGED[table], id=row["id"])
    return shown


async def _of_record(database: Database, table: str, row: Mapping[str, Any], shown: dict[str, Any]) -> None:
    of, key = OF_RECORD[table]
    record = await page_data.one(database, f"SELECT id, quote, statement_id FROM {of} WHERE id = :id", id=row[key])
    if record:
        shown["label"], shown["name"] = record["quote"], f"{table.replace('_', ' ')} of a {of[:-1]}"
        shown["statements"] = await _statements(database, [(record["statement_id"], record["id"])])


def _label(table: str, row: Mapping[str, Any]) -> str | None:
    if table == "reviews":
        return f"{row['verdict']}: {row['quote'] or 'a record'}"
    if table == "signatory_counts":
        return "Signatories stated and listed"
    label = row.get("quote") or row.get("name") or row.get("kind")
    return str(label) if label else None


async def _statements(database: Database, wanted: Sequence[tuple[str, int | None]]) -> list[dict[str, Any]]:
    found = []
    for statement_id, anchor in wanted:
        row = await page_data.one(
            database,
            "SELECT id, coalesce(title, id) AS title, kind, published FROM statements WHERE id = :id",
            id=statement_id,
        )
        if row:
            found.append({**row, "anchor": anchor})
    return found
