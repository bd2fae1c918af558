"""annotate: text in, the annotation guide's JSON out, nothing stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli.printing import tell

if TYPE_CHECKING:
    from statement_nlp.reading.text import Normalised
    from statement_nlp.records import Statement


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE.jsonl")
@click.option("--models", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of other models.")
def annotate(file: Path, models: Path | None) -> None:
    """Annotate statements without storing them: JSON lines in, JSON lines of the annotation guide out.

    Each line of FILE.jsonl (- for standard input) is an object with "id" and "text", and "title", "published",
    "publisher", "countries" if known. Offsets are code points of the text as given. The order is kept.
    """
    from statement_nlp.cli.robust import Crash, extract_each
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.extraction.pipeline import load
    from statement_nlp.records import Extraction
    from statement_nlp.store.export import annotation, to_line

    open_gazetteer().close()
    nlp = load(models)
    failed: list[str] = []
    for item in read_given(_lines(file), str(file), failed):
        # one by one, not in batches: an answer to each line before the next is read
        found = next(extract_each([item.statement], nlp=nlp))
        if isinstance(found, Crash):
            failed.append(found.message)
            tell(f"failed: {found.message}")
            found = Extraction(found.statement)
        click.echo(to_line(annotation(found, item.text, item.normalised.to_given)))
        sys.stdout.flush()
    if failed:
        sys.exit(1)


@dataclass(frozen=True)
class Given:
    """A statement, with its text as given and the way back to it."""

    statement: Statement
    text: str
    normalised: Normalised


def _lines(file: Path) -> Iterator[bytes]:
    if str(file) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with file.open("rb") as lines:
            yield from lines
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def read_given(lines: Iterable[bytes], name: str, failed: list[str]) -> Iterator[Given]:
    """Statements of JSON lines; a bad line is told and passed over."""
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
        yield Given(Statement(statement_id, clean.text, countries=countries, **known), text, clean)


COMMANDS = (annotate,)
