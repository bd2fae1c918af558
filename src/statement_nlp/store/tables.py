"""The tables that one extraction fills, as rows that can leave one database and enter another.

What their columns are is read from a fresh database, so the migrations stay the one definition of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

RECORDS = (
    "statements", "zones", "place_mentions", "party_mentions", "figures", "figure_places", "claims",
    "claim_named_places", "claim_figures", "demands", "demand_addressees", "demand_actions", "demand_themes",
    "demand_places", "signatories", "signatory_counts", "person_readings", "person_mentions",
)  # fmt: skip
"""Tables whose rows are of one statement each, in an order in which every row finds what it refers to."""
SHARED = (
    "places", "place_ancestors", "place_names", "parties", "party_names", "organisations",
    "organisation_names",
)  # fmt: skip
"""Tables whose rows several statements share. Roll-ups are none of these: they follow from the records."""
TABLES = SHARED + RECORDS

Row = tuple[Any, ...]
Rows = Mapping[str, Sequence[Row]]
"""Table -> its rows, the values in the order of `columns`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the database declares it; `kind` is INTEGER, REAL or TEXT."""

    name: str
    kind: str
    nullable: bool


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table of this version's databases, those apart that SQLite computes."""
    from statement_nlp.store.database import Database

    with Database(":memory:") as fresh:
        found = fresh.execute(f"PRAGMA table_info({table})").fetchall()
    return tuple(Column(c["name"], c["type"], not (c["notnull"] or c["pk"])) for c in found)


def names(table: str) -> str:
    """The columns of a table, quoted, as SQL lists them."""
    return ", ".join(f'"{column.name}"' for column in columns(table))


def dump(connection: sqlite3.Connection) -> dict[str, list[Row]]:
    """All rows of all these tables, in the order in which they were written where the database keeps it."""
    return {table: _rows(connection, table) for table in TABLES}


def _rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    key = sorted(
        (c["pk"], f'"{c["name"]}"') for c in connection.execute(f"PRAGMA table_info({table})").fetchall() if c["pk"]
    )
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    order = ", ".join(name for _, name in key) if "WITHOUT ROWID" in sql else "rowid"
    return [tuple(row) for row in connection.execute(f"SELECT {names(table)} FROM {table} ORDER BY {order}")]
