"""Noun phrases of those who are asked: which tokens they hold, and what part a party inside a demand plays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Token

from statement_nlp.extraction.demand_context import SUBJECTS
from statement_nlp.extraction.demand_features import Candidate
from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.extraction.demand_syntax import conjuncts
from statement_nlp.records import PartyMention

_CLAUSES = frozenset({"relcl", "acl", "advcl", "ccomp", "xcomp", "parataxis", "punct"})
_PREPOSITIONS = frozenset(
    {"of", "in", "on", "upon", "by", "over", "against", "from", "with", "to", "for", "between", "including"}
)
QUALIFIERS = frozenset({"poss", "nmod", "compound", "amod"})
_BESIDE = frozenset({"outside", "beyond", "against", "over", "with", "than", "under", "near", "around"})
"""Behind these stands somebody else than the one whom the noun before names."""
TOLD = frozenset(
    {"letter", "write", "send", "message", "tell", "petition", "submission", "advocate", "appeal", "submit"}
)


def phrase(head: Token) -> Iterator[Token]:
    """Tokens of a noun phrase without its clauses and without what is coordinated with its head."""
    yield head
    for child in head.children:
        if child.dep_ in _CLAUSES or child.dep_ == "conj":
            continue
        yield from phrase(child) if child.dep_ != "prep" else _prepositional(child)


def _prepositional(prep: Token) -> Iterator[Token]:
    yield prep
    for child in prep.children:
        for token in conjuncts(child):
            yield from phrase(token)


def is_asked_itself(token: Token, head: Token, at_head: PartyMention | None) -> bool:
    """Whether a party inside the phrase is asked itself, and does not only qualify the one who is."""
    if token.i == head.i:
        return True
    chain = token
    while chain.i != head.i and chain.head.i != chain.i:
        if chain.dep_ in QUALIFIERS:
            return False
        if chain.dep_ == "prep" and chain.lower_ in _BESIDE:
            return False
        if at_head is not None and (
            chain.dep_ == "appos" or (chain.dep_ == "prep" and chain.lower_ in {"including", "like"})
        ):
            return True
        chain = chain.head
    return at_head is None


def plain_phrase(head: Token) -> str:
    """The words of a description without its article and clauses: "youth leaders", "troop-contributing countries"."""
    inside = {t.i for t in phrase(head)}
    for child in head.rights:
        if child.dep_ == "conj" and not any(c.dep_ in {"det", "poss"} for c in child.lefts):
            inside |= {t.i for t in phrase(child)} | {t.i for t in head.rights if t.dep_ == "cc"}
    first, last = min(inside), max(inside)
    if last - first > 12:
        first, last = head.left_edge.i, head.i
    while first < last and (head.doc[first].dep_ in {"det", "predet"} or head.doc[first].is_punct):
        first += 1
    text: str = head.doc[first : last + 1].text
    return re.sub(r"\s+", " ", text).strip(" ,;:")


def role_of(root: Token, anchors: list[tuple[int, int]]) -> Iterator[str]:
    """What a party's grammar says of its part: inside an anchor or not, owner, behind which preposition, ...

    Args:
        root: of the party's mention.
        anchors: token ranges in which those who are asked stand.
    """
    yield "range" if any(low <= root.i < high for low, high in anchors) else "out_of_range"
    chain, depth = root, 0
    if root.dep_ == "poss":
        yield "poss"
    if root.dep_ == "compound":
        yield "compound"
    while chain.head.i != chain.i and depth < 12:
        if chain.dep_ in {"relcl", "acl", "advcl"}:
            yield "in_clause"
            break
        if chain.dep_ == "pobj" and depth < 3 and chain.head.lower_ in _PREPOSITIONS:
            yield f"prep:{chain.head.lower_}"
        chain, depth = chain.head, depth + 1
    if root.dep_ in SUBJECTS | {"dobj", "pobj", "conj", "appos"}:
        yield f"dep:{root.dep_}"


def speaking(root: Token, candidate: Candidate) -> Iterator[str]:
    """Whether a party calls, or joins the call, itself; or whether it is written or told to."""
    for cue in candidate.cues:
        if cue.kind in {"call", "call_noun"} and "passive" not in cue.marks:
            speakers = [t for t in root.doc[candidate.unit.span.start : cue.token.i] if t.dep_ == "nsubj"]
            if any(c.i == root.i for t in speakers for c in conjuncts(t)):
                yield "speaker"
    chain = root
    for _ in range(5):
        if chain.dep_ in {"dobj", "pobj", "conj"} and chain.head.lemma_ in {"join", "associate", "echo"}:
            yield "speaker"
        if chain.dep_ == "prep" and chain.lower_ in {"to", "with"} and chain.head.lemma_ in TOLD:
            yield "told"
        if chain.dep_ == "prep" and chain.lower_ == "from" and chain.head.lemma_ in lexicon()["call_nouns"]:
            yield "speaker"
        chain = chain.head


def told(token: Token) -> Token | None:
    """The one a letter or message goes to: the object of "to" behind a word of TOLD."""
    if token.dep_ not in {"prep", "dative"} or token.lower_ not in {"to", "with"} or token.head.lemma_ not in TOLD:
        return None
    return next((c for c in token.children if c.dep_ == "pobj"), None)
