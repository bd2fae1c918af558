"""Where one sentence holds demands on different addressees: cut into parts that are demands of their own.

Two ways: clauses of an ordinary sentence, each with its own subject ("A should ..., and B must ..."), and the operative
verbs of a resolution ("Demands that A ...; calls for ..., and requests B to ..."), which word order tells better than
the parse of so long a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Token

from statement_nlp.extraction.demand_calls import is_operative
from statement_nlp.extraction.demand_context import SUBJECTS
from statement_nlp.extraction.demand_features import Candidate, is_plausible
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import Cue

_BREAK = re.compile(r"[;,]\s*(?:and\s+)?|\s+and\s+")
_JOINT = re.compile(r"(?:[\s,;]|\band\b)+$")
MIN_LENGTH = 8
"""Characters that a part has at the least."""
Asked = Callable[[Cue], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """A demand inside a unit: text[start:end], the cues that make it, and whom they ask by name."""

    start: int
    end: int
    cues: tuple[Cue, ...]
    names: tuple[str, ...] = ()


def good_cues(candidate: Candidate) -> tuple[Cue, ...]:
    """The plausible cues of a candidate, or all where none is."""
    return tuple(c for c in candidate.cues if is_plausible(c, candidate)) or candidate.cues


def parts(candidate: Candidate, asked: Asked, text: str) -> list[Part]:
    """The demands of a unit: one, or more where it asks different addressees for different things.

    Args:
        candidate: the unit with its cues.
        asked: gives the names of those whom a cue asks.
        text: the statement's text.
    """
    unit = candidate.unit
    whole = [Part(unit.start, unit.end, candidate.cues)]
    operative = [t for t in (unit.span.doc[i] for i in _verbs(candidate)) if is_operative(t, unit)]
    found = _operative_parts(candidate, operative, asked, text) if len(operative) > 1 else []
    if len(found) > 1:
        return found
    found = _clause_parts(candidate, asked, text)
    return found if len(found) > 1 else whole


def _verbs(candidate: Candidate) -> list[int]:
    span = candidate.unit.span
    ends = ("s", "S")
    return [t.i for t in span if t.text.endswith(ends)]


def _operative_parts(candidate: Candidate, verbs: Sequence[Token], asked: Asked, text: str) -> list[Part]:
    unit = candidate.unit
    edges = [unit.start, *(_after_break(verb.idx, unit.start, text) for verb in verbs[1:]), unit.end]
    out: list[Part] = []
    pending: int | None = None
    for start, end in pairwise(edges):
        cues = tuple(c for c in candidate.cues if start <= c.token.idx < end)
        begin = start if pending is None else pending
        if not any(is_plausible(c, candidate) for c in cues):
            pending = begin
            continue
        pending = None
        names = tuple(dict.fromkeys(n for c in cues if is_plausible(c, candidate) for n in asked(c)))
        part = Part(begin, _end_before(text, end) if end < unit.end else end, cues, names)
        if out and _belongs(out[-1], part):
            last = out.pop()
            part = Part(last.start, part.end, (*last.cues, *part.cues), last.names or part.names)
        out.append(part)
    return out


def _belongs(last: Part, part: Part) -> bool:
    """Whether a part goes on with the one before: the same are asked, or the one before asked nobody by name."""
    return not last.names or set(last.names) == set(part.names)


def _clause_parts(candidate: Candidate, asked: Asked, text: str) -> list[Part]:
    unit = candidate.unit
    groups: list[tuple[int, list[Cue], tuple[str, ...]]] = []
    for cue in good_cues(candidate):
        names = asked(cue)
        start = _clause_start(cue, unit.start, text)
        if groups and (start is None or not _splits(groups[-1][2], names, cue)):
            first, cues, before = groups[-1]
            groups[-1] = (first, [*cues, cue], before or names)
        else:
            groups.append((unit.start if not groups or start is None else start, [cue], names))
    if len(groups) < 2:
        return []
    ends = [_end_before(text, group[0]) for group in groups[1:]] + [unit.end]
    return [
        Part(start, end, tuple(cues), names)
        for (start, cues, names), end in zip(groups, ends, strict=True)
        if end > start + MIN_LENGTH
    ]


def _splits(before: tuple[str, ...], now: tuple[str, ...], cue: Cue) -> bool:
    """Whether a cue begins a demand of its own: others are asked, in a clause of its own."""
    if not before or cue.position in {"relative", "adverbial", "complement", "conditional"}:
        return False
    if not now:
        return cue.kind == "call" and "for" in cue.marks and not _is_collective(before)
    return not set(now) & set(before)


def _is_collective(names: Sequence[str]) -> bool:
    return any(word in lexicon()["collective_words"] for name in names for word in name.lower().split())


def _clause_start(cue: Cue, start: int, text: str) -> int | None:
    """Where the clause of a later cue begins, behind a comma, semicolon or "and"; None where it is none of its own."""
    if "further" in cue.marks:
        first: int = cue.asked[0].left_edge.idx
        return first
    subjects = [t.left_edge.idx for t in cue.asked if t.left_edge.i < cue.token.i and t.dep_ in SUBJECTS]
    at = min([cue.token.idx, *subjects])
    breaks = list(_BREAK.finditer(text, start, at))
    return breaks[-1].end() if breaks else None


def _after_break(at: int, start: int, text: str) -> int:
    """The last break before an offset: where the segment of an operative verb, with its adverbs, begins."""
    breaks = list(_BREAK.finditer(text, start, at))
    return breaks[-1].end() if breaks else at


def _end_before(text: str, start: int) -> int:
    match = _JOINT.search(text, max(start - 20, 0), start)
    return match.start() if match else start
