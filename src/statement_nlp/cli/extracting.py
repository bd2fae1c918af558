"""extract: read, extract, store. annotate: text in, the guide's JSON out, nothing stored."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli.printing import console, db_option, tell

if TYPE_CHECKING:
    from statement_nlp.records import Statement
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
        if again:
            run = Run(f"{run.pipeline} again {run.started}", sources=sources)
        if demonstration:
            database.note("demonstration", "1")
        report = _read(sources, database, run)
        _extract_all(report, database, run, workers)
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


def _read(sources: Sequence[str], database: Database, run: Run) -> _Report:
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
                if database.is_current(item, run):
                    report.counts["unchanged"] += 1
                else:
                    report.waiting.append(item)
    return report


def _extract_all(report: _Report, database: Database, run: Run, workers: int) -> None:
    """Extract and store what waits, one transaction a statement, with a progress bar."""
    if not report.waiting:
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from statement_nlp.cli.setup import steps
    from statement_nlp.extraction.pipeline import extract_many

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(error=True)) as progress:
        task = progress.add_task("Extracting", total=len(report.waiting))
        for extraction in extract_many(report.waiting, workers=workers):
            result = database.save(extraction, run, then=steps())
            report.counts[result.outcome] += 1
            if extraction.skipped:
                report.counts["skipped"] += 1
                where = extraction.statement.source or extraction.statement.id
                report.lines.append(f"skipped: {where}: {extraction.skipped} (stored without records)")
            progress.advance(task)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE.jsonl")
@click.option("--models", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of other models.")
def annotate(file: Path, models: Path | None) -> None:
    """Annotate statements without storing them: JSON lines in, JSON lines of the annotation guide out.

    Each line of FILE.jsonl (- for standard input) is an object with "id" and "text", and "title", "published",
    "publisher", "countries" if known. Offsets are code points of the text as given. The order is kept.
    """
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.extraction.pipeline import extract_many, load
    from statement_nlp.store.export import annotation, to_line

    open_gazetteer().close()
    given: list[_Given] = []
    failed: list[str] = []

    def statements() -> Iterator[Statement]:
        for item in _given(_lines(file), str(file), failed):
            given.append(item)
            yield item.statement

    for extraction in extract_many(statements(), nlp=load(models)):
        item = given.pop(0)
        click.echo(to_line(annotation(extraction, item.text, item.to_given)))
        sys.stdout.flush()
    if failed:
        sys.exit(1)


@dataclass(frozen=True)
class _Given:
    """A statement, with its text as given and the way back to it."""

    statement: Statement
    text: str
    spans: object

    def to_given(self, start: int, end: int) -> tuple[int, int]:
        from statement_nlp.reading.text import Normalised

        assert isinstance(self.spans, Normalised)
        return self.spans.to_given(start, end)


def _lines(file: Path) -> Iterator[bytes]:
    if str(file) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with file.open("rb") as lines:
            yield from lines
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def _given(lines: Iterable[bytes], name: str, failed: list[str]) -> Iterator[_Given]:
    """Statements of JSON lines; a bad line is told and passed over."""
    import json

    from statement_nlp.reading.text import normalise
    from statement_nlp.records import Statement

    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
            text, statement_id = row.get("text") or "", str(row["id"])
            if not isinstance(text, str):
                raise TypeError("its text is no string")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            failed.append(f"{name}, line {number}: no JSON object with id and text ({error})")
            tell(f"failed: {failed[-1]}")
            continue
        clean = normalise(text)
        known = {
            k: row[k] for k in ("title", "published", "publisher", "language", "url") if isinstance(row.get(k), str)
        }
        if "title" in known:
            known["title"] = normalise(known["title"]).text
        countries = tuple(c for c in row.get("countries") or () if isinstance(c, str))
        yield _Given(Statement(statement_id, clean.text, countries=countries, **known), text, clean)


COMMANDS = (extract, annotate)
