"""Corrections as people type them: each field read, checked, and put into the record.

A place is one of the gazetteer's, by name with country ("Tripoli, LB") or by id; a party is known to the register or
new; numbers, bounds, dates and codes are those of docs/annotation.md; a new quote stands in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, get_args

from statement_nlp.errors import CorrectionError
from statement_nlp.records import (
    CONDITIONS,
    THEMES,
    Claim,
    ClaimStatus,
    Demand,
    Figure,
    Party,
    PartyKind,
    PartyMention,
    Place,
    PlaceMention,
    Qualifier,
    Signatory,
    Strength,
)
from statement_nlp.store.dates import interval
from statement_nlp.store.filing import Record
from statement_nlp.store.identity import find_all

FIELDS: Mapping[str, tuple[str, ...]] = {
    "places": ("place", "modifier", "quote"),
    "parties": ("party", "kind", "quote"),
    "figures": ("low", "high", "qualifier", "unit", "condition", "places", "date", "since", "until", "quote"),
    "claims": ("status", "attribution", "places", "date", "since", "until", "quote"),
    "demands": ("addressees", "actions", "themes", "places", "strength", "deadline", "quote"),
    "signatories": ("name", "acronym", "note"),
    "links": ("kind",),
}
"""What of each layer can be corrected. Lists are separated by semicolons; an empty value is none."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "condition": CONDITIONS,
    "qualifier": get_args(Qualifier),
    "status": get_args(ClaimStatus),
    "strength": get_args(Strength),
    "kind": get_args(PartyKind),
}
"""Fields that take one of a few codes."""
LISTS = ("places", "addressees", "actions", "themes")
NUMBERS = ("low", "high")
NEEDED = ("unit", "name", "party", "quote", *CHOICES)
"""Fields that cannot be empty."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the gazetteer and the register know, which live in another room.

    `candidates` gives the places of a name, best first; `place` the place of an id; `nearest` names that are like one;
    `party` the party of a name or variant.
    """

    candidates: Callable[[str], Sequence[Place]]
    place: Callable[[str], Place | None]
    nearest: Callable[[str], Sequence[str]]
    party: Callable[[str], Party | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The statement of the record that is corrected: its text, the places it speaks of, and its countries."""

    text: str
    places: Sequence[Place] = ()
    countries: frozenset[str] = frozenset()


@dataclass(slots=True)
class Corrected:
    """A record as a person left it, with the places and parties that they gave by name."""

    record: Record
    places: dict[str, Place] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """The places and parties, for JSON."""
        return {
            "places": {name: asdict(place) for name, place in self.places.items()},
            "parties": {name: asdict(party) for name, party in self.parties.items()},
        }


def correct(layer: str, record: Record, given: Mapping[str, str], around: Surroundings, known: Known) -> Corrected:
    """A record with some of its fields as a person gave them.

    Args:
        layer: of the record.
        record: as it is shown.
        given: field -> value as typed.
        around: its statement.
        known: places and parties.

    Raises:
        CorrectionError: an unknown field, or a value that cannot be.
    """
    for name in given:
        if name not in FIELDS[layer]:
            raise CorrectionError(f"{layer} have no field {name!r} to correct: they have {', '.join(FIELDS[layer])}")
    made = Corrected(record)
    plain = {name: _plain(name, value) for name, value in given.items() if name not in ("quote", "place", "party")}
    if "quote" in given:
        start, end = _span(record, given["quote"], around.text)
        made.record = replace(made.record, start=start, end=end)
        if not isinstance(made.record, Signatory):
            made.record = replace(made.record, quote=around.text[start:end])
    if isinstance(made.record, PlaceMention):
        _correct_place(made, given, plain, around, known)
    elif isinstance(made.record, PartyMention):
        _correct_party(made, given, plain, known)
    else:
        _correct_names(made, plain, around, known)
        _correct_dates(made.record, plain)
        made.record = replace(made.record, **plain)
    check(made.record)
    return made


def _plain(name: str, value: str) -> Any:
    """The value of a field that is no place, party or quote."""
    text = " ".join(value.split())
    if not text and name in NEEDED:
        raise CorrectionError(f"{name} cannot be empty")
    if name in LISTS:
        items = tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(";")))))
        if name == "themes" and (unknown := [t for t in items if t not in THEMES]):
            raise CorrectionError(f"no theme {unknown[0]!r}: there are {', '.join(THEMES)}")
        return items
    if not text:
        return None
    if name in NUMBERS:
        return number(text)
    if name in CHOICES and text not in CHOICES[name]:
        raise CorrectionError(f"no {name} {text!r}: there are {', '.join(CHOICES[name])}")
    if name in ("since", "until"):
        if (day := interval(text)[0]) is None:
            raise CorrectionError(f"{text!r} is no day: give it as 2016-09-12")
        return day
    return text


def number(text: str) -> float:
    """A number as people type it: separators of thousands, or percent.

    >>> number("40,000"), number("35%")
    (40000.0, 0.35)

    Raises:
        CorrectionError: it is none, or below zero.
    """
    bare = text.replace(",", "").replace("\u00a0", "").replace(" ", "").replace("_", "")
    try:
        value = float(bare.removesuffix("%")) / (100 if bare.endswith("%") else 1)
    except ValueError as error:
        raise CorrectionError(f"{text!r} is no number: give it as 40000, 40,000, 2.5 or 35%") from error
    if not 0 <= value < 1e15:
        raise CorrectionError(f"{text!r} cannot be: a figure is a number from 0 up")
    return value


def _span(record: Record, quote: str, text: str) -> tuple[int, int]:
    """Where the words of a corrected quote stand: over those of the record."""
    if not quote.strip():
        raise CorrectionError("quote cannot be empty: reject the record if there is none")
    found = spans(text, quote)
    if not found:
        raise CorrectionError(f"the words {quote.strip()!r} do not stand in the statement: copy them from its text")
    over = [span for span in found if span[0] < record.end and span[1] > record.start]
    if not over:
        raise CorrectionError("a corrected quote must overlap the one that the record has: reject this record instead")
    return min(over, key=lambda span: abs(span[0] - record.start))


def spans(text: str, quote: str) -> list[tuple[int, int]]:
    r"""Everywhere that words stand in a text, as half-open code points; its lines may be broken elsewhere.

    >>> spans("In the city\nof Aleppo, the city", "the city of"), spans("on and on", "on")
    ([(3, 14)], [(0, 2), (7, 9)])
    """
    words = quote.split()
    if len(words) < 2:
        return [(at, at + len(words[0])) for at in find_all(text, words[0])] if words else []
    return [found.span() for found in re.finditer(r"\s+".join(map(re.escape, words)), text)]


def locate(text: str, quote: str, nth: int | None = None) -> tuple[int, int]:
    """Where the words that a person names stand in a text.

    Args:
        text: of the statement.
        quote: its words, as they stand there.
        nth: which of several places is meant, from 1.

    Raises:
        CorrectionError: they do not stand there, or more than once and nobody says which; with the way out.
    """
    if not quote.strip():
        raise CorrectionError("say which words: copy them from the text of the statement")
    found = spans(text, quote)
    shown = " ".join(quote.split())
    if not found:
        raise CorrectionError(f"the words “{shown}” do not stand in the statement{_as_far_as(text, shown)}")
    if nth is None and len(found) > 1:
        raise CorrectionError(
            f"the words “{shown}” stand {len(found)} times in the statement: say which of them, from 1 to "
            f"{len(found)}, or give more of the words around"
        )
    if not 1 <= (nth or 1) <= len(found):
        raise CorrectionError(f"the words “{shown}” stand {len(found)} times in the statement, not {nth}")
    return found[(nth or 1) - 1]


def _as_far_as(text: str, quote: str) -> str:
    """The way out for words that do not stand in a text: how many of the first ones do."""
    words = quote.split()
    there = bisect_left(range(1, len(words)), True, key=lambda n: not spans(text, " ".join(words[:n])))
    if not there:
        return ": copy them from its text, letter by letter"
    return f": “{' '.join(words[:there])}” does, but not with “{words[there]}” behind it; copy them from its text"


def _correct_place(
    made: Corrected, given: Mapping[str, str], plain: Mapping[str, Any], around: Surroundings, known: Known
) -> None:
    mention = made.record
    if not isinstance(mention, PlaceMention):
        raise TypeError("not a place")
    if "place" in given:
        place = (
            find_place(given["place"], around, known) if given["place"].strip().lower() not in ("", "none") else None
        )
        name = place.name if place else " ".join(mention.quote.split())
        mention = replace(mention, place=place, name=name, country=place.country if place else None)
    elif mention.place is None:
        mention = replace(mention, name=" ".join(mention.quote.split()))
    made.record = replace(mention, modifier=plain.get("modifier", mention.modifier))


def find_place(text: str, around: Surroundings, known: Known) -> Place:
    """The gazetteer's place that a person means by an id, or by a name with or without its country.

    Of several countries that have the name, the one that the statement speaks of is meant, if it is one alone.

    Raises:
        CorrectionError: there is none, or it may be any of several; the message names them.
    """
    asked = " ".join(text.split())
    if ":" in asked:
        if (by_id := known.place(asked)) is None:
            raise CorrectionError(f"the gazetteer has no place {asked!r}")
        return by_id
    name, _, behind = (part.strip() for part in asked.rpartition(","))
    found = list(known.candidates(asked))
    if not found and name:
        code = _country(behind, known)
        found = [place for place in known.candidates(name) if place.country == code]
        if not found and (others := _named(known.candidates(name))):
            raise CorrectionError(f"the gazetteer has no {name} in {behind}: it has {others}")
    if not found:
        near = ", ".join(known.nearest(name or asked))
        raise CorrectionError(f"the gazetteer has no place {asked!r}{f'; nearest names: {near}' if near else ''}")
    if len({place.country for place in found}) > 1:
        here = [p for p in found if p.country in around.countries | {q.country for q in around.places}]
        if len({place.country for place in here}) != 1:
            raise CorrectionError(f"several places are called {asked}: say which, one of {_named(found)}")
        found = here
    spoken_of = {place.id for place in around.places}
    return next((place for place in found if place.id in spoken_of), found[0])


def _country(text: str, known: Known) -> str:
    if len(text) == 2 and text.isascii():
        return text.upper()
    countries = [place.country for place in known.candidates(text) if place.feature == "country" and place.country]
    if not countries:
        raise CorrectionError(f"{text!r} is no country: give its name or its two-letter code")
    return countries[0]


def _named(places: Sequence[Place], most: int = 8) -> str:
    names = list(dict.fromkeys(f"{place.name}, {place.country or place.feature}" for place in places))
    return "; ".join(names[:most])


def _correct_party(made: Corrected, given: Mapping[str, str], plain: Mapping[str, Any], known: Known) -> None:
    mention = made.record
    if not isinstance(mention, PartyMention):
        raise TypeError("not a party")
    party = mention.party
    if "party" in given:
        party = find_party(given["party"], known) or Party(" ".join(given["party"].split()), party.kind)
        if not party.name:
            raise CorrectionError("party cannot be empty: reject the record if nobody is meant")
    if "kind" in plain and plain["kind"] != party.kind:
        if party.registered:
            raise CorrectionError(f"the register knows {party.name} as {party.kind}: change it with `parties add`")
        party = replace(party, kind=plain["kind"])
    made.record = replace(mention, party=party)


def find_party(name: str, known: Known) -> Party | None:
    """The registered party of a name."""
    return known.party(" ".join(name.split()))


def _correct_names(made: Corrected, plain: dict[str, Any], around: Surroundings, known: Known) -> None:
    """Read names of places and addressees; they then stand under the names that the gazetteer and register give."""
    if "places" in plain:
        found = [find_place(name, around, known) for name in plain["places"]]
        made.places = {place.name: place for place in found}
        plain["places"] = tuple(made.places)
    if "addressees" in plain:
        parties = [find_party(name, known) or Party(name, "other") for name in plain["addressees"]]
        made.parties = {party.name: party for party in parties}
        plain["addressees"] = tuple(made.parties)


def _correct_dates(record: Record, plain: dict[str, Any]) -> None:
    """A new date brings its interval, where it is an ISO date; else what was known of the old one goes."""
    if isinstance(record, Figure | Claim) and "date" in plain:
        since, until = interval(plain["date"]) if plain["date"] else (None, None)
        plain.setdefault("since", since)
        plain.setdefault("until", until)


def check(record: Record) -> None:
    """Refuse bounds and intervals that contradict each other.

    Raises:
        CorrectionError: they do.
    """
    if isinstance(record, Figure | Claim):
        if (record.since is None) != (record.until is None):
            raise CorrectionError("give both since and until, or neither")
        if record.since and record.until and record.since >= record.until:
            raise CorrectionError(
                f"until ({record.until}) is the day after the last one: it must follow {record.since}"
            )
    if isinstance(record, Figure):
        _check_bounds(record.low, record.high, record.qualifier)
        if record.unit.startswith("share of") and max(record.low or 0, record.high or 0) > 1:
            raise CorrectionError("a share is a number from 0 to 1: give it as 0.35 or 35%")
    if isinstance(record, Demand) and not record.themes:
        raise CorrectionError("a demand has one theme at least: `other` where none fits")


def _check_bounds(low: float | None, high: float | None, qualifier: Qualifier) -> None:
    if low is None and high is None:
        raise CorrectionError("a figure has a bound at least: give low, high or both")
    if low is not None and high is not None and low > high:
        raise CorrectionError(f"low ({low:g}) is above high ({high:g})")
    needs = {
        "exact": (low == high, "the same low and high"),
        "at_least": (low is not None and high is None, "low alone, and high empty"),
        "at_most": (high is not None and low is None, "high alone, and low empty"),
        "range": (None not in (low, high), "low and high"),
    }
    right, wanted = needs.get(qualifier, (True, ""))
    if not right:
        raise CorrectionError(f"qualifier {qualifier} wants {wanted}")
