"""The words of demands: lexicons in `data/demands_*.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from spacy.strings import get_string_id

from statement_nlp.records import Strength


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Lemma sets by what the words do; see the comments of `data/demands_cues.yaml`."""

    call_verbs: dict[str, Strength]
    call_prepositions: dict[str, frozenset[str]]
    sets: dict[str, frozenset[str]]
    lists: dict[str, tuple[str, ...]]

    def __getitem__(self, name: str) -> frozenset[str]:
        """The lemmas of one list of the file, by its key."""
        return self.sets[name]


def read_data(name: str) -> Any:
    """The parsed YAML file `name` of this package's `data` folder."""
    return yaml.safe_load((files("statement_nlp.extraction") / "data" / name).read_text(encoding="utf8"))


TRIGGERS = (
    "performative_verbs", "speaker_verbs", "call_nouns", "need_nouns", "duty_nouns", "duty_adjectives", "necessity",
    "deontic_modals", "semi_modals",
)  # fmt: skip
"""Lists of which a word must be one for a cue to stand there."""
OTHER_TRIGGERS = ("can", "may", "will", "would", "could", "are", "is", "please", "time", "’s", "'s")


@lru_cache(maxsize=1)
def trigger_ids() -> NDArray[np.uint64]:
    """Hashes (of spaCy's string store) of the lemmas and word forms that a cue can begin with, sorted."""
    words = lexicon()
    verbs = set(words.call_verbs) | words["performative_verbs"]
    forms = {form for verb in verbs for form in (verb, verb + "s", verb + "es", verb + "ing", verb + "ed")}
    listed = {word for name in TRIGGERS for word in words[name]}
    return np.array(sorted(get_string_id(w) for w in (forms | listed | set(OTHER_TRIGGERS))), dtype=np.uint64)


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
        lists={key: tuple(words) for key, words in raw.items() if isinstance(words, list)},
    )
