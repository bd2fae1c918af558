"""The words by which places and parties are told apart, read once from `data/entities_words.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

PATH = Path(__file__).parent / "data" / "entities_words.yaml"


@dataclass(frozen=True, slots=True)
class Words:
    """Sets of lower-case words; `actor_nouns` says of which sort of actor each is a noun."""

    actor_nouns: Mapping[str, str]
    place_nouns: frozenset[str]
    other_nouns: frozenset[str]
    titles: frozenset[str]
    party_verbs: frozenset[str]
    place_prepositions: frozenset[str]
    party_prepositions: frozenset[str]
    directions: frozenset[str]
    connectors: frozenset[str]
    calendar: frozenset[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The lexicon of the package."""
    data = yaml.safe_load(PATH.read_text(encoding="utf8"))
    nouns = {noun: sort for sort, line in data.pop("actor_nouns").items() for noun in line.split()}
    return Words(nouns, **{name: frozenset(line.split()) for name, line in data.items()})
