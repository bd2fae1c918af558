"""The word lists of this room: `data/*.yaml` and `data/place_notes.txt`, read once, when first asked for."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_LARGE = "thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: n for n, word in enumerate(_SMALL.split())} | {
    word: 10 * n for n, word in enumerate(_LARGE.split(), start=3)
}
_UNITS = "|".join(word for word, value in NUMBER_WORDS.items() if 0 < value < 10)
_TENS = "|".join(word for word, value in NUMBER_WORDS.items() if 20 <= value < 100)
_TEENS = "|".join(word for word, value in NUMBER_WORDS.items() if 10 <= value < 20)
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[- ](?:{_UNITS}))?|{_TEENS}|{_UNITS})"
_HUNDREDS = rf"(?:(?:a|{_UNITS})[ -]hundred(?:(?: and)? {_BELOW_HUNDRED})?)"
NUMBER = rf"(?:\d{{1,3}}(?:[,  ]\d{{3}}){{1,4}}|\d+|{_HUNDREDS}|{_BELOW_HUNDRED})"
"""A regular expression of a whole number in digits (groups of three: up to five) or in words (up to 999)."""


@cache
def words(file: str, name: str) -> tuple[str, ...]:
    """The entries of a list in `data/<file>.yaml`, in order, in lower case unless it is a list of patterns."""
    loaded = _load(file)[name]
    entries = [loaded] if isinstance(loaded, str) else loaded
    flat = [entry for item in entries for entry in (item if isinstance(item, list) else [item])]
    return tuple(str(entry) for entry in flat)


@cache
def word_set(file: str, name: str) -> frozenset[str]:
    """The same as a set in lower case."""
    return frozenset(word.casefold() for word in words(file, name))


@cache
def _load(file: str) -> dict[str, list[str] | str]:
    text = files("statement_nlp.reading").joinpath(f"data/{file}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[str] | str] = yaml.safe_load(text)
    return loaded


@cache
def place_notes() -> frozenset[str]:
    """Names of countries, capitals and regions, in lower case, that may stand as a note behind a signatory."""
    text = files("statement_nlp.reading").joinpath("data/place_notes.txt").read_text(encoding="utf-8")
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip() and line[0] != "#")


def alternatives(phrases: tuple[str, ...], *, quoted: bool = True) -> str:
    """A regular expression of any of the phrases, the longest first."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(p) if quoted else p for p in ordered) + ")"


def number_value(text: str) -> int:
    """The value of what `NUMBER` matches.

    Raises:
        ValueError: It is no such number.
    """
    folded = text.strip().lower().replace("-", " ")
    if folded[:1].isdigit():
        return int(re.sub(r"\D", "", folded))
    total = 0
    for word in folded.replace(" and ", " ").split():
        if word == "a":
            total += 1
        elif word == "hundred":
            total *= 100
        elif word in NUMBER_WORDS:
            total += NUMBER_WORDS[word]
        else:
            raise ValueError(f"no number: {text!r}")
    return total
