"""Names that are nearly one of the known ones: misspelt, or transliterated differently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz

SHORTEST = 7
"""Keys shorter than this, in characters, are not compared."""
LEAST_WORD_LIKENESS = 82.0
"""Two differing words must be at least so alike, from 0 to 100, to count as one word; measured, see docs/parties.md."""


class NearestNames:
    """The nearest of many keys (`party_key`), by the ratio of rapidfuzz, where no known word speaks against it.

    Only keys that have a known word of the asked one in its place are compared, so a look-up takes microseconds.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._joined: dict[str, str] = {}
        self._plural: dict[str, list[str]] = defaultdict(list)
        self._at: dict[tuple[int, int, str], list[str]] = defaultdict(list)
        self._of_length: dict[int, list[str]] = defaultdict(list)
        for key in keys:
            if len(key) < SHORTEST:
                continue
            words = key.split()
            self._words.update(words)
            self._joined.setdefault("".join(words), key)
            self._plural[_singular(words)].append(key)
            self._of_length[len(words)].append(key)
            for place, word in enumerate(words):
                self._at[len(words), place, word].append(key)

    def nearest(self, key: str, threshold: float) -> tuple[str, float] | None:
        """The nearest key at or above the threshold, with its likeness (0 to 1); None where spelling does not lead."""
        if len(key) < SHORTEST:
            return None
        words = key.split()
        hits = [(fuzz.ratio(key, known) / 100, known) for known in self._candidates(words)]
        best = max((hit for hit in hits if hit[0] >= threshold and self.same_words(words, hit[1])), default=None)
        return (best[1], best[0]) if best else None

    def _candidates(self, words: list[str]) -> list[str]:
        """Keys with the known words in their places; those that differ by a plural or a space."""
        joined = self._joined.get("".join(words))
        found = ([joined] if joined else []) + (self._plural.get(_singular(words), []) if len(words) > 1 else [])
        known = [(place, word) for place, word in enumerate(words) if word in self._words]
        if len(known) == len(words):
            return found
        if not known:
            return found + self._of_length.get(len(words), [])
        return found + min((self._at.get((len(words), *at), []) for at in known), key=len)

    def same_words(self, ours: list[str], known: str) -> bool:
        """Whether two keys differ only by spelling: word by word alike, no differing word of ours a known one."""
        theirs = known.split()
        if len(ours) != len(theirs):
            return "".join(ours) == "".join(theirs)
        return all(a == b or self._misspelt(a, b, several=len(ours) > 1) for a, b in zip(ours, theirs, strict=True))

    def _misspelt(self, word: str, known: str, *, several: bool) -> bool:
        if several and word.rstrip("s") == known.rstrip("s"):
            return True
        if word in self._words or any(c.isdigit() for c in word + known) or not (word.islower() and known.islower()):
            return False
        if abs(len(word) - len(known)) > 1 and (word in known or known in word):
            return False  # a whole word with more before or behind it is another name: Ardenmark, Denmark
        return fuzz.ratio(word, known) >= LEAST_WORD_LIKENESS


def _singular(words: list[str]) -> str:
    return " ".join(word.rstrip("s") for word in words)
