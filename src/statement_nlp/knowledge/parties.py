"""The register of parties: canonical names, kinds and variants of those who act in the texts.

Curated lists in `data/parties_*`, a user's own file beside them, and the governments and organs of all states composed
by rule. Names are those of the annotation guide: a state and its government are one party under the country's short
name; ministries, armed forces, police and courts keep their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from statement_nlp.errors import RegisterError
from statement_nlp.knowledge.party_files import DATA, Entry, read_entries, user_parties_path, write_entries
from statement_nlp.knowledge.party_kinds import kind_of
from statement_nlp.knowledge.party_names import acronyms_of, is_acronym, is_capitalised, party_key
from statement_nlp.knowledge.party_nearest import NearestNames
from statement_nlp.knowledge.party_states import Organs, State, read_states
from statement_nlp.records import Party

__all__ = ["Register", "add_parties", "is_acronym", "is_capitalised", "kind_of", "user_parties_path"]

FUZZY_THRESHOLD = 0.85
"""Least likeness (0 to 1) at which `Register.resolve` takes two folded names for one; measured, see docs/parties.md."""
_PROPER = frozenset({"ngo", "person", "other"})
_PREPOSITION = re.compile(r" (?:of|on|for|in|against|to) ")
_LEADING = ("all the", "all of the", "all", "both", "other", "these", "those", "such", "any", "every")


class Register:
    """Finds a party by any of its names. Build one with `Register.load()`; it does not change afterwards."""

    def __init__(self, entries: Iterable[Entry], states: Iterable[State], own: Iterable[Entry] = ()) -> None:
        """Index the curated entries and states; `own` entries, a user's, take precedence over them.

        Raises:
            RegisterError: two entries of the same source claim one name.
        """
        entries, states, own = list(entries), list(states), list(own)
        self._acronyms = acronyms_of(
            [name for e in (*entries, *own) for name in (e.name, *e.variants)]
            + [name for s in states for name in (s.name, *s.names, *s.demonyms)]
        )
        self._by_key: dict[str, Party] = {}
        self._written: dict[str, str] = {}
        self._add_states(states)
        self._add(entries)
        self._add_own(own)
        self._organs = Organs(states, self.key)
        for entry in (*entries, *own):
            if entry.kind == "person" and entry.country:
                for name in (entry.name, *entry.variants):
                    self._organs.add_ruler(name, entry.country)
        self._index: NearestNames | None = None
        self._demonyms = MappingProxyType({d: s.iso for s in reversed(states) for d in s.demonyms})
        self._country_names = MappingProxyType({n: s.iso for s in reversed(states) for n in (s.name, *s.names)})
        self._capitals = MappingProxyType({n: s.iso for s in reversed(states) for n in s.seats})

    @classmethod
    def load(cls, extra: Path | None = None) -> Register:
        """The register of the package with the user's own parties.

        Args:
            extra: a register file (.yaml or .csv, docs/parties.md); None for the file at `user_parties_path()`, if any.

        Raises:
            RegisterError: a file cannot be read or contradicts itself; the message names file, line and way out.
        """
        path = extra if extra is not None else user_parties_path()
        own = read_entries(path) if extra is not None or path.exists() else []
        return cls(builtin_entries(), _states(), own)

    def key(self, name: str) -> str:
        """The folded name under which the register keeps a party."""
        return party_key(name, self._acronyms)

    def _add_states(self, states: Iterable[State]) -> None:
        for state in states:
            for name in (state.name, *state.names):
                self._by_key.setdefault(self.key(name), state.party)
                self._written.setdefault(self.key(name), name)

    def _add(self, entries: list[Entry]) -> None:
        """Index curated entries: no name may lead to two parties."""
        for entry, keys in self._claims(entries):
            party = self._party(entry)
            for name, key in keys.items():
                known = self._by_key.get(key)
                if known is not None and known.name != party.name:
                    raise RegisterError(f"{entry.where}: {name!r} is a name of {known.name!r} already")
                self._by_key[key] = party
                self._written[key] = name

    def _add_own(self, entries: list[Entry]) -> None:
        """Index a user's entries over the curated ones: they may take a variant from a party, not its own name."""
        for entry, keys in self._claims(entries):
            party = self._party(entry)
            self._by_key.update((key, party) for key, known in list(self._by_key.items()) if known.name == party.name)
            for name, key in keys.items():
                known = self._by_key.get(key)
                if known is not None and known.name != party.name and self.key(known.name) == key:
                    raise RegisterError(
                        f"{entry.where}: {name!r} is a party of the register itself, not a variant of {entry.name!r}; "
                        f"drop the variant, or add yours to {known.name!r}"
                    )
                self._by_key[key] = party
                self._written[key] = name

    def _claims(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, dict[str, str]]]:
        """Each entry with its names and their keys.

        Raises:
            RegisterError: a name without letters, or two entries that claim one name.
        """
        claimed: dict[str, Entry] = {}
        for entry in entries:
            keys = {name: self.key(name) for name in (entry.name, *entry.variants)}
            for name, key in keys.items():
                if not key:
                    raise RegisterError(f"{entry.where}: {entry.name!r} has a variant without letters; delete it")
                other = claimed.setdefault(key, entry)
                if other.name != entry.name:
                    raise RegisterError(
                        f"{entry.where}: {name!r} names {entry.name!r} here but {other.name!r} at {other.where}; "
                        "keep it at one of them"
                    )
            yield entry, keys

    def _party(self, entry: Entry) -> Party:
        """The entry's party; one that is known already keeps its spelling."""
        known = self._by_key.get(self.key(entry.name))
        if known is not None and known.kind == entry.kind and entry.country in (None, known.country):
            return known
        return Party(entry.name, entry.kind, entry.country, registered=True)

    def lookup(self, name: str) -> Party | None:
        """The party of this name or variant, exactly but for case, diacritics, punctuation and article; else None.

        Acronyms ("WHO", "US") are found only in capitals, NGOs and persons only where each word has one ("People in
        Need" is no "people in need"). Governments and organs of states are composed: "the Syrian government" is Syria,
        "Kenya's police" the Kenyan police.
        """
        key = self.key(name)
        found = self._find(key)
        if found is None:
            for opening in _LEADING:
                if key.startswith(opening + " "):
                    return self._find(key[len(opening) + 1 :])
        if found is not None and found.kind in _PROPER and not is_capitalised(name):
            return None if is_capitalised(self._written.get(key, name)) else found
        return found

    def _find(self, key: str) -> Party | None:
        party = self._by_key.get(key)
        if party is not None or " " not in key:
            return party
        return self._composed(self._organs.find(key))

    def _composed(self, found: tuple[str | None, State] | None) -> Party | None:
        if found is None:
            return None
        organ, state = found
        if organ is None:
            return state.party
        return self._by_key.get(self.key(organ)) or Party(organ, "state", state.iso, registered=True)

    def of_country(self, description: str, iso: str) -> Party | None:
        """What a bare description of an organ means in a state: ("the police", "HT") is the Haitian National Police.

        Args:
            description: "government", "army", "authorities", "Ministry of Health", "president" ...
            iso: ISO 3166-1 alpha-2 code that the context gives.

        Returns:
            The state for its government, the organ under its own name, None for what is no organ of a state.
        """
        return self._composed(self._organs.of_country(self.key(description), iso))

    def in_context(self, description: str, before: Sequence[Party], iso: str | None = None) -> Party | None:
        """Who a short description means in a statement: "the Council", "the police", "the Network".

        Args:
            description: as it stands in the text, with or without article.
            before: parties mentioned before it, in the order of the text, under their canonical names.
            iso: ISO 3166-1 alpha-2 code of the state that the passage is about, if that is clear.

        Returns:
            The state for its capital, seat of government or people ("Moscow", "Israelis", where they are a party);
            the nearest party before it whose name ends in the description ("UN Security Council"); the organ of the
            state that `iso` names; else None.
        """
        key = self.key(description)
        state = self._organs.seats.get(key) or self._organs.people.get(key)
        if state is not None and is_capitalised(description):
            return state.party
        if not key or self._organs.find(key) is not None:
            return None
        for party in reversed(before):
            if _ends_in(self.key(party.name), key) and not (party.kind == "state" and party.country not in (None, iso)):
                return party
        return self.of_country(description, iso) if iso else None

    def variants(self, *, countries: bool = False) -> Iterator[tuple[str, Party]]:
        """Each curated name and variant with its party, and the usual names of each state's government and forces.

        Args:
            countries: with the bare names of states too, which are places as often as parties (`country_names`).

        An acronym (`is_acronym`) must be matched as written, anything else in any case.
        """
        bare = set(self._organs.names)
        for key, name in self._written.items():
            if countries or key not in bare:
                yield name, self._by_key[key]
        for name in self._organs.common():
            if self.key(name) not in self._by_key and (party := self.lookup(name)) is not None:
                yield name, party

    def parties(self) -> Iterator[Party]:
        """Each curated party and state once."""
        yield from dict.fromkeys(self._by_key.values())

    def resolve(self, name: str) -> tuple[Party, float] | None:
        """The party whose name is nearest, with the likeness from 0 to 1, if that reaches the measured threshold.

        1.0 for what `lookup` finds. Else misspelt and differently transliterated names (docs/parties.md tells how the
        threshold was measured); a word that the register knows from elsewhere is no misspelling, so that the Iranian
        police are never taken for the Iraqi. Acronyms are never guessed.
        """
        if (exact := self.lookup(name)) is not None:
            return exact, 1.0
        key = self.key(name)
        if is_acronym(name) or name[:1].islower():
            return None
        if self._index is None:
            self._index = NearestNames(self._by_key)
        hit = self._index.nearest(key, FUZZY_THRESHOLD)
        return (self._by_key[hit[0]], hit[1]) if hit else None

    def demonyms(self) -> Mapping[str, str]:
        """Demonym ("Syrian") -> ISO 3166-1 alpha-2 code of the state."""
        return self._demonyms

    def country_names(self) -> Mapping[str, str]:
        """Each name of a state ("Syria", "Syrian Arab Republic") -> ISO code."""
        return self._country_names

    def capitals(self) -> Mapping[str, str]:
        """Capital or seat of government ("Moscow", "Kremlin") -> ISO code: a party where it acts, else a place."""
        return self._capitals

    def state(self, iso: str) -> Party | None:
        """The state of this ISO code as a party."""
        state = self._organs.by_iso.get(iso)
        return state.party if state else None

    def organ_nouns(self) -> tuple[str, ...]:
        """Nouns that make a party after a demonym or a country's name: "government", "armed forces", "police"."""
        return tuple(self._organs.nouns())

    def organ_phrases(self) -> tuple[str, ...]:
        """Openings that make a party before a country's name: "Government of", "Armed Forces of"."""
        return tuple(self._organs.phrases())


def add_parties(source: Path) -> tuple[Path, int]:
    """Add the parties of a register file to the user's own file, which every later `Register.load()` reads.

    An entry whose name is in the user's file already replaces it there.

    Args:
        source: a register file, .csv or .yaml (docs/parties.md).

    Returns:
        The user's file and how many parties were read from `source`.

    Raises:
        RegisterError: `source` cannot be read or contradicts itself or the register; nothing is written then.
    """
    target = user_parties_path()
    if target.suffix != ".csv":
        raise RegisterError(f"{target}: this file is kept by hand; add the parties of {source} there, or rename it")
    new = read_entries(source)
    kept = read_entries(target) if target.exists() else []
    names = {entry.name for entry in new}
    entries = [*(entry for entry in kept if entry.name not in names), *new]
    Register(builtin_entries(), _states(), entries)
    write_entries(target, entries)
    return target, len(new)


def _ends_in(name: str, key: str) -> bool:
    """Whether the head of a longer name, before "of", "on", "for", ends in a short form of it."""
    head = _PREPOSITION.split(name, maxsplit=1)[0]
    return (head.endswith(" " + key) and not head.endswith(" and " + key)) or (head == key != name)


@lru_cache(maxsize=1)
def builtin_entries() -> tuple[Entry, ...]:
    """The curated parties of the package, without the states."""
    paths = sorted(p for p in DATA.glob("parties_*.yaml") if p.stem not in ("parties_organs", "parties_heads"))
    return tuple(entry for path in paths for entry in read_entries(path))


@lru_cache(maxsize=1)
def _states() -> tuple[State, ...]:
    return tuple(read_states())
