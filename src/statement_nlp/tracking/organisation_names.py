"""A printed name of an organisation, taken apart: what it is called, by which other names, which branch it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from statement_nlp.knowledge.party_names import is_acronym, party_key
from statement_nlp.knowledge.party_states import read_states

_BRACKETS = re.compile(r"\s*[(\[]([^)\]]+)[)\]]")
_QUOTED = re.compile(r"[“\"„«]([^”\"“»]{3,})[”\"“»]")
_CUT = re.compile(r"\s+[-–—]\s+|\s*[:/]\s+|\s+/\s*")
_CLAUSE = re.compile(r",?\s+(?:with)?in the framework of .*|,?\s+on behalf of .*", re.I)
_DOUBLE = re.compile(r"(.)\1+")
_SOUNDS = (
    ("ee", "i"),
    ("ou", "u"),
    ("oo", "u"),
    ("q", "k"),
    ("ph", "f"),
    ("dj", "j"),
    ("ck", "k"),
    ("y", "i"),
    ("e", "i"),
    ("o", "u"),
)
_ARTICLE = re.compile(r"\b(?:al|el|ul|ash|as|ar|an|ad|at)\s+(?=\w)")
LONGEST_BRANCH = 4
"""Most words of a branch at the end of a name ("West Bank and Gaza")."""


@dataclass(frozen=True, slots=True)
class PrintedName:
    """A name as a list of signatories prints it, with the acronym and the note beside it."""

    name: str
    acronym: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        beside = ", ".join(part for part in (self.acronym, self.note) if part)
        return f"{self.name} ({beside})" if beside else self.name


@dataclass(frozen=True, slots=True)
class Reading:
    """A printed name taken apart; all parts are folded (`party_key`).

    `core` is the name without legal form and branch, `aliases` other names inside it, `acronyms` those printed,
    `branch` a place or "international", None for the organisation as such; `noted` whether it stood in the note.
    """

    printed: PrintedName
    core: str
    aliases: frozenset[str]
    acronyms: frozenset[str]
    branch: str | None
    noted: bool
    words: tuple[str, ...]
    is_acronym: bool
    """Whether the name is an acronym and nothing else."""

    @property
    def names(self) -> frozenset[str]:
        """The core and its aliases."""
        return self.aliases | {self.core}


@lru_cache(maxsize=1)
def lexicon() -> dict[str, frozenset[str]]:
    """The word lists of `data/organisation_words.yaml`, folded."""
    text = files("statement_nlp.tracking").joinpath("data", "organisation_words.yaml").read_text(encoding="utf-8")
    return {name: frozenset(party_key(str(word)) for word in words) for name, words in yaml.safe_load(text).items()}


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Folded name of a country -> ISO code."""
    return {party_key(name): s.iso for s in read_states() for name in (s.name, *s.names)} | {
        "uk": "GB",
        "gb": "GB",
        "us": "US",
        "nz": "NZ",
    }


@lru_cache(maxsize=1)
def _demonyms() -> dict[str, str]:
    return {party_key(demonym): s.iso for s in read_states() for demonym in s.demonyms}


def home_country(core: str) -> str | None:
    """The country that a name's demonym tells ("Norwegian Refugee Council" -> NO), None where it tells none."""
    words = core.split()
    return next((_demonyms()[w] for w in (" ".join(words[:2]), *words[:1]) if w in _demonyms()), None)


def place_key(place: str) -> str:
    """A branch's folded name; a country's ISO code whatever its spelling ("U.S.", "USA", "United States")."""
    key = party_key(place)
    return _countries().get(key, key)


@lru_cache(maxsize=65536)
def read(printed: PrintedName) -> Reading:
    """Take a printed name apart."""
    plain = _CLAUSE.sub("", _BRACKETS.sub("", printed.name)).strip() or printed.name
    core, branch = _cut_branch(_cut_legal(party_key(plain)))
    inside = _Inside(_BRACKETS.findall(printed.name))
    noted = False
    if place := printed.note or inside.place:
        branch, noted = place_key(place), branch is None
    quoted = {party_key(words) for words in _QUOTED.findall(plain)}
    sides = _sides(plain)
    aliases = inside.names | {key for key in quoted if " " in key} | set(map(party_key, sides))
    acronyms = inside.acronyms | {party_key(a) for a in [printed.acronym, *filter(is_acronym, sides)] if a}
    bare = is_acronym(plain)
    if bare:
        acronyms.add(core)
    aliases.discard(core)
    return Reading(printed, core, frozenset(aliases), frozenset(acronyms), branch, noted, tuple(core.split()), bare)


class _Inside:
    """What stands in brackets: other names, acronyms, a place; a legal form or a number of members is none of them."""

    def __init__(self, contents: list[str]) -> None:
        self.names: set[str] = set()
        self.acronyms: set[str] = set()
        self.place: str | None = None
        for content in contents:
            key = party_key(content)
            if not key or key in lexicon()["legal"] or key[0].isdigit():
                continue
            if key in _countries() or key in lexicon()["branches"]:
                self.place = content
            elif is_acronym(content):
                self.acronyms.add(key)
            elif " " in key:
                self.names.add(_cut_branch(_cut_legal(key))[0])
            else:
                self.place = content


def _sides(plain: str) -> list[str]:
    """The two sides of a dash or colon where both are names ("Habilis – Humankind & Mobility"); a place is none."""
    sides = [side.strip() for side in _CUT.split(plain)]
    keys = [party_key(side) for side in sides]
    if len(sides) != 2 or not all(keys) or any(key in _countries() or key in lexicon()["branches"] for key in keys):
        return []
    return sides if " " in keys[1] or is_acronym(sides[1]) else []


def _cut_legal(key: str) -> str:
    for form in lexicon()["legal"]:
        if key.endswith(" " + form):
            return key[: -len(form) - 1]
    return key


def _cut_branch(key: str) -> tuple[str, str | None]:
    """The name without a place or "international" at its end, and that."""
    words = key.split()
    for count in range(min(LONGEST_BRANCH, len(words) - 1), 0, -1):
        end = " ".join(words[-count:])
        before = words[-count - 1]
        if before in ("of", "for", "in", "on", "against", "the", "and", "de", "du", "to"):
            continue
        if end in _countries() or end in lexicon()["branches"]:
            return " ".join(words[:-count]), place_key(end)
    return key, None


@lru_cache(maxsize=65536)
def sound(key: str) -> str:
    """A key as it sounds, roughly: transliterations of one name ("Ghadeer", "Ghadir"; "el", "al") become one."""
    text = _ARTICLE.sub("al ", key)
    for letters, sounded in _SOUNDS:
        text = text.replace(letters, sounded)
    return _DOUBLE.sub(r"\1", text.replace(" ", ""))


def initials(key: str) -> frozenset[str]:
    """The acronyms that a name's words make, with and without its small words."""
    words = key.split()
    small = {
        "of",
        "for",
        "and",
        "the",
        "in",
        "to",
        "on",
        "against",
        "without",
        "de",
        "des",
        "du",
        "et",
        "la",
        "le",
        "les",
        "pour",
        "aux",
        "l",
        "d",
    }
    return frozenset({"".join(w[0] for w in words), "".join(w[0] for w in words if w not in small)})
