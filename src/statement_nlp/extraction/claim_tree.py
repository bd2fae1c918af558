"""The parse of a Doc as plain lists: what the claim finder asks of it thousands of times a statement."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from spacy.attrs import IS_PUNCT, IS_SPACE, ORTH
from spacy.tokens import Doc

from statement_nlp.extraction.token_lists import token_lists

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
        lists = token_lists(doc)
        self.dep, self.pos, self.tag, self.lower = lists.deps, lists.poses, lists.tags, lists.lowers
        self.joints: list[tuple[int, int]] | None = None
        self.head = lists.heads
        self.heads: npt.NDArray[np.int64] = np.array(self.head, dtype=np.int64)
        values = doc.to_array([ORTH, IS_PUNCT, IS_SPACE])
        self.orth: list[int] = values[:, 0].tolist()
        self.is_mark: list[bool] = ((values[:, 1] + values[:, 2]) > 0).tolist()
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
