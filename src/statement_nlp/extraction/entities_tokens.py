"""A doc's tokens as plain lists, which the candidates of places and parties are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.attrs import SENT_START, SPACY
from spacy.tokens import Doc

from statement_nlp.extraction.entities_parties import register
from statement_nlp.extraction.token_lists import token_lists
from statement_nlp.knowledge.parties import Register
from statement_nlp.remembering import remembered

LONGEST_PHRASE = 12
"""Most tokens of what follows an actor noun ("of the Indian state of Manipur")."""
LONGEST_WORD = 60
"""Characters of a token beyond which it is no word (a signatory list is one token)."""


@dataclass(slots=True)
class Tokens:
    """A doc's tokens as plain lists, read once: much faster than asking spaCy for each candidate."""

    whole: str
    texts: list[str]
    lowers: list[str]
    poses: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    spaces: list[bool]
    starts: list[bool]
    caps: list[bool]
    keys: list[str]
    skipped: list[bool]
    offsets: list[int]
    last_below: list[int]

    def __len__(self) -> int:
        return len(self.texts)

    def text(self, start: int, end: int) -> str:
        """The text of a stretch, as it stands."""
        last = end - 1
        return self.whole[self.offsets[start] : self.offsets[last] + len(self.texts[last])].strip()


def read_tokens(doc: Doc) -> Tokens:
    """Lists of a parsed doc. Tokens of a signatory list are `skipped`."""
    known, read = register(), token_lists(doc)
    texts, heads, offsets = read.texts, read.heads, read.starts
    spaces, starts = doc.to_array([SPACY, SENT_START]).astype("int64").T.tolist()
    lists = [(z.start, z.end) for z in doc._.zones if z.kind == "signatories"]
    return Tokens(
        whole=read.whole,
        texts=texts,
        lowers=read.lowers,
        poses=read.poses,
        tags=read.tags,
        deps=read.deps,
        heads=heads,
        spaces=[space != 0 for space in spaces],
        starts=[start == 1 for start in starts],
        caps=[t[0].isupper() or (t[0].isalpha() and t[1:2].isupper()) for t in texts],
        keys=[_key(known, t) if len(t) < LONGEST_WORD else "" for t in texts],
        skipped=[any(a <= i < b for a, b in lists) for i in offsets] if lists else [False] * len(texts),
        offsets=offsets,
        last_below=_last_below(heads),
    )


@remembered(50_000)
def _key(known: Register, word: str) -> str:
    return known.key(word)


def _last_below(heads: Sequence[int]) -> list[int]:
    """Index of the last token below each token in the parse (its right edge)."""
    last = list(range(len(heads)))
    for i in range(len(heads) - 1, -1, -1):
        at, steps = i, 0
        while heads[at] != at and last[heads[at]] < i and steps < LONGEST_PHRASE:
            at = heads[at]
            last[at] = i
            steps += 1
    return last
