"""Reads statements: files, folders, standard input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from statement_nlp.errors import SourceError
from statement_nlp.reading.header import countries, split_header
from statement_nlp.reading.text import normalise
from statement_nlp.records import Statement, StatementKind


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that could not be read: where, and the error whose message is one line that says the way out."""

    source: str
    error: SourceError

    @property
    def message(self) -> str:
        """One line for people."""
        return str(self.error)


def read(sources: Iterable[str | Path]) -> Iterator[Statement | Failure]:
    """Reads sources in order; what cannot be read comes out as a Failure."""
    for source in sources:
        path = Path(source)
        for file in sorted(path.glob("*.txt")) if path.is_dir() else [path]:
            try:
                yield _from_text(file.read_text(encoding="utf-8"), file)
            except SourceError as error:
                yield Failure(str(file), error)


def _from_text(raw: str, path: Path) -> Statement:
    fields, text = split_header(normalise(raw).text)
    return Statement(
        id=fields.get("id", str(path)),
        text=text,
        title=fields.get("title"),
        published=fields.get("published"),
        publisher=fields.get("publisher"),
        kind=cast(StatementKind, fields.get("kind", "own")),
        language=fields.get("language", "en"),
        url=fields.get("url"),
        source=str(path),
        countries=countries(fields),
        series=fields.get("series"),
        modelled_on=fields.get("modelled_on"),
        links_read=fields.get("links_read", "no").lower() in ("yes", "true", "1"),
    )


def read_corpus(folder: str | Path) -> list[Statement]:
    """The statements of a corpus folder (`*.txt`), by file name.

    Raises:
        SourceError: A file cannot be read, or there is none.
    """
    out = []
    for item in read([Path(folder)]):
        if isinstance(item, Failure):
            raise item.error
        out.append(item)
    if not out:
        raise SourceError(f"{folder}: no statements here (*.txt)")
    return out
