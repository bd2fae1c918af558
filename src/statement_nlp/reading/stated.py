"""The number of signatories that a statement gives itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from statement_nlp.reading.lexicon import NUMBER, alternatives, number_value, words
from statement_nlp.reading.names import MONTH
from statement_nlp.records import Zone

_STOP = r"(?:of|in|by|to|for|from|at|on|who|that|which|were|was|are|is|have|had|has|with|than)\b"
_BETWEEN = rf"(?:(?!{_STOP}|million|billion|thousand|per|{MONTH}\b)[\w’'-]+,?[ \t]+){{0,9}}?"
_CLAUSE_END = re.compile(r"[.;:\n]")
_LONGEST = 3000
_LOOSE = {
    "people",
    "persons",
    "states",
    "countries",
    "governments",
    "leaders",
    "citizens",
    "workers",
    "companies",
    "cities",
}
_BOUND = r"(?:more than |over |nearly |almost |some |about |around |an? (?:group|alliance|coalition|network) of )*"


def stated_count(text: str, zones: Sequence[Zone], title: str | None, publisher: str | None) -> tuple[int, str] | None:
    """The number of signatories that the text gives outside its list, with the words that give it.

    Args:
        text: The statement.
        zones: Its zones; notes, contact lines and the list itself are not searched.
        title: Searched after the text.
        publisher: Searched last: "22 humanitarian agencies" is a by-line.

    Returns:
        The number and the words as they stand, or None.
    """
    head = [text[z.start : z.end] for z in zones if z.kind in ("heading", "dateline")]
    body = [text[z.start : z.end] for z in zones if z.kind == "body"]
    paragraphs = [p for part in body for p in part.split("\n") if p.strip()]
    for places, patterns in (
        (head, _patterns()),
        (paragraphs[:3], _patterns()[:-2]),
        (paragraphs, _patterns()[:3]),
        ([title or ""], _patterns()),
        ([publisher or ""], _patterns()),
    ):
        if (found := _first(places, patterns)) is not None:
            return found
    return None


def _first(places: Iterable[str], patterns: Iterable[re.Pattern[str]]) -> tuple[int, str] | None:
    kept = list(patterns)
    for place in places:
        place = place[:_LONGEST]
        if not _may_count(place):
            continue
        for pattern in kept:
            for match in pattern.finditer(place):
                if (value := number_value(match["number"])) > 1:
                    return value, " ".join(match.group().split())
    return None


def _may_count(place: str) -> bool:
    """Whether a number and those who are counted stand in one clause."""
    lowered = place.casefold()
    nouns = [noun for noun in _counted() if noun in lowered]
    if not nouns:
        return False
    clauses = _CLAUSE_END.split(place)
    return any(any(n in c.casefold() for n in nouns) and _counts().search(c) for c in clauses)


@cache
def _counted() -> tuple[str, ...]:
    """Those who are counted: quicker to look for than a number before them."""
    return (*(noun.casefold() for noun in words("signatories", "counted")), "undersigned")


@cache
def _counts() -> re.Pattern[str]:
    """What all patterns hold: a number and behind it, in the same clause, those who are counted."""
    nouns = alternatives(words("signatories", "counted"))
    return re.compile(rf"\b{NUMBER}[ \t][^.;:\n]{{0,80}}?\b{nouns}\b|undersigned", re.IGNORECASE)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """From the surest to the least sure; the last two only for headings, by-lines and titles."""
    nouns = alternatives(words("signatories", "counted"))
    surely = alternatives(tuple(word for word in words("signatories", "counted") if word not in _LOOSE))
    counted = rf"(?<![\d.,])\b(?P<number>{NUMBER})[ \t]+{_BETWEEN}{nouns}\b"
    named = rf"(?<![\d.,])\b(?P<number>{NUMBER})[ \t]+{_BETWEEN}{surely}\b"
    united = alternatives(words("signatories", "alliances"))
    signers = rf"(?:we are|we,(?: the| as)?|from:|(?:signed|endorsed) by|behalf of|(?:group|{united}) of)"
    speaks = alternatives(words("signatories", "speaking"))
    kinds = alternatives(words("signatories", "statement_words"))
    sources = (
        rf"\bundersigned,?\s+(?P<number>{NUMBER})\b",
        rf"\b(?P<number>{NUMBER})\s+undersigned\b",
        rf"{counted}(?:[^.;\n]{{0,40}})?\b(?:sign(?:ing|ed)?|below|undersigned|listed|endors\w+)\b",
        rf"\b{kinds}s?\b[^.;:\n]{{0,40}}?\b(?:of|by|from|on behalf of|signed by)\s+{_BOUND}{counted}",
        rf"\b{signers}\s+{_BOUND}{counted}",
        rf"^{_BOUND}{named}\b[^.;:\n]{{0,60}}?\b{speaks}",
        rf", {_BOUND}{named} (?:said|say|warned|warn)\b",
        rf"\(\s*(?P<number>{NUMBER})\s+{_BETWEEN}{surely}\s*\)",
        rf"(?:^|[:|–—-]\s+){_BOUND}{named}",
    )
    return tuple(re.compile(source, re.IGNORECASE | re.MULTILINE) for source in sources)
