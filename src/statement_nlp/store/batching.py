"""Writing many rows cheaply: rows that wait to be written together, and what a transaction need not write twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any

from statement_nlp.records import Place


@dataclass(frozen=True, slots=True)
class Kept:
    """What the statements of one transaction have stored, so that it is not stored again for each.

    Whoever takes back or drops something in the transaction has to `clear` it.
    """

    places: dict[str, Place] = field(default_factory=dict)
    """By id, as they were stored last."""
    chains: dict[tuple[str, tuple[str, ...]], list[Place]] = field(default_factory=dict)
    """Those around a place, nearest first, by its id and the ids of its parents."""
    parties: dict[str, tuple[Any, ...] | None] = field(default_factory=dict)
    """The row that was told last of each id; None where only a name was."""
    names: set[tuple[str, str]] = field(default_factory=set)
    """Ids of parties with what they were called."""

    def clear(self) -> None:
        """Take nothing for stored any more."""
        for known in (self.places, self.chains, self.parties, self.names):
            known.clear()


class Waiting:
    """Rows of several tables, written by `flush` table after table in the order in which each was first named.

    So who is pointed at must be put in before who points at it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[Sequence[Any]]] = {}
        self._records: dict[str, tuple[str, tuple[str, ...]]] = {}

    def put(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Have a query run for each of some rows."""
        self._rows.setdefault(query, []).extend(rows)

    def put_record(self, table: str, row: Mapping[str, Any]) -> None:
        """Have the row of a record inserted, or updated where its id is stored; `id` is its first column."""
        query = upsert(table, tuple(row))
        self._records[query] = (table, tuple(row))
        self._rows.setdefault(query, []).append(tuple(row.values()))

    def flush(self) -> None:
        """Run all queries."""
        for query, rows in self._rows.items():
            if query in self._records:
                self._write_records(*self._records[query], sorted(rows, key=lambda row: row[0]))
            else:
                self._connection.executemany(query, rows)
        self._rows.clear()
        self._records.clear()

    def _write_records(self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
        """Write records, by their ids and many in one statement.

        An index of full-text search begins a new segment with every statement that may be undone, and with every row
        of a lower id than the one before: one a row costs more than all the rest of writing.
        """
        at = 0
        for many in AT_ONCE:
            query = upsert(table, columns, many)
            while len(rows) - at >= many:
                self._connection.execute(query, list(chain.from_iterable(rows[at : at + many])))
                at += many


AT_ONCE = (32, 16, 8, 4, 2, 1)
"""Records of one statement of SQL: a few sizes, so that each is prepared once."""


@lru_cache(maxsize=128)
def upsert(table: str, columns: tuple[str, ...], rows: int = 1) -> str:
    """The query that inserts some rows, or updates those of their ids."""
    updates = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c != "id")
    names = ", ".join(f'"{c}"' for c in columns)
    marks = ", ".join([f"({', '.join('?' * len(columns))})"] * rows)
    return f"INSERT INTO {table}({names}) VALUES {marks} ON CONFLICT(id) DO UPDATE SET {updates}"
