"""Extraction in several processes: batches of statements out, what was found in them back, in order.

Each process loads the models once and has its next batch at hand while it works, so that nobody waits for the process
that reads and writes. A process that dies (out of memory, a fault in native code) costs the one statement that it dies
of, too, when it meets it alone.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

from statement_nlp.errors import StatementNlpError, WorkerError
from statement_nlp.extraction.robust import Crash, extract_each, over
from statement_nlp.reading.limits import START_SECONDS, Limits, bound_memory
from statement_nlp.records import Extraction, Statement

BATCH = 16
"""Statements of one task: seconds of work, so that what a task costs itself weighs nothing."""
AT_HAND = 2
"""Tasks that a process has: one that it works on and the next."""
AHEAD = 4
"""Tasks for each process that may be done before the first of them is: bounds what is held in memory."""

Answer = list[Extraction | Crash]
Batch = Sequence[Statement]


def in_processes(
    statements: Iterable[Statement], workers: int, limits: Limits | None = None
) -> Iterator[Extraction | Crash]:
    """What is found in each statement, in their order; a Crash in place of what a finder fails on.

    Args:
        statements: any number; read as they are needed, `AHEAD * workers` batches at most before their time.
        workers: the number of processes.
        limits: what one statement may cost. A batch that takes as long as one may is done again, one by one.

    Raises:
        StatementNlpError: what concerns all statements alike, such as a missing model.
        WorkerError: the processes cannot start.
    """
    rest = iter(statements)
    batches = enumerate(iter(lambda: list(islice(rest, BATCH)), []))
    pool: list[_Worker] = []
    done: dict[int, Answer] = {}
    given = turn = 0
    try:
        while True:
            while given < turn + AHEAD * workers and _have_room(pool, workers) and (task := next(batches, None)):
                _least_busy(pool, workers, limits).give(*task)
                given += 1
            if turn == given:
                return
            _collect(pool, done)
            while turn in done:
                yield from done.pop(turn)
                turn += 1
    finally:
        for worker in pool:
            worker.end()


def _have_room(pool: Sequence[_Worker], workers: int) -> bool:
    return len(pool) < workers or any(len(worker.tasks) < AT_HAND for worker in pool)


def _least_busy(pool: list[_Worker], workers: int, limits: Limits | None) -> _Worker:
    """The process with the least to do; a new one where there may be one more."""
    if len(pool) < workers:
        pool.append(_Worker(limits))
        return pool[-1]
    return min(pool, key=lambda worker: len(worker.tasks))


def _collect(pool: list[_Worker], done: dict[int, Answer]) -> None:
    """Wait until some process answers; what one that died had in hand is done again, statement by statement."""
    busy = [worker for worker in pool if worker.tasks]
    ready = wait(
        [worker.connection for worker in busy], min((w.left for w in busy if w.left is not None), default=None)
    )
    ready += [worker.connection for worker in busy if worker.left == 0]
    for n, worker in enumerate(pool):
        if worker.connection not in ready:
            continue
        try:
            answer = worker.take()
        except EOFError:
            _replace(pool, n)
            answer = _one_by_one(pool, n, worker.tasks[0][1])
            for task in list(worker.tasks)[1:]:
                pool[n].give(*task)
        done[worker.tasks.popleft()[0]] = answer


def _one_by_one(pool: list[_Worker], n: int, batch: Batch) -> Answer:
    """Each statement of a batch on its own, by a process that is replaced after each that it dies of."""
    found: Answer = []
    for statement in batch:
        pool[n].give(0, [statement])
        try:
            found += pool[n].take()
            pool[n].tasks.clear()
        except _OverLimitError as error:
            _replace(pool, n)
            found.append(Crash(statement, str(error), is_over=True))
        except EOFError:
            code = _replace(pool, n)
            found.append(Crash(statement, f"the process ended over it, {_ended(code)}"))
    return found


def _replace(pool: list[_Worker], n: int) -> int | None:
    """Put a new process in the place of one that died; gives how that ended."""
    pool[n].end()
    code = pool[n].process.exitcode
    pool[n] = _Worker(pool[n].limits)
    return code


class _OverLimitError(EOFError):
    """A process was ended: it took too long."""


class Alone:
    """Extracts one statement at a time in a process of its own, which starts with the first one.

    Args:
        limits: what one may cost; the process is ended when it goes over them, and begun anew with the next.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits
        self.pool: list[_Worker] = []

    def extract(self, statement: Statement) -> Extraction | Crash:
        """What is found in a statement, or what happened.

        Raises:
            StatementNlpError: what concerns all statements alike, such as a missing model.
        """
        if not self.pool:
            self.pool.append(_Worker(self.limits))
        return _one_by_one(self.pool, 0, [statement])[0]

    def end(self) -> None:
        """End the process, whatever it does."""
        for worker in self.pool:
            worker.end()


def _ended(code: int | None) -> str:
    """How a process ended, for people."""
    if code == -signal.SIGTERM or code is None or code >= 0:
        return f"exit status {code}"
    told = f"signal {-code}"
    return f"{told}: not enough memory?" if -code == getattr(signal, "SIGKILL", 0) else told


class _Worker:
    """A process, and the batches that it was given and has not answered."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits
        # spawn: a fork of a process that has loaded numpy's threads may hang
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, limits), daemon=True)
        self.process.start()
        theirs.close()
        self.started = False
        self.since = monotonic()
        self.tasks: deque[tuple[int, Batch]] = deque()

    def give(self, number: int, batch: Batch) -> None:
        """Hand it a batch."""
        if not self.tasks:
            self.since = monotonic()
        self.tasks.append((number, batch))
        try:
            self.connection.send(batch)
        except OSError:
            return  # it has died: `take` tells

    @property
    def left(self) -> float | None:
        """Seconds that it may still take for what it has in hand, 0 when it is over; None without a limit."""
        if self.limits is None:
            return None
        allowed = self.limits.seconds + (0.0 if self.started else START_SECONDS)
        return max(0.0, self.since + allowed - monotonic())

    def take(self) -> Answer:
        """Its next answer.

        Raises:
            EOFError: it has died, or went over its limit and was ended.
            StatementNlpError: what it met concerns all statements alike.
        """
        try:
            if not self.started:
                self._receive()
                self.started = True
                self.since = monotonic()
            answer: Answer = self._receive()
            self.since = monotonic()
        except OSError as error:  # a connection that was reset
            raise EOFError from error
        return answer

    def _receive(self) -> Any:
        try:
            if not self.connection.poll(self.left):
                self.process.kill()
                raise _OverLimitError(over(self.limits) if self.limits else "")
            told = self.connection.recv()
        except _OverLimitError:
            raise
        except EOFError:
            if self.started:
                raise
            self.process.join(5)
            code = self.process.exitcode
            raise WorkerError(f"a process to extract in does not start ({_ended(code)}): try --workers 1") from None
        if isinstance(told, StatementNlpError):
            raise told
        return told

    def end(self) -> None:
        """End the process, whatever it does."""
        self.connection.close()
        self.process.terminate()
        self.process.join()


def _work(connection: Connection, limits: Limits | None = None) -> None:
    """What a process does: says that it is ready, then answers batch after batch until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes; it ends this one
    inbox: SimpleQueue[Batch | None] = SimpleQueue()
    Thread(target=_read, args=(connection, inbox), daemon=True).start()
    from statement_nlp.extraction.pipeline import load

    try:
        load()
        if limits:
            bound_memory(limits.megabytes)
        connection.send("ready")
        while batch := inbox.get():
            connection.send(list(extract_each(batch)))
    except StatementNlpError as error:
        connection.send(error)
    except BrokenPipeError:
        return  # nobody waits for it any more


def _read(connection: Connection, inbox: SimpleQueue[Batch | None]) -> None:
    """Take what is sent at once: a sender that has to wait for us, while we wait for it, would wait for ever."""
    while True:
        try:
            inbox.put(connection.recv())
        except (EOFError, OSError):
            inbox.put(None)
            return
