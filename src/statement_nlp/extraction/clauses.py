"""Candidate clauses: every span of a sentence that could be one claim, from the dependency parse.

A clause has a head (a verb, or the noun of a verbless item). Its candidates start at one of a few places (its left
edge, after the words that join or attribute it, after what is fronted, at its subject) and end at one of a few (its
right edge, before each clause that hangs on it). Which of them is a claim is decided elsewhere (`claims`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc

from statement_nlp.extraction.claim_joints import facts_lexicon, joints
from statement_nlp.extraction.claim_tree import SUBJECTS, VERBS, Tree

MAX_ENDS = 7
"""Right ends that are tried for one head, the nearest ones first, beside the furthest."""

CLAUSAL = frozenset(
    {"ccomp", "advcl", "relcl", "acl", "parataxis", "xcomp", "pcomp", "csubj", "csubjpass", "conj", "dep", "appos"}
)
NOMINAL = frozenset({"appos", "conj", "dobj", "pobj", "nsubj", "nsubjpass", "attr", "dep", "npadvmod", "ROOT", "oprd"})
NOUNS = frozenset({"NOUN", "PROPN", "NUM", "PRON"})
FRONTED = frozenset({"prep", "advcl", "npadvmod", "advmod", "nmod", "dep", "intj", "prt", "agent"})
JOINING = frozenset({"cc", "punct", "mark", "preconj", "intj", ""})
"""Dependencies of words at an edge that only join a clause to another; "" is a space."""
TRAILING = frozenset({"cc", "mark"})
RUN_MARKS = frozenset(';:—–()[]"“”‘’') | {"--", "...", "…", "-", ",", "•", "*"}
OPENING = {")": "(", "]": "[", "”": "“"}
"""Marks that close, with what opens them."""
HARD_MARKS = RUN_MARKS - {",", "-", "‘", "’"}

KINDS = ("main", "coordinated", "complement", "relative", "adverbial", "participial", "apposition", "nominal", "run")


@dataclass(frozen=True, slots=True)
class Clause:
    """A candidate: tokens `start` to `end` (half-open) of the Doc, its `head` token, and what kind of clause it is."""

    start: int
    end: int
    head: int
    kind: str


def clauses(doc: Doc, tree: Tree | None = None) -> Iterator[Clause]:
    """Yield the candidate clauses of a parsed Doc, sentence by sentence; no two have the same start and end.

    Args:
        doc: with a dependency parse; without one there are no candidates.
        tree: the parse as lists, where it is there already.
    """
    if not doc.has_annotation("DEP"):
        return
    tree = tree or Tree(doc)
    strings = doc.vocab.strings
    marks = {strings[mark] for mark in RUN_MARKS}
    hard = {strings[mark] for mark in HARD_MARKS}
    for sentence in doc.sents:
        if len(sentence) > 1:
            yield from _of_sentence(tree, sentence.start, sentence.end, marks, hard)


def _of_sentence(tree: Tree, first: int, last: int, marks: set[int], hard: set[int]) -> Iterator[Clause]:
    found: dict[tuple[int, int], Clause] = {}
    heads = [(token, kind) for token in range(first, last) if (kind := _kind(tree, token))]
    for head, kind in heads:
        for span in _spans(tree, head, kind, heads):
            if span not in found:
                found[span] = Clause(*span, head, kind)
    for span in _runs(tree, first, last, marks, hard):
        if span not in found:
            found[span] = Clause(*span, _top(tree, *span), "run")
    yield from found.values()


def _kind(tree: Tree, token: int) -> str | None:
    """What kind of clause `token` heads, None where it heads none."""
    dep = tree.dep[token]
    if dep == "ROOT":
        return "main"
    if dep in CLAUSAL and (tree.pos[token] in VERBS or tree.has_subject(token)):
        return _verbal_kind(dep)
    if dep in NOMINAL and tree.pos[token] in NOUNS:
        return "apposition" if dep in {"appos", "conj", "dep"} else "nominal"
    return None


def _verbal_kind(dep: str) -> str:
    if dep == "relcl":
        return "relative"
    if dep in {"acl", "xcomp", "pcomp"}:
        return "participial"
    if dep in {"ccomp", "csubj", "csubjpass"}:
        return "complement"
    return "adverbial" if dep == "advcl" else "coordinated"


def _spans(tree: Tree, head: int, kind: str, heads: Sequence[tuple[int, str]]) -> Iterable[tuple[int, int]]:
    ends = _ends(tree, head, heads, nominal=kind in {"nominal", "apposition"})
    for start in _starts(tree, head, kind):
        for end in ends:
            first, last = trim(tree, start, end)
            if last - first > 1 and first <= head < last:
                yield first, last


def _starts(tree: Tree, head: int, kind: str) -> list[int]:
    starts = [tree.left[head]]
    before = [child for child in tree.children[head] if child < head]
    subject = next((child for child in before if tree.dep[child] in SUBJECTS), None)
    for child in before:
        if tree.dep[child] in FRONTED and (subject is None or child < subject):
            starts.append(tree.right[child])
    if subject is not None:
        starts.append(tree.left[subject])
    above = tree.head[head]
    if kind in {"relative", "participial"} and above < head and tree.pos[above] in NOUNS:
        starts.append(tree.left[above])
    return list(dict.fromkeys(starts))


def _ends(tree: Tree, head: int, heads: Sequence[tuple[int, str]], *, nominal: bool) -> list[int]:
    right = tree.right[head]
    ends = {tree.left[t] for t, kind in heads if head < t < right and kind != "nominal" and tree.left[t] > head}
    if nominal:
        ends |= {tree.left[child] for child in tree.children[head] if child > head}
    return [*sorted(ends)[:MAX_ENDS], right]


def _runs(tree: Tree, first: int, last: int, marks: set[int], hard: set[int]) -> Iterator[tuple[int, int]]:
    """Spans between punctuation marks: what a wrong parse would hide."""
    orth = tree.orth
    cuts = [first, *(i + 1 for i in range(first, last) if orth[i] in hard), last]
    for start, end in pairwise(cuts):
        at = [start, *(i + 1 for i in range(start, end) if orth[i] in marks), end]
        pieces = [*pairwise(at)]
        spans = {(start, end), *pieces, *zip(at, at[2:], strict=False)}
        spans |= {(start, e) for _, e in pieces} | {(s, end) for s, _ in pieces}
        for a, b in spans:
            low, high = trim(tree, a, b)
            if high - low > 2:
                yield low, high
    inside = [joint for joint in joints(tree) if first < joint[0] < last]
    for start, end in zip([first, *(f for _, f in inside)], [*(m for m, _ in inside), last], strict=True):
        low, high = trim(tree, start, end)
        if high - low > 1:
            yield low, high
    first, last = trim(tree, first, last)
    if last - first > 1:
        yield first, last


def _top(tree: Tree, start: int, end: int) -> int:
    """The token of a span whose head lies outside it, the first verb among them if there are several."""
    tops = [i for i in range(start, end) if not start <= tree.head[i] < end or tree.head[i] == i]
    words = [i for i in tops if tree.dep[i] not in JOINING]
    verbs = [i for i in words if tree.pos[i] in VERBS]
    return (verbs or words or tops or [start])[0]


def trim(tree: Tree, start: int, end: int) -> tuple[int, int]:
    """Drop the words at both edges that only join: punctuation, conjunctions, complementisers, "where", "however".

    A closing bracket or quotation mark stays where the one that opens it is inside.
    """
    dep, is_mark, lower = tree.dep, tree.is_mark, tree.lower
    leading = facts_lexicon()["leading"]
    while start < end and (is_mark[start] or dep[start] in JOINING or lower[start] in leading):
        start += 1
    while end > start and (is_mark[end - 1] or dep[end - 1] in TRAILING):
        opening = OPENING.get(lower[end - 1])
        if opening and opening in lower[start : end - 1]:
            break
        end -= 1
    return start, end
