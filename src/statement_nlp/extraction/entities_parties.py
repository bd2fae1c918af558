"""Gives each party of a statement its canonical name.

By the register; by an acronym that the text itself explains; by what a short description means in its place ("the
Council", "the government"); by the family name of a person named before. What is left is a new party under its own
name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from statement_nlp.knowledge.parties import Register, is_acronym
from statement_nlp.records import Party, PartyKind

_PAIR = re.compile(r"\s*\(\s*(?:the\s+|hereafter\s+)?[\"“'‘]?([A-Z][\w&.-]{1,11})[\"”'’]?\s*[,;)]")
_PAIR_BEFORE = re.compile(r"\b([A-Z][A-Z0-9-]{1,9})\s*\(\s*(?:the\s+)?$")
_ENDS = re.compile(r"(?:['’]s?|[\"“”])$")
_WHERE = re.compile(r"\s(?:in|across|to the (?:conflict|war) in)\s.*$", re.DOTALL)
_WARRING = frozenset({"parties", "belligerents", "warring parties", "conflict parties", "warring sides"})
_OPENINGS = re.compile(r"^(?:the|all the|all|both|other|your|our|their)\s+", re.IGNORECASE)


@lru_cache(maxsize=1)
def register() -> Register:
    """The register of parties, read once a process."""
    return Register.load()


def explained_acronyms(text: str, spans: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Acronym -> full name, for each name with an acronym in brackets behind it, or in brackets behind an acronym."""
    found: dict[str, str] = {}
    for start, end in spans:
        after, before = _PAIR.match(text, end), _PAIR_BEFORE.search(text, max(0, start - 20), start)
        for pair in (after, before):
            if pair and end - start > len(pair.group(1)) + 3 and sum(c.isupper() for c in pair.group(1)) > 1:
                found.setdefault(pair.group(1), tidy(text[start:end]))
    return found


def tidy(name: str) -> str:
    """The name on one line, single spaces, without possessive or quotation marks at its ends."""
    return _ENDS.sub("", re.sub(r"\s+", " ", name).strip()).strip()


@dataclass(slots=True)
class Naming:
    """Names the parties of one statement in the order of its text.

    `iso` is the country that the statement is about, if that is clear; `acronyms` those that it explains.
    """

    iso: str | None = None
    acronyms: dict[str, str] = field(default_factory=dict)
    before: list[Party] = field(default_factory=list)

    def name(self, quote: str, kind: PartyKind, owner: str | None = None) -> tuple[Party, str]:
        """The party behind a mention, and how it was told.

        Args:
            quote: the mention as it stands.
            kind: its kind where it turns out to be a new party.
            owner: ISO code of the state whose it is said to be ("South Sudan's army": SS).
        """
        party, how = self._find(tidy(quote), kind, owner)
        self.before.append(party)
        return party, how

    def _find(self, name: str, kind: PartyKind, owner: str | None) -> tuple[Party, str]:
        known = register()
        if owner is not None and (party := known.of_country(name, owner)) is not None:
            return party, "by whose it is"
        if name in self.acronyms:
            return self._explained(self.acronyms[name], name, kind), "an acronym that the text explains"
        acronym = next((a for a, full in self.acronyms.items() if full == name), None)
        if acronym is not None:
            return self._explained(name, acronym, kind), "explained by its acronym"
        if kind == "person" and (person := self._person(name)):
            return person, "named in full before"
        if name[:1].isupper() and not is_acronym(name) and (same := self._again(name)):
            return same, "named before"
        if (party := known.lookup(name)) is not None:
            return party, "in the register"
        if self._is_warring(name) and (party := known.lookup("parties to the conflict")) is not None:
            return party, "those who fight"
        if (party := known.in_context(name, self.before, self.iso)) is not None:
            return party, "by its context"
        near = known.resolve(name) if kind != "person" else None
        if near is not None:
            return near[0], f"like a name in the register ({near[1]:.2f})"
        shown = name if name.isupper() is False or is_acronym(name) else name.title()
        return Party(_OPENINGS.sub("", shown) if kind == "collective" else shown, kind), "new"

    @staticmethod
    def _is_warring(name: str) -> bool:
        """Whether a description means all sides of a conflict: "Afghan parties", "belligerents in the region"."""
        words = _WHERE.sub("", _OPENINGS.sub("", name)).split()
        if len(words) == 2 and words[0] in register().demonyms():
            words = words[1:]
        return " ".join(words).casefold() in _WARRING

    def _explained(self, full: str, acronym: str, kind: PartyKind) -> Party:
        """The party of a full name with its acronym; that of the acronym alone only where the names are alike."""
        known = register().lookup(full)
        short = register().lookup(acronym)
        if known is None and short is not None:
            ours, theirs = set(register().key(full).split()), set(register().key(short.name).split())
            if short.name == acronym or len(ours & theirs) * 2 > min(len(ours), len(theirs)):
                known = short
        return known or Party(full, kind)

    def _person(self, name: str) -> Party | None:
        """A person named before whose family name this is, or who is this one with fewer names."""
        last = name.split()[-1].casefold()
        for party in reversed(self.before):
            if party.kind == "person" and party.name.casefold().split()[-1] == last:
                return party
        return None

    def _again(self, name: str) -> Party | None:
        """A new party of this very name before."""
        return next((p for p in self.before if not p.registered and p.name == name), None)
