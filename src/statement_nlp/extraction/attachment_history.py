"""What speaks for a place's being the place of a span: where the spans before it hold.

A text that has said of whom it speaks goes on about them: what is decided for one figure weighs for the next. A claim
holds where the figures inside it do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from statement_nlp.extraction.attachment_features import NOWHERE, PlaceContext, Span
from statement_nlp.extraction.figure_models import Part

PART = re.compile(r"[^.;\n]{0,12}?\bof\s(?:them|whom|which|these|those)\b", re.IGNORECASE)
RECENT = 4


@dataclass(frozen=True, slots=True)
class Settled:
    """A span whose places are decided; `names` is empty where it holds nowhere that is named."""

    start: int
    end: int
    names: tuple[str, ...]

    def holds(self, name: str) -> bool:
        """Whether it holds for a place, or for NOWHERE."""
        return name in self.names if self.names else name == NOWHERE


class History:
    """The spans of a statement whose places are decided, in the order of the text."""

    def __init__(self, settled: Iterable[Settled] = ()) -> None:
        self.settled: list[Settled] = sorted(settled, key=_order)

    def add(self, span: Span, names: Sequence[str]) -> None:
        """Note the places of a span; the one of the same characters gives way."""
        new = Settled(span.start, span.end, tuple(names))
        at = bisect_left(self.settled, _order(new), key=_order)
        same = at < len(self.settled) and _order(self.settled[at]) == _order(new)
        self.settled[at : at + same] = [new]

    def before(self, span: Span) -> list[Settled]:
        """The spans that end before another starts, in the order of the text."""
        behind = bisect_left(self.settled, (span.start, 0), key=_order)
        return [s for s in self.settled[:behind] if s.end <= span.start]

    def inside(self, span: Span) -> list[Settled]:
        """The spans that another holds."""
        return [s for s in self.settled if span.start <= s.start and s.end <= span.end]


def _order(settled: Settled) -> tuple[int, int]:
    return settled.start, settled.end


def add_history(parts: Mapping[str, list[Part]], context: PlaceContext, span: Span, history: History) -> None:
    """Add to the features of each place, and of NOWHERE, how it stands to the spans whose places are decided."""
    before = history.before(span)
    inside = history.inside(span) if span.kind == "claim" else []
    if inside:
        for name, found in parts.items():
            held = sum(s.holds(name) for s in inside)
            found.append((_inside, ("all" if held == len(inside) else "some" if held else "none",)))
    if not before:
        for name, found in parts.items():
            found.append((_first, (_grade(context, name),)))
        return
    last = before[-1]
    gap = _gap(context, last, span)
    here = _named_between(context, span)
    since = _names_since(context, last, span)
    fresh = since.difference(last.names)
    part = span.kind == "figure" and bool(PART.match(context.text, span.start, span.end + 12))
    counted = Counter(name for s in before for name in (s.names or (NOWHERE,)))
    most = counted.most_common(1)[0][0]
    recent = before[-RECENT:]
    line_start = context.lines[context.line(span.start)]
    line = [s for s in before if s.start >= line_start]
    recently, in_line = _times(recent), _times(line)
    several, size = len(last.names) > 1, min(3, len(line))
    for name, found in parts.items():
        has = last.holds(name)
        where = "here" if name in here else "since" if name in since else "elsewhere"
        others = "no others"
        if len(here) > (name in here):
            others = "others here"
        elif len(fresh) > (name in fresh):
            others = "others since"
        earlier = len(before) > 1 and before[-2].holds(name)
        found += (
            (_last, (has, gap, span.kind, where, others, _grade(context, name), several, part)),
            (_lately, (earlier, has, recently.get(name, 0), in_line.get(name, 0) if size < 3 else 3, size, others)),
            (_held, (name in counted, name == most, where, others, gap)),
            (_share, (counted.get(name, 0) / len(before), others)),
        )


def _times(settled: Iterable[Settled]) -> Mapping[str, int]:
    """How many of some spans hold for a place, or for NOWHERE."""
    return Counter(name for s in settled for name in (frozenset(s.names) or (NOWHERE,)))


def _inside(how_many: str) -> dict[str, float]:
    return {f"figures inside {how_many}": 1.0}


def _first(grade: str) -> dict[str, float]:
    return {f"first span {grade}": 1.0}


def _last(
    has: bool, gap: str, kind: str, where: str, others: str, grade: str, several: bool, part: bool
) -> dict[str, float]:
    """Of the span before: whether it holds for the place, and how it stands to this one."""
    return {
        f"last {has} {gap} {kind}": 1.0,
        f"last {has} {gap} {where} {others}": 1.0,
        f"last {has} {where} {grade} {others}": 1.0,
        f"last {has} {others} of several {several}": 1.0,
        f"last {has} part {part}": 1.0,
    }


def _lately(earlier: bool, has: bool, lately: int, in_line: int, size: int, others: str) -> dict[str, float]:
    """Of the few spans before, and those of the same line: how many hold for the place."""
    return {
        f"one before {earlier} {has} {others}": 1.0,
        f"recent {lately} {others}": 1.0,
        f"in line {in_line} of {size} {others}": 1.0,
    }


def _held(ever: bool, most: bool, where: str, others: str, gap: str) -> dict[str, float]:
    """Of all spans before: whether one holds for the place, or the most do."""
    return {f"ever {ever} {where} {others}": 1.0, f"most held {most} {where} {others} {gap}": 1.0}


def _share(share: float, others: str) -> dict[str, float]:
    return {f"share held {others}": share}


def _grade(context: PlaceContext, name: str) -> str:
    return "nowhere" if name == NOWHERE else context.grade(name)


def _gap(context: PlaceContext, last: Settled, span: Span) -> str:
    steps = context.sentence(span.start) - context.sentence(last.start)
    if steps == 0:
        return "same sentence"
    same = context.line(span.start) == context.line(last.start)
    return f"{'near' if steps == 1 else 'some' if steps <= 3 else 'far'} {'same line' if same else 'other line'}"


def _named_between(context: PlaceContext, span: Span) -> set[str]:
    """Names in the sentences of a span."""
    return {m.mention.name for m in context.within(*context.sentences_of(span))}


def _names_since(context: PlaceContext, last: Settled, span: Span) -> set[str]:
    """Names between the span before, with all of its sentence behind it, and another."""
    return {m.mention.name for m in context.mentions if last.end <= m.mention.start < span.start}
