"""The tokens of a Doc as plain lists, read once: finders ask for them far more often than spaCy answers cheaply."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.attrs import DEP, HEAD, IDX, LEMMA, LENGTH, LIKE_NUM, LOWER, ORTH, POS, TAG
from spacy.tokens import Doc

from statement_nlp.extraction import text_of

_NAMED = [ORTH, LOWER, LEMMA, POS, TAG, DEP]
_KEY = "statement_token_lists"


@dataclass(frozen=True, slots=True)
class TokenLists:
    """What spaCy says of each token, an item a token.

    `texts`, `lowers`, `lemmas`, `poses`, `tags`, `deps` and `like_numbers` are as `token.text`, `lower_`, `lemma_`,
    `pos_`, `tag_`, `dep_` and `like_num`; `heads` are token numbers; `starts` and `ends` code points of `whole`.
    """

    whole: str
    texts: list[str]
    lowers: list[str]
    lemmas: list[str]
    lower_lemmas: list[str]
    poses: list[str]
    tags: list[str]
    deps: list[str]
    like_numbers: list[bool]
    heads: list[int]
    starts: list[int]
    ends: list[int]

    def text(self, start: int, end: int) -> str:
        """Text of the tokens `start` to `end` (half-open), without what follows the last: as `doc[start:end].text`."""
        return self.whole[self.starts[start] : self.ends[end - 1]] if start < end else ""


def token_lists(doc: Doc) -> TokenLists:
    """The lists of a Doc that is tagged, parsed and lemmatised; what is set on its tokens later is not seen."""
    known: TokenLists | None = doc.user_data.get(_KEY)
    if known is None:
        strings = doc.vocab.strings
        named = doc.to_array(_NAMED).T.tolist()
        names = {number: strings[number] if number else "" for column in named for number in set(column)}
        texts, lowers, lemmas, poses, tags, deps = ([names[number] for number in column] for column in named)
        offsets, starts, lengths, numbers = doc.to_array([HEAD, IDX, LENGTH, LIKE_NUM]).astype("int64").T.tolist()
        heads = [i + offset for i, offset in enumerate(offsets)]
        ends = [start + length for start, length in zip(starts, lengths, strict=True)]
        lower_lemmas = [lemma.lower() for lemma in lemmas]
        like = [number != 0 for number in numbers]
        known = TokenLists(
            text_of(doc), texts, lowers, lemmas, lower_lemmas, poses, tags, deps, like, heads, starts, ends
        )
        doc.user_data[_KEY] = known
    return known
