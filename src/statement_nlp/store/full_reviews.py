"""Statements that a person has read in full: each record judged, nothing missing. They can serve as gold."""

from __future__ import annotations

import sqlite3

from statement_nlp.errors import ReviewError
from statement_nlp.store import filing, loading
from statement_nlp.store.clock import now
from statement_nlp.store.identity import text_hash

LEARNT = tuple(table for layer, table in filing.TABLES.items() if layer != "signatories")
"""The tables whose records are to be judged; from signatories nothing is learnt."""


def finish(connection: sqlite3.Connection, statement_id: str, reviewer: str, note: str | None = None) -> None:
    """Mark a statement as read in full by a person: all that it says is judged, nothing is missing.

    Raises:
        ReviewError: records of it are not judged yet, or nobody signs.
        UnknownStatementError: no such statement is stored.
    """
    text = loading.load_statement(connection, statement_id).text
    if left := unjudged(connection, statement_id):
        raise ReviewError(
            f"{left} record{'s' * (left != 1)} of {statement_id} not judged yet: `review next --statement` walks on"
        )
    if not reviewer.strip():
        raise ReviewError("a judgement needs a name: who decides?")
    connection.execute(
        "INSERT OR REPLACE INTO reviewed_statements VALUES (?, ?, ?, ?, ?)",
        (statement_id, text_hash(text), reviewer.strip(), now(), note or None),
    )
    _note(connection, "finish", statement_id, reviewer, note)


def reopen(connection: sqlite3.Connection, statement_id: str, reviewer: str, note: str | None = None) -> None:
    """Take back that a statement was read in full.

    Raises:
        ReviewError: nobody has said so.
    """
    gone = connection.execute("DELETE FROM reviewed_statements WHERE statement_id = ?", (statement_id,))
    if not gone.rowcount:
        raise ReviewError(f"nobody has marked {statement_id} as read in full")
    _note(connection, "reopen", statement_id, reviewer, note)


def _note(connection: sqlite3.Connection, action: str, statement_id: str, reviewer: str, note: str | None) -> None:
    connection.execute(
        "INSERT INTO review_events(happened, reviewer, action, statement_id, note) VALUES (?, ?, ?, ?, ?)",
        (now(), reviewer.strip(), action, statement_id, note or None),
    )


def unjudged(connection: sqlite3.Connection, statement_id: str) -> int:
    """How many records of a statement nobody has judged."""
    query = "SELECT count(*) FROM {} WHERE statement_id = ? AND judgement IS NULL"
    return sum(connection.execute(query.format(table), (statement_id,)).fetchone()[0] for table in LEARNT)


def finished(connection: sqlite3.Connection) -> list[str]:
    """Ids of the stored statements that somebody has read in full, in the text that they still have."""
    query = """SELECT s.id FROM reviewed_statements r JOIN statements s ON s.id = r.statement_id
    WHERE s.text_hash = r.text_hash ORDER BY s.id"""
    return [row[0] for row in connection.execute(query)]
