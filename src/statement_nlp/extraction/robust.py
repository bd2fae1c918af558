"""Extraction that goes on: a statement that a finder fails on is told, and the others go through."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from statement_nlp.errors import StatementNlpError
from statement_nlp.records import Extraction, Statement

if TYPE_CHECKING:
    from spacy.language import Language

    from statement_nlp.reading.limits import Limits

LONG = 50_000
"""Characters above which a statement is extracted in a process of its own where limits are kept."""


OFTEN = 1.0
"""Seconds after which who did not end is told to end again."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A statement that a finder failed on, a fault of ours and not of the text; `error` says what happened.

    `is_over` where it went over its limits: then it may be the text.
    """

    statement: Statement
    error: str
    is_over: bool = False

    @property
    def message(self) -> str:
        """One line for people."""
        where = self.statement.source or self.statement.id
        if self.is_over:
            return f"{where}: {self.error}"
        return f"{where}: a fault of a finder, please report it ({self.error})"


def over(limits: Limits) -> str:
    """What is said of a statement that took too long."""
    return f"extracting it took more than {limits.seconds:g} s; give it in parts, or allow more (--seconds)"


class _OverTimeError(BaseException):
    """It has taken too long. No Exception: what catches all of those must not catch it."""


@contextmanager
def _within_time(limits: Limits | None) -> Iterator[None]:
    """End what runs inside when its time is over, in Python code or in a regular expression, which look for signals.

    Nothing happens without limits, outside of the main thread, or where the system has no such clock (Windows).
    """
    if not limits or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def end(*_: object) -> None:
        raise _OverTimeError

    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, limits.seconds, OFTEN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def extract_each(
    statements: Iterable[Statement],
    *,
    nlp: Language | None = None,
    workers: int = 1,
    limits: Limits | None = None,
) -> Iterator[Extraction | Crash]:
    """As `pipeline.extract_many`, in the same order, with a Crash in place of what it fails on.

    Args:
        statements: any number.
        nlp: the pipeline; the package's where None, or with more than one worker.
        workers: processes; with 1 this one extracts, but for long statements where there are limits.
        limits: what one statement may cost; what goes over them is ended.

    Raises:
        StatementNlpError: what concerns all statements alike, such as a missing model.
    """
    if workers > 1:
        from statement_nlp.extraction.workers import in_processes

        yield from in_processes(statements, workers, limits)
    elif limits:
        yield from _within(statements, nlp, limits)
    else:
        yield from _here(statements, nlp, None)


def _within(statements: Iterable[Statement], nlp: Language | None, limits: Limits) -> Iterator[Extraction | Crash]:
    """Short statements in this process, by the clock, long ones in one that can be ended, as memory is bound there."""
    from statement_nlp.extraction.workers import Alone

    alone = Alone(limits)
    try:
        for is_long, group in groupby(statements, key=lambda statement: len(statement.text) > LONG):
            if is_long:
                yield from map(alone.extract, group)
            else:
                yield from _here(group, nlp, limits)
    finally:
        alone.end()


def _here(statements: Iterable[Statement], nlp: Language | None, limits: Limits | None) -> Iterator[Extraction | Crash]:
    """In this process, a batch at once; one that fails, or takes as long as one statement may, one by one."""
    from statement_nlp.extraction import pipeline

    rest = iter(statements)
    while batch := list(islice(rest, pipeline.BATCH)):
        try:
            found: Sequence[Extraction | Crash] = _of(batch, nlp, limits)
        except StatementNlpError:
            raise
        except (Exception, _OverTimeError):  # noqa: BLE001 - found again, and told, one by one
            found = [_one(statement, nlp, limits) for statement in batch]
        yield from found


def _of(batch: Sequence[Statement], nlp: Language | None, limits: Limits | None) -> list[Extraction]:
    from statement_nlp.extraction import pipeline

    if limits and nlp is None:
        pipeline.load()  # takes time of its own
    with _within_time(limits):
        return list(pipeline.extract_many(batch, nlp=nlp))


def _one(statement: Statement, nlp: Language | None, limits: Limits | None) -> Extraction | Crash:
    try:
        return _of([statement], nlp, limits)[0]
    except StatementNlpError:
        raise
    except _OverTimeError:
        return Crash(statement, over(limits) if limits else "", is_over=True)
    except Exception as error:  # noqa: BLE001 - it is reported, with the statement's name
        return Crash(statement, f"{type(error).__name__}: {' '.join(str(error).split())}")
