"""add-uploads: extracts what people sent through the pages, one batch after the other; undoes what they take back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from statement_nlp.cli.printing import db_option, tell

if TYPE_CHECKING:
    from statement_nlp.records import Statement
    from statement_nlp.store import Database, Run


@click.command()
@db_option
@click.option("--with-server", is_flag=True, help="End when the standard input ends; so `serve` starts it.")
def add_uploads(db: Path, with_server: bool) -> None:
    """Extract what was sent through the page /add and waits, undo what is to be undone, then end.

    `serve` starts it by itself. One such process works on a database at a time; a second one ends at once.
    """
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.store import Database
    from statement_nlp.store.uploads import alone, folder_of

    db = db.absolute()
    if with_server:
        threading.Thread(target=_end_with_input, daemon=True).start()
    with alone(db) as first:
        if not first:
            tell(f"Another process works on what was sent to {db}.")
            return
        gazetteer = open_gazetteer()
        with Database(db, lookup=gazetteer.get, create=False) as database:
            while (batch := _next(database)) is not None:
                if batch["state"] == "to undo":
                    _undo(database, batch["id"])
                else:
                    _Work(database, dict(batch), folder_of(db, batch["id"])).do()


def _end_with_input() -> None:
    """End this process when its standard input ends: each statement is saved whole or not at all."""
    while os.read(0, 1024):  # not sys.stdin, whose lock a thread may not hold when Python ends
        pass
    os._exit(0)


def _next(database: Database) -> sqlite3.Row | None:
    from statement_nlp.store import batches

    with database.transaction() as connection:
        return batches.begin(connection)


class _Work:
    """Extracts one batch: file after file, statement after statement, each noted as soon as it is stored."""

    def __init__(self, database: Database, batch: dict[str, Any], folder: Path) -> None:
        from statement_nlp.cli.setup import pipeline_name
        from statement_nlp.store import Run

        self.database = database
        self.id = int(batch["id"])
        self.batch = batch
        self.folder = folder
        self.given: dict[str, str] = json.loads(batch["given"])
        self.run: Run = Run(pipeline_name(), sources=(batch["name"],))

    def do(self) -> None:
        """Extract what is left of the batch, and note how it ended."""
        from statement_nlp.cli.setup import finish
        from statement_nlp.errors import StatementNlpError
        from statement_nlp.store.uploads import listed

        try:
            os.chdir(self.folder)  # so that a file is called what it was called where it came from
            files = listed(self.folder)
            stopped = False
            for number, file in enumerate(files, 1):
                stopped = self._is_to_stop()
                if stopped:
                    break
                if number > self.batch["files_done"]:
                    stopped = not self._file(file, alone=len(files) == 1)
                    if not stopped:
                        self._advance(number)
            finish(self.database)
            self._end("stopped" if stopped else "done")
        except (StatementNlpError, OSError) as error:
            self._end("failed", " ".join(str(error).split()))

    def _file(self, file: str, *, alone: bool) -> bool:
        """Extract the statements of a file; False where it was to stop in the midst of it."""
        from statement_nlp.reading.sources import Failure, read
        from statement_nlp.store.batches import Item

        for item in read([file]):
            if self._is_to_stop():
                return False
            if isinstance(item, Failure):
                self._note(Item(item.source, "failed", item.message.removeprefix(f"{item.source}: ")))
            else:
                self._statement(self._as_given(item, alone=alone))
        return True

    def _as_given(self, statement: Statement, *, alone: bool) -> Statement:
        """The statement with what the person said of it; a title and an address are of one statement alone."""
        said = {k: v for k, v in self.given.items() if alone or k in ("published", "publisher")}
        return replace(statement, **said)  # type: ignore[arg-type]

    def _statement(self, statement: Statement) -> None:
        from statement_nlp.store import batches
        from statement_nlp.store.batches import Item
        from statement_nlp.store.saving import fingerprint

        source, made = statement.source or statement.id, fingerprint(statement)
        known = batches.known(self.database.connection, self.id, statement.id)
        if known == made:
            return
        if known is not None:
            why = f"its id {statement.id!r} was given to another text of this batch already; give it another id"
            self._note(Item(source, "failed", why))
        elif self.database.is_current(statement, self.run):
            self._note(Item(source, "unchanged", None, statement.id, made))
        else:
            self._extract(statement, source, made)

    def _extract(self, statement: Statement, source: str, made: str) -> None:
        from statement_nlp.cli.setup import steps
        from statement_nlp.extraction.robust import Crash, extract_each
        from statement_nlp.store import batches, undoing
        from statement_nlp.store.batches import Item, Outcome
        from statement_nlp.store.database import REFUSED

        found = next(extract_each([statement]))
        if isinstance(found, Crash):
            self._note(Item(source, "failed", found.message.removeprefix(f"{source}: ")))
            return
        why = f"stored without records: {found.skipped}" if found.skipped else None
        before: list[str | None] = []

        def keep(connection: sqlite3.Connection, statement_id: str) -> None:
            before.append(undoing.keep(connection, statement_id, self.database.lookup))

        def note(connection: sqlite3.Connection, statement_id: str) -> None:
            outcome: Outcome = "added" if before[0] is None else "replaced"
            batches.note(connection, self.id, Item(source, outcome, why, statement_id, made), before[0])

        try:
            self.database.save(found, self.run, first=(keep,), then=(*steps(), note))
        except REFUSED as error:
            self._note(Item(source, "failed", f"a fault of a finder, please report it ({error})"))

    def _note(self, item: Any) -> None:
        from statement_nlp.store import batches

        with self.database.transaction() as connection:
            batches.note(connection, self.id, item)

    def _is_to_stop(self) -> bool:
        from statement_nlp.store import batches

        return batches.is_to_stop(self.database.connection, self.id)

    def _advance(self, files_done: int) -> None:
        from statement_nlp.store import batches

        with self.database.transaction() as connection:
            batches.advance(connection, self.id, files_done)

    def _end(self, state: str, message: str | None = None) -> None:
        from statement_nlp.store import batches

        with self.database.transaction() as connection:
            batches.finish(connection, self.id, state, message)
        os.chdir(self.folder.parent)
        shutil.rmtree(self.folder, ignore_errors=True)


def _undo(database: Database, batch_id: int) -> None:
    """Take back all that a batch did, one transaction a statement."""
    from statement_nlp.cli.setup import finish, steps
    from statement_nlp.store import batches

    for position in batches.items_to_undo(database.connection, batch_id):
        with database.transaction() as connection:
            changed = batches.undo(connection, batch_id, position, database.lookup)
            if changed and connection.execute("SELECT 1 FROM statements WHERE id = ?", (changed,)).fetchone():
                for step in steps():
                    step(connection, changed)
    finish(database)
    with database.transaction() as connection:
        batches.finish(connection, batch_id, "undone")


COMMANDS = (add_uploads,)
