"""Names that are nearly one of the known ones: misspelt, or transliterated differently."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

SHORTEST = 7
"""Keys shorter than this, in characters, are not compared."""
LEAST_WORD_LIKENESS = 82.0
"""Two differing words must be at least so alike, from 0 to 100, to count as one word; measured, see docs/parties.md."""


class NearestNames:
    """The nearest of many keys (`party_key`), by the ratio of rapidfuzz, where no known word speaks against it."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = [key for key in keys if len(key) >= SHORTEST]
        self._words = frozenset(word for key in self._keys for word in key.split())

    def nearest(self, key: str, threshold: float) -> tuple[str, float] | None:
        """The nearest key at or above the threshold, with its likeness (0 to 1); None where spelling does not lead."""
        if len(key) < SHORTEST:
            return None
        hits = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=100 * threshold, limit=3)
        return next(((hit, score / 100) for hit, score, _ in hits if self.same_words(key, hit)), None)

    def same_words(self, key: str, known: str) -> bool:
        """Whether two keys differ only by spelling: word by word alike, no differing word of `key` a known one."""
        ours, theirs = key.split(), known.split()
        if len(ours) != len(theirs):
            return key.replace(" ", "") == known.replace(" ", "")
        return all(a == b or self._misspelt(a, b, several=len(ours) > 1) for a, b in zip(ours, theirs, strict=True))

    def _misspelt(self, word: str, known: str, *, several: bool) -> bool:
        if several and word.rstrip("s") == known.rstrip("s"):
            return True
        if word in self._words or any(c.isdigit() for c in word + known) or not (word.islower() and known.islower()):
            return False
        return fuzz.ratio(word, known) >= LEAST_WORD_LIKENESS
