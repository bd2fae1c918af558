"""What speaks for a place's being the place of a span: where the spans before it hold.

A text that has said of whom it speaks goes on about them: what is decided for one figure weighs for the next. A claim
holds where the figures inside it do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from statement_nlp.extraction.attachment_features import NOWHERE, PlaceContext, Span

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


def add_history(features: dict[str, dict[str, float]], context: PlaceContext, span: Span, history: History) -> None:
    """Add to the features of each place, and of NOWHERE, how it stands to the spans whose places are decided."""
    before = history.before(span)
    inside = history.inside(span) if span.kind == "claim" else []
    if inside:
        for name, found in features.items():
            held = sum(s.holds(name) for s in inside)
            found[f"figures inside {'all' if held == len(inside) else 'some' if held else 'none'}"] = 1.0
    if not before:
        for name, found in features.items():
            found[f"first span {_grade(context, name)}"] = 1.0
        return
    last = before[-1]
    gap = _gap(context, last, span)
    here = _named_between(context, span)
    since = _names_since(context, last, span)
    part = span.kind == "figure" and bool(PART.match(context.text, span.start, span.end + 12))
    counted = Counter(name for s in before for name in (s.names or (NOWHERE,)))
    most = counted.most_common(1)[0][0]
    recent = before[-RECENT:]
    line = [s for s in before if context.line(s.start) == context.line(span.start)]
    for name, found in features.items():
        grade = _grade(context, name)
        has = last.holds(name)
        where = "here" if name in here else "since" if name in since else "elsewhere"
        others = "others here" if here - {name} else "others since" if since - set(last.names) - {name} else "no others"
        new = {
            f"last {has} {gap} {span.kind}",
            f"last {has} {gap} {where} {others}",
            f"last {has} {where} {grade} {others}",
            f"last {has} {others} of several {len(last.names) > 1}",
            f"last {has} part {part}",
            f"one before {len(before) > 1 and before[-2].holds(name)} {has} {others}",
            f"recent {sum(s.holds(name) for s in recent)} {others}",
            f"in line {sum(s.holds(name) for s in line) if len(line) < 3 else 3} of {min(3, len(line))} {others}",
            f"ever {counted[name] > 0} {where} {others}",
            f"most held {name == most} {where} {others} {gap}",
        }
        found.update(dict.fromkeys(new, 1.0))
        found[f"share held {others}"] = counted[name] / len(before)


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
    first, last = context.sentence(span.start), context.sentence(max(span.start, span.end - 1))
    return {m.mention.name for m in context.mentions if first <= m.sentence <= last}


def _names_since(context: PlaceContext, last: Settled, span: Span) -> set[str]:
    """Names between the span before, with all of its sentence behind it, and another."""
    return {m.mention.name for m in context.mentions if last.end <= m.mention.start < span.start}
