"""Where a sentence goes over from one independent clause to the next, told by words in a row as much as by the parse.

"... are closed, but no agreement has been reached": a comma or conjunction behind a finite verb, then a subject of its
own and its finite verb, with nothing between that subordinates.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from statement_nlp.extraction.claim_tree import SUBJECTS, Tree

LEXICON = Path(__file__).with_name("data") / "claims_facts.yaml"
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
MARKS = frozenset({",", ";", "–", "—", "-"})
CLOSING = MARKS | frozenset({":", "(", ")", "“", "”"})
NAMING = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
NO_SUBJECT = frozenset({"VERB", "AUX", "ADP", "SCONJ"})
WINDOW = 14
"""Tokens behind the joint within which the finite verb must come."""
Joint = tuple[int, int]
"""The token that joins (a comma, a conjunction), and the first token of the clause behind it."""


@lru_cache(maxsize=1)
def facts_lexicon() -> dict[str, frozenset[str]]:
    """Word classes of the lexicon of facts and joints."""
    data = yaml.safe_load(LEXICON.read_text(encoding="utf8"))
    return {name: frozenset(map(str, words)) for name, words in data.items()}


def joints(tree: Tree) -> list[Joint]:
    """The joints of a Doc in the order of the text, found once for a tree."""
    if tree.joints is None:
        found: list[Joint] = []
        for sentence in tree.doc.sents:
            found += _of_sentence(tree, sentence.start, sentence.end)
        tree.joints = found
    return tree.joints


def _of_sentence(tree: Tree, first: int, last: int) -> Iterator[Joint]:
    joining = facts_lexicon()["joining"]
    finite = [i for i in range(first, last) if tree.tag[i] in FINITE]
    if len(finite) < 2:
        return
    behind = first
    for i in range(finite[0] + 1, finite[-1]):
        if i >= behind and (tree.lower[i] in MARKS or (tree.tag[i] == "CC" and tree.lower[i] in joining)):
            start = _behind(tree, i, last)
            if start < last and _starts_clause(tree, start, last):
                behind = start
                yield i, start


def _behind(tree: Tree, at: int, last: int) -> int:
    """The first token behind a joint that no longer joins."""
    joining = facts_lexicon()["joining"]
    at += 1
    while at < last and (tree.lower[at] in joining or tree.lower[at] == "," or tree.pos[at] == "SPACE"):
        at += 1
    return at


def _starts_clause(tree: Tree, start: int, last: int) -> bool:
    """Whether a subject and its finite verb follow, before a mark or a word that subordinates."""
    subordinating = facts_lexicon()["subordinating"]
    if tree.pos[start] in NO_SUBJECT or tree.lower[start] in subordinating:
        return False
    named = False
    for at in range(start, min(start + WINDOW, last)):
        if tree.lower[at] in subordinating or tree.lower[at] in CLOSING:
            return False
        if tree.tag[at] in FINITE:
            return named and _own_subject(tree, at, start)
        named = named or tree.pos[at] in NAMING
    return False


def _own_subject(tree: Tree, verb: int, start: int) -> bool:
    """Whether the subject of a finite verb begins at a clause's start or behind it: else it is the end of a list."""
    if tree.dep[verb] in {"aux", "auxpass"}:
        verb = tree.head[verb]
    subjects = [child for child in tree.children[verb] if child < verb and tree.dep[child] in SUBJECTS]
    return bool(subjects) and min(tree.left[child] for child in subjects) >= start
