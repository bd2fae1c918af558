"""Extraction that goes on: a statement that a finder fails on is told, and the others go through."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from statement_nlp.errors import StatementNlpError
from statement_nlp.records import Extraction, Statement

if TYPE_CHECKING:
    from spacy.language import Language

    from statement_nlp.reading.limits import Limits

LONG = 50_000
"""Characters above which a statement is extracted in a process of its own where limits are kept."""


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
        yield from _here(statements, nlp)


def _within(statements: Iterable[Statement], nlp: Language | None, limits: Limits) -> Iterator[Extraction | Crash]:
    """Short statements in this process, long ones in one that can be ended."""
    from statement_nlp.extraction.workers import Alone

    alone = Alone(limits)
    try:
        for is_long, group in groupby(statements, key=lambda statement: len(statement.text) > LONG):
            if is_long:
                yield from map(alone.extract, group)
            else:
                yield from _here(group, nlp)
    finally:
        alone.end()


def _here(statements: Iterable[Statement], nlp: Language | None) -> Iterator[Extraction | Crash]:
    from statement_nlp.extraction import pipeline

    rest = iter(statements)
    inside: deque[Statement] = deque()

    def handed() -> Iterator[Statement]:
        for statement in rest:
            inside.append(statement)
            yield statement

    while True:
        try:
            for extraction in pipeline.extract_many(handed(), nlp=nlp):
                inside.popleft()
                yield extraction
        except StatementNlpError:
            raise
        except Exception:  # noqa: BLE001 - found again, and told, one by one
            while inside:
                yield _one(inside.popleft(), nlp)
        else:
            return


def _one(statement: Statement, nlp: Language | None) -> Extraction | Crash:
    from statement_nlp.extraction import pipeline

    try:
        return next(iter(pipeline.extract_many([statement], nlp=nlp)))
    except StatementNlpError:
        raise
    except Exception as error:  # noqa: BLE001 - it is reported, with the statement's name
        return Crash(statement, f"{type(error).__name__}: {' '.join(str(error).split())}")
