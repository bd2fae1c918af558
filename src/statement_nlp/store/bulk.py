"""Loads the partitions of an extraction into a database, as if their statements had been saved one after the other.

A database without statements is filled in one transaction, indexes and search last: it has all or nothing. Into one
with statements each partition goes in a transaction of its own: what is unchanged is left, what changed is replaced,
and what people judged is kept. A load that was killed is started again.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from statement_nlp.errors import PartitionError
from statement_nlp.store.appending import Appender, unindexed
from statement_nlp.store.clock import now
from statement_nlp.store.database import Database, Run, Step
from statement_nlp.store.partitions import Manifest, Partitions
from statement_nlp.store.saving import Writer
from statement_nlp.store.tables import Row, Rows, columns, dump

UNLINKED = "unlinked"
"""Noted in `meta` while a database holds statements that were loaded and not linked yet."""
CACHE_KIB = 512 * 1024
"""Memory for pages of an empty database while it is filled: ids are spread evenly, so that every page is hot."""

SEEN = "CREATE TEMP TABLE IF NOT EXISTS loaded(id TEXT PRIMARY KEY, text_hash TEXT, source TEXT) WITHOUT ROWID"
STORED = """
SELECT s.fingerprint = ? AND r.pipeline = ? AND r.version = ? FROM statements s JOIN runs r ON r.id = s.run_id
WHERE s.id = ?
"""
JUDGED = "SELECT 1 FROM reviews WHERE statement_id = :id OR other_statement_id = :id"

Told = Callable[[int, int], None]
"""Called with the partitions done and the partitions in all."""


@dataclass(slots=True)
class LoadReport:
    """What a load did: statements `added`, `replaced` and `unchanged`, and a line for each that could not be loaded."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)


def load(
    database: Database, partitions: Partitions, *, then: Iterable[Step] = (), progress: Told | None = None
) -> LoadReport:
    """Load all partitions of an extraction.

    Args:
        database: an open database.
        partitions: a finished extraction.
        then: what follows each statement in its transaction (links). A database without statements is filled without
            it, and notes `UNLINKED`: to link all at once is up to the caller.
        progress: called after each partition.

    Raises:
        PartitionError: nothing was extracted there, partitions are missing or damaged.
        DatabaseError: the database cannot be written.
    """
    manifest = finished(partitions)
    empty = not any(database.execute(f"SELECT 1 FROM {t} LIMIT 1").fetchone() for t in ("statements", "reviews"))
    loader = _Loader(database, partitions, manifest, progress)
    if empty:
        try:
            return loader.fill()
        except _Collision:
            loader = _Loader(database, partitions, manifest, progress)
    return loader.add(tuple(then))


def finished(partitions: Partitions) -> Manifest:
    """The manifest of an extraction all of whose parts are done.

    Raises:
        PartitionError: nothing was extracted there, or not all.
    """
    manifest = partitions.manifest()
    if manifest is None:
        raise PartitionError(
            f"there is no extraction at {partitions.address}: make it with "
            f"`statement-nlp extract --engine dask SOURCE --out {partitions.address}`"
        )
    missing = len(manifest.parts) - len(partitions.done(manifest))
    if missing:
        raise PartitionError(
            f"{missing} of {len(manifest.parts)} partitions at {partitions.address} are not done: "
            "give the same `extract` again, it goes on where it was"
        )
    return manifest


class _Collision(Exception):
    """Two records of different statements have one id: whoever comes second gets another, one by one."""


class _Loader:
    def __init__(
        self, database: Database, partitions: Partitions, manifest: Manifest, progress: Told | None = None
    ) -> None:
        self.database = database
        self.partitions = partitions
        self.run = manifest.run
        self.parts = len(manifest.parts)
        self.progress = progress
        self.report = LoadReport()
        database.execute(SEEN)
        database.execute("DELETE FROM loaded")

    def fill(self) -> LoadReport:
        """Fill a database without statements."""
        before = self.database.execute("PRAGMA cache_size").fetchone()[0]
        self.database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        try:
            with self.database.transaction() as connection, unindexed(connection):
                appender = Appender(connection, _run_id(connection, self.run), counted=False)
                for number in range(self.parts):
                    rows, again = self._read(number)
                    whole = _without(rows, again) if again else rows
                    try:
                        appender.append(whole)
                    except sqlite3.IntegrityError as error:
                        raise _Collision from error
                    self._added(connection, len(whole["statements"]))
                    self._told(number)
                _note_unlinked(connection)
            self.database.execute("ANALYZE")
        finally:
            self.database.execute(f"PRAGMA cache_size = {before}")
        return self.report

    def add(self, then: tuple[Step, ...]) -> LoadReport:
        """Add to a database with statements."""
        for number in range(self.parts):
            rows, again = self._read(number)
            current = {
                i: self._stored(i, print_) for i, print_ in _columns(rows, "id", "fingerprint") if i not in again
            }
            if not again and not any(state is not None for state in current.values()):
                if not self._append(rows, then):
                    self._save(rows, list(current), then)
            else:
                if unchanged := sum(state is True for state in current.values()):
                    self.report.counts["unchanged"] += unchanged
                self._save(rows, [i for i, state in current.items() if state is not True], then)
            self._told(number)
        return self.report

    def _read(self, number: int) -> tuple[Rows, set[str]]:
        """The rows of a part, and which of its statements an earlier part held already."""
        rows, again = self.partitions.read(number), set()
        for statement_id, text_hash, source in _columns(rows, "id", "text_hash", "source"):
            query = "SELECT text_hash, source FROM loaded WHERE id = ?"
            first = self.database.execute(query, (statement_id,)).fetchone()
            if first is None:
                self.database.execute("INSERT INTO loaded VALUES (?, ?, ?)", (statement_id, text_hash, source))
                continue
            again.add(statement_id)
            if first[0] != text_hash:
                where = f"{source}: its id {statement_id!r} was given to {first[1] or 'another source'} already"
                self.report.lines.append(f"failed: {where}; give it another id")
        return rows, again

    def _stored(self, statement_id: str, fingerprint: str) -> bool | None:
        """Whether a statement is stored as it is; None where nothing is known of it, judgements neither."""
        given = (fingerprint, self.run.pipeline, self.run.version, statement_id)
        row = self.database.execute(STORED, given).fetchone()
        if row is not None:
            return bool(row[0])
        return None if self.database.execute(JUDGED, {"id": statement_id}).fetchone() is None else False

    def _append(self, rows: Rows, then: tuple[Step, ...]) -> bool:
        """Append a part of new statements in one transaction; gives False, and does nothing, where ids collide."""
        try:
            with self.database.transaction() as connection:
                try:
                    Appender(connection, _run_id(connection, self.run)).append(rows)
                except sqlite3.IntegrityError as error:
                    raise _Collision from error
                for (statement_id,) in _columns(rows, "id"):
                    for step in then:
                        step(connection, statement_id)
                self._added(connection, len(rows["statements"]))
                if not then:
                    _note_unlinked(connection)
        except _Collision:
            return False
        return True

    def _save(self, rows: Rows, statement_ids: list[str], then: tuple[Step, ...]) -> None:
        """Save some statements of a part one by one, in one transaction."""
        if not statement_ids:
            return
        with _database_of(rows) as part, self.database.transaction() as connection:
            run_id = _run_id(connection, self.run)
            for statement_id in statement_ids:
                extraction = part.load(statement_id)
                known = connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement_id,)).fetchone()
                Writer(connection, extraction.statement, run_id, part.place).write(extraction)
                for step in then:
                    step(connection, statement_id)
                self._added(connection, 1, "replaced" if known else "added")
            if not then:
                _note_unlinked(connection)

    def _added(self, connection: sqlite3.Connection, statements: int, outcome: str = "added") -> None:
        query = "UPDATE runs SET saved = saved + ?, finished = ? WHERE id = ?"
        connection.execute(query, (statements, now(), _run_id(connection, self.run)))
        self.report.counts[outcome] += statements

    def _told(self, number: int) -> None:
        if self.progress:
            self.progress(number + 1, self.parts)


def _run_id(connection: sqlite3.Connection, run: Run) -> int:
    """The id of the run of an extraction: one row, however often it is loaded."""
    given = (run.started, run.version, run.pipeline, json.dumps(dict(run.models)), json.dumps(run.sources))
    query = "SELECT id FROM runs WHERE started = ? AND version = ? AND pipeline = ? AND models = ? AND sources = ?"
    row = connection.execute(query, given).fetchone()
    if row:
        return int(row[0])
    query = "INSERT INTO runs(started, version, pipeline, models, sources) VALUES (?, ?, ?, ?, ?)"
    return int(connection.execute(query, given).lastrowid or 0)


def _note_unlinked(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO meta(key, value) VALUES (?, '1') ON CONFLICT DO NOTHING", (UNLINKED,))


def _columns(rows: Rows, *wanted: str) -> list[Row]:
    """Some columns of the statements of a part."""
    names = [column.name for column in columns("statements")]
    at = [names.index(name) for name in wanted]
    return [tuple(row[n] for n in at) for row in rows["statements"]]


def _database_of(rows: Rows) -> Database:
    """A part as a database of its own, in memory."""
    part = Database(":memory:")
    with part.transaction() as connection:
        run_id = _run_id(connection, Run(""))
        try:
            Appender(connection, run_id).append(rows)
        except sqlite3.IntegrityError as error:
            raise PartitionError("a partition holds a record twice: extract it again") from error
    part.lookup = part.place
    return part


def _without(rows: Rows, statement_ids: set[str]) -> dict[str, list[Row]]:
    """The rows of a part without some of its statements."""
    with _database_of(rows) as part:
        for statement_id in sorted(statement_ids):
            part.remove(statement_id)
        return dump(part.connection)
