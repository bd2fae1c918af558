"""What a worker does: it extracts one part of the input into one partition. The models are loaded once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import current_process
from threading import Lock

from statement_nlp.cluster.inputs import read
from statement_nlp.errors import ClusterError
from statement_nlp.extraction.robust import Crash, extract_each
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.reading.limits import Limits
from statement_nlp.reading.sources import Failure
from statement_nlp.records import Extraction, Statement
from statement_nlp.store import Database, Run
from statement_nlp.store.partitions import Part, Partitions, Report
from statement_nlp.store.tables import dump

BATCH = 64
"""Statements that are saved at a time."""
_ONE_AT_A_TIME = Lock()
"""A worker process may have several threads; the pipeline, whose work is Python's own, gains nothing from them."""


def extract_part(
    address: str, number: int, part: Part, run: Run, pipeline: Callable[[], str], limits: Limits | None = None
) -> Report:
    """Extract a part of the input, unless it is done already.

    Args:
        address: of the partitions.
        number: of the part.
        part: what to read.
        run: what is to stand in the tables.
        pipeline: gives the name of this machine's pipeline, which has to be the run's.
        limits: what a long statement may cost, where this process may start another one that can be ended.

    Raises:
        ClusterError: this machine would find something else than the one that began.
        SourceError: the input cannot be opened, or changed meanwhile.
        PartitionError: the partition cannot be written.
        ModelError: a model is missing or does not fit.
    """
    partitions = Partitions(address)
    with _ONE_AT_A_TIME:
        done = partitions.report(number)
        if done and done.fingerprint == part.fingerprint:
            return done
        if (here := pipeline()) != run.pipeline:
            raise ClusterError(
                f"a worker has another pipeline ({here}) than where the extraction began ({run.pipeline}): install the "
                "same version there, with the same models and the same places and parties of your own"
            )
        notes = _Notes(None if current_process().daemon else limits)
        with Database(":memory:", lookup=_gazetteer().get) as database:
            for batch in _batches(notes.found(part)):
                for extraction, result in zip(batch, database.save_all(batch, run), strict=True):
                    notes.saved(extraction, result.error)
            report = Report(part.fingerprint, notes.statements, notes.skipped, notes.failed, tuple(notes.lines))
            partitions.write(number, dump(database.connection), report)
    return report


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    return Gazetteer.open()


def _batches(extractions: Iterable[Extraction]) -> Iterator[list[Extraction]]:
    batch: list[Extraction] = []
    for extraction in extractions:
        batch.append(extraction)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(slots=True)
class _Notes:
    """What became of the statements of a part so far."""

    limits: Limits | None = None
    statements: int = 0
    skipped: int = 0
    failed: int = 0
    lines: list[str] = field(default_factory=list)

    def found(self, part: Part) -> Iterator[Extraction]:
        """What is found in the statements of a part; what cannot be read or extracted is noted."""
        for found in extract_each(self._statements(part), limits=self.limits):
            if isinstance(found, Crash):
                self._fail(found.message)
            else:
                yield found

    def _statements(self, part: Part) -> Iterator[Statement]:
        """The statements of a part, each id once: the first is taken, another text under the same id is noted."""
        first: dict[str, Statement] = {}
        for item in read(part):
            if isinstance(item, Failure):
                self._fail(item.message)
            elif item.id not in first:
                first[item.id] = item
                yield item
            elif item.text != first[item.id].text:
                where = first[item.id].source or "another source"
                self._fail(f"{item.source}: its id {item.id!r} was given to {where} already; give it another id")

    def saved(self, extraction: Extraction, error: str | None) -> None:
        """Note what became of an extraction in the tables."""
        where = extraction.statement.source or extraction.statement.id
        if error:
            self._fail(f"{where}: {error} (a fault of a finder; please report it)")
            return
        self.statements += 1
        if extraction.skipped:
            self.skipped += 1
            self.lines.append(f"skipped: {where}: {extraction.skipped} (stored without records)")

    def _fail(self, line: str) -> None:
        self.failed += 1
        self.lines.append(f"failed: {line}")
