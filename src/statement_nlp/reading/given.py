"""Statements whose offsets must lead back to the text as it was given: rows of `id`, `text` and what else is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from statement_nlp.errors import SourceError, UnsupportedSourceError
from statement_nlp.reading.text import Normalised, normalise
from statement_nlp.reading.wrapping import join_lines
from statement_nlp.records import Statement


@dataclass(frozen=True, slots=True)
class Given:
    """A statement with normalised text, the text as given, and the way from the one's offsets to the other's.

    In a text broken for width, blanks stand for the line ends inside paragraphs.
    """

    statement: Statement
    text: str
    normalised: Normalised

    def to_given(self, start: int, end: int) -> tuple[int, int]:
        """Half-open offsets in the stored text -> half-open offsets in the text as given."""
        return self.normalised.to_given(start, end)


def parse_given(line: str) -> Given:
    """A statement from a line of JSON. Unlike a stored one, it may be empty; its language is English if unsaid.

    Raises:
        UnsupportedSourceError: it is no JSON object with an id and a text.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnsupportedSourceError(f"no JSON object ({error})") from error
    if not isinstance(row, dict) or row.get("id") in (None, ""):
        raise UnsupportedSourceError('no JSON object with an "id"')
    text = row.get("text") or ""
    if not isinstance(text, str):
        raise UnsupportedSourceError('its "text" is no string')
    normalised = normalise(text)
    normalised = replace(normalised, text=join_lines(normalised.text))
    known = {key: row[key] for key in ("published", "publisher", "language", "url", "series") if _is_word(row.get(key))}
    if _is_word(row.get("title")):
        known["title"] = normalise(row["title"]).text
    codes = row.get("countries")
    countries = tuple(c for c in codes if _is_word(c)) if isinstance(codes, list) else ()
    return Given(Statement(str(row["id"]), normalised.text, countries=countries, **known), text, normalised)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def read_given(lines: Iterable[str | bytes], name: str) -> Iterator[Given | SourceError]:
    """Statements of JSON lines in order; a line that cannot be read comes out as an error that names it."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield parse_given(line.decode("utf-8-sig") if isinstance(line, bytes) else line)
        except (UnsupportedSourceError, UnicodeDecodeError) as error:
            yield UnsupportedSourceError(f"{name}, line {number}: {error}")
