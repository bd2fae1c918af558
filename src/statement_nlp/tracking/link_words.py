"""Words of two records, made comparable: stems, classes of units, sorts of addressees, concepts of demands.

The lists are in data/link_words.yaml.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", ""))
SHORTEST = 4
"""Letters that a stem keeps at least."""


@lru_cache(maxsize=1)
def lexicon() -> Mapping[str, Any]:
    """The lists of data/link_words.yaml."""
    path = Path(__file__).parent / "data" / "link_words.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf8"))
    loaded["stopwords"] = frozenset(loaded["stopwords"])
    return loaded


def plain(text: str) -> str:
    """Lower case without diacritics."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def stem(word: str) -> str:
    """A word without a common English ending.

    >>> stem("sieges"), stem("siege"), stem("deliveries"), stem("aid")
    ('sieg', 'sieg', 'delivery', 'aid')
    """
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= SHORTEST:
            return word[: len(word) - len(ending)] + instead
    return word


@lru_cache(maxsize=20_000)
def words(text: str) -> frozenset[str]:
    """The stems of a text's words; no numbers, no words that stand everywhere."""
    stop = lexicon()["stopwords"]
    return frozenset(stem(w) for w in WORD.findall(plain(text)) if len(w) > 1 and w not in stop)


@lru_cache(maxsize=1)
def time_words() -> frozenset[str]:
    """Stems of words that tell when something was."""
    return frozenset(stem(word) for word in lexicon()["time_words"])


@lru_cache(maxsize=20_000)
def concepts(text: str) -> frozenset[str]:
    """What a demand asks for, in the terms of the lexicon."""
    found = WORD.findall(plain(text))
    listed: Mapping[str, list[str]] = lexicon()["concepts"]
    return frozenset(name for name, stems in listed.items() if any(w.startswith(tuple(stems)) for w in found))


@lru_cache(maxsize=20_000)
def events(text: str) -> frozenset[str]:
    """What sort of event or condition a claim tells of, in the terms of the lexicon.

    >>> sorted(events("Goma was taken on 27 January")), sorted(events("Bukavu fell"))
    (['taken'], ['taken'])
    """
    found = WORD.findall(plain(text))
    listed: Mapping[str, list[str]] = lexicon()["events"]
    return frozenset(name for name, stems in listed.items() if any(w.startswith(tuple(stems)) for w in found))


@lru_cache(maxsize=20_000)
def unit_class(unit: str) -> str:
    """What a unit counts, in one word: "persons", "children", "money" ...; "share of X" is "share".

    >>> unit_class("aid workers"), unit_class("share of the population"), unit_class("Yemenis")
    ('aid_workers', 'share', 'persons')
    """
    lower = plain(unit)
    if lower.startswith("share of"):
        return "share"
    for name, begins in lexicon()["unit_classes"].items():
        if any(re.search(rf"\b{re.escape(begin)}", lower) for begin in begins):
            return str(name)
    # a people is counted by its name: "Afghans", "Rohingya"
    return "persons" if unit[:1].isupper() else stem(lower.split()[-1]) if lower.split() else ""


@lru_cache(maxsize=20_000)
def addressee_sort(name: str) -> str | None:
    """The sort of addressee that a collective name stands for: "donors", "states", "parties" ...; None for others."""
    lower = plain(name)
    for sort, listed in lexicon()["addressee_sorts"].items():
        if any(re.search(rf"\b{re.escape(word)}\b", lower) for word in listed):
            return str(sort)
    return None


def likeness(a: Set[str], b: Set[str], weights: Mapping[str, float]) -> float:
    """Cosine of two sets of words, each weighed by its rarity (inverse document frequency); 0 where one is empty.

    Args:
        a: stems.
        b: stems.
        weights: of the words that are known; any other word weighs as much as the rarest.
    """
    rarest = max(weights.values(), default=1.0)

    def mass(some: Iterable[str]) -> float:
        return sum(weights.get(word, rarest) ** 2 for word in sorted(some))

    whole = math.sqrt(mass(a) * mass(b))
    return mass(a & b) / whole if whole else 0.0


def jaccard(a: Set[str], b: Set[str]) -> float:
    """Shared part of all; 0 where both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0
