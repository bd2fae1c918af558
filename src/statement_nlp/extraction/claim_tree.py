"""The parse of a Doc as plain lists: what the claim finder asks of it thousands of times a statement."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from spacy.attrs import DEP, HEAD, IS_PUNCT, IS_SPACE, LOWER, ORTH, POS, TAG
from spacy.tokens import Doc

SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"})
VERBS = frozenset({"VERB", "AUX"})


class Tree:
    """Dependencies of a parsed Doc by token number.

    `dep`, `pos`, `tag`, `lower`: labels and lower-case forms. `head`: number of the head, its own for a root.
    `children`: numbers in order. `left`, `right`: first token of the subtree, and one behind its last.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.size = len(doc)
        values = doc.to_array([DEP, POS, HEAD, ORTH, IS_PUNCT, IS_SPACE])
        words = doc.to_array([TAG, LOWER])
        ids = np.unique(np.concatenate([values[:, :2].ravel(), words.ravel()]))
        names = {int(v): doc.vocab.strings[int(v)] if v else "" for v in ids}
        self.dep, self.pos = ([names[v] for v in values[:, i].tolist()] for i in (0, 1))
        self.tag, self.lower = ([names[v] for v in words[:, i].tolist()] for i in (0, 1))
        self.joints: list[tuple[int, int]] | None = None
        self.heads: npt.NDArray[np.int64] = np.arange(self.size) + values[:, 2].astype(np.int64)
        self.head: list[int] = self.heads.tolist()
        self.orth: list[int] = values[:, 3].tolist()
        self.is_mark: list[bool] = ((values[:, 4] + values[:, 5]) > 0).tolist()
        self.children: list[list[int]] = [[] for _ in range(self.size)]
        for i, head in enumerate(self.head):
            if head != i:
                self.children[head].append(i)
        self.left, self.right = self._edges()

    @cached_property
    def depth(self) -> npt.NDArray[np.int64]:
        """How many tokens stand above each token."""
        depth = np.zeros(self.size, dtype=np.int64)
        here = np.arange(self.size)
        while (moving := self.heads[here] != here).any():
            depth += moving
            here = self.heads[here]
        return depth

    def _edges(self) -> tuple[list[int], list[int]]:
        left, right = list(range(self.size)), list(range(1, self.size + 1))
        for i in np.argsort(-self.depth, kind="stable").tolist():
            head = self.head[i]
            left[head] = min(left[head], left[i])
            right[head] = max(right[head], right[i])
        return left, right

    def child(self, token: int, deps: frozenset[str]) -> int | None:
        """The first child of a token with one of these dependencies."""
        for child in self.children[token]:
            if self.dep[child] in deps:
                return child
        return None

    def has_subject(self, token: int) -> bool:
        """Whether a subject stands before a token."""
        return any(child < token and self.dep[child] in SUBJECTS for child in self.children[token])
