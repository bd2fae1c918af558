"""Gives each party of a statement its canonical name: by the register, or by an acronym that the text itself explains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from statement_nlp.knowledge.parties import Register
from statement_nlp.records import Party, PartyKind

KINDS: Mapping[str, PartyKind] = {"STATE": "state", "PERSON": "person", "ORG": "ngo", "COLLECTIVE": "collective"}
"""What an unknown party of a label is most often."""
_PAIR = re.compile(r"\s*\(\s*(?:the\s+)?[\"“']?([A-Z][\w&.-]{1,11})[\"”']?[\s,;)]")


@lru_cache(maxsize=1)
def register() -> Register:
    """The register of parties, read once a process."""
    return Register.load()


def explained_acronyms(text: str, spans: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Acronym -> full name, for each name that stands directly before an acronym in brackets."""
    found = {}
    for start, end in spans:
        pair = _PAIR.match(text, end)
        if pair and end - start > len(pair.group(1)) + 3:
            found[pair.group(1)] = text[start:end]
    return found


def tidy(name: str) -> str:
    """The name on one line, single spaces, without possessive or quotation marks at its ends."""
    return re.sub(r"(?:['’]s?|[\"“”])$", "", re.sub(r"\s+", " ", name)).strip()


def canonical(name: str, label: str, acronyms: Mapping[str, str]) -> Party:
    """The party behind a mention."""
    known = register().lookup(name)
    if known is None and name in acronyms:
        name = acronyms[name]
        known = register().lookup(name)
    return known or Party(tidy(name), KINDS.get(label, "other"))
