"""extract: read, extract, store."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli import clustering
from statement_nlp.cli.printing import console, db_option, tell

if TYPE_CHECKING:
    from rich.progress import Progress

    from statement_nlp.reading.limits import Limits
    from statement_nlp.streaming import Done


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@db_option
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that extract.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=120,
    show_default=True,
    help="What reading one document may take, and again extracting it; what takes longer fails, the rest goes on.",
)
@click.option(
    "--megabytes",
    type=click.IntRange(min=100),
    default=2000,
    show_default=True,
    help="Memory that one document may take (on Linux).",
)
@click.option("--again", is_flag=True, help="Extract also what is unchanged since the last time.")
@click.option("--demonstration", is_flag=True, help="Mark the database as a demonstration: every page then says so.")
@clustering.options
def extract(
    sources: tuple[str, ...],
    db: Path,
    workers: int,
    seconds: float,
    megabytes: int,
    again: bool,
    demonstration: bool,
    engine: str,
    out: str | None,
    scheduler: str | None,
    part_size: float,
) -> None:
    """Read statements, extract what they say, and store it.

    SOURCE is a file (txt, md, html, pdf, docx, jsonl, ReliefWeb json), a folder, a glob pattern, or - for standard
    input. A statement that is stored already, unchanged, is left as it is. Exit status 1 if anything could not be read.
    """
    from statement_nlp.reading.limits import Limits

    clustering.refuse(engine, out, scheduler, demonstration)
    limits = Limits(seconds, megabytes)
    if engine == "dask":
        clustering.extract_on_cluster(
            sources, out or "", scheduler, workers=workers, size=part_size, limits=limits, again=again
        )
    else:
        _extract_here(sources, db, workers, limits, again, demonstration)


def _extract_here(
    sources: tuple[str, ...], db: Path, workers: int, limits: Limits, again: bool, demonstration: bool
) -> None:
    from statement_nlp.cli.setup import finish, open_gazetteer, pipeline_name, steps
    from statement_nlp.reading.sources import count, read
    from statement_nlp.store import Database, Run
    from statement_nlp.streaming import extract_into

    gazetteer = open_gazetteer(verify=True)
    with Database(db, lookup=gazetteer.get) as database:
        run = Run(pipeline_name(), sources=sources)
        if demonstration:
            database.note("demonstration", "1")
        with _progress() as progress:
            report = _Report(progress, count(sources))
            items = read(sources, limits=limits)
            extract_into(database, items, run, report.take, then=steps(), again=again, workers=workers, limits=limits)
            report.close()
        if report.counts["added"] or report.counts["replaced"]:
            finish(database)
    tell(f"{report.summary()} In {db}.")
    if report.counts["failed"]:
        sys.exit(1)


class _Report:
    """What a run of extract does, shown as it goes, and why not more."""

    def __init__(self, progress: Progress, expected: int | None) -> None:
        self.progress = progress
        self.expected = expected
        self.task = progress.add_task("Extracting", total=expected)
        self.counts: Counter[str] = Counter()
        self.told = 0

    def take(self, done: Done) -> None:
        """Count what became of one statement, and say what is to be said."""
        self.told += 1
        self.counts[done.outcome] += 1
        total = None if self.expected is None else max(self.expected, self.told)
        self.progress.update(self.task, completed=self.told, total=total)
        if done.message:
            self._say(f"failed: {done.message}")
        if done.skipped and done.outcome != "unchanged":
            self.counts["skipped"] += 1
            self._say(f"skipped: {done.source}: {done.skipped} (stored without records)")

    def close(self) -> None:
        """The bar is full: all that was to come has come."""
        self.progress.update(self.task, completed=self.told, total=self.told)

    def _say(self, line: str) -> None:
        self.progress.console.print(line, markup=False, soft_wrap=True)

    def summary(self) -> str:
        parts = [f"{self.counts[word]} {word}" for word in ("added", "replaced", "unchanged") if self.counts[word]]
        parts += [f"{self.counts['skipped']} of them skipped"] if self.counts["skipped"] else []
        parts += [f"{self.counts['failed']} failed"] if self.counts["failed"] else []
        return f"Statements: {', '.join(parts) or 'none'}."


def _progress() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console(error=True))


COMMANDS = (extract,)
