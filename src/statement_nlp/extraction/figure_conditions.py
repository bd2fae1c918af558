"""What a figure says of those it counts: killed, displaced, reached ..., from the words around it.

Every word or phrase of the lexicon lends its condition a strength that falls with the distance from the number. The
model weighs these strengths by where the words stand; `rule_condition` takes the strongest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc, Token

from statement_nlp.extraction import text_of
from statement_nlp.extraction.figure_cues import Cue, CueIndex
from statement_nlp.extraction.figure_filter import (
    Candidate,
    condition_words,
    unit_class,
)
from statement_nlp.extraction.figure_models import Linear
from statement_nlp.extraction.token_lists import token_lists
from statement_nlp.records import CONDITIONS

BREAKS = {
    ",": 0.5,
    ";": 0.3,
    ":": 0.6,
    "(": 0.7,
    ")": 0.7,
    "–": 0.7,
    "—": 0.7,
    "\n": 0.1,
    "but": 0.7,
    "and": 0.75,
    "while": 0.6,
}
LABEL = re.compile(r"(?:^|[\n;•|]|[.!?]\s)[\s*–-]*(?P<label>[A-Za-z][A-Za-z '’()/-]{2,45}?)\s?[:=–]\s?$")
APART = re.compile(r"\s*(?:[,.;:)–—\n]|$)")
INCLUDING = re.compile(r"\b(?:including|among\s(?:them|whom|these))[\s,:]*$", re.IGNORECASE)
FUNDING = re.compile(r"\n[^\w\n]*fund(?:s|ing)?\b[^\n.]{0,30}(?:\n|:\s)[^\n]*$", re.IGNORECASE)
SPREAD = re.compile(r"\b(?:in|across)\s$", re.IGNORECASE)
AREAS = frozenset(
    ("district", "province", "zone", "region", "state", "department", "county", "municipality", "governorate",
     "village", "town", "city", "community", "area", "locality", "woreda", "township", "country", "commune", "island")
)  # fmt: skip
PART = re.compile(r"\s*(?:more\s+)?of\s+(?:them|whom|which|these|those|us)\b", re.IGNORECASE)
ROW = re.compile(r"[\s•*–-]*[^\n:=|]{2,45}\s?[:=–|]\s?\S")
ROWS = 12
"""Lines that are looked at above a number for the heading of its rows."""
LONGEST_HEADING = 90
MONEY_CONDITIONS = ("funding", "other")
STATES = frozenset(CONDITIONS) - {"in_need", "funding", "other", "reached"}
NUMBER_BETWEEN = 0.5
REACH = 3.0
"""Tokens over which the strength of a word falls to a half."""
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV", "PROPN", "ADP"})


def strengths(index: CueIndex, c: Candidate) -> dict[str, dict[str, tuple[float, Cue]]]:
    """Where (unit, after, before) -> condition -> strongest cue with its strength at this distance."""
    doc = index.doc
    unit_last = max(c.last, index.last_token(c.end))
    verb = governing_verb(c.unit.head if c.unit.head is not None else doc[c.last])
    found: dict[str, dict[str, tuple[float, Cue]]] = {"unit": {}, "after": {}, "before": {}, "clause": {}}
    for cue in index.of_sentence(c.first):
        if verb is not None and not c.first <= cue.first <= unit_last and _hangs_on(doc[cue.last], verb):
            known = found["clause"].get(cue.condition)
            if known is None or cue.strength > known[0]:
                found["clause"][cue.condition] = (cue.strength, cue)
        if cue.first > unit_last:
            place, value = "after", cue.strength * _fade(doc, unit_last + 1, cue.first)
        elif cue.last < c.first:
            place, value = "before", cue.strength * _fade(doc, cue.last + 1, c.first)
        else:
            place, value = "unit", cue.strength
        known = found[place].get(cue.condition)
        if known is None or value > known[0]:
            found[place][cue.condition] = (value, cue)
    return found


def _hangs_on(token: Token, verb: Token) -> bool:
    """Whether a token is part of what a verb says, not of what another clause says."""
    for _ in range(6):
        if token.i == verb.i:
            return True
        if token.dep_ in ("conj", "advcl", "relcl", "parataxis", "ROOT") and token.pos_ in ("VERB", "AUX"):
            return False
        token = token.head
    return False


def _fade(doc: Doc, start: int, end: int) -> float:
    """How much of a cue's strength reaches a number over the tokens between them."""
    value = 1.0 / (1.0 + (end - start) / REACH)
    lists = token_lists(doc)
    for at in range(start, end):
        value *= BREAKS.get(lists.lowers[at], 1.0)
        if lists.like_numbers[at]:
            value *= NUMBER_BETWEEN
    return value


def features(index: CueIndex, c: Candidate, earlier: tuple[Candidate, str] | None) -> dict[str, dict[str, float]]:
    """For each condition the named features of its being the one of a figure.

    Features without a condition's name in front weigh alike for all of them.

    Args:
        index: the cues of the Doc.
        c: the figure.
        earlier: the figure before it in the same line with its condition.
    """
    told = _told(index, c, earlier)
    return {
        condition: told.shared[condition]
        | {f"{condition}: {name}": v for name, v in (told.specific[condition] | told.own).items() if v}
        for condition in CONDITIONS
    }


def scores(index: CueIndex, c: Candidate, earlier: tuple[Candidate, str] | None, model: Linear) -> dict[str, float]:
    """The model's score of the `features` of each condition, in the order of `CONDITIONS`."""
    told = _told(index, c, earlier)
    weights = model.grouped(CONDITIONS)
    total = sum((weights[name] * value for name, value in told.own.items() if name in weights), _NOTHING)
    found = {}
    for at, condition in enumerate(CONDITIONS):
        worth = float(total[at]) + model.score(told.shared[condition])
        for name, value in told.specific[condition].items():
            if value and name in weights:
                worth += float(weights[name][at]) * value
        found[condition] = worth
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """The features of a figure's conditions.

    `shared` and `specific` are by condition: those that weigh alike for all conditions, and those that weigh for each
    its own; `own` are of the figure itself and weigh for each condition its own.
    """

    shared: dict[str, dict[str, float]]
    specific: dict[str, dict[str, float]]
    own: dict[str, float]


_NOTHING = np.zeros(len(CONDITIONS))


def _told(index: CueIndex, c: Candidate, earlier: tuple[Candidate, str] | None) -> _Told:
    doc = index.doc
    near = strengths(index, c)
    spoken = _governed(doc, c)
    best = {name: max((by[name][0] for by in near.values() if name in by), default=0.0) for name in CONDITIONS}
    order = sorted(CONDITIONS, key=lambda name: -best[name])
    share = index.share
    before = {cue.condition for cue in index.of_sentence_before(c.first)}
    alike = _alike(doc, c, earlier)
    behind = max(c.last, index.last_token(c.end))
    own = _own(doc, c) | {"bias": 1.0}
    if earlier is not None:
        own[f"after {earlier[1]}"] = 0.5
    found = _Told({}, {}, own)
    for condition in CONDITIONS:
        named = {place: by[condition][0] for place, by in near.items() if condition in by}
        named["verb"] = spoken.get(condition, 0.0)
        spoken_of = share.get(condition, 0.0)
        shared = {**named, "text": spoken_of, "sentence before": 0.5 * (condition in before)}
        if _stands_behind(near, condition, behind):
            shared["right behind"] = 1.0
        if best[condition] > 0:
            shared[f"strongest {min(2, order.index(condition))}"] = 1.0
            shared["lead"] = best[condition] - best[order[1] if condition == order[0] else order[0]]
        if earlier is not None:
            shared[alike] = shared["as before"] = float(earlier[1] == condition)
        found.shared[condition] = shared
        found.specific[condition] = named | {"text": 2 * spoken_of}
    return found


def _stands_behind(near: Mapping[str, Mapping[str, tuple[float, Cue]]], condition: str, last: int) -> bool:
    """Whether the word right behind what is counted names the condition ("three people missing")."""
    found = near["after"].get(condition)
    return found is not None and found[1].first == last + 1 and found[1].strength >= 1


def _own(doc: Doc, c: Candidate) -> dict[str, float]:
    """What the number counts, and the words at it."""
    kind = unit_class(c.unit, c.value)
    found = {c.value.kind: 1.0, f"unit class {kind}": 1.0, f"{kind} {c.value.kind}": 0.7}
    for name, tokens in _words(doc, c).items():
        for token in tokens:
            if token.pos_ in CONTENT and token.is_alpha:
                found[f"{name} {token.lemma_.lower()}"] = 0.6
    verb = governing_verb(c.unit.head if c.unit.head is not None else doc[c.last])
    if verb is not None:
        found[f"verb {verb.lemma_.lower()}"] = 0.7
    return found


def _governed(doc: Doc, c: Candidate) -> dict[str, float]:
    """Conditions that the governing verb speaks of."""
    verb = governing_verb(c.unit.head if c.unit.head is not None else doc[c.last])
    return dict(condition_words().get(verb.lemma_.lower(), {})) if verb is not None else {}


def _alike(doc: Doc, c: Candidate, earlier: tuple[Candidate, str] | None) -> str:
    """How closely a figure hangs on the one before."""
    if earlier is None:
        return "first"
    if PART.match(text_of(doc), c.value.end):
        return "as before, part"
    same = doc[earlier[0].first].sent.start == doc[c.first].sent.start if doc.has_annotation("SENT_START") else True
    return f"as before, {'bare' if c.unit.bare else 'own unit'} {'here' if same else 'next'}"


def decide(index: CueIndex, c: Candidate, earlier: tuple[Candidate, str] | None, model: Linear) -> str:
    """The condition of a figure: a participle right behind it settles it, else the likeliest by the model."""
    settled = _settled(index, c, earlier)
    if settled is not None:
        return settled
    worth = scores(index, c, earlier, model)
    return max(MONEY_CONDITIONS if c.value.kind == "money" else CONDITIONS, key=lambda name: worth[name])


def _settled(index: CueIndex, c: Candidate, earlier: tuple[Candidate, str] | None) -> str | None:
    """The condition that the phrase itself settles.

    A participle or adjective right behind the counted noun names it ("three people missing"); a part without a
    predicate of its own has the one of its whole ("..., 23 of them children, ...", "including 6,000 children"); areas
    in which something is are affected ("in 12 districts"); under a heading of funding money is funding.
    """
    text = text_of(index.doc)
    if earlier is not None and PART.match(text, c.value.end) and APART.match(text, c.end):
        return earlier[1]
    if c.value.kind == "money":
        return "funding" if FUNDING.search(text, max(0, c.start - 400), c.start) else None
    last = max(c.last, index.last_token(c.end))
    own = any(cue.strength >= 1 and c.first <= cue.first <= last for cue in index.of_sentence(c.first))
    included = not own and APART.match(text, c.end) and INCLUDING.search(text, max(0, c.start - 25), c.start)
    if earlier is not None and included:
        return earlier[1]
    head = c.unit.head
    if head is not None and head.lemma_.lower() in AREAS and SPREAD.search(text, max(0, c.start - 8), c.start):
        return "affected"
    named = _labelled(index, c)
    if named is not None:
        return named
    behind = [cue for cue in index.of_sentence(c.first) if cue.first == cue.last == last + 1 and cue.strength == 1]
    if len(behind) == 1 and behind[0].condition in STATES and index.doc[last + 1].tag_ in ("VBN", "JJ", "VBG"):
        return behind[0].condition
    return None


def _labelled(index: CueIndex, c: Candidate) -> str | None:
    """The one condition that the label of a number names ("Injured: 112"), or the heading above rows of labels."""
    text = text_of(index.doc)
    found = LABEL.search(text, max(0, c.start - 60), c.start)
    if found is None:
        return None
    start, end = found.start("label"), c.start
    for _ in range(ROWS):
        named = index.named_between(start, end)
        if named or end == 0:
            return named.pop() if len(named) == 1 else None
        end = text.rfind("\n", 0, start)
        start = text.rfind("\n", 0, max(0, end)) + 1
        if end < 0 or not (ROW.match(text, start, end) or end - start < LONGEST_HEADING):
            return None
    return None


def _words(doc: Doc, c: Candidate) -> Mapping[str, Iterable[Token]]:
    unit_last = c.unit.head.i if c.unit.head is not None else c.last
    return {
        "unit": doc[c.last + 1 : unit_last + 1],
        "next": doc[unit_last + 1 : unit_last + 5],
        "previous": doc[max(0, c.first - 4) : c.first],
    }


def governing_verb(token: Token) -> Token | None:
    """The verb whose subject, object or complement a token is, or the participle behind it ("people killed")."""
    for child in token.children:
        if child.dep_ in ("acl", "relcl") and child.pos_ in ("VERB", "AUX") and child.i > token.i:
            return child
    for ancestor in token.ancestors:
        if ancestor.pos_ == "VERB":
            return ancestor
        if ancestor.pos_ == "AUX":
            complement = [t for t in ancestor.children if t.dep_ in ("acomp", "attr", "ccomp") and t.i > ancestor.i]
            return complement[0] if complement else ancestor
    return None


def rule_condition(index: CueIndex, c: Candidate, earlier: tuple[Candidate, str] | None = None) -> str:
    """The condition by the lexicon alone: the strongest cue, what stands behind the number a little before the rest."""
    if c.value.kind == "money":
        return "funding"
    best: dict[str, float] = defaultdict(float)
    for place, by_condition in strengths(index, c).items():
        weight = {"unit": 0.8, "after": 1.2, "before": 1.0, "clause": 0.5}[place]
        for condition, (value, _) in by_condition.items():
            best[condition] = max(best[condition], value * weight)
    if c.unit.bare and earlier is not None:
        best[earlier[1]] += 0.35
    if not best or max(best.values()) < 0.12:
        return earlier[1] if earlier is not None and c.unit.bare else "other"
    return max(best, key=lambda name: best[name])
