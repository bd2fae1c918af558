"""What very many statements take: measured on some, and reckoned for more. docs/scale.md shows what it prints.

`python -m statement_nlp.learning.scale corpus --made 100000 --folder DIR` measures extraction on the statements of a
folder, and loading and linking on made-up ones (made.py), which it writes as partitions to DIR. Seconds are of the CPU,
of one process; what waits for the disk comes on top.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import click

from statement_nlp.extraction.pipeline import extract_many, load
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import Register
from statement_nlp.learning import speed
from statement_nlp.learning.linking_speed import measure as measure_links
from statement_nlp.learning.made import COLUMNS, made_statements, world_of, write_rows, write_world
from statement_nlp.learning.made_texts import World
from statement_nlp.reading.sources import read_corpus
from statement_nlp.records import Statement
from statement_nlp.store import Database, Run, bulk, parquet
from statement_nlp.store.partitions import Manifest, Part, Partitions, Piece, Report
from statement_nlp.store.tables import RECORDS, Rows, dump
from statement_nlp.tracking.organisations import organise

PART = 500
"""Made-up statements of a partition."""
RUN = Run("made", version="", started="")


@dataclass(frozen=True, slots=True)
class Extracting:
    """Extraction of real texts: per statement CPU seconds and bytes; `ratio` of words per second to the stock's."""

    statements: int
    words: int
    seconds: float
    ratio: float
    parquet: float
    rows: float


@dataclass(frozen=True, slots=True)
class Loading:
    """A load into an empty database: rows, CPU and clock seconds, bytes; seconds to link one more (middle, worst)."""

    statements: int
    claims: int
    rows: int
    seconds: float
    clock: float
    parquet: int
    database: int
    link: tuple[float, float]
    organise: float


def extracting(statements: list[Statement], rounds: int) -> Extracting:
    """Measure the extraction of some statements, one process that has read them once, and what it weighs as Parquet."""
    nlp = load()
    ratio = speed.measure(statements, rounds).ratio
    with Database(":memory:", lookup=Gazetteer.open().get) as database:
        started = time.process_time()
        found = list(extract_many(statements, nlp=nlp))
        database.save_all(found, RUN)
        rows = dump(database.connection)
        weight = sum(len(parquet.encode(table, rows[table])) for table in rows)
        seconds = time.process_time() - started
    count = len(statements)
    return Extracting(
        count,
        sum(len(s.text.split()) for s in statements),
        seconds,
        ratio,
        weight / count,
        sum(len(rows[table]) for table in RECORDS) / count,
    )


def write_made(world: World, partitions: Partitions, statements: int) -> int:
    """Write made-up statements as partitions, as a cluster would; gives the rows of their records."""
    count = -(-statements // PART)
    parts = tuple(Part((Piece("made", "made", n * PART, (n + 1) * PART),), str(n)) for n in range(count))
    partitions.begin(Manifest(RUN, parts))
    written = 0
    for number, rows in enumerate(_made_rows(world, statements)):
        partitions.write(number, rows, Report(str(number), len(rows["statements"])))
        written += sum(len(rows[table]) for table in RECORDS)
    return written


def _made_rows(world: World, statements: int) -> Iterator[Rows]:
    """The rows of made-up statements, `PART` at a time, each with all places and parties."""
    with Database(":memory:") as database:
        with database.transaction() as connection:
            connection.execute("INSERT INTO runs(id, started, version, pipeline) VALUES (1, '', '', 'made')")
            write_world(connection, world)
        waiting = made_statements(world, statements, seed=1)
        while batch := list(islice(waiting, PART)):
            rows = {table: list(chain.from_iterable(m.rows.get(table, ()) for m in batch)) for table in COLUMNS}
            database.execute("BEGIN")
            write_rows(database.connection, rows)
            yield dump(database.connection)
            database.execute("ROLLBACK")


def loading(folder: Path, statements: int) -> Loading:
    """Load made-up statements into a new database, and link some of them as if they were new."""
    partitions = Partitions(str(folder / "parquet"))
    rows = write_made(world_of(Gazetteer.open(), Register.load()), partitions, statements)
    file = folder / "loaded.db"
    with Database(file) as database:
        clock, processor = time.perf_counter(), time.process_time()
        bulk.load(database, partitions)
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
        with _clock() as organised:
            organise(database)
        links = sorted(seconds for _, seconds in measure_links(database))
        claims = int(database.execute("SELECT count(*) FROM claims").fetchone()[0])
    weight = sum(f.stat().st_size for f in (folder / "parquet").rglob("*.parquet"))
    return Loading(
        statements, claims, rows, processor, clock, weight, file.stat().st_size,
        (links[len(links) // 2], links[-1]), organised[0],
    )  # fmt: skip


@contextmanager
def _clock() -> Iterator[list[float]]:
    """A list that holds, after the block, its CPU seconds."""
    taken = [0.0]
    started = time.process_time()
    yield taken
    taken[0] = time.process_time() - started


def measured(extraction: Extracting, load: Loading) -> list[str]:
    """What was measured, in lines for people."""
    each = extraction.seconds / extraction.statements
    return [
        f"extraction, {extraction.statements} statements of {extraction.words / extraction.statements:.0f} words:",
        f"  {1 / each:.2f} statements/s a core ({extraction.words / extraction.seconds:,.0f} words/s), "
        f"{extraction.ratio:.2f} of the stock pipeline",
        f"  {extraction.rows:.0f} rows and {extraction.parquet / 1000:.1f} KB of Parquet a statement",
        f"load, {load.statements:,} made-up statements with {load.claims:,} claims, {load.rows:,} rows, "
        "into an empty database:",
        f"  {load.seconds:.0f} s of CPU, {load.clock:.0f} s by the clock: {load.rows / load.clock:,.0f} rows/s",
        f"  a statement {load.parquet / load.statements / 1000:.1f} KB of Parquet, "
        f"{load.database / load.statements / 1000:.1f} KB of database",
        f"  names of organisations grouped in {load.organise:.1f} s",
        f"link one more statement among them: {load.link[0]:.2f} s in the middle, {load.link[1]:.2f} s at worst",
    ]


def reckoned(extraction: Extracting, load: Loading, statements: int) -> list[str]:
    """What so many statements take at these rates, in lines for people; links apart, which grow with the square."""
    hours = statements * extraction.seconds / extraction.statements / 3600
    rows = statements * extraction.rows
    return [
        f"{statements:,} statements at these rates:",
        f"  extraction: {hours:,.0f} hours of one core; on 100 cores {hours / 100:,.0f} hours",
        f"  Parquet: {statements * extraction.parquet / 1e9:,.0f} GB",
        f"  load: {rows / 1e9:.2f} billion rows, {rows / load.rows * load.clock / 3600:,.1f} hours",
        f"  database: {rows / load.rows * load.database / 1e9:,.0f} GB",
    ]


@click.command()
@click.argument("corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--texts", default=50, show_default=True, help="Statements of the folder to extract.")
@click.option("--made", default=100_000, show_default=True, help="Made-up statements to load.")
@click.option("--rounds", default=2, show_default=True, help="Rounds beside the stock pipeline.")
@click.option("--reckon", default=10_000_000, show_default=True, help="Statements to reckon for.")
@click.option(
    "--folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder for what is made."
)
def main(corpus: Path, texts: int, made: int, rounds: int, reckon: int, folder: Path) -> None:
    """Measure what statements take, and reckon for more."""
    if folder.exists():
        raise click.UsageError(f"{folder} exists already: name a new folder")
    extraction = extracting(read_corpus(corpus)[:texts], rounds)
    folder.mkdir(parents=True)
    load = loading(folder, made)
    for line in [*measured(extraction, load), *reckoned(extraction, load, reckon)]:
        click.echo(line)


if __name__ == "__main__":
    main()
