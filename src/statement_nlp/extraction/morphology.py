"""Part of speech, morphology and lemma of each token: the base pipeline's own rules, asked once a word form.

The base pipeline's attribute ruler tries some 180 patterns on every token, its lemmatizer looks up every token. Most
patterns look at one token alone (its word, tag and dependency), so that what they say of one they say of every other
that is the same. This component keeps the answers; only patterns of several tokens are matched anew in each Doc.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from spacy.attrs import DEP, LEMMA, MORPH, ORTH, POS, TAG
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

Form = tuple[int, ...]
"""What decides about one token: the ids of its word, its tag and its dependency."""
Values = tuple[int, ...]
"""What is set on a token: the ids of `SET`."""
DECIDING = [ORTH, TAG, DEP]
SET = [TAG, DEP, POS, MORPH, LEMMA]
_LEMMA = SET.index(LEMMA)
_OF_THE_FORM = frozenset({"LOWER", "ORTH", "TEXT", "TAG", "DEP", "IS_SPACE", "IS_PUNCT", "IS_ALPHA", "IS_DIGIT"})
"""What a pattern may ask of a token so that the answer hangs on its `Form` alone."""
MOST_FORMS = 100_000
"""Forms that are kept (about 40 MB) before all are forgotten."""


class Morphology:
    """Sets what an attribute ruler and then a lemmatizer would set, by their own rules and with the same result.

    Args:
        vocab: the pipeline's.
        ruler: its attribute ruler.
        lemmatizer: its lemmatizer.
    """

    def __init__(self, vocab: Vocab, ruler: Any, lemmatizer: Any) -> None:
        self.vocab, self.ruler, self.lemmatizer = vocab, ruler, lemmatizer
        self.alone, self.joint = Matcher(vocab), Matcher(vocab)
        for number, rule in enumerate(ruler.patterns):
            single = all(len(p) == 1 and set(p[0]) <= _OF_THE_FORM for p in rule["patterns"])
            (self.alone if single else self.joint).add(str(number), rule["patterns"])
        self.known: dict[Form, Values] = {}
        self.matched: dict[Form, list[int]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Doc with tags, better with a parse -> the same Doc with `pos`, `morph` and `lemma` of each token."""
        if not len(doc) or doc.to_array([POS, MORPH, LEMMA]).any():
            return self._as_the_base_does(doc)
        if len(self.known) > MOST_FORMS:
            self.known, self.matched = {}, {}
        forms = [tuple(form) for form in doc.to_array(DECIDING).tolist()]
        known = self.known
        new = {form: None for form in forms if form not in known}
        if new:
            self._learn(list(new))
        values = _ids([known[form] for form in forms])
        for at, rules in self._joint_rules(doc).items():
            values[at] = self._values(forms[at], sorted({*self.matched[forms[at]], *rules}))
        doc.from_array(SET, values)
        return doc

    def _as_the_base_does(self, doc: Doc) -> Doc:
        """For a Doc that has some of it already: which of it is kept is for the base pipeline to say."""
        return self.lemmatizer(self.ruler(doc))  # type: ignore[no-any-return]  # both come untyped from spaCy

    def _learn(self, new: Sequence[Form]) -> None:
        """Find the values of forms that were not seen before."""
        doc = self._doc_of(new)
        rules: list[list[int]] = [[] for _ in new]
        for match, start, _ in self.alone(doc, allow_missing=True):
            rules[start].append(int(self.vocab.strings[match]))
        for form, matched in zip(new, rules, strict=True):
            self.matched[form] = sorted(matched)
            self.known[form] = self._values(form, self.matched[form])

    def _joint_rules(self, doc: Doc) -> dict[int, list[int]]:
        """The tokens that patterns of several tokens change, with the numbers of these rules."""
        found: dict[int, list[int]] = {}
        for match, start, end in self.joint(doc, allow_missing=True):
            rule = int(self.vocab.strings[match])
            index = self.ruler.indices[rule]
            found.setdefault(start + index if index >= 0 else end + index, []).append(rule)
        return found

    def _values(self, form: Form, rules: Iterable[int]) -> Values:
        """What the rules, in their order, and then the lemmatizer set on a token of this form."""
        values = dict.fromkeys(SET, 0) | {TAG: form[1], DEP: form[2]}
        for rule in rules:
            values |= self.ruler.attrs[rule]
        out = [values[attribute] for attribute in SET]
        if not out[_LEMMA] or self.lemmatizer.overwrite:
            token = self._doc_of([form]).from_array(SET, _ids([out]))[0]
            out[_LEMMA] = self.vocab.strings.add(self.lemmatizer.lemmatize(token)[0])
        return tuple(out)

    def _doc_of(self, forms: Sequence[Form]) -> Doc:
        doc = Doc(self.vocab, words=[self.vocab.strings[form[0]] for form in forms], spaces=[False] * len(forms))
        return doc.from_array([TAG, DEP], _ids([form[1:] for form in forms]))


def _ids(rows: Sequence[Sequence[int]]) -> Any:
    return np.array(rows, dtype=np.uint64)


@Language.factory(
    "statement_morphology", assigns=["token.pos", "token.morph", "token.lemma"], requires=["token.tag", "token.dep"]
)
def make_morphology(nlp: Language, name: str) -> Morphology:
    """The component; the pipeline must hold an attribute ruler and a lemmatizer, whose place it takes."""
    return Morphology(nlp.vocab, nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer"))
