"""Rows that wait to be written together: one call for all that go to one table, not one for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any


class Waiting:
    """Rows of several tables, written by `flush` table after table in the order in which each was first named.

    So who is pointed at must be put in before who points at it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[Sequence[Any]]] = {}

    def put(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Have a query run for each of some rows."""
        self._rows.setdefault(query, []).extend(rows)

    def flush(self) -> None:
        """Run all queries."""
        for query, rows in self._rows.items():
            self._connection.executemany(query, rows)
        self._rows.clear()


@lru_cache(maxsize=64)
def upsert(table: str, columns: tuple[str, ...]) -> str:
    """The query that inserts a row, or updates the one of its id."""
    updates = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c != "id")
    names = ", ".join(f'"{c}"' for c in columns)
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table}({names}) VALUES ({marks}) ON CONFLICT(id) DO UPDATE SET {updates}"
