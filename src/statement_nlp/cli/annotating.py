"""annotate: text in, the annotation guide's JSON out, nothing stored."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from statement_nlp.cli.printing import tell


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE.jsonl")
@click.option("--models", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of other models.")
def annotate(file: Path, models: Path | None) -> None:
    """Annotate statements without storing them: JSON lines in, JSON lines of the annotation guide out.

    Each line of FILE.jsonl (- for standard input) is an object with "id" and "text", and "title", "published",
    "publisher", "countries" if known. Offsets are code points of the text as given. The order is kept.
    """
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.errors import SourceError
    from statement_nlp.extraction.pipeline import load
    from statement_nlp.extraction.robust import Crash, extract_each
    from statement_nlp.reading.given import read_given
    from statement_nlp.records import Extraction
    from statement_nlp.store.export import annotation, to_line

    open_gazetteer().close()
    nlp = load(models)
    failed: list[str] = []
    for item in read_given(_lines(file), str(file)):
        if isinstance(item, SourceError):
            failed.append(str(item))
            tell(f"failed: {item}")
            continue
        # one by one, not in batches: an answer to each line before the next is read
        found = next(extract_each([item.statement], nlp=nlp))
        if isinstance(found, Crash):
            failed.append(found.message)
            tell(f"failed: {found.message}")
            found = Extraction(found.statement)
        click.echo(to_line(annotation(found, item.text, item.to_given)))
        sys.stdout.flush()
    if failed:
        sys.exit(1)


def _lines(file: Path) -> Iterator[bytes]:
    if str(file) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with file.open("rb") as lines:
            yield from lines
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


COMMANDS = (annotate,)
