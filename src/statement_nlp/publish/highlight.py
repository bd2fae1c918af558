"""A statement's text as HTML, with every record marked where it stands.

Text is escaped piece by piece and put together with `Markup.format`, so nothing in a statement can become markup.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

ENDLESS = re.compile(r"\S{300,}")
"""Longer than any word or address; only then is anything put into the words of a statement, and nothing to be seen."""
ENDS = 300
LONGEST = 50_000
"""Code points of a value that a template shows; what is longer has its page and its JSON."""
BLOCK = 5000
"""Code points of a paragraph: a longer one is shown as several, since browsers take the longer the longer it is."""
PIECE = re.compile(r".{1,60}", re.DOTALL)
ZERO_WIDTH = "\u200b"
PASSAGES = ("demands", "claims")
"""Layers that mark clauses and sentences; the others mark names and numbers inside them."""


@dataclass(frozen=True, slots=True)
class Span:
    """A record to mark: half-open offsets in code points of the text, and a title to show."""

    id: int
    layer: str
    start: int
    end: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A zone of the text, as paragraphs of HTML."""

    kind: str
    paragraphs: tuple[Markup, ...]


def breakable(text: str) -> str:
    """A text in which no word is longer than a line can be: browsers take minutes for a line of a million letters."""
    return ENDLESS.sub(lambda run: ZERO_WIDTH.join(PIECE.findall(run.group())), text)


def shown(value: Any) -> Any:
    """A value as a template shows it: no word longer than a line, and nothing without end."""
    if type(value) is not str or len(value) < ENDS:
        return value
    return breakable(value if len(value) <= LONGEST else f"{value[:LONGEST]} …")


def _paragraphs(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    for line in re.finditer(r"[^\n]+", text[start:end]):
        if line.group().strip():
            for at in range(line.start(), line.end(), BLOCK):
                yield start + at, start + min(at + BLOCK, line.end())


def _piece(text: str, start: int, end: int, over: Sequence[Span], seen: set[int]) -> Markup:
    inner = escape(breakable(text[start:end]))
    names = [s for s in over if s.layer not in PASSAGES]
    passages = [s for s in over if s.layer in PASSAGES]
    anchors = Markup("").join(
        Markup('<span class="at" id="at-{}"></span>').format(s.id) for s in over if s.id not in seen
    )
    seen.update(s.id for s in over)
    if names:
        shortest, *longer = sorted(names, key=lambda s: s.end - s.start)
        inner = Markup('<a class="hl {}" href="#r-{}" title="{}">{}</a>').format(
            shortest.layer, shortest.id, shortest.title, inner
        )
        for span in longer:  # a name inside a name: each keeps its own line
            inner = Markup('<span class="around {}" title="{}" data-id="{}">{}</span>').format(
                span.layer, span.title, span.id, inner
            )
    for span in sorted(passages, key=lambda s: s.end - s.start):
        inner = Markup('<span class="passage {}" title="{}" data-id="{}">{}</span>').format(
            span.layer, span.title, span.id, inner
        )
        if span.end == end:
            inner += Markup('<a class="to-record {}" href="#r-{}" aria-label="{}">{}</a>').format(
                span.layer, span.id, f"to the record of this {span.layer[:-1]}", "D" if span.layer == "demands" else "C"
            )
    return anchors + inner


class _Spans:
    """Spans by where they begin, so that a paragraph of a long text looks at its own alone."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = sorted(spans, key=lambda s: s.start)
        self.starts = [s.start for s in self.spans]
        self.longest = max((s.end - s.start for s in spans), default=0)

    def over(self, start: int, end: int) -> list[Span]:
        first, last = bisect_left(self.starts, start - self.longest), bisect_left(self.starts, end)
        return [s for s in self.spans[first:last] if start < s.end]


def _render(text: str, start: int, end: int, spans: _Spans, seen: set[int]) -> Markup:
    here = spans.over(start, end)
    cuts = sorted({start, end, *(min(max(c, start), end) for s in here for c in (s.start, s.end))})
    return Markup("").join(
        _piece(text, a, b, [s for s in here if s.start <= a and b <= s.end], seen)
        for a, b in itertools.pairwise(cuts)
        if a < b
    )


def highlight(text: str, zones: Sequence[tuple[int, int, str]], spans: Sequence[Span]) -> list[Part]:
    """Mark spans in a text.

    Args:
        text: the stored text.
        zones: (start, end, kind) in order; what no zone covers is shown as body.
        spans: what to mark; they may overlap.

    Returns:
        The zones in order, each as paragraphs. Each span's first piece carries the anchor `at-ID`.
    """
    seen: set[int] = set()
    known = _Spans(spans)
    covered: list[tuple[int, int, str]] = []
    at = 0
    for start, end, kind in zones:
        if text[at:start].strip():
            covered.append((at, start, "body"))
        covered.append((start, end, kind))
        at = end
    if text[at:].strip():
        covered.append((at, len(text), "body"))
    return [
        Part(kind, tuple(_render(text, a, b, known, seen) for a, b in _paragraphs(text, start, end)))
        for start, end, kind in covered
    ]
