"""What one document may cost, in seconds and in memory, and the process that reads beside ours and can be ended.

PDF, Word and web pages are read by large libraries in native code, and a long text by expressions whose time may grow
with its square: a document made to harm, or merely odd, must cost itself and not the run. So these are read in a
process of their own, which is ended when it goes over its limits and begun anew with the next document.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from statement_nlp.errors import SourceError, TooLargeSourceError

START_SECONDS = 120.0
"""How long a process may take until it is ready, on a machine with much else to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost.

    Attributes:
        seconds: of reading it, and again of extracting it.
        megabytes: of memory that the process takes for it beyond what it holds when idle; kept on Linux alone.
    """

    seconds: float = 120.0
    megabytes: int = 2000


def bound_memory(megabytes: int) -> None:
    """Let this process take so much more memory than it has now; what wants more gets a MemoryError.

    Only Linux tells a process its own size and keeps to such a bound; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + megabytes * 2**20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


class Reading:
    """A process that reads one document at a time, within limits; it starts with the first one.

    Args:
        work: what it does with each: a function of a module, `work(*task) -> list`.
        limits: what one may cost.
    """

    def __init__(self, work: Callable[..., list[Any]], limits: Limits) -> None:
        self.work = work
        self.limits = limits
        self._connection: Connection | None = None
        self._process: Any = None

    def ask(self, task: Sequence[Any]) -> list[Any]:
        """What `work` makes of a task.

        Raises:
            TooLargeSourceError: it went over its limits.
            SourceError: the process ended over it, or cannot start.
        """
        connection = self._connection or self._start()
        try:
            connection.send(tuple(task))
            if not connection.poll(self.limits.seconds):
                self.close()
                took = f"reading it took more than {self.limits.seconds:g} s"
                raise TooLargeSourceError(f"{took}; give its text alone, or allow more (--seconds)")
            found = connection.recv()
        except (EOFError, OSError) as error:
            code = self._ended()
            raise SourceError(
                f"the process that read it ended ({code}); give its text alone, or allow more memory (--megabytes)"
            ) from error
        if found is None:
            self.close()
            raise TooLargeSourceError(
                f"reading it took more than {self.limits.megabytes:,} MB of memory; "
                "give its text alone, or allow more (--megabytes)"
            )
        answer: list[Any] = found
        return answer

    def _start(self) -> Connection:
        # spawn: a fork of a process that has loaded numpy's threads may hang
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.work, self.limits.megabytes), daemon=True)
        self._process.start()
        theirs.close()
        self._connection = ours
        try:
            ready = ours.poll(START_SECONDS) and ours.recv()
        except (EOFError, OSError):
            ready = False
        if not ready:
            raise SourceError(f"the process that is to read it does not start ({self._ended()})")
        return ours

    def _ended(self) -> str:
        """Close what is left of the process; how it ended, for people."""
        process = self._process
        if process is not None:
            process.join(5)
        code = process.exitcode if process is not None else None
        self.close()
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._connection is not None:
            self._connection.close()
            self._process.kill()
            self._process.join()
        self._connection = self._process = None


def _serve(connection: Connection, work: Callable[..., list[Any]], megabytes: int) -> None:
    """What the process does: answers task after task until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks; it ends this one
    bound_memory(megabytes)
    connection.send(True)
    while True:
        try:
            task = connection.recv()
            connection.send(_within_memory(work, task))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _within_memory(work: Callable[..., list[Any]], task: Sequence[Any]) -> list[Any] | None:
    try:
        return work(*task)
    except MemoryError:
        return None
