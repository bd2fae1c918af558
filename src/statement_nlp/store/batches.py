"""What people add through the pages, batch by batch: the queue, how far each one is, and what became of each file.

Everything stands in the database itself, so that a server that is started again tells what is true. One process works
on the queue (`statement-nlp add-uploads`); the pages only read, send, and ask to stop or undo.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from statement_nlp.errors import BatchError
from statement_nlp.store import undoing
from statement_nlp.store.clock import now

Outcome = Literal["added", "replaced", "unchanged", "failed", "not taken"]
MOST_STARTS = 3
"""How often a batch is begun; one that ended its process so often without a word would do so for ever."""
MOST_WAITING = 20
"""Batches that may wait at a time."""
BEGUN_TOO_OFTEN = (
    "the extraction ended three times without a word, perhaps for want of memory: see what stands behind the last file"
)


@dataclass(frozen=True, slots=True)
class Item:
    """What became of a file, or of one statement of a file that holds several."""

    source: str
    outcome: Outcome
    message: str | None = None
    statement_id: str | None = None
    fingerprint: str | None = None


def send(
    connection: sqlite3.Connection,
    name: str,
    *,
    by: str,
    files: int,
    given: Mapping[str, str],
    not_taken: Sequence[tuple[str, str]] = (),
) -> int:
    """Put a batch into the queue, within the caller's transaction.

    Args:
        connection: within a transaction.
        name: what it is, in words.
        by: who sends it.
        files: how many files wait to be read.
        given: what the person says of its statements: title, published, publisher, url.
        not_taken: files that were refused at the door, with why.

    Returns:
        The number of the batch.

    Raises:
        BatchError: too many wait already.
    """
    waiting = connection.execute("SELECT count(*) FROM batches WHERE state IN ('waiting', 'working')").fetchone()[0]
    if waiting >= MOST_WAITING:
        raise BatchError(f"{waiting} batches wait already: send this one when some of them are done")
    cursor = connection.execute(
        "INSERT INTO batches(name, state, sent_by, sent, given, files) VALUES (?, 'waiting', ?, ?, ?, ?)",
        (name, by, now(), json.dumps(dict(given)), files),
    )
    batch_id = int(cursor.lastrowid or 0)
    for source, why in not_taken:
        note(connection, batch_id, Item(source, "not taken", why))
    return batch_id


def note(connection: sqlite3.Connection, batch_id: int, item: Item, before: str | None = None) -> None:
    """Note what became of a file or statement, with the statement as it was before where it was replaced."""
    holds = item.outcome in ("added", "replaced")
    connection.execute(
        """INSERT INTO batch_items
        (batch_id, position, source, outcome, message, statement_id, fingerprint, holds, before)
        SELECT ?, coalesce(max(position), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM batch_items WHERE batch_id = ?""",
        (
            batch_id, item.source, item.outcome, item.message, item.statement_id, item.fingerprint, holds, before,
            batch_id,
        ),
    )  # fmt: skip


def known(connection: sqlite3.Connection, batch_id: int, statement_id: str) -> str | None:
    """The fingerprint of the statement of this id that the batch has had already; None where it has had none."""
    row = connection.execute(
        "SELECT fingerprint FROM batch_items WHERE batch_id = ? AND statement_id = ? AND outcome <> 'failed'",
        (batch_id, statement_id),
    ).fetchone()
    return str(row[0]) if row else None


def begin(connection: sqlite3.Connection) -> sqlite3.Row | None:
    """Take the next thing to do: a batch to extract (now `working`) or `to undo`; None where nothing waits.

    Only one process may do so at a time: what was `working` before is taken up again where it ended.
    """
    row: sqlite3.Row | None = connection.execute(
        """SELECT * FROM batches WHERE state IN ('working', 'waiting', 'to undo')
        ORDER BY state <> 'working', state <> 'to undo', id LIMIT 1"""
    ).fetchone()
    if row is None or row["state"] == "to undo":
        return row
    if row["starts"] >= MOST_STARTS:
        finish(connection, row["id"], "failed", BEGUN_TOO_OFTEN)
        return begin(connection)
    connection.execute("UPDATE batches SET state = 'working', starts = starts + 1 WHERE id = ?", (row["id"],))
    return row


def advance(connection: sqlite3.Connection, batch_id: int, files_done: int) -> None:
    """Note that so many files are done; whoever got further may begin again as often."""
    connection.execute("UPDATE batches SET files_done = ?, starts = 1 WHERE id = ?", (files_done, batch_id))


def is_to_stop(connection: sqlite3.Connection, batch_id: int) -> bool:
    """Whether somebody asked to stop it."""
    row = connection.execute("SELECT to_stop FROM batches WHERE id = ?", (batch_id,)).fetchone()
    return bool(row and row[0])


def finish(connection: sqlite3.Connection, batch_id: int, state: str, message: str | None = None) -> None:
    """Note how a batch ended."""
    connection.execute(
        "UPDATE batches SET state = ?, finished = ?, message = ? WHERE id = ?", (state, now(), message, batch_id)
    )


def ask(connection: sqlite3.Connection, batch_id: int, what: Literal["stop", "undo"]) -> None:
    """Ask for a batch to be stopped or undone, within the caller's transaction.

    Raises:
        BatchError: there is none of this number, or it is not in a state for that.
    """
    row = connection.execute("SELECT state FROM batches WHERE id = ?", (batch_id,)).fetchone()
    if row is None:
        raise BatchError(f"no batch {batch_id} was ever sent")
    if what == "stop" and row["state"] == "waiting":
        finish(connection, batch_id, "stopped")
    elif what == "stop" and row["state"] == "working":
        connection.execute("UPDATE batches SET to_stop = 1 WHERE id = ?", (batch_id,))
    elif what == "undo" and row["state"] in ("done", "stopped", "failed"):
        connection.execute("UPDATE batches SET state = 'to undo' WHERE id = ?", (batch_id,))
    else:
        raise BatchError(f"this batch is {row['state']}: that cannot be asked of it now")


def items_to_undo(connection: sqlite3.Connection, batch_id: int) -> list[int]:
    """The positions of what undoing a batch has to see to, the last first."""
    query = """SELECT position FROM batch_items WHERE batch_id = ? AND outcome NOT IN ('failed', 'not taken')
    AND undone IS NULL ORDER BY position DESC"""
    return [row[0] for row in connection.execute(query, (batch_id,))]


def undo(connection: sqlite3.Connection, batch_id: int, position: int, lookup: undoing.Lookup | None) -> str | None:
    """Take back what a batch did to one statement, within the caller's transaction.

    Nothing that others did since is lost: a statement that a later batch has too stays, and that batch then holds what
    was before; one that was changed otherwise stays as it is.

    Returns:
        The id of the statement whose records changed; None where nothing did.
    """
    item = connection.execute(
        "SELECT * FROM batch_items WHERE batch_id = ? AND position = ?", (batch_id, position)
    ).fetchone()
    changed = False
    if not item["holds"]:
        said = "nothing was changed"
    elif (later := _later(connection, item)) is not None:
        connection.execute(
            "UPDATE batch_items SET holds = 1, before = ? WHERE batch_id = ? AND position = ?",
            (item["before"], later["batch_id"], later["position"]),
        )
        said = f"stays, for batch {later['batch_id']} brought it too"
    else:
        said, changed = undoing.bring_back(
            connection, item["statement_id"], item["fingerprint"], item["before"], lookup
        )
    connection.execute(
        "UPDATE batch_items SET undone = ?, holds = 0, before = NULL WHERE batch_id = ? AND position = ?",
        (said, batch_id, position),
    )
    return str(item["statement_id"]) if changed else None


def _later(connection: sqlite3.Connection, item: Mapping[str, Any]) -> sqlite3.Row | None:
    """What the next batch did to the same statement, if it holds."""
    row: sqlite3.Row | None = connection.execute(
        """SELECT batch_id, position FROM batch_items WHERE statement_id = ? AND batch_id > ? AND undone IS NULL
        AND outcome NOT IN ('failed', 'not taken') ORDER BY batch_id LIMIT 1""",
        (item["statement_id"], item["batch_id"]),
    ).fetchone()
    return row
