"""extract: read, extract, store."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli.printing import console, db_option, tell

if TYPE_CHECKING:
    from statement_nlp.records import Extraction, Statement
    from statement_nlp.store import Database, Run


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@db_option
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that extract.")
@click.option("--again", is_flag=True, help="Extract also what is unchanged since the last time.")
@click.option("--demonstration", is_flag=True, help="Mark the database as a demonstration: every page then says so.")
def extract(sources: tuple[str, ...], db: Path, workers: int, again: bool, demonstration: bool) -> None:
    """Read statements, extract what they say, and store it.

    SOURCE is a file (txt, md, html, pdf, docx, jsonl, ReliefWeb json), a folder, a glob pattern, or - for standard
    input. A statement that is stored already, unchanged, is left as it is. Exit status 1 if anything could not be read.
    """
    from statement_nlp.cli.setup import finish, open_gazetteer, pipeline_name
    from statement_nlp.store import Database, Run

    gazetteer = open_gazetteer()
    with Database(db, lookup=gazetteer.get) as database:
        run = Run(pipeline_name(), sources=sources)
        if demonstration:
            database.note("demonstration", "1")
        report = _read(sources, database, run, again)
        _extract_all(report, database, run, workers, again)
        if report.counts["added"] or report.counts["replaced"]:
            finish(database)
    for line in report.lines:
        tell(line)
    tell(f"{report.summary()} In {db}.")
    if report.failed:
        sys.exit(1)


@dataclass
class _Report:
    """What a run of extract did, and why not more."""

    waiting: list[Statement] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def fail(self, line: str) -> None:
        self.lines.append(f"failed: {line}")
        self.failed += 1

    def summary(self) -> str:
        parts = [f"{self.counts[word]} {word}" for word in ("added", "replaced", "unchanged") if self.counts[word]]
        parts += [f"{self.counts['skipped']} of them skipped"] if self.counts["skipped"] else []
        parts += [f"{self.failed} failed"] if self.failed else []
        return f"Statements: {', '.join(parts) or 'none'}."


def _read(sources: Sequence[str], database: Database, run: Run, again: bool) -> _Report:
    """Read all sources; keep what is to be extracted, count what is unchanged, note what cannot be read."""
    from statement_nlp.reading.sources import Failure, read

    report = _Report()
    seen: dict[str, Statement] = {}
    with console(error=True).status("Reading ..."):
        for item in read(sources):
            if isinstance(item, Failure):
                report.fail(item.message)
            elif item.id in seen:
                if item.text != seen[item.id].text:
                    first = seen[item.id].source or "another source"
                    report.fail(f"{item.source}: its id {item.id!r} was given to {first} already; give it another id")
            else:
                seen[item.id] = item
                if not again and database.is_current(item, run):
                    report.counts["unchanged"] += 1
                else:
                    report.waiting.append(item)
    return report


def _extract_all(report: _Report, database: Database, run: Run, workers: int, again: bool) -> None:
    """Extract and store what waits, one transaction a statement, with a progress bar."""
    if not report.waiting:
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from statement_nlp.cli.robust import Crash, extract_each

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(error=True)) as progress:
        task = progress.add_task("Extracting", total=len(report.waiting))
        for found in extract_each(report.waiting, workers=workers):
            if isinstance(found, Crash):
                report.fail(found.message)
            else:
                _save(report, database, run, found, again)
            progress.advance(task)


def _save(report: _Report, database: Database, run: Run, extraction: Extraction, again: bool) -> None:
    from statement_nlp.cli.setup import steps
    from statement_nlp.errors import GoldError

    try:
        result = database.save(extraction, run, then=steps(), again=again)
    except GoldError as error:
        report.fail(f"{error} (a fault of a finder; please report it)")
        return
    report.counts[result.outcome] += 1
    if extraction.skipped:
        report.counts["skipped"] += 1
        where = extraction.statement.source or extraction.statement.id
        report.lines.append(f"skipped: {where}: {extraction.skipped} (stored without records)")


COMMANDS = (extract,)
