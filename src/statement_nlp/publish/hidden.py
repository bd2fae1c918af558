"""Serves a copy without the names of private persons (`hide_private_names`), made anew when the database changes.

What is served is the copy alone: pages, search, exports, feeds, SQL and assistants read what is not there.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from datasette.database import Database

from statement_nlp.errors import DatabaseError
from statement_nlp.publish import page_data

EVERY = 10.0
"""Seconds between two looks whether the database has changed."""
COMMAND = (sys.executable, "-m", "statement_nlp.store.hiding")
logger = logging.getLogger(__name__)


class Copy(Database):  # type: ignore[misc]
    """A database with connections of its own: Datasette keeps those of all databases of one name together."""

    def __init__(self, datasette: Any, path: Path) -> None:
        super().__init__(datasette, path=str(path), is_mutable=True)
        self.own = threading.local()

    async def execute_fn(self, fn: Callable[[Any], Any]) -> Any:
        """Call a function with a connection to the copy, in one of Datasette's threads."""

        def in_thread() -> Any:
            connection = getattr(self.own, "connection", None)
            if connection is None:
                connection = self.own.connection = self.connect()
                self.ds._prepare_connection(connection, self.name)
            return fn(connection)

        if self.ds.executor is None:
            return in_thread()
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, in_thread)


class Hidden:
    """The database that is written, and the copy that is served in its place."""

    def __init__(self, datasette: Any, source: Database) -> None:
        self.datasette = datasette
        self.source = source
        self.path = Path(str(source.path)).absolute()
        self.folder = self.path.with_name(self.path.name + "-names-hidden")
        self.number = 0
        self.made_of: tuple[tuple[int, int], ...] = ()
        self.looked = monotonic()
        self.task: asyncio.Task[None] | None = None

    def state(self) -> tuple[tuple[int, int], ...]:
        """What tells whether the database has changed: size and time of its file and of its log."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return tuple((f.stat().st_mtime_ns, f.stat().st_size) for f in files if f.exists())

    async def make(self) -> None:
        """Make the copy, in a process of its own, and serve it in place of the one before.

        Raises:
            DatabaseError: it could not be made; what is served stays.
        """
        state = self.state()
        folder = self.folder / str(self.number + 1)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        target = folder / self.path.name
        process = await asyncio.create_subprocess_exec(
            *COMMAND, str(self.path), str(target), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        if process.returncode:
            raise DatabaseError(f"the copy without names cannot be made: {said.decode(errors='replace')[-300:]}")
        name = self.source.name
        self.datasette.remove_database(name)
        self.datasette.add_database(Copy(self.datasette, target), name=name)
        self.number, self.made_of = self.number + 1, state
        for old in self.folder.iterdir():
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)

    async def follow(self) -> None:
        """Make the copy anew; a failure is told, and what was served is served on."""
        try:
            await self.make()
        except DatabaseError as error:
            logger.error("%s", error)


_hidden: WeakKeyDictionary[Any, Hidden] = WeakKeyDictionary()


def of(datasette: Any) -> Hidden | None:
    """What hides names on this server; None where they are not hidden."""
    return _hidden.get(datasette)


async def start(datasette: Any) -> None:
    """Serve the copy, before anything is answered, where the setting says so."""
    if not (datasette.plugin_config("statement_nlp") or {}).get("hide_private_names") or of(datasette):
        return
    source = await page_data.ours(datasette)
    if source is None:
        raise DatabaseError("hide_private_names is set, but no database of statements is served")
    hidden = Hidden(datasette, source)
    shutil.rmtree(hidden.folder, ignore_errors=True)
    await hidden.make()
    _hidden[datasette] = hidden


def look(datasette: Any) -> None:
    """See from time to time whether the database has changed, and make the copy anew if it has."""
    hidden = of(datasette)
    if hidden is None or monotonic() - hidden.looked < EVERY or (hidden.task and not hidden.task.done()):
        return
    hidden.looked = monotonic()
    if hidden.state() != hidden.made_of:
        hidden.task = asyncio.get_running_loop().create_task(hidden.follow())
