"""What a clause takes for granted, where it is joined, and whether it only promises: columns of the claim features.

To condemn an attack, to be concerned at reports of arrests, to demand an end to a siege is to state the attack, the
arrests, the siege; so does a relative clause behind a comma, even inside a demand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from statement_nlp.extraction.claim_joints import facts_lexicon, joints
from statement_nlp.extraction.claim_tree import VERBS, Tree
from statement_nlp.extraction.clauses import Clause
from statement_nlp.extraction.token_lists import token_lists

Matrix = npt.NDArray[np.float32]

COLUMNS = (
    "stated_event", "stated_aside", "resolve", "prescribed", "resolve_inside", "torn_quotation", "joints_inside",
    "starts_at_joint", "ends_at_joint",
)  # fmt: skip
JOINT_COLUMNS = 3
"""How many of the columns, the last ones, are of joints."""
EVENT_KINDS = frozenset({"nominal", "apposition", "run", "main"})
NOUN_KINDS = frozenset({"nominal", "apposition"})
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "PROPN"})
FINITE = frozenset({"VBD", "VBZ", "VBP"})
PRESENT = frozenset({"VBZ", "VBP", "VBN", "VB", "JJ"})
EMBEDDED = frozenset({"pcomp", "acl", "xcomp"})
COMPLEMENTS = frozenset({"xcomp", "acomp", "attr", "oprd"})
PREDICATES = frozenset({"attr", "nsubj"})
BEFORE_NOUN = frozenset({"det", "amod", "predet"})
FINAL = frozenset({",", ".", "!", "?"})
ASIDE_MARKS = frozenset({",", "–", "—", "("})
STEM = 5
"""Letters that two words of one event share: "besieged" and "besieging", "arrests" and "arrested"."""
CLIMB = 6
ASIDE_LENGTH = 4
SPECIFIC_LENGTH = 5
UNNAMED_LENGTH = 6


def fact_columns(tree: Tree, candidates: Sequence[Clause], named: npt.NDArray[np.float32]) -> Matrix:
    """Columns `COLUMNS` of the candidates of a Doc: shape (candidates, len(COLUMNS)).

    Args:
        tree: the parse.
        candidates: the clauses.
        named: for each token and one behind, how many places, parties and figures start before it.
    """
    facts = _Facts(tree)
    rows = [
        (
            facts.states_event(c, named[c.end] > named[c.start]),
            facts.stated_aside(c),
            c.kind != "nominal" and facts.of_head(c.head, "resolve", facts.resolves),
            facts.of_head(c.head, "prescribed", facts.prescribes),
            facts.resolves_inside(c),
            facts.tears_quotation(c),
        )
        for c in candidates
    ]
    out = np.zeros((len(candidates), len(COLUMNS)), dtype=np.float32)
    if not candidates:
        return out
    out[:, : len(COLUMNS) - JOINT_COLUMNS] = rows
    out[:, len(COLUMNS) - JOINT_COLUMNS :] = _joint_columns(tree, candidates)
    return out


class _Facts:
    """What the words around a head tell, asked once for each head."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.known: dict[tuple[int, str], Any] = {}
        self.lemmas = token_lists(tree.doc).lemmas
        self.words = _marked(tree, self.lemmas)
        self.closes = "”" in tree.lower
        self._stems: list[str] | None = None

    def of_head(self, head: int, name: str, ask: Callable[[int], Any]) -> Any:
        """An answer about a head, remembered."""
        key = head, name
        if key not in self.known:
            self.known[key] = ask(head)
        return self.known[key]

    def states_event(self, clause: Clause, named: bool) -> bool:
        """Whether a clause is a noun of an event that its sentence takes for granted, and says enough of it."""
        head, tree = clause.head, self.tree
        if clause.kind not in EVENT_KINDS or tree.pos[head] != "NOUN" or clause.end - head < 2:
            return False
        left = tree.left[head]
        whole = clause.start == left or (
            clause.start > left and all(tree.dep[i] in BEFORE_NOUN for i in range(left, clause.start))
        )
        if not whole:
            return False
        why = self.of_head(head, "why", self.why_granted)
        specific = self.words["definite"][left] or any(tree.tag[i] == "POS" for i in range(left, head))
        if why == "reaction":
            return bool(specific or named or clause.end - clause.start >= UNNAMED_LENGTH)
        return bool(why and specific and clause.end - clause.start >= SPECIFIC_LENGTH)

    def why_granted(self, head: int) -> str | None:
        """The class of the word above that takes the event of a noun for granted; None where the text states it."""
        if not self.words["happening"][head]:
            return None
        tree, at = self.tree, head
        for _ in range(CLIMB):
            above = tree.head[at]
            if above == at:
                return None
            at = above
            for why in ("reaction", "ending"):
                if self.words[why][at]:
                    return why if self.is_first(head) else None
            if tree.pos[at] in VERBS and tree.dep[at] not in EMBEDDED:
                return None
        return None

    def is_first(self, head: int) -> bool:
        """Whether no word before a noun names its event, and no verb behind."""
        if self._stems is None:
            lemmas = [lemma.lower()[:STEM] for lemma in self.lemmas]
            self._stems = [s if p in CONTENT else "" for s, p in zip(lemmas, self.tree.pos, strict=True)]
        stems, stem = self._stems, self._stems[head]
        left, right = self.tree.left[head], self.tree.right[head]
        if stem in stems[:left]:
            return False
        return not any(stems[i] == stem and self.tree.pos[i] == "VERB" for i in range(right, len(stems)))

    def stated_aside(self, clause: Clause) -> bool:
        """Whether a clause is a finite relative clause without a modal behind a comma: it states what it says.

        Words in a row tell, since the parse of a long sentence seldom does: a comma, "where" or "which", a verb.
        """
        tree, start = self.tree, clause.start
        if clause.end - start < ASIDE_LENGTH or clause.kind in NOUN_KINDS:
            return False
        relative = self.words["relative"]
        if not relative[start]:
            start -= 1
        if start < 1 or not relative[start] or tree.lower[start - 1] not in ASIDE_MARKS:
            return False
        verb = next((tag for tag in tree.tag[start : clause.end] if tag in FINITE or tag == "MD"), "MD")
        again = any(relative[i] and tree.lower[i - 1] in ASIDE_MARKS for i in range(start + 1, clause.end))
        return verb != "MD" and not again

    def resolves(self, head: int) -> bool:
        """Whether a head only says what somebody means to do: "is committed to", "will continue to work"."""
        tree, words = self.tree, self.words
        children = tree.children[head]
        if tree.tag[head] not in PRESENT or any(tree.tag[c] == "VBD" for c in children):
            return False
        if words["lasting"][head] and any(tree.tag[c] == "MD" for c in children):
            after = [c for c in children if tree.dep[c] in COMPLEMENTS]
            return any(words["striving"][c] or words["resolve"][c] for c in after)
        stands = bool(words["stand"][head]) and any(words["standing"][c] for c in children)
        return bool(stands or words["resolve"][head] or any(words["resolve"][c] for c in children))

    def prescribes(self, head: int) -> bool:
        """Whether a head says what ought to be: "should", "must be lifted", "are urged to", "there is a need to"."""
        tree, words = self.tree, self.words
        children = tree.children[head]
        helpers = [c for c in children if tree.dep[c] == "aux"]
        if tree.dep[head] == "conj" and not helpers:
            helpers = [c for c in tree.children[tree.head[head]] if tree.dep[c] == "aux"]
        passive = any(tree.dep[c] == "auxpass" for c in children)
        if any(words["ought"][c] or (passive and words["must"][c]) for c in helpers):
            return True
        if words["requiring"][head] or (passive and words["asking"][head]):
            return True
        return bool(words["be"][head]) and any(words["duty"][c] for c in children if tree.dep[c] in PREDICATES)

    def resolves_inside(self, clause: Clause) -> bool:
        """Whether a coordinated verb inside a clause only says what somebody means to do or ought to."""
        conjuncts = [c for c in self.tree.children[clause.head] if clause.head < c < clause.end]
        return any(
            self.of_head(c, "resolve", self.resolves) or self.of_head(c, "prescribed", self.prescribes)
            for c in conjuncts
            if self.tree.dep[c] == "conj" and self.tree.pos[c] in VERBS
        )

    def tears_quotation(self, clause: Clause) -> bool:
        """Whether a quotation ends inside a clause that began before it: what follows is who said it."""
        lower, start = self.tree.lower, clause.start
        if not self.closes or "”" not in lower[start : clause.end - 1]:
            return False
        close = lower.index("”", start, clause.end)
        if "“" in lower[start:close]:
            return False
        return start == 0 or lower[start - 1] != "“" or lower[close - 1] in FINAL


@lru_cache(maxsize=1)
def _classes() -> dict[str, list[str]]:
    """Word -> the classes of the lexicon that hold it."""
    out: dict[str, list[str]] = defaultdict(list)
    for name, words in {**facts_lexicon(), **{word: frozenset({word}) for word in ("stand", "be", "must")}}.items():
        for word in words:
            out[word].append(name)
    return dict(out)


def _marked(tree: Tree, lemmas: Sequence[str]) -> dict[str, list[bool]]:
    """For each class of the lexicon, which tokens are of it, by lemma or form."""
    classes = _classes()
    out: dict[str, list[bool]] = defaultdict(lambda: [False] * tree.size)
    for forms in (lemmas, tree.lower):
        for at, form in enumerate(forms):
            if form in classes:
                for name in classes[form]:
                    out[name][at] = True
    return out


def _joint_columns(tree: Tree, candidates: Sequence[Clause]) -> Matrix:
    """How many joints lie inside each candidate, whether it starts behind one, whether it ends before one."""
    found = joints(tree)
    out = np.zeros((len(candidates), JOINT_COLUMNS), dtype=np.float32)
    if not found:
        return out
    marks, firsts = (np.array(x) for x in zip(*found, strict=True))
    starts, ends = np.array([c.start for c in candidates]), np.array([c.end for c in candidates])
    out[:, 0] = ((marks > starts[:, None]) & (firsts < ends[:, None])).sum(axis=1)
    out[:, 1] = np.isin(starts, firsts)
    out[:, 2] = np.isin(ends, marks)
    return out
