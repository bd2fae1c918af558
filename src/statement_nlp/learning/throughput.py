"""From files to a database, beside the stock base pipeline over the same texts; and two processes beside one.

The whole way, as `extract` goes it: files are read, extracted, written and linked. One process against the stock
pipeline is measured as speed.py measures: CPU time, in turn, the quickest round of each. Two processes against one are
measured by the clock on the wall, the models loaded, as two cores are what it is about: on a machine that does
something else meanwhile, the CPU time that both took tells more, and is printed beside it.
`python -m statement_nlp.learning.throughput FOLDER [ROUNDS] [EVERY]` prints it, for the corpus in less than ten minutes
on two cores that do nothing else: of the files every second one (`EVERY`) goes the whole way; all are for processes.
"""

from __future__ import annotations

import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from statement_nlp.errors import SourceError
from statement_nlp.extraction.pipeline import extract_many
from statement_nlp.extraction.workers import BATCH, in_processes
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.learning.baseline import stock_pipeline
from statement_nlp.reading.sources import Failure, read, read_corpus
from statement_nlp.records import Extraction, Statement
from statement_nlp.store import Database, Run
from statement_nlp.streaming import WRITTEN_AT_ONCE
from statement_nlp.tracking.linking import link_statement
from statement_nlp.tracking.organisations import organise
from statement_nlp.tracking.tracks import sweep

ROUNDS = 2
EVERY = 2
"""One file in so many goes the whole way, or what comes of one folder takes too long."""
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Throughput:
    """CPU seconds of the quickest round over all files: the stock pipeline's, and those of each part of our way."""

    words: int
    stock: float
    parts: dict[str, float]

    @property
    def whole(self) -> float:
        """CPU seconds of the whole way."""
        return sum(self.parts.values())

    @property
    def ratio(self) -> float:
        """How fast the whole way is, the stock pipeline's speed being 1."""
        return self.stock / self.whole


@dataclass(frozen=True, slots=True)
class Scaling:
    """Seconds for the same statements in one process and in several: on the wall, and of CPU time in all."""

    workers: int
    wall: tuple[float, float]
    cpu: tuple[float, float]


def measure(sources: Sequence[str | Path], rounds: int = ROUNDS) -> Throughput:
    """Time both in turn over all files, after a warm-up of each.

    Raises:
        SourceError: a file cannot be read.
    """
    stock, gazetteer = stock_pipeline(), Gazetteer.open()
    texts = [s.text for s in _read(sources)]

    def run_stock() -> None:
        for doc in stock.pipe(texts):
            len(doc)

    run_stock()
    _way(sources, gazetteer)
    stock_seconds: list[float] = []
    ways: list[dict[str, float]] = []
    for _ in range(rounds):
        with _timed(stock_seconds.append):
            run_stock()
        ways.append(_way(sources, gazetteer))
    best = min(ways, key=lambda parts: sum(parts.values()))
    return Throughput(sum(len(text.split()) for text in texts), min(stock_seconds), best)


def _way(sources: Sequence[str | Path], gazetteer: Gazetteer) -> dict[str, float]:
    """CPU seconds of each part of the way from files to a new database, which is thrown away."""
    spent: dict[str, float] = dict.fromkeys(("reading", "extraction", "writing", "links", "at the end"), 0.0)

    def add(part: str) -> Callable[[float], None]:
        def to(seconds: float) -> None:
            spent[part] += seconds

        return to

    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "new.db", lookup=gazetteer.get) as database:
        run = Run("benchmark")
        with _timed(add("reading")):
            statements = _read(sources)
        for at in range(0, len(statements), WRITTEN_AT_ONCE):
            batch: list[Extraction] = []
            with _timed(add("extraction")):
                batch += extract_many(statements[at : at + WRITTEN_AT_ONCE])
            with _timed(add("writing")):
                database.save_all(batch, run)
            with _timed(add("links")), database.transaction() as connection:
                for extraction in batch:
                    link_statement(connection, extraction.statement.id)
        with _timed(add("at the end")):
            organise(database)
            sweep(database)
    return spent


def scale(statements: Sequence[Statement], workers: int = WORKERS) -> Scaling:
    """Time one process and several over the same statements.

    The clock starts when each process has answered its first batch: its models are loaded, and it works on the next.
    """
    one = _paced(extract_many(iter(statements)), workers * BATCH)
    several = _paced(in_processes(iter(statements), workers), workers * BATCH)
    return Scaling(workers, (one[0], several[0]), (one[1], several[1]))


def _paced(found: Iterator[object], first: int) -> tuple[float, float]:
    """Seconds on the wall after so many first answers, and CPU time of the processes in all."""
    before = _cpu()
    for _ in islice(found, first):
        pass
    started = time.perf_counter()
    for _ in found:
        pass
    return time.perf_counter() - started, _cpu() - before


def _cpu() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _read(sources: Sequence[str | Path]) -> list[Statement]:
    statements: list[Statement] = []
    for item in read(sources):
        if isinstance(item, Failure):
            raise item.error
        statements.append(item)
    return statements


@contextmanager
def _timed(tell: Callable[[float], None]) -> Iterator[None]:
    """Tell the CPU time of a block, from a clean slate."""
    gc.collect()
    started = time.process_time()
    yield
    tell(time.process_time() - started)


def report(done: Throughput) -> str:
    """The measurement in lines for people."""
    lines = [
        f"{done.words} words, files in, database out, one process, CPU time, quickest round",
        f"stock base pipeline, texts alone:    {done.words / done.stock:7.0f} words/s",
        f"statement-nlp, from files to tables: {done.words / done.whole:7.0f} words/s",
        f"ratio: {done.ratio:.2f}",
        "where the time goes, in parts of the whole (of the stock pipeline's):",
        *(f"  {part:<12} {s / done.whole:.3f} ({s / done.stock:.3f})" for part, s in done.parts.items()),
    ]
    return "\n".join(lines)


def scaled(done: Scaling) -> list[str]:
    """Several processes beside one, in lines for people."""
    (one, several), (cpu, more) = done.wall, done.cpu
    return [
        f"{done.workers} processes beside one: {one / several:.2f} times as fast by the clock",
        f"  CPU time {more / cpu:.2f} times, the loading of models in each process included",
    ]


def main() -> None:
    """Print the measurement for the statements of a folder; a second argument is the number of rounds."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "corpus")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    every = int(sys.argv[3]) if len(sys.argv) > 3 else EVERY
    files = sorted(folder.glob("*.txt"))
    try:
        statements = read_corpus(folder)
        print(f"every {every}. of {len(files)} files, {rounds} rounds", flush=True)
        print(report(measure(files[::every], rounds)), flush=True)
        print("\n".join(scaled(scale(statements))))
    except SourceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
