"""Candidate clauses: every span of a sentence that could be one claim, from the dependency parse.

A clause has a head (a verb, or the noun of a verbless item). Its candidates start at one of a few places (its left
edge, after the words that join or attribute it, after what is fronted, at its subject) and end at one of a few (its
right edge, before each clause that hangs on it). Which of them is a claim is decided elsewhere (`claims`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

MAX_ENDS = 7
"""Right ends that are tried for one head, the nearest ones first, beside the furthest."""

SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"})
CLAUSAL = frozenset(
    {"ccomp", "advcl", "relcl", "acl", "parataxis", "xcomp", "pcomp", "csubj", "csubjpass", "conj", "dep", "appos"}
)
NOMINAL = frozenset({"appos", "conj", "dobj", "pobj", "nsubj", "nsubjpass", "attr", "dep", "npadvmod", "ROOT", "oprd"})
FRONTED = frozenset({"prep", "advcl", "npadvmod", "advmod", "nmod", "dep", "intj", "prt", "agent"})
JOINING = frozenset({"cc", "punct", "mark", "preconj", "intj", ""})
"""Dependencies of words at an edge that only join a clause to another; "" is a space."""
RUN_MARKS = frozenset(';:—–()[]"“”‘’') | {"--", "...", "…", "-", ",", "•", "*"}
HARD_MARKS = RUN_MARKS - {",", "-", "‘", "’"}

KINDS = ("main", "coordinated", "complement", "relative", "adverbial", "participial", "apposition", "nominal", "run")


@dataclass(frozen=True, slots=True)
class Clause:
    """A candidate: tokens `start` to `end` (half-open) of the Doc, its `head` token, and what kind of clause it is."""

    start: int
    end: int
    head: int
    kind: str


def clauses(doc: Doc) -> Iterator[Clause]:
    """Yield the candidate clauses of a parsed Doc, sentence by sentence; no two have the same start and end."""
    if not doc.has_annotation("DEP"):
        return
    for sentence in doc.sents:
        if len(sentence) > 1:
            yield from _of_sentence(sentence)


def _of_sentence(sentence: Span) -> Iterator[Clause]:
    found: dict[tuple[int, int], Clause] = {}
    heads = [(token, kind) for token in sentence if (kind := _kind(token))]
    for head, kind in heads:
        for start, end in _spans(head, kind, heads):
            found.setdefault((start, end), Clause(start, end, head.i, kind))
    for start, end in _runs(sentence):
        if (start, end) not in found:
            found[start, end] = Clause(start, end, _top(sentence.doc, start, end), "run")
    yield from found.values()


def _kind(token: Token) -> str | None:
    """What kind of clause `token` heads, None where it heads none."""
    dep = token.dep_
    if dep == "ROOT":
        return "main"
    verbal = token.pos_ in {"VERB", "AUX"} or any(child.dep_ in SUBJECTS for child in token.lefts)
    if verbal and dep in CLAUSAL:
        return _verbal_kind(token)
    if token.pos_ in {"NOUN", "PROPN", "NUM", "PRON"} and dep in NOMINAL:
        return "apposition" if dep in {"appos", "conj", "dep"} else "nominal"
    return None


def _verbal_kind(token: Token) -> str:
    dep = token.dep_
    if dep == "conj":
        return "coordinated"
    if dep == "relcl":
        return "relative"
    if dep in {"acl", "xcomp", "pcomp"}:
        return "participial"
    if dep in {"ccomp", "csubj", "csubjpass"}:
        return "complement"
    return "adverbial" if dep == "advcl" else "coordinated"


def _spans(head: Token, kind: str, heads: list[tuple[Token, str]]) -> Iterable[tuple[int, int]]:
    left, right = head.left_edge.i, head.right_edge.i + 1
    starts = _starts(head, kind, left)
    ends = _ends(head, left, right, heads, nominal=kind in {"nominal", "apposition"})
    for start in starts:
        for end in ends:
            trimmed = trim(head.doc, start, end)
            if trimmed[1] - trimmed[0] > 1 and trimmed[0] <= head.i < trimmed[1]:
                yield trimmed


def _starts(head: Token, kind: str, left: int) -> list[int]:
    starts = [left]
    subject = next((child for child in head.lefts if child.dep_ in SUBJECTS), None)
    for child in head.lefts:
        if child.dep_ in FRONTED and (subject is None or child.i < subject.i):
            starts.append(child.right_edge.i + 1)
    if subject is not None:
        starts.append(subject.left_edge.i)
    if (
        kind in {"relative", "participial"}
        and head.head.i < head.i
        and head.head.pos_ in {"NOUN", "PROPN", "PRON", "NUM"}
    ):
        starts.append(head.head.left_edge.i)
    return list(dict.fromkeys(starts))


def _ends(head: Token, left: int, right: int, heads: list[tuple[Token, str]], *, nominal: bool) -> list[int]:
    ends = []
    for token, kind in heads:
        if head.i < token.i < right and (kind not in {"nominal"}):
            edge = token.left_edge.i
            if edge > head.i:
                ends.append(edge)
    if nominal:
        ends += [child.left_edge.i for child in head.rights]
    ends = sorted(set(ends))[:MAX_ENDS]
    return [*ends, right]


def _runs(sentence: Span) -> Iterator[tuple[int, int]]:
    """Spans between punctuation marks: what a wrong parse would hide."""
    doc, first, last = sentence.doc, sentence.start, sentence.end
    hard = [first, *(t.i + 1 for t in sentence if t.text in HARD_MARKS), last]
    for start, end in pairwise(hard):
        marks = [start, *(i + 1 for i in range(start, end) if doc[i].text in RUN_MARKS), end]
        pieces = [*pairwise(marks)]
        spans = {(start, end), *pieces, *zip(marks, marks[2:], strict=False)}
        spans |= {(start, e) for _, e in pieces} | {(s, end) for s, _ in pieces}
        for a, b in spans:
            a, b = trim(doc, a, b)
            if b - a > 2:
                yield a, b
    first, last = trim(doc, first, last)
    if last - first > 1:
        yield first, last


def _top(doc: Doc, start: int, end: int) -> int:
    """The token of a span whose head lies outside it, the first verb among them if there are several."""
    tops = [i for i in range(start, end) if not start <= doc[i].head.i < end or doc[i].head.i == i]
    words = [i for i in tops if doc[i].dep_ not in JOINING]
    verbs = [i for i in words if doc[i].pos_ in {"VERB", "AUX"}]
    return (verbs or words or tops or [start])[0]


def trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Drop the words at both edges that only join: punctuation, spaces, conjunctions, complementisers."""
    while start < end and (doc[start].dep_ in JOINING or doc[start].is_punct or doc[start].is_space):
        start += 1
    while end > start and (doc[end - 1].is_punct or doc[end - 1].is_space or doc[end - 1].dep_ in {"cc", "mark"}):
        end -= 1
    return start, end
