"""Statements in, database out, as a stream: reading, extraction in workers, one writer in batches.

Nothing is held longer than it takes to write it, so memory does not grow with the number of statements, but for some
bytes of each one's id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice
from typing import Literal

from statement_nlp.reading.limits import Limits
from statement_nlp.reading.sources import Failure
from statement_nlp.records import Extraction, Statement
from statement_nlp.store.database import Database, Run, SaveResult, Step

WRITTEN_AT_ONCE = 32
"""Statements of one transaction: others who write wait for so many at most, a fraction of a second."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one source or statement.

    `outcome` says what the database made of it, or that it `failed`; `message` then names it, why, and the way out.
    A statement that was stored without records says why in `skipped`.
    """

    source: str
    outcome: Literal["added", "replaced", "unchanged", "failed"]
    message: str | None = None
    skipped: str | None = None


Tell = Callable[[Done], None]


def extract_into(
    database: Database,
    items: Iterable[Statement | Failure],
    run: Run,
    tell: Tell,
    *,
    then: Sequence[Step] = (),
    again: bool = False,
    workers: int = 1,
    limits: Limits | None = None,
) -> None:
    """Extract statements and store them, `WRITTEN_AT_ONCE` in one transaction.

    Args:
        database: where they go; this process alone writes.
        items: what `reading.sources.read` gives; read as it is needed. A statement that comes twice counts once.
        run: the run that the records are of.
        tell: called with what became of each item, as soon as it is known: what failed, what is stored.
        then: what follows each statement in its transaction: its links.
        again: extract also what is stored, unchanged.
        workers: processes that extract; with 1 this one does.
        limits: what extracting one statement may cost; what goes over them is told as failed.

    Raises:
        DatabaseError: the database cannot be written; what was told before is stored.
        ModelError: a model is missing.
        WorkerError: the processes that extract cannot start.
    """
    entrance = _Entrance(database, run, again, tell)
    admitted = entrance.admit(items)
    if (first := next(admitted, None)) is None:
        return  # no models are loaded for nothing
    extracted = _extracted(chain([first], admitted), workers, limits, tell)
    while batch := list(islice(extracted, WRITTEN_AT_ONCE)):
        for extraction, result in zip(batch, database.save_all(batch, run, then=then, again=again), strict=True):
            tell(_done(extraction, result))
        entrance.stored(batch)


def _extracted(
    statements: Iterable[Statement], workers: int, limits: Limits | None, tell: Tell
) -> Iterator[Extraction]:
    """What is found in each statement; those that a finder fails on are told."""
    from statement_nlp.extraction.robust import Crash, extract_each  # loads spaCy: not where nothing is to be extracted

    for found in extract_each(statements, workers=workers, limits=limits):
        if isinstance(found, Crash):
            tell(Done(_name(found.statement), "failed", found.message))
        else:
            yield found


def _done(extraction: Extraction, result: SaveResult) -> Done:
    name = _name(extraction.statement)
    if result.error:
        return Done(name, "failed", f"{name}: a fault of a finder, please report it ({result.error})")
    return Done(name, result.outcome, skipped=extraction.skipped)


def _name(statement: Statement) -> str:
    return statement.source or statement.id


class _Entrance:
    """Lets in what is to be extracted: no failure, nothing twice, nothing that is stored as it is."""

    def __init__(self, database: Database, run: Run, again: bool, tell: Tell) -> None:
        self.database = database
        self.run = run
        self.again = again
        self.tell = tell
        self.seen: dict[int, int] = {}
        self.inside: dict[str, str | None] = {}

    def admit(self, items: Iterable[Statement | Failure]) -> Iterator[Statement]:
        """The statements to extract; what becomes of the others is told."""
        for item in items:
            if isinstance(item, Failure):
                self.tell(Done(item.source, "failed", item.message))
            elif self._is_new(item):
                if not self.again and self.database.is_current(item, self.run):
                    self.tell(Done(_name(item), "unchanged"))
                else:
                    self.inside[item.id] = item.source
                    yield item

    def stored(self, batch: Iterable[Extraction]) -> None:
        """Forget where these came from: the database knows."""
        for extraction in batch:
            del self.inside[extraction.statement.id]

    def _is_new(self, statement: Statement) -> bool:
        """Whether this id is met for the first time; the same id with another text fails."""
        name, text = _digest(statement.id), _digest(statement.text)
        if name not in self.seen:
            self.seen[name] = text
            return True
        if self.seen[name] != text:
            first = self._source(statement.id) or "another source"
            message = f"its id {statement.id!r} was given to {first} already; give it another id"
            self.tell(Done(_name(statement), "failed", f"{_name(statement)}: {message}"))
        return False

    def _source(self, statement_id: str) -> str | None:
        """Where the first statement of this id came from."""
        if statement_id in self.inside:
            return self.inside[statement_id]
        row = self.database.execute("SELECT source FROM statements WHERE id = ?", (statement_id,)).fetchone()
        return row[0] if row else None


def _digest(text: str) -> int:
    """64 bits that stand for a text: chance makes two of 100,000 texts alike once in four thousand million runs."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
