"""Which printed names are one organisation: signatories and publishers merged across statements, each with its reason.

Cautious: a different branch ("UK", "International"), a different kind of body or a different distinctive word keeps two
names apart. What people have judged (`same`, `different`) goes before everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from statement_nlp.tracking.organisation_names import (
    PrintedName,
    Reading,
    home_country,
    initials,
    lexicon,
    read,
    sound,
)

WORD_LIKENESS = 85.0
"""Two words of two names are one word misspelt where rapidfuzz's ratio is at least this, of 100."""
SHORTEST_WORD = 5
"""Words shorter than this, in letters, are never taken for misspellings."""
SHORTEST_ACRONYM = 3
"""Acronyms shorter than this lead nowhere."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two printed names are one organisation, with the reason in plain words; `score` from 0 to 1."""

    same: bool
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about two printed names, by their position in the list of names."""

    a: int
    b: int
    verdict: Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Printed names that are one organisation: positions in the list given, the best name first, with reasons."""

    name: str
    acronym: str | None
    branch: str | None
    members: tuple[int, ...]
    reasons: tuple[str, ...]


def compare(a: PrintedName, b: PrintedName, vocabulary: Mapping[str, int] | None = None) -> Decision:
    """Judge two printed names by themselves.

    Args:
        a: a printed name.
        b: another one.
        vocabulary: how many names of the collection hold a word; two differing words that both stand elsewhere are
            different words, not one misspelt.
    """
    x, y = read(a), read(b)
    if x.branch != y.branch:
        return Decision(False, 0.0, f"different branches: {_branch(x)} and {_branch(y)}")
    for rule in (_same_name, _other_name, _acronym, _kind_left_out, _transliterated):
        if reason := rule(x, y):
            return Decision(True, 1.0 if rule is _same_name else 0.9, reason)
    if reason := _misspelt(x, y, vocabulary or {}):
        return Decision(True, fuzz.ratio(x.core, y.core) / 100, reason)
    likeness = fuzz.ratio(x.core, y.core) / 100
    return Decision(False, likeness, f"different names, alike to {likeness:.0%}")


def _branch(reading: Reading) -> str:
    return f"“{reading.branch}”" if reading.branch else "none named"


def _same_name(x: Reading, y: Reading) -> str | None:
    if x.core == y.core:
        return "same name but for case, accents, punctuation or legal form"
    if x.core.replace(" ", "") == y.core.replace(" ", ""):
        return "same name but for spaces and hyphens"
    return None


def _other_name(x: Reading, y: Reading) -> str | None:
    shared = x.names & y.names
    return f"both bear the name “{min(shared)}”" if shared else None


def _acronym(x: Reading, y: Reading) -> str | None:
    """One is the acronym that the other prints, or both print one acronym over names of two languages."""
    for short, long in ((x, y), (y, x)):
        if short.is_acronym and len(short.core) >= SHORTEST_ACRONYM:
            if short.core in long.acronyms:
                return f"“{short.printed.name}” is the acronym printed beside “{long.printed.name}”"
            if len(short.core) > SHORTEST_ACRONYM and short.core in initials(long.core):
                return f"“{short.printed.name}” is what the words of “{long.printed.name}” begin with"
    shared = {acronym for acronym in x.acronyms & y.acronyms if len(acronym) >= SHORTEST_ACRONYM}
    if not shared or x.is_acronym or y.is_acronym:
        return None
    if _related(x, y):
        return f"both print the acronym “{min(shared).upper()}”, over names that are alike or one in two languages"
    return None


def _related(x: Reading, y: Reading) -> bool:
    """Whether a content word of one has a like in the other, and either the rest is alike or one name is foreign."""
    if _contracted(x, y) or _contracted(y, x):
        return True
    ours, theirs = _content(x), _content(y)
    shared = sum(any(fuzz.ratio(w, v) >= 80 or (len(w) > 3 and v.startswith(w)) for v in theirs) for w in ours)
    foreign = _is_foreign(x) != _is_foreign(y)
    return bool(shared) and (foreign or shared >= 0.5 * max(len(ours), len(theirs)))


def _contracted(x: Reading, y: Reading) -> bool:
    """Whether one word is made of the beginnings of the other name's words: "DanChapelHelp", "Danish Chapel Help"."""
    if len(x.words) != 1 or len(y.words) < 2:
        return False
    rest = x.core
    for word in y.words:
        length = next((n for n in range(len(word), 2, -1) if rest.startswith(word[:n])), 0)
        if not length:
            return False
        rest = rest[length:]
    return not rest


def _content(reading: Reading) -> list[str]:
    return [w for w in reading.words if len(w) > 3]


def _is_foreign(reading: Reading) -> bool:
    return any(word in lexicon()["foreign"] for word in reading.words)


def _kind_left_out(x: Reading, y: Reading) -> str | None:
    """Foundation and the like left out ("Kanaf", "Kanaf Foundation"), where the rest is unmistakable."""
    short, long = sorted((x, y), key=lambda r: len(r.words))
    extra = long.words[len(short.words) :]
    if len(extra) == 1 and long.words[: len(short.words)] == short.words and extra[0] in lexicon()["kinds"]:
        common = lexicon()["common"]
        if all(word not in common and home_country(word) is None for word in short.words):
            return f"“{extra[0]}” left out, the rest of the name is the same"
    return None


def _transliterated(x: Reading, y: Reading) -> str | None:
    if len(x.core) > SHORTEST_WORD and sound(x.core) == sound(y.core):
        return "same name in another spelling or transliteration"
    return None


def _misspelt(x: Reading, y: Reading, vocabulary: Mapping[str, int]) -> str | None:
    """As many words, all the same but one that is nearly so."""
    if len(x.words) != len(y.words) or len(x.words) < 2:
        return None
    pairs = [(v, w) for v, w in zip(x.words, y.words, strict=True) if v != w]
    if len(pairs) != 1:
        return None
    v, w = pairs[0]
    if min(len(v), len(w)) < SHORTEST_WORD or any(c.isdigit() for c in v + w):
        return None
    if vocabulary.get(v, 0) > 1 and vocabulary.get(w, 0) > 1:
        return None
    if fuzz.ratio(v, w) >= WORD_LIKENESS or v.rstrip("s") == w.rstrip("s"):
        return f"“{v}” and “{w}” are one word spelt differently, the rest is the same"
    return None
