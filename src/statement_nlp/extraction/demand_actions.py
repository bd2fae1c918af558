"""What is asked for: the verb phrases of a demand, and where one sentence holds demands on different addressees.

An action is the verb with all that hangs on it, without the modal, the subject and what is coordinated with it as an
action of its own. Spans are token ranges of the Doc.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc, Token

from statement_nlp.extraction.demand_context import SUBJECTS
from statement_nlp.extraction.demand_features import ITEM_FORMS, Candidate, is_plausible
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import Cue, conjuncts

_TRAILING = re.compile(r"[\s,;:.!?–—)\]\"”’']+(?:and|or|but|nor)?[\s,;:.!?–—\"”’']*$|\s+(?:and|or|but)$")


@dataclass(frozen=True, slots=True)
class Part:
    """A demand inside a unit: text[start:end] and the cues that make it."""

    start: int
    end: int
    cues: tuple[Cue, ...]


def actions(part: Part, text: str, doc: Doc) -> tuple[str, ...]:
    """The phrases asked for, as they stand, in the order of the text; the whole part where no verb is found."""
    spans: list[tuple[int, int]] = []
    acts_of = {at: _all_acts(cue) for at, cue in enumerate(part.cues)}
    heads = {act.i for acts in acts_of.values() for act in acts}
    for at, cue in enumerate(part.cues):
        if cue.kind in ITEM_FORMS and any(c.kind not in ITEM_FORMS for c in part.cues):
            continue
        for act in acts_of[at]:
            span = _action_span(act, heads, cue)
            start, end = doc[span[0]].idx, doc[span[1] - 1].idx + len(doc[span[1] - 1])
            spans.append((max(start, part.start), min(end, part.end)))
    kept: list[tuple[int, int]] = []
    for start, end in sorted({s for s in spans if s[1] - s[0] > 2}, key=lambda s: (s[0], -s[1])):
        if not kept or start >= kept[-1][1] - 1:
            kept.append((start, end))
    found = tuple(tidy for start, end in kept if (tidy := _tidy(text[start:end])))
    return found or (_tidy(text[part.start : part.end]),)


@lru_cache(maxsize=1)
def _deadlines() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(lexicon().lists["deadline_patterns"]) + r")\b")


def deadline(text: str) -> str | None:
    """By when it is to be done, as the demand says it ("by the end of the month"), or None."""
    match = _deadlines().search(text)
    return match.group() if match else None


def parts(candidate: Candidate, asked: Sequence[tuple[Cue, tuple[str, ...]]], text: str) -> list[Part]:
    """The demands of a unit: one, or more where clauses ask different addressees for different things.

    Args:
        candidate: the unit with its cues.
        asked: cues in the order of the text, each with the names of those it asks.
        text: the statement's text.
    """
    unit = candidate.unit
    groups: list[tuple[int, list[Cue], frozenset[str]]] = []
    for cue, names in asked:
        start = _clause_start(cue, unit.start, text)
        who = frozenset(names)
        if groups and (not _splits(groups[-1][2], who, cue) or start is None):
            groups[-1][1].append(cue)
            groups[-1] = (groups[-1][0], groups[-1][1], groups[-1][2] or who)
        else:
            groups.append((unit.start if not groups or start is None else start, [cue], who))
    if len(groups) < 2:
        return [Part(unit.start, unit.end, candidate.cues)]
    ends = [_end_before(text, group[0]) for group in groups[1:]] + [unit.end]
    return [
        Part(start, end, tuple(cues)) for (start, cues, _), end in zip(groups, ends, strict=True) if end > start + 8
    ]


def _all_acts(cue: Cue) -> list[Token]:
    """The acts of a cue and what is coordinated with them as acts of the same subject."""
    out: list[Token] = []
    for act in cue.acts:
        for other in conjuncts(act):
            verbal = other.pos_ in {"VERB", "AUX"} and not any(c.dep_ in SUBJECTS for c in other.lefts)
            if other.i == act.i or (verbal and act.pos_ in {"VERB", "AUX"}):
                out.append(other)
    return out


def _splits(before: frozenset[str], now: frozenset[str], cue: Cue) -> bool:
    """Whether a cue begins a demand of its own: others are asked, in a clause of its own."""
    if not before or cue.position in {"relative", "adverbial", "complement", "conditional"}:
        return False
    if not now:
        return cue.kind == "call" and "for" in cue.marks and "parties to the conflict" not in before
    return not now & before


def _clause_start(cue: Cue, start: int, text: str) -> int | None:
    """Where the clause of a later cue begins, behind a comma, semicolon or "and"; None where it is none of its own."""
    if "further" in cue.marks:
        first: int = cue.asked[0].left_edge.idx
        return first
    at = min(
        [cue.token.idx] + [t.left_edge.idx for t in cue.asked if t.left_edge.i < cue.token.i and t.dep_ in SUBJECTS]
    )
    window = text[start:at]
    breaks = list(re.finditer(r"[;,]\s*(?:and\s+)?|\s+and\s+", window))
    if not breaks:
        return None
    last = breaks[-1]
    return start + last.end()


def _end_before(text: str, start: int) -> int:
    head = text[:start]
    return len(re.sub(r"(?:[\s,;]|\band\b)+$", "", head))


def _action_span(act: Token, heads: set[int], cue: Cue) -> tuple[int, int]:
    start = act.i
    if cue.kind not in {"item_noun"} and act.pos_ in {"VERB", "AUX"}:
        for child in act.lefts:
            if child.dep_ in {"auxpass", "neg"} or (child.dep_ == "advmod" and child.i >= start - 2):
                start = min(start, child.i)
        while start < act.i and (act.doc[start].tag_ in {"MD", "TO"} or act.doc[start].lower_ in {"also", "therefore"}):
            start += 1
    else:
        start = act.left_edge.i
        while start < act.i and act.doc[start].dep_ in {"punct", "cc"}:
            start += 1
    end = act.i + 1
    for child in act.rights:
        own = child.dep_ in {"conj", "cc"} and (
            child.i in heads or (child.dep_ == "cc" and any(c.i in heads for c in act.rights))
        )
        if own:
            break
        if child.dep_ in {"parataxis"}:
            break
        end = max(end, child.right_edge.i + 1)
    return start, end


def _tidy(phrase: str) -> str:
    return _TRAILING.sub("", phrase.strip()).strip(" ,;:–—")


def good_cues(candidate: Candidate) -> tuple[Cue, ...]:
    """The plausible cues of a candidate, or all where none is."""
    return tuple(c for c in candidate.cues if is_plausible(c, candidate)) or candidate.cues
