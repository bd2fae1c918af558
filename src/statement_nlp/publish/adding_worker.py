"""The one process that extracts what was sent: started when something waits, started again when it ends too early."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from collections import deque
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

COMMAND = (sys.executable, "-c", "from statement_nlp.cli import main; main()", "add-uploads", "--with-server")
PAUSE = 2.0
"""Seconds before a process that failed is started again; a batch is begun three times at most (store/batches.py)."""
WAITS = "SELECT 1 FROM batches WHERE state IN ('waiting', 'working', 'to undo') LIMIT 1"
logger = logging.getLogger(__name__)


class Keeper:
    """Keeps one process at work on a database while something waits there.

    The process ends with the server, since its input then ends; what it was at stays in the queue.
    """

    def __init__(self, path: Path, command: tuple[str, ...] = COMMAND) -> None:
        self.path = path
        self.command = (*command, "--db", str(path))
        self.task: asyncio.Task[None] | None = None
        self.process: asyncio.subprocess.Process | None = None
        self.said: deque[str] = deque(maxlen=20)

    def wake(self) -> None:
        """Start the process unless it runs."""
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._keep())

    def is_at_work(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.returncode is None

    async def _keep(self) -> None:
        failed = 0
        while failed < 3 and await asyncio.to_thread(waits, self.path):
            ended = await self._run()
            failed = failed + 1 if ended else 0
            if ended:
                logger.error("%s ended with %s: %s", " ".join(self.command[3:]), ended, " ".join(self.said))
                await asyncio.sleep(PAUSE)
            elif await asyncio.to_thread(waits, self.path):
                await asyncio.sleep(PAUSE)  # another server's process is at it

    async def _run(self) -> int:
        self.said.clear()
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        if self.process.stderr is not None:
            async for line in self.process.stderr:
                self.said.append(line.decode("utf-8", "replace").strip())
        return await self.process.wait()

    async def stop(self) -> None:
        """End the process; what it was at stays in the queue."""
        task, self.task = self.task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


def waits(path: Path) -> bool:
    """Whether anything waits to be extracted or undone in a database; False where it knows no batches."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches'").fetchone()
        return known is not None and connection.execute(WAITS).fetchone() is not None
    finally:
        connection.close()


_keepers: WeakKeyDictionary[Any, Keeper] = WeakKeyDictionary()


def keeper_of(datasette: Any, path: Path) -> Keeper:
    """The one keeper of a server."""
    return _keepers.setdefault(datasette, Keeper(path))
