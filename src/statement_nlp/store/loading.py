"""Reads a stored extraction back into the records that it was made of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from statement_nlp.errors import UnknownStatementError
from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    PersonMention,
    Place,
    PlaceMention,
    Signatory,
    SignatoryList,
    Statement,
    Zone,
)
from statement_nlp.store.filing import TABLES, Record

FOUND = ("start", "end", "quote", "confidence", "method")


def load_statement(connection: sqlite3.Connection, statement_id: str) -> Statement:
    """One statement by its id.

    Raises:
        UnknownStatementError: there is none.
    """
    row = connection.execute("SELECT * FROM statements WHERE id = ?", (statement_id,)).fetchone()
    if row is None:
        raise UnknownStatementError(f"no statement {statement_id!r} in this database")
    return _statement(row)


def load_extraction(connection: sqlite3.Connection, statement_id: str) -> Extraction:
    """One statement with its records, each layer in the order of the text.

    Raises:
        UnknownStatementError: there is none.
    """
    statement = load_statement(connection, statement_id)
    of = {"id": statement_id}
    skipped = connection.execute("SELECT skipped FROM statements WHERE id = :id", of).fetchone()[0]
    zones = connection.execute("SELECT * FROM zones WHERE statement_id = :id ORDER BY position", of)
    return Extraction(
        statement=statement,
        zones=tuple(Zone(z["start"], z["end"], z["kind"]) for z in zones),
        places=tuple(_place_mention(connection, r) for r in _rows(connection, "place_mentions", statement_id)),
        parties=tuple(_party_mention(connection, r) for r in _rows(connection, "party_mentions", statement_id)),
        figures=tuple(_figure(connection, r) for r in _rows(connection, "figures", statement_id)),
        demands=tuple(_demand(connection, r) for r in _rows(connection, "demands", statement_id)),
        claims=tuple(_claim(connection, r) for r in _rows(connection, "claims", statement_id)),
        signatories=_signatories(connection, statement_id),
        skipped=skipped,
        persons=_persons(connection, statement.text, statement_id),
    )


def _persons(connection: sqlite3.Connection, text: str, statement_id: str) -> tuple[PersonMention, ...] | None:
    """Whom a statement names; None where nobody looked."""
    of = (statement_id,)
    if connection.execute("SELECT 1 FROM person_readings WHERE statement_id = ?", of).fetchone() is None:
        return None
    found = connection.execute("SELECT * FROM person_mentions WHERE statement_id = ? ORDER BY position", of)
    return tuple(
        PersonMention(
            r["start"], r["end"], text[r["start"] : r["end"]], r["role"], r["method"], tuple(json.loads(r["cues"]))
        )
        for r in found
    )


def load_layer(connection: sqlite3.Connection, statement_id: str, layer: str) -> list[tuple[int, Record]]:
    """The records of one layer of a statement with their ids, in the order of the text."""
    query = f"""SELECT * FROM {TABLES[layer]} WHERE statement_id = ? AND judgement IS NOT 'rejected'
    ORDER BY start, "end", id"""
    make: Callable[[sqlite3.Connection, sqlite3.Row], Record] = _READERS[layer]
    return [(row["id"], make(connection, row)) for row in connection.execute(query, (statement_id,)).fetchall()]


def load_place(connection: sqlite3.Connection, place_id: str) -> Place | None:
    """One place with the ids of the places around it; None where it is not stored."""
    row = connection.execute("SELECT * FROM places WHERE id = ?", (place_id,)).fetchone()
    if row is None:
        return None
    parents = "SELECT ancestor_id FROM place_ancestors WHERE place_id = ? AND depth > 0 ORDER BY depth"
    names = ("id", "name", "country", "feature", "latitude", "longitude", "geonameid", "admin1", "admin2", "population")
    return Place(
        **{name: row[name] for name in names},
        pcode=row["pcode"],
        parents=tuple(r[0] for r in connection.execute(parents, (place_id,))),
    )


def _rows(connection: sqlite3.Connection, layer: str, statement_id: str) -> list[sqlite3.Row]:
    """The rows of a layer as a reader meets them; what a person rejected is not among them."""
    query = f"""SELECT * FROM {layer} WHERE statement_id = ? AND judgement IS NOT 'rejected'
    ORDER BY start, "end", id"""
    return connection.execute(query, (statement_id,)).fetchall()


def _statement(row: sqlite3.Row) -> Statement:
    names = ("id", "text", "title", "published", "publisher", "kind", "language", "url", "source", "series")
    return Statement(
        **{name: row[name] for name in names},
        countries=tuple(json.loads(row["countries"])),
        modelled_on=row["modelled_on"],
        links_read=bool(row["links_read"]),
    )


def _found(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in FOUND} | {"cues": tuple(json.loads(row["cues"]))}


def _place_mention(connection: sqlite3.Connection, row: sqlite3.Row) -> PlaceMention:
    return PlaceMention(
        **_found(row),
        name=row["name"],
        country=row["country"],
        place=load_place(connection, row["place_id"]) if row["place_id"] else None,
        modifier=row["modifier"],
    )


def _party_mention(connection: sqlite3.Connection, row: sqlite3.Row) -> PartyMention:
    party = connection.execute("SELECT * FROM parties WHERE id = ?", (row["party_id"],)).fetchone()
    return PartyMention(
        **_found(row), party=Party(party["name"], party["kind"], party["country"], bool(party["registered"]))
    )


def _column(connection: sqlite3.Connection, table: str, parent: str, column: str, record_id: int) -> tuple[Any, ...]:
    query = f"SELECT {column} FROM {table} WHERE {parent} = ? ORDER BY position"
    return tuple(row[0] for row in connection.execute(query, (record_id,)))


def _signatory(connection: sqlite3.Connection, row: sqlite3.Row) -> Signatory:
    names = ("start", "end", "position", "name", "acronym", "note", "method")
    return Signatory(**{name: row[name] for name in names})


def _figure(connection: sqlite3.Connection, row: sqlite3.Row) -> Figure:
    names = ("low", "high", "qualifier", "unit", "condition", "date", "since", "until", "part_of")
    return Figure(
        **_found(row),
        **{name: row[name] for name in names},
        places=_column(connection, "figure_places", "figure_id", "name", row["id"]),
    )


def _claim(connection: sqlite3.Connection, row: sqlite3.Row) -> Claim:
    return Claim(
        **_found(row),
        **{name: row[name] for name in ("status", "attribution", "date", "since", "until")},
        places=_column(connection, "claim_named_places", "claim_id", "name", row["id"]),
        figures=_column(connection, "claim_figures", "claim_id", "start", row["id"]),
    )


def _demand(connection: sqlite3.Connection, row: sqlite3.Row) -> Demand:
    return Demand(
        **_found(row),
        addressees=_column(connection, "demand_addressees", "demand_id", "name", row["id"]),
        actions=_column(connection, "demand_actions", "demand_id", "action", row["id"]),
        themes=_column(connection, "demand_themes", "demand_id", "theme", row["id"]),
        places=_column(connection, "demand_places", "demand_id", "name", row["id"]),
        deadline=row["deadline"],
        strength=row["strength"],
    )


def _signatories(connection: sqlite3.Connection, statement_id: str) -> SignatoryList:
    rows = connection.execute(
        "SELECT * FROM signatories WHERE statement_id = ? AND judgement IS NOT 'rejected' ORDER BY position, start",
        (statement_id,),
    )
    listed = tuple(_signatory(connection, row) for row in rows)
    count = connection.execute("SELECT * FROM signatory_counts WHERE statement_id = ?", (statement_id,)).fetchone()
    return SignatoryList(listed, count["stated"] if count else None, count["stated_quote"] if count else None)


_READERS: Mapping[str, Callable[[sqlite3.Connection, sqlite3.Row], Record]] = {
    "places": _place_mention, "parties": _party_mention, "figures": _figure, "claims": _claim, "demands": _demand,
    "signatories": _signatory,
}  # fmt: skip
