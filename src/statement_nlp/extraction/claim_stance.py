"""What a clause does, by grammar and lexicon: it states a fact, demands, feels, wishes, promises, judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from spacy.attrs import LOWER
from spacy.tokens import Doc

from statement_nlp.extraction.claim_tree import SUBJECTS, VERBS, Tree

Matrix = npt.NDArray[np.float32]

STANCES = (
    "fact", "demand", "imperative", "call", "feeling", "wish", "commitment", "judgement", "future", "possibility",
    "ability", "speech", "verbless",
)  # fmt: skip
COMPLEMENTS = frozenset({"attr", "acomp", "dobj", "oprd", "xcomp"})
HELPERS = frozenset({"aux", "auxpass", "neg", "advmod", "mark"})
AUXILIARIES = frozenset({"aux", "auxpass"})
CLIMBED_POS = frozenset({"ADP", "SCONJ", "PUNCT"})
CLIMBED_DEP = frozenset({"conj", "pcomp"})


@dataclass(frozen=True, slots=True)
class HeadView:
    """What stands around the head of a clause, as token numbers; the length of the Doc where there is none."""

    governor: int
    """The content word that the clause hangs on, prepositions and coordination skipped."""
    above: int
    """The nearest verb above."""
    subject: int
    predicate: int
    """Its complement: "is *unacceptable*", "carried no *food*"."""
    left: int
    right: int
    helpers: tuple[int, ...]
    """Auxiliaries, negation, adverbs; those of the first conjunct where it has none of its own."""


def look(tree: Tree, head: int) -> HeadView:
    """The view from one token."""
    first = head
    while tree.dep[first] == "conj" and tree.pos[tree.head[first]] in VERBS:
        first = tree.head[first]
    subject = tree.child(head, SUBJECTS)
    if subject is None:
        subject = tree.child(first, SUBJECTS)
    predicate = tree.child(head, COMPLEMENTS)
    helpers = [c for c in tree.children[head] if tree.dep[c] in HELPERS]
    if first != head and not any(tree.dep[c] in AUXILIARIES for c in helpers):
        helpers += [c for c in tree.children[first] if tree.dep[c] in AUXILIARIES or tree.dep[c] == "neg"]
    return HeadView(
        governor=_governor(tree, head, first),
        above=_verb_above(tree, first),
        subject=tree.size if subject is None else subject,
        predicate=tree.size if predicate is None else predicate,
        left=tree.left[head],
        right=tree.right[head],
        helpers=tuple(helpers),
    )


def _governor(tree: Tree, head: int, first: int) -> int:
    governor = tree.head[first]
    while tree.pos[governor] in CLIMBED_POS or tree.dep[governor] in CLIMBED_DEP:
        if tree.head[governor] == governor:
            break
        governor = tree.head[governor]
    return tree.size if governor == head else governor


def _verb_above(tree: Tree, token: int) -> int:
    while tree.head[token] != token:
        token = tree.head[token]
        if tree.pos[token] in VERBS:
            return token
    return tree.size


def stance(view: HeadView, at: int, padded: Matrix, index: Mapping[str, int], ours: Sequence[bool]) -> str:
    """One of `STANCES`.

    Args:
        view: what stands around the head of the clause.
        at: the head's token number.
        padded: bits of the tokens, with a row of zeros at the end.
        index: column of each bit.
        ours: for each token whether it names the speaker.
    """
    nothing = len(padded) - 1
    word, predicate = padded[at], padded[view.predicate]
    helpers = padded[list(view.helpers)].sum(axis=0) if view.helpers else padded[nothing]
    speaking = view.subject == nothing or bool(padded[view.subject, index["first_person"]]) or ours[view.subject]

    def has(row: Matrix, name: str) -> bool:
        return bool(row[index[name]])

    if not (has(word, "pos=VERB") or has(word, "pos=AUX")):
        return "verbless"
    if has(helpers, "obligation") or (has(word, "needing") and has(predicate, "tag=VB")):
        return "demand"
    if has(word, "tag=VB") and not view.helpers and view.subject == nothing and has(word, "dep=ROOT"):
        return "imperative"
    for name, also in (("call", False), ("feeling", True), ("commitment", True)):
        if speaking and (has(word, name) or (also and has(predicate, name) and not has(word, "event"))):
            return "wish" if has(word, "wishing") else name
    if has(word, "pos=AUX") and has(predicate, "judgement"):
        return "judgement"
    for name in ("future", "possibility", "ability"):
        if has(helpers, name):
            return name
    return "speech" if has(word, "speech") else "fact"


def speakers(doc: Doc, tree: Tree, calling: npt.NDArray[np.float32]) -> list[bool]:
    """For each token whether it names the speaker: "we", "I", or a subject that calls or regrets atop a sentence.

    Args:
        doc: the parsed Doc; the names are kept in its `user_data` for `speaker_names`.
        tree: its parse.
        calling: for each token whether it is a verb of calling or feeling, with a zero at the end.
    """
    names = {"we", "i"}
    for root in (sentence.root for sentence in doc.sents):
        if calling[root.i] and root.tag_ in {"VBZ", "VBP"}:
            before = (c for c in tree.children[root.i] if c < root.i)
            names |= {doc[c].lower_ for c in before if tree.dep[c] == "nsubj" and tree.pos[c] != "PRON"}
    doc.user_data["claims.speakers"] = sorted(names)
    ids = np.array([doc.vocab.strings[name] for name in names], dtype=np.uint64)
    told: list[bool] = np.isin(doc.to_array(LOWER), ids).tolist()
    return told


def speaker_names(doc: Doc) -> frozenset[str]:
    """Lower-case names of the speaker, once `speakers` has found them."""
    return frozenset(doc.user_data.get("claims.speakers", ()))
