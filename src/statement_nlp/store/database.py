"""The database: one SQLite file that keeps statements whole.

Each statement is saved in one transaction, so a process that is killed at any moment leaves a file that opens and holds
whole statements only. The journal is a write-ahead log: Datasette reads on while an extraction writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from statement_nlp.errors import DatabaseError, GoldError, UnknownStatementError
from statement_nlp.records import Extraction, Place, Statement, distance
from statement_nlp.store import copying, gazetted, loading, rollups, versions
from statement_nlp.store.batching import Kept
from statement_nlp.store.clock import now
from statement_nlp.store.saving import Writer, check, fingerprint, remove

BUSY_SECONDS = 30.0
"""How long a writer waits for another one. A statement takes milliseconds to save, so this is long."""

PREPARED = 512
"""Queries that a connection keeps prepared: a statement is written and linked by some two hundred."""

ANALYSED = ("statements", "links")
FEW = 1000
"""Rows of such a table up to which any plan is quick."""

SMALLEST = 512
"""Bytes of the smallest SQLite file: SQLite would take a file of a few bytes for an empty database and write over it.

What a larger file begins with is left to SQLite. To open it here and close it would drop, in a server that has it open,
the locks that keep others from taking the write-ahead log away under its readers (POSIX locks belong to processes).
"""

REFUSED = (
    GoldError, sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError,
    ValueError, ArithmeticError, LookupError, TypeError,
)  # fmt: skip
"""What one statement may fail with while the others are stored: its records are at fault, not the database."""

Step = Callable[[sqlite3.Connection, str], None]
"""Something that follows a save, in its transaction: gets the connection and the id of the statement."""


def _version() -> str:
    from importlib.metadata import version

    return version("statement-nlp")


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One go of extraction: what was run, when, on what. Stored with the first statement that it changes.

    `pipeline` names everything that decides what is found (code, models, gazetteer, register); a statement that was
    extracted by another pipeline is extracted anew.
    """

    pipeline: str
    version: str = field(default_factory=_version)
    models: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    started: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What a save did: `added`, `replaced` (text, metadata or pipeline changed), or nothing: `unchanged`.

    Among many, one may have `failed`: `error` says why.
    """

    statement_id: str
    outcome: Literal["added", "replaced", "unchanged", "failed"]
    error: str | None = None


class Database:
    """A file of statements. Opens it, or makes it; brings an older one up to date.

    Args:
        path: the file, or ":memory:".
        lookup: from a place's id to the place, for the places around the extracted ones: `Gazetteer.get`.
        create: make the file where there is none.
        read_only: open for reading alone; an older database is then refused, as it cannot be brought up to date.

    Raises:
        DatabaseError: it cannot be opened, is no SQLite database, not ours, or newer than this version.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        lookup: gazetted.Lookup | None = None,
        create: bool = True,
        read_only: bool = False,
    ) -> None:
        self.path = path
        self.lookup = lookup
        self._runs: dict[Run, int] = {}
        self.connection = _connect(path, create=create and not read_only, read_only=read_only)
        try:
            with _told(path):
                _prepare(self.connection, path, read_only)
        except BaseException:
            self.connection.close()
            raise

    def __enter__(self) -> Database:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: what is written inside is kept when the block ends, and undone when it fails.

        Raises:
            DatabaseError: another program kept the database locked, the disk is full, the file is read-only.
        """
        with _told(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def is_current(self, statement: Statement, run: Run) -> bool:
        """Whether this statement, to the letter, was already extracted by this pipeline."""
        query = """SELECT 1 FROM statements s JOIN runs r ON r.id = s.run_id
        WHERE s.id = ? AND s.fingerprint = ? AND r.pipeline = ? AND r.version = ?"""
        row = self.execute(query, (statement.id, fingerprint(statement), run.pipeline, run.version)).fetchone()
        return row is not None

    def save(
        self,
        extraction: Extraction,
        run: Run,
        *,
        first: Iterable[Step] = (),
        then: Iterable[Step] = (),
        again: bool = False,
    ) -> SaveResult:
        """Store one extraction, in one transaction.

        The same statement from the same pipeline changes nothing; a changed one replaces what was there.

        Args:
            extraction: the statement and its records.
            run: the run that made it; the same object for all statements of the run.
            first: what goes before in the same transaction when something is to change.
            then: what follows in the same transaction when something changed (links). Judgements of people are put
                back before.
            again: write also what is unchanged.

        Raises:
            GoldError: a record does not stand where it says.
            DatabaseError: the database cannot be written.
        """
        if not again and self.is_current(extraction.statement, run):
            return SaveResult(extraction.statement.id, "unchanged")
        check(extraction)
        with self._run(run) as (connection, run_id):
            for step in first:
                step(connection, extraction.statement.id)
            return self._write(connection, extraction, run_id, then)

    def save_all(
        self, extractions: Iterable[Extraction], run: Run, *, then: Iterable[Step] = (), again: bool = False
    ) -> list[SaveResult]:
        """Store many extractions in one transaction, as `save` stores one; gives what became of each, in order.

        One that the tables refuse is `failed` and says why; it leaves nothing behind, and the others are stored.

        Raises:
            DatabaseError: the database cannot be written; none is stored.
        """
        results: list[SaveResult] = []
        kept = Kept()
        with self._run(run) as (connection, run_id):
            for extraction in extractions:
                name = extraction.statement.id
                if not again and self.is_current(extraction.statement, run):
                    results.append(SaveResult(name, "unchanged"))
                    continue
                connection.execute("SAVEPOINT statement")
                try:
                    check(extraction)
                    results.append(self._write(connection, extraction, run_id, then, kept))
                except REFUSED as error:
                    connection.execute("ROLLBACK TO statement")
                    kept.clear()
                    results.append(SaveResult(name, "failed", f"{type(error).__name__}: {error}"))
                connection.execute("RELEASE statement")
        return results

    def _write(
        self,
        connection: sqlite3.Connection,
        extraction: Extraction,
        run_id: int,
        then: Iterable[Step],
        kept: Kept | None = None,
    ) -> SaveResult:
        statement = extraction.statement
        known = connection.execute("SELECT 1 FROM statements WHERE id = ?", (statement.id,)).fetchone()
        Writer(connection, statement, run_id, self.lookup, kept).write(extraction)
        for step in then:
            step(connection, statement.id)
        connection.execute("UPDATE runs SET saved = saved + 1 WHERE id = ?", (run_id,))
        return SaveResult(statement.id, "replaced" if known else "added")

    @contextmanager
    def _run(self, run: Run) -> Iterator[tuple[sqlite3.Connection, int]]:
        """A transaction with the id of a run, which is stored with the first statement that it changes."""
        with self.transaction() as connection:
            if (run_id := self._runs.get(run)) is None:
                query = "INSERT INTO runs(started, version, pipeline, models, sources, saved) VALUES (?, ?, ?, ?, ?, 0)"
                values = (run.started, run.version, run.pipeline, dumps(dict(run.models)), dumps(run.sources))
                run_id = int(connection.execute(query, values).lastrowid or 0)
            yield connection, run_id
            connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now(), run_id))
            connection.execute("DELETE FROM runs WHERE id = ? AND saved = 0", (run_id,))
            changed = connection.execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)).fetchone()
        if changed:
            self._runs[run] = run_id

    def remove(self, statement_id: str) -> None:
        """Forget a statement and all that was found in it; judgements of people stay.

        Raises:
            UnknownStatementError: there is none of this id.
        """
        loading.load_statement(self.connection, statement_id)
        with self.transaction() as connection:
            remove(connection, statement_id)

    def load(self, statement_id: str) -> Extraction:
        """A stored statement with its records, each layer in the order of the text.

        Raises:
            UnknownStatementError: there is none of this id.
        """
        return loading.load_extraction(self.connection, statement_id)

    def statement(self, statement_id: str) -> Statement:
        """A stored statement without its records.

        Raises:
            UnknownStatementError: there is none of this id.
        """
        return loading.load_statement(self.connection, statement_id)

    def find_statement(self, words: str) -> str:
        """The id of the one statement that is meant by its id, a part of its id or its title.

        Raises:
            UnknownStatementError: none or several are meant; the message names some.
        """
        if self.execute("SELECT 1 FROM statements WHERE id = ?", (words,)).fetchone():
            return words
        query = """SELECT id FROM statements WHERE instr(lower(id), lower(:w)) OR instr(lower(title), lower(:w))
        ORDER BY published DESC, id LIMIT 6"""
        found = [row[0] for row in self.execute(query, {"w": words})] if words.strip() else []
        if len(found) == 1:
            return str(found[0])
        if found:
            raise UnknownStatementError(f"{words!r} may be any of: {', '.join(found[:5])}{' ...' if found[5:] else ''}")
        raise UnknownStatementError(f"no statement {words!r} in {self.path}")

    def place(self, place_id: str) -> Place | None:
        """A stored place with the ids of the places around it."""
        return loading.load_place(self.connection, place_id)

    def execute(self, query: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Run one query; rows can be read by position and by name.

        Raises:
            DatabaseError: SQLite refuses.
        """
        with _told(self.path):
            return self.connection.execute(query, parameters)

    def analyse(self) -> bool:
        """Tell the planner of queries how much there is, where that has doubled since it was told; gives whether so.

        Raises:
            DatabaseError: the database cannot be written.
        """
        told = self.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone()
        for table in ANALYSED:
            query = "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = ?"
            known = (self.execute(query, (table,)).fetchone()[0] or 0) if told else 0
            if self.execute(f"SELECT count(*) FROM {table}").fetchone()[0] >= max(2 * known, FEW):
                self.execute("ANALYZE")
                return True
        return False

    def note(self, key: str, value: str | None) -> None:
        """Keep a word about the database itself in `meta` (`demonstration`, `title`); None takes it away."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM meta WHERE key = ?", (key,))
            if value is not None:
                connection.execute("INSERT INTO meta(key, value) VALUES (?, ?)", (key, value))

    def noted(self, key: str) -> str | None:
        """What `note` kept under this key."""
        row = self.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def backup(self, target: Path, progress: copying.Progress | None = None, *, force: bool = False) -> None:
        """Copy the database into a file while others read and write it; the copy is one moment's whole state.

        The copy appears under its name only when it is complete and checked.

        Args:
            target: the file to make.
            progress: called with the pages done and the pages in all.
            force: replace what is there under that name.

        Raises:
            DatabaseError: there is a file of that name already, it cannot be written, or this one is damaged.
        """
        copying.check_target(self.path, target, force=force)
        with _told(target):
            copying.copy(self.connection, self.path, target, progress)


_WAYS_OUT = {
    "full": "free some space, then run it again",
    "readonly": "see to the permissions of the file and its folder",
    "unable to open": "see to the name, and to the permissions of its folder",
    "disk I/O": "see to the disk, and whether it has space left, then run it again",
    "malformed": "the file is damaged: go back to a backup, or save what can be saved with `sqlite3 FILE .recover`",
}
"""What to do, by a word of what SQLite says."""


def _way_out(error: sqlite3.Error) -> str:
    said = str(error)
    return next((f"{said}; {way}" for word, way in _WAYS_OUT.items() if word in said), said)


@contextmanager
def _told(path: str | Path) -> Iterator[None]:
    """SQLite's errors in words that name the file and the way out."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            waited = f"more than {BUSY_SECONDS:.0f} s"
            raise DatabaseError(f"another program has been writing {path} for {waited}: try again later") from error
        raise DatabaseError(f"{path}: {_way_out(error)}") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{path}: {_way_out(error)}") from error
    except OSError as error:
        raise DatabaseError(f"{path}: {error.strerror or error}") from error


def _connect(path: str | Path, *, create: bool, read_only: bool) -> sqlite3.Connection:
    if str(path) != ":memory:":
        file = Path(path)
        if file.is_dir():
            raise DatabaseError(f"{path} is a folder: name a file")
        if not file.exists() and not create:
            raise DatabaseError(f"there is no {path}: make it with `statement-nlp extract SOURCE --db {path}`")
        if not file.absolute().parent.is_dir():
            raise DatabaseError(f"there is no folder {file.absolute().parent} for {file.name}")
        with _told(path):
            if file.exists() and 0 < file.stat().st_size < SMALLEST:
                raise DatabaseError(f"{path} is not a SQLite database")
    with _told(path):
        target = f"{Path(path).absolute().as_uri()}?mode=ro" if read_only else str(path)
        connection = sqlite3.connect(
            target, timeout=BUSY_SECONDS, isolation_level=None, uri=read_only, cached_statements=PREPARED
        )
    connection.row_factory = sqlite3.Row
    add_functions(connection)
    return connection


def add_functions(connection: sqlite3.Connection) -> None:
    """Teach a connection `km_apart(latitude, longitude, latitude, longitude)`: not every SQLite is built with sines."""

    def km_apart(*at: Any) -> float | None:
        known = all(isinstance(degrees, int | float) for degrees in at)
        return distance((at[0], at[1]), (at[2], at[3])) if known else None

    connection.create_function("km_apart", 4, km_apart, deterministic=True)


def _prepare(connection: sqlite3.Connection, path: str | Path, read_only: bool) -> None:
    """Refuse what is not ours or too new; bring what is older up to date."""
    try:
        connection.execute("BEGIN")  # both answers of one moment: another process may be making the file just now
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == versions.APPLICATION_ID
        connection.execute("COMMIT")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{path} is not a SQLite database") from error
    if not ours and not empty:
        raise DatabaseError(f"{path} is a database of another program: name another file")
    connection.execute("PRAGMA foreign_keys = ON")
    # with a write-ahead log nothing is torn by this; a power cut may cost the last statements, never half of one
    connection.execute("PRAGMA synchronous = NORMAL")
    known, applied = versions.known(), versions.applied(connection)
    if unknown := applied - known:
        raise DatabaseError(
            f"{path} was written by a newer version of statement-nlp ({', '.join(sorted(unknown))}): upgrade this one"
        )
    if not known - applied:
        return
    if read_only:
        raise DatabaseError(f"{path} was written by an older version: open it once for writing to bring it up to date")
    import sqlite_utils  # loads numpy

    from statement_nlp.store.migrations import MIGRATIONS

    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        database = sqlite_utils.Database(connection)
        known = set(database.table_names())
        MIGRATIONS.apply(database)
        if not known.issuperset(rollups.NAMES):
            rollups.rebuild(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
