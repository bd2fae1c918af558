"""Date expressions of a statement as half-open intervals, taken relative to the statement's own date.

"since 1 July", "on Friday", "in the past two weeks", "mid-June", "2014": each becomes `since <= day < until`, full ISO
dates, as far as it can be told. What names a time by an event ("before the war") keeps its words without an interval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from statement_nlp.extraction.attachment import sentence_of

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date or period in the text: `text[start:end]`, and the half-open interval of full ISO dates where known."""

    start: int
    end: int
    text: str
    since: str | None = None
    until: str | None = None


FIRST = re.compile(rf"\b(?:(?:since|until|by) )?(?:\d{{1,2}} )?{MONTH}(?: \d{{4}})?\b|\b(?:19|20)\d\d\b")


def find_dates(text: str, base: str | None = None) -> Iterator[DateExpression]:
    """Date expressions of a text, in order; `base` is the statement's date (ISO, any precision)."""
    for found in FIRST.finditer(text):
        yield DateExpression(found.start(), found.end(), found.group())


def date_for(doc: Doc, start: int, end: int) -> DateExpression | None:
    """The date that a span (code points) of the statement holds for, from its own sentence; None where none is given."""
    base = doc._.statement.published if doc._.statement is not None else None
    low, high = sentence_of(doc, start)
    near = [d for d in find_dates(doc.text[low:high], base)]
    shifted = [DateExpression(d.start + low, d.end + low, d.text, d.since, d.until) for d in near]
    return min(shifted, key=lambda d: max(d.start - end, start - d.end, 0), default=None)
