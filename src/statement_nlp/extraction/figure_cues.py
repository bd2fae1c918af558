"""The words and phrases of a text that speak of a condition ("killed", "have fled"), found once, by sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from spacy.tokens import Doc

from statement_nlp.extraction import text_of
from statement_nlp.extraction.figure_filter import condition_lexicon, condition_words
from statement_nlp.extraction.scanning import Scanner, first_word
from statement_nlp.extraction.token_lists import token_lists
from statement_nlp.remembering import remembered


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak of a condition: their tokens, first to last, and how strongly."""

    condition: str
    first: int
    last: int
    strength: float
    words: str


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, re.Pattern[str]]:
    """Condition -> an expression of its phrases."""
    return {
        name: re.compile(rf"\b(?:{'|'.join(lists['phrases'])})")
        for name, lists in condition_lexicon().items()
        if lists["phrases"]
    }


@lru_cache(maxsize=1)
def _first_words() -> Mapping[str, Sequence[re.Pattern[str]]]:
    """Condition -> expressions of the words that its phrases may begin with."""
    return {name: [first_word(p) for p in condition_lexicon()[name]["phrases"]] for name in _phrases()}


@remembered(100_000)
def _begun_by(word: str) -> tuple[str, ...]:
    """The conditions whose phrases a word may begin."""
    return tuple(name for name, firsts in _first_words().items() if any(first.fullmatch(word) for first in firsts))


class CueIndex:
    """All cues of a Doc, found once, by sentence."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.cues: dict[int, list[Cue]] = defaultdict(list)
        self.total: dict[str, float] = defaultdict(float)
        lists = token_lists(doc)
        self._starts = {start: at for at, start in enumerate(lists.starts)}
        self._sentences = _sentence_numbers(doc)
        words = condition_words()
        for at, (lemma, form) in enumerate(zip(lists.lower_lemmas, lists.lowers, strict=True)):
            by_lemma, by_form = words.get(lemma), words.get(form)
            if by_lemma is None and by_form is None:
                continue
            spoken = dict(by_lemma or {})
            for condition, strength in (by_form or {}).items():
                spoken[condition] = max(strength, spoken.get(condition, 0.0))
            for condition, strength in spoken.items():
                self._add(Cue(condition, at, at, strength, form))
        lower = text_of(doc).lower()
        if len(lower) == len(text_of(doc)):
            scanner = Scanner(lower, _begun_by)
            for condition, pattern in _phrases().items():
                for found in scanner.matches(condition, pattern):
                    first = self._starts.get(found.start())
                    if first is not None:
                        self._add(Cue(condition, first, max(first, self.last_token(found.end())), 1.2, found.group()))

    def last_token(self, char: int) -> int:
        """Index of the token that ends at a character, or stands last before it."""
        at = char - 1
        while at > 0 and at not in self._starts:
            at -= 1
        return self._starts.get(at, 0)

    def _add(self, cue: Cue) -> None:
        self.cues[self._sentence(cue.first)].append(cue)
        self.total[cue.condition] += cue.strength

    def _sentence(self, token: int) -> int:
        return self._sentences[token]

    def of_sentence(self, token: int) -> list[Cue]:
        """Cues of the sentence that holds a token."""
        return self.cues.get(self._sentence(token), [])

    def of_sentence_before(self, token: int) -> list[Cue]:
        """Cues of the sentence before."""
        start = self._sentence(token)
        return self.of_sentence(start - 1) if start > 0 else []

    def named_between(self, start: int, end: int) -> set[str]:
        """The conditions that words between two characters name outright."""
        span = self.doc.char_span(start, end, alignment_mode="contract")
        inside = range(span.start, span.end) if span is not None else range(0)
        sentences = {self._sentence(at) for at in inside}
        return {c.condition for at in sentences for c in self.cues.get(at, ()) if c.first in inside and c.strength >= 1}

    @cached_property
    def share(self) -> dict[str, float]:
        """How much of all that the text speaks of is each condition."""
        whole = sum(self.total.values()) or 1.0
        return {name: amount / whole for name, amount in self.total.items()}


def _sentence_numbers(doc: Doc) -> list[int]:
    """First token of the sentence of each token; 0 where there are no sentences."""
    if not doc.has_annotation("SENT_START"):
        return [0] * len(doc)
    return [sentence.start for sentence in doc.sents for _ in range(len(sentence))]
