"""What is asked for: the verb phrases of a demand, and where one sentence holds demands on different addressees.

An action is the verb with all that hangs on it, without the modal, the subject and what is coordinated with it as an
action of its own. Spans are token ranges of the Doc.
"""

from __future__ import annotations

import re
from functools import lru_cache

from spacy.tokens import Doc, Token

from statement_nlp.extraction.demand_context import SUBJECTS
from statement_nlp.extraction.demand_features import ITEM_FORMS
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_parts import Part
from statement_nlp.extraction.demand_syntax import Cue, conjuncts

_TRAILING = re.compile(r"[\s,;:.!?–—)\]\"”’']++(?:and|or|but|nor)?[\s,;:.!?–—\"”’']*+$|\s+(?:and|or|but)$")


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


def _all_acts(cue: Cue) -> list[Token]:
    """The acts of a cue and what is coordinated with them as acts of the same subject."""
    out: list[Token] = []
    for act in cue.acts:
        for other in conjuncts(act):
            verbal = other.pos_ in {"VERB", "AUX"} and not any(c.dep_ in SUBJECTS for c in other.lefts)
            if other.i == act.i or (verbal and act.pos_ in {"VERB", "AUX"}):
                out.append(other)
    return out


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
