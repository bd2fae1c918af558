"""Where a demand is to be acted on: the places that its words name, but for those in passing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Doc, Token

from statement_nlp.extraction.demand_actions import Part
from statement_nlp.extraction.demand_syntax import Cue
from statement_nlp.records import PlaceMention

_PASSING = frozenset({"as", "than", "like"})


def places_of(part: Part, cues: Sequence[Cue], doc: Doc) -> tuple[str, ...]:
    """Names of the places where it is to be done, in the order of the text.

    A place inside a comparison, or in brackets behind another place, is left out: it only tells where that one lies.
    """
    inside = [m for m in doc._.places if m.start >= part.start and m.end <= part.end]
    names: dict[str, None] = {}
    for at, mention in enumerate(inside):
        if not _is_passing(mention, inside[at - 1] if at else None, doc):
            names[mention.name] = None
    return tuple(names)


def _is_passing(mention: PlaceMention, before: PlaceMention | None, doc: Doc) -> bool:
    text: str = doc.text
    if before is not None and re.fullmatch(r"\s*\(", text[before.end : mention.start]):
        return True
    span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
    return span is not None and _compares(span.root)


def _compares(token: Token) -> bool:
    for _ in range(6):
        if token.dep_ == "advcl" and any(c.lower_ in _PASSING and c.dep_ == "mark" for c in token.children):
            return True
        if token.head.i == token.i:
            return False
        token = token.head
    return False
