"""Where a demand is to be acted on: the places that its words name, but for those in passing."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_parts import Part
from statement_nlp.records import PlaceMention

_PASSING = frozenset({"as", "than", "like"})


def places_of(part: Part, doc: Doc, text: str) -> tuple[str, ...]:
    """Names of the places where it is to be done, in the order of the text.

    A place inside a comparison, or in brackets behind another place, is left out: it only tells where that one lies.
    """
    inside = [m for m in doc._.places if m.start >= part.start and m.end <= part.end]
    names: dict[str, None] = {}
    for at, mention in enumerate(inside):
        if not _is_passing(mention, inside[at - 1] if at else None, doc, text):
            names[mention.name] = None
    return tuple(names)


def _is_passing(mention: PlaceMention, before: PlaceMention | None, doc: Doc, text: str) -> bool:
    if before is not None and re.fullmatch(r"\s*\(", text[before.end : mention.start]):
        return True
    span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
    if span is None:
        return False
    return _compares(span.root) or _qualifies_actor(span.root) or _happened(span.root)


def _qualifies_actor(token: Token) -> bool:
    """In "Sudan's military leaders" the place tells who, not where."""
    return token.dep_ in {"poss", "compound", "amod"} and token.head.lemma_.lower() in lexicon()["actor_nouns"]


def _happened(token: Token) -> bool:
    """Inside a clause of the past ("that has transformed the Aegean"), where nothing is to be done any more."""
    for _ in range(10):
        if token.head.i == token.i:
            return False
        if token.pos_ in {"VERB", "AUX"} and token.dep_ in {"relcl", "ccomp", "advcl"}:
            had = any(c.lemma_ == "have" and c.dep_ == "aux" for c in token.lefts)
            if token.tag_ == "VBD" or (token.tag_ == "VBN" and had):
                return True
        token = token.head
    return False


def _compares(token: Token) -> bool:
    for _ in range(6):
        if token.dep_ == "advcl" and any(c.lower_ in _PASSING and c.dep_ == "mark" for c in token.children):
            return True
        if token.head.i == token.i:
            return False
        token = token.head
    return False
