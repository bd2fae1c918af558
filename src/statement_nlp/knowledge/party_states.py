"""States and their organs: "Syrian army", "Ministry of Health of Sudan", "Government of Chad", out of two lists."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from statement_nlp.knowledge.party_files import DATA
from statement_nlp.records import Party

Key = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class State:
    """One state: `demonyms` are its adjectives, the usual one first; `seats` its capital and other seats of power."""

    iso: str
    name: str
    demonyms: tuple[str, ...]
    names: tuple[str, ...]
    seats: tuple[str, ...]
    people: str | None
    line: int

    @property
    def adjective(self) -> str:
        """What stands before "armed forces": the first demonym, else the name."""
        return self.demonyms[0] if self.demonyms else self.name

    @property
    def party(self) -> Party:
        """The state as a party."""
        return Party(self.name, "state", self.iso, registered=True)


def read_states(path: Path = DATA / "parties_states.csv") -> list[State]:
    """The states of the register."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [
            State(
                row["iso"],
                row["name"],
                _list(row["demonyms"]),
                _list(row["names"]),
                _list(row["seats"]),
                row["people"] or None,
                reader.line_num,
            )
            for row in reader
        ]


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


@dataclass(slots=True)
class Organs:
    """Names of states' governments and organs, composed when they are asked for.

    `find(key)` answers with the canonical name and the state; the register then looks whether that organ has a
    name of its own ("Congolese armed forces" -> FARDC).
    """

    states: list[State]
    key: Key
    by_iso: dict[str, State] = field(init=False)
    adjectives: dict[str, State] = field(init=False, default_factory=dict)
    names: dict[str, State] = field(init=False, default_factory=dict)
    seats: dict[str, State] = field(init=False, default_factory=dict)
    people: dict[str, State] = field(init=False, default_factory=dict)
    rulers: dict[str, State] = field(init=False, default_factory=dict)
    _data: dict[str, Any] = field(init=False)
    _nouns: dict[str, str | None] = field(init=False, default_factory=dict)
    _phrases: dict[str, str | None] = field(init=False, default_factory=dict)
    _seat_phrases: set[str] = field(init=False, default_factory=set)
    _portfolios: dict[str, str] = field(init=False, default_factory=dict)
    _ministry_words: frozenset[str] = field(init=False)
    _ruled: frozenset[str] = field(init=False)
    _never_bare: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        with (DATA / "parties_organs.yaml").open(encoding="utf-8") as file:
            self._data = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.by_iso = {state.iso: state for state in self.states}
        self._index_states()
        self._index_nouns()
        self._ruled = frozenset(map(self.key, self._data["ruled"]))
        self._never_bare = frozenset(map(self.key, self._data["never_bare"]))
        self._ministry_words = frozenset(map(self.key, self._data["ministries"]["words"]))
        for portfolio, variants in self._data["ministries"]["portfolios"].items():
            for variant in (portfolio, *variants):
                self._portfolios[self.key(variant)] = portfolio

    def _index_states(self) -> None:
        for state in self.states:
            for name in (state.name, *state.names):
                self.names.setdefault(self.key(name), state)
            if state.people:
                self.people.setdefault(self.key(state.people), state)
            for seat in state.seats:
                self.seats.setdefault(self.key(seat), state)
            for adjective in (*state.demonyms, state.name, *state.names):
                self.adjectives.setdefault(self.key(adjective), state)

    def _index_nouns(self) -> None:
        """Noun or phrase -> the organ's canonical noun, None for the state itself."""
        state = self._data["state"]
        self._nouns.update(dict.fromkeys(map(self.key, state["nouns"])))
        self._phrases.update(dict.fromkeys(map(self._opening, state["phrases"])))
        self._seat_phrases = {self._opening(phrase) for phrase in state["seats"]}
        for organ in self._data["organs"]:
            canonical = organ.get("canonical") or "{adj} " + organ["nouns"][0]
            self._nouns.update((self.key(noun), canonical) for noun in organ["nouns"])
            self._phrases.update((self._opening(phrase), canonical) for phrase in organ.get("phrases", ()))

    def _opening(self, phrase: str) -> str:
        return self.key(phrase.split("{")[0])

    def add_ruler(self, name: str, iso: str) -> None:
        """Let "<name> government" and the like mean the state: "Maduro government", "Netanyahu's troops"."""
        if (state := self.by_iso.get(iso)) is not None:
            self.rulers.setdefault(self.key(name), state)

    def nouns(self) -> Iterator[str]:
        """Each noun that makes a party after a demonym: "government", "armed forces", "police"."""
        yield from self._data["state"]["nouns"]
        for organ in self._data["organs"]:
            yield from organ["nouns"]

    def phrases(self) -> Iterator[str]:
        """Each opening that makes a party before a country's name: "Government of"."""
        for phrase in self._data["state"]["phrases"]:
            yield phrase.split("{")[0].strip()
        for organ in self._data["organs"]:
            for phrase in organ.get("phrases", ()):
                yield phrase.split("{")[0].strip()

    def common(self) -> Iterator[str]:
        """The usual names of each state's government and of its first organs, for a matcher."""
        nouns = [*self._data["state"]["nouns"][:5], *(organ["nouns"][0] for organ in self._data["organs"])]
        nouns += [n for organ in self._data["organs"][:3] for n in organ["nouns"][1:4]]
        for state in self.states:
            for adjective in state.demonyms or (state.name,):
                yield from (f"{adjective} {noun}" for noun in nouns)
            yield from (f"Government of {name}" for name in (state.name, *state.names))

    def find(self, key: str) -> tuple[str | None, State] | None:
        """The organ's canonical name (None: the state itself) and its state; None where the key composes to nothing."""
        words = key.split(" ")
        for cut in range(min(6, len(words) - 1), 0, -1):
            if state := self.adjectives.get(" ".join(words[:cut])):
                found = self._after_adjective(state, words[cut:])
                if found is not None:
                    return found
            if (ruled := self.rulers.get(" ".join(words[:cut]))) and " ".join(words[cut:]) in self._ruled:
                return self._after_adjective(ruled, words[cut:])
        for cut in range(len(words) - 1, 1, -1):
            if words[cut - 1] in ("of", "in", "from"):
                found = self._before_name(words[:cut], words[cut:])
                if found is not None:
                    return found
        return None

    def of_country(self, key: str, iso: str) -> tuple[str | None, State] | None:
        """Like `find` for a bare noun ("police", "ministry of health") in a state that the context gives."""
        state = None if key in self._never_bare else self.by_iso.get(iso)
        return self._after_adjective(state, key.split(" ")) if state else None

    def _after_adjective(self, state: State, words: list[str]) -> tuple[str | None, State] | None:
        noun = " ".join(words)
        if noun in self._nouns:
            return self._name(self._nouns[noun], state), state
        if portfolio := self._ministry(words):
            return f"{state.adjective} Ministry of {portfolio}", state
        return None

    def _before_name(self, opening: list[str], rest: list[str]) -> tuple[str | None, State] | None:
        while rest and rest[0] == "the":
            rest = rest[1:]
        if len(rest) > 2 and rest[:2] == ["republic", "of"] and " ".join(rest) not in self.names:
            rest = rest[2:]
        place, phrase = " ".join(rest), " ".join(opening)
        if state := self.names.get(place):
            if phrase in self._phrases:
                return self._name(self._phrases[phrase], state), state
            if portfolio := self._ministry(opening[:-1]):
                return f"{state.adjective} Ministry of {portfolio}", state
        if phrase in self._seat_phrases and (state := self.seats.get(place)):
            return None, state
        return None

    def _ministry(self, words: list[str]) -> str | None:
        """The portfolio of "ministry of health", "health ministry", "de facto minister for public health"."""
        if words[:2] == ["de", "facto"]:
            words = words[2:]
        if len(words) < 2:
            return None
        if words[0] in self._ministry_words and words[1] in ("of", "for"):
            rest = words[3:] if words[2:3] == ["the"] else words[2:]
            return self._portfolios.get(" ".join(rest))
        if words[-1] in self._ministry_words:
            return self._portfolios.get(" ".join(words[:-1]))
        return None

    @staticmethod
    def _name(pattern: str | None, state: State) -> str | None:
        """`pattern` filled in: "{adj} police", "Supreme Court of {name}"; None stays None, the state itself."""
        return None if pattern is None else pattern.format(adj=state.adjective, name=state.name)
