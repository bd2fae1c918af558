"""The register of parties: canonical names, kinds and variants of those who act in the texts.

Curated lists in `data/parties_*`, a user's own file beside them, and the governments and organs of all states composed
by rule. Names are those of the annotation guide: a state and its government are one party under the country's short
name; ministries, armed forces, police and courts keep their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from rapidfuzz import fuzz, process

from statement_nlp.errors import RegisterError
from statement_nlp.knowledge.party_files import DATA, Entry, read_entries, user_parties_path
from statement_nlp.knowledge.party_names import acronyms_of, is_acronym, party_key
from statement_nlp.knowledge.party_states import Organs, State, read_states
from statement_nlp.records import Party

__all__ = ["Register", "is_acronym", "user_parties_path"]

FUZZY_THRESHOLD = 0.9
"""Least likeness (0 to 1) at which `Register.resolve` takes two folded names for one."""
SHORTEST_FUZZY = 6
"""Names shorter than this, in characters, are never matched fuzzily."""
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
        self._add(entries, curated=True)
        self._add(own, curated=False)
        self._organs = Organs(states, self.key)
        self._states = {state.iso: state for state in states}

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

    def _add(self, entries: list[Entry], *, curated: bool) -> None:
        claimed: dict[str, Entry] = {}
        for entry in entries:
            party = self._party(entry)
            for name in (entry.name, *entry.variants):
                key = self.key(name)
                if not key:
                    raise RegisterError(f"{entry.where}: {entry.name!r} has an empty variant; delete it")
                other = claimed.get(key)
                if other is not None and other.name != entry.name:
                    raise RegisterError(
                        f"{entry.where}: {name!r} names {entry.name!r} here but {other.name!r} at {other.where}; "
                        "keep it at one of them"
                    )
                if curated and other is None and key in self._by_key and self._by_key[key].name != party.name:
                    raise RegisterError(f"{entry.where}: {name!r} is a name of {self._by_key[key].name!r} already")
                claimed[key] = entry
                self._by_key[key] = party
                self._written[key] = name

    def _party(self, entry: Entry) -> Party:
        """The entry's party; one that is known already keeps its spelling."""
        known = self._by_key.get(self.key(entry.name))
        if known is not None and known.kind == entry.kind and entry.country in (None, known.country):
            return known
        return Party(entry.name, entry.kind, entry.country, registered=True)

    def lookup(self, name: str) -> Party | None:
        """The party of this name or variant, exactly but for case, diacritics, punctuation and article; else None.

        Acronyms ("WHO", "US") are found only in capitals. Governments and organs of states are composed: "the
        Syrian government" is Syria, "Kenya's police" the Kenyan police.
        """
        key = self.key(name)
        found = self._find(key)
        if found is None:
            for opening in _LEADING:
                if key.startswith(opening + " "):
                    return self._find(key[len(opening) + 1 :])
        return found

    def _find(self, key: str) -> Party | None:
        party = self._by_key.get(key)
        if party is not None or " " not in key:
            return party
        composed = self._organs.find(key)
        if composed is None:
            return None
        organ, state = composed
        if organ is None:
            return state.party
        return self._by_key.get(self.key(organ)) or Party(organ, "state", state.iso, registered=True)

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
        """The party whose name is nearest, with the likeness from 0 to 1, if that is above the measured threshold.

        1.0 for `lookup`; else the ratio of rapidfuzz over folded names. Acronyms are never guessed.
        """
        if (exact := self.lookup(name)) is not None:
            return exact, 1.0
        key = self.key(name)
        if len(key) < SHORTEST_FUZZY or is_acronym(name):
            return None
        hit = process.extractOne(key, self._by_key.keys(), scorer=fuzz.ratio, score_cutoff=100 * FUZZY_THRESHOLD)
        return (self._by_key[hit[0]], hit[1] / 100) if hit else None

    def demonyms(self) -> Mapping[str, str]:
        """Demonym ("Syrian") -> ISO 3166-1 alpha-2 code of the state."""
        return MappingProxyType({d: s.iso for s in reversed(self._states.values()) for d in s.demonyms})

    def country_names(self) -> Mapping[str, str]:
        """Each name of a state ("Syria", "Syrian Arab Republic") -> ISO code."""
        return MappingProxyType({n: s.iso for s in reversed(self._states.values()) for n in (s.name, *s.names)})

    def capitals(self) -> Mapping[str, str]:
        """Capital or seat of government ("Moscow", "Kremlin") -> ISO code: a party where it acts, else a place."""
        return MappingProxyType({n: s.iso for s in reversed(self._states.values()) for n in s.seats})

    def state(self, iso: str) -> Party | None:
        """The state of this ISO code as a party."""
        state = self._states.get(iso)
        return state.party if state else None

    def organ_nouns(self) -> tuple[str, ...]:
        """Nouns that make a party after a demonym or a country's name: "government", "armed forces", "police"."""
        return tuple(self._organs.nouns())

    def organ_phrases(self) -> tuple[str, ...]:
        """Openings that make a party before a country's name: "Government of", "Armed Forces of"."""
        return tuple(self._organs.phrases())


@lru_cache(maxsize=1)
def builtin_entries() -> tuple[Entry, ...]:
    """The curated parties of the package, without the states."""
    paths = sorted(p for p in DATA.glob("parties_*.yaml") if p.stem not in ("parties_organs", "parties_heads"))
    return tuple(entry for path in paths for entry in read_entries(path))


@lru_cache(maxsize=1)
def _states() -> tuple[State, ...]:
    return tuple(read_states())
