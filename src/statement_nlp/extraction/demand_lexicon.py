"""The words of demands: lexicons in `data/demands_*.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from statement_nlp.records import Strength


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Lemma sets by what the words do; see the comments of `data/demands_cues.yaml`."""

    call_verbs: dict[str, Strength]
    call_prepositions: dict[str, frozenset[str]]
    sets: dict[str, frozenset[str]]

    def __getitem__(self, name: str) -> frozenset[str]:
        """The lemmas of one list of the file, by its key."""
        return self.sets[name]


def read_data(name: str) -> Any:
    """The parsed YAML file `name` of this package's `data` folder."""
    return yaml.safe_load((files("statement_nlp.extraction") / "data" / name).read_text(encoding="utf8"))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of cues."""
    raw = read_data("demands_cues.yaml")
    strengths: dict[str, Strength] = {}
    for strength in ("recommend", "urge", "demand"):
        strengths.update(dict.fromkeys(raw["call_verbs"][strength], strength))
    prepositions = {verb: frozenset(words) for verb, words in raw["call_prepositions"].items()}
    return Lexicon(
        call_verbs=strengths,
        call_prepositions=prepositions,
        sets={key: frozenset(words) for key, words in raw.items() if isinstance(words, list)},
    )
