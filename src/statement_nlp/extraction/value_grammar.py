"""The grammar of number expressions: regular expressions put together from the words of `data/figures_numbers.yaml`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from statement_nlp.extraction.scanning import WORD, Scanner
from statement_nlp.records import Qualifier


@lru_cache(maxsize=1)
def numbers_data() -> Mapping[str, Any]:
    """The words of `data/figures_numbers.yaml`."""
    source = files("statement_nlp.extraction").joinpath("data/figures_numbers.yaml")
    data: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf8"))
    return data


def _any(words: Iterable[str]) -> str:
    """Alternation of literal words, longest first, their spaces standing for any one blank."""
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return "(?:" + "|".join(re.escape(w).replace(r"\ ", r"\s") for w in ordered) + ")"


NUMBER = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])"  # 275,000
    r"|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d])"  # 275 000
    r"|\d{1,3}(?:['’]\d{3})+(?![\d])"  # 275'000
    r"|\d{1,3}(?:\.\d{3}){2,}(?![\d])"  # 1.275.000
    r"|\d+(?:\.\d+)?|\d+,\d+"
)
DIGITS_START = r"(?<![\w/:#])(?<!\d[.,])(?<![A-Za-z]-)(?<!\b[A-Z]\.)(?<![)”])(?<![a-z)”\"]\.)"
AFTER_DIGITS = re.compile(r"\d[ \u00a0\u202f]$")
AFTER_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d\s$")
DIGIT = "0"
DIGITS_END = r"(?![\w/]|[:.,]?\d)"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled expressions."""

    digits: re.Pattern[str]
    words: re.Pattern[str]
    vague: re.Pattern[str]
    fraction: re.Pattern[str]
    fraction_of_scale: re.Pattern[str]
    half_more: re.Pattern[str]
    percent: re.Pattern[str]
    money_before: re.Pattern[str]
    money_after: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    verbs: re.Pattern[str]
    link: re.Pattern[str]
    change: re.Pattern[str]
    ratio_link: re.Pattern[str]
    every: re.Pattern[str]
    goes_on: re.Pattern[str]
    majority: re.Pattern[str]
    of_whole: re.Pattern[str]
    bounds_before: Mapping[str, Qualifier]
    bounds_after: Mapping[str, Qualifier]
    bounds_verbs: Mapping[str, Qualifier]
    units: Mapping[str, str]
    before_ends: tuple[str, ...]
    """Last words of what may stand before a number, in lower case; the same of verbs and currencies."""
    verb_ends: tuple[str, ...]
    money_ends: tuple[str, ...]
    openings: Mapping[str, tuple[str, ...]]
    """First word of a number expression, in lower case, or DIGIT -> the names of the expressions that it may begin."""


class Reader:
    """Finds number expressions in a text, each only where a word stands that it may begin with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._scanner = Scanner(text, _begun_by)

    def matches(self, name: str) -> Iterator[re.Match[str]]:
        """What `finditer` of an expression of the grammar gives."""
        return self._scanner.matches(name, getattr(grammar(), name))


def _begun_by(word: str) -> tuple[str, ...]:
    return grammar().openings.get(DIGIT if word[0].isdecimal() else word.casefold(), ())


def _bounds(table: Mapping[str, list[str]]) -> dict[str, Qualifier]:
    return {word.casefold(): kind for kind, words in table.items() for word in words}  # type: ignore[misc]


def _edged(words: Iterable[str]) -> str:
    """Like `_any`, with a word boundary wherever a word starts or ends with a letter."""
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return "(?:" + "|".join(
        (r"(?<!\w)" if w[0].isalnum() else "")
        + re.escape(w).replace(r"\ ", r"\s")
        + (r"(?!\w)" if w[-1].isalnum() else "")
        for w in ordered
    ) + ")"  # fmt: skip


def _last_words(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({phrase.split()[-1].casefold() for phrase in phrases}))


def _openings(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The words that the expressions of numbers may begin with, as `Grammar.openings`."""
    cardinals = set(data["cardinals"])
    begins: Mapping[str, set[str]] = {
        "digits": {DIGIT},
        "of_whole": {DIGIT},
        "words": {*cardinals, *data["tens"], *data["scales"], "a", "an"},
        "vague": {*data["vague"], "tens", "hundreds", "dozens", "scores", "thousands", "several", "a", "many"},
        "fraction": {*cardinals, *data["fractions"], "a", "an", DIGIT},
        "fraction_of_scale": {"half", "a", "an", "one", "two", "three"},
        "half_more": {*cardinals, "a", "one", DIGIT},
        "every": {"every"},
        "majority": {"a", "an", "vast", "overwhelming", "large", "great", "clear", "absolute", "majority"},
    }
    found: dict[str, list[str]] = defaultdict(list)
    for name, phrases in begins.items():
        for first in sorted({WORD.findall(phrase)[0].casefold() for phrase in phrases}):
            found[first].append(name)
    return {first: tuple(names) for first, names in found.items()}


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """The grammar, compiled once."""
    data = numbers_data()
    digits = _any([word for word, value in data["cardinals"].items() if 0 < value < 10])
    dozen = _any([word for word, value in data["cardinals"].items() if 0 < value < 13])
    small = rf"(?:{_any(data['tens'])}(?:[- ]{digits}\b)?|{_any(data['cardinals'])})"
    scales = _any(data["scales"])
    parts = _any(data["fractions"])
    flags = re.IGNORECASE
    before = _bounds(data["before"])
    after = _bounds(data["after"])
    verbs = _bounds(data["before_outside"])
    currency_before = {s: code for code, c in data["currencies"].items() for s in c["before"]}
    currency_after = {s: code for code, c in data["currencies"].items() for s in c["after"]}
    return Grammar(
        digits=re.compile(
            rf"{DIGITS_START}(?P<number>{NUMBER})(?:(?:[ \u00a0](?=M(?!\w)))?(?P<attached>[kKmMbB])(?!\w)"
            rf"|\+?[- \u00a0\u202f]?(?P<scale>{_any([*data['scales'], *data['abbreviated_scales']])})\b|{DIGITS_END})"
        ),
        words=re.compile(
            rf"(?<![\w-])(?P<number>(?:{small}\b(?:[- ]{scales}\b)*|an?\s{scales}\b|{scales}\b(?=\sand\s{small}\b))"
            rf"(?:(?:,?\sand\s|[- ]){small}\b(?:[- ]{scales}\b)*)*)"
            r"(?!-(?:year|month|day|hour|week|minute|old|storey|km|kilom)|['’]?\w)",
            flags,
        ),
        vague=re.compile(
            r"(?<![\w-])(?:(?P<many>tens|hundreds|dozens|scores|thousands)\s(?:of|upon|and)\s)?"
            rf"(?P<vague>{_any(data['vague'])})\b"
            r"|(?<![\w-])(?:several|a\sfew|many|a\scouple\sof|a\scouple)\s"
            rf"(?P<some>{scales})s?\b(?P<scale>\s{scales}\b)?",
            flags,
        ),
        fraction=re.compile(rf"(?<![\w-])(?:(?P<count>{dozen}|an?|\d)[- ])?(?P<part>{parts})\b(?!-)", flags),
        fraction_of_scale=re.compile(
            r"(?<![\w-])(?:(?P<half>half)\san?\s|half\sof\sa\s"
            rf"|(?P<count>an?|one|two|three)[\s-](?P<part>quarters?|thirds?)\sof\san?\s)(?P<scale>{scales})\b",
            flags,
        ),
        half_more=re.compile(
            rf"(?<![\w-])(?P<count>{_any(data['cardinals'])}|\d+)\sand\sa\s(?P<part>half|quarter)\s(?P<scale>{scales})\b"
            rf"|(?<![\w-])(?:a|one)\s(?P<first>{scales})\sand\sa\s(?P<rest>half|quarter)\b",
            flags,
        ),
        percent=re.compile(r"[\s-]?(?:%|per\s?-?cents?\b|percent\b|pct\b)(?!age)", flags),
        money_before=re.compile(rf"{_edged(currency_before)}\s?$"),
        money_after=re.compile(rf"[\s-]?{_edged(currency_after)}", flags),
        before=re.compile(rf"(?<![\w-]){_edged(before)}\s?$", flags),
        after=re.compile(rf"\s?{_edged(after)}", flags),
        verbs=re.compile(rf"(?<![\w-]){_edged(verbs)}\s?$", flags),
        link=re.compile(
            r"\s?(?:to|and|or|-|–|—)\s?"
            r"|\s?(?:,?\s(?:and|or|if\snot|perhaps|possibly|probably|maybe|and\sprobably|and\spossibly))\s",
            flags,
        ),
        change=re.compile(rf"\b{_any(data['changes'])}\b[^.;:]{{0,60}}\bfrom\s$", flags),
        ratio_link=re.compile(
            r"\s(?P<noun>(?!(?:in|out|of)\s)(?:[A-Za-z’'-]+\s){0,2}?(?!(?:in|out|of)\s)[A-Za-z’'-]+\s)?"
            r"(?P<link>in\severy|in|out\sof\severy|out\sof|of\severy|of)\s(?:the\s)?$",
            flags,
        ),
        every=re.compile(rf"(?<![\w-])every\s(?P<nth>{_any(data['ordinals'])})\s(?P<noun>[a-z-]+)", flags),
        goes_on=re.compile(rf"\s*(?:$|[.,;:)!?\]–—”\"’]|-\s|\n|{_any(data['after_ratio'])}\b)", flags),
        majority=re.compile(
            r"(?<![\w-])(?:an?\s)?(?:(?:vast|overwhelming|large|great|clear|absolute)\s)?majority(?=\sof\b)", flags
        ),
        of_whole=re.compile(
            r"(?<![\w/.,])(?<!\bon\s)(?<!\bsince\s)(?<!\buntil\s)(?<!\bby\s)(?!9/11\b)(?P<part>\d{1,3})/(?P<whole>\d{1,3})"
            r"(?=\s(?:[a-z-]+\s){0,2}[a-z-]+s\b)"
        ),
        bounds_before=before,
        bounds_after=after,
        bounds_verbs=verbs,
        before_ends=_last_words(before),
        verb_ends=_last_words(verbs),
        money_ends=_last_words(currency_before),
        openings=_openings(data),
        units={s.casefold(): code for s, code in (currency_after | currency_before).items()},
    )
