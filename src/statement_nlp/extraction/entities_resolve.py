"""Gives each place name of a statement its entry in the gazetteer, or honestly none.

All names of a statement are resolved together: countries that the statement speaks of, its title and its source are
the context; what the text says itself ("Zamzam camp in North Darfur", "Karrada, Baghdad") counts most. A name has one
sense in a statement.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from statement_nlp.knowledge.gazetteer import Gazetteer, distance_km, fold
from statement_nlp.records import Place

MOST_CANDIDATES = 12
NEAR_KM = 300.0


@dataclass(frozen=True, slots=True)
class Name:
    """A place name in the text: its offsets, and the name that stands behind it as a container ("Y" of "X in Y")."""

    start: int
    end: int
    quote: str
    container: str | None = None


@dataclass(slots=True)
class Context:
    """What a statement says about where it is: evidence for countries, by ISO code."""

    countries: dict[str, float] = field(default_factory=dict)

    def share(self, country: str | None) -> float:
        """The share of the evidence, from 0 to 1, that speaks for a country."""
        total = sum(self.countries.values())
        return self.countries.get(country or "", 0.0) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Sense:
    """What a name means in a statement; `place` is None where that cannot be told."""

    place: Place | None
    country: str | None
    confidence: float
    cues: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The place index, opened once a process."""
    return Gazetteer.open()


def country_evidence(
    names: Iterable[Name], given: Sequence[str], people: Mapping[str, int], title: str | None = None
) -> Context:
    """Weigh the countries that a statement may be about.

    Args:
        names: its place names.
        given: codes that its source gives.
        people: how often each country's demonym or state stands in the text.
        title: its title, whose places count double.
    """
    weights: dict[str, float] = defaultdict(float)
    for code in given:
        weights[code] += 3.0
    for code, times in people.items():
        weights[code] += 0.5 * math.log1p(times)
    head = fold(title or "")
    for key, times in Counter(fold(n.quote) for n in names).items():
        found = gazetteer().candidates(key)[:MOST_CANDIDATES]
        codes = {p.country for p in found}
        if not found or found[0].country is None:
            continue
        sure = (
            1.0
            if found[0].feature == "country" or len(codes) == 1
            else 0.4
            if (found[0].population or 0) > 3e5
            else 0.0
        )
        weights[found[0].country] += sure * math.log1p(times) * (2.0 if key in head else 1.0)
    return Context(dict(weights))


def _score(place: Place, rank: int, context: Context, container: Sequence[Place], near: Sequence[Place]) -> float:
    score = 6.0 * context.share(place.country) + 0.35 * math.log10((place.population or 0) + 10) - 0.15 * rank
    if place.feature == "country":
        score += 4.0
    if place.id.startswith(("extra:", "user:")):
        score += 1.0
    if any(c.id in place.parents or (c.country == place.country and c.feature != "country") for c in container):
        score += 3.0
    if any((d := distance_km(place, other)) is not None and d < NEAR_KM for other in near):
        score += 0.7
    return score


def resolve(names: Sequence[Name], context: Context) -> dict[str, Sense]:
    """The sense of each name, by its folded form.

    The names with one candidate or a country among them come first; the others are then helped by what is near.
    """
    index = gazetteer()
    senses: dict[str, Sense] = {}
    containers = {fold(n.quote): n.container for n in names if n.container}
    keys = sorted(dict.fromkeys(fold(n.quote) for n in names), key=lambda k: len(index.candidates(k)) or 99)
    near: list[Place] = []
    for key in keys:
        found = index.candidates(key)[:MOST_CANDIDATES]
        around = index.candidates(containers[key]) if key in containers else ()
        sense = _choose(found, context, around, near)
        senses[key] = sense
        if sense.place is not None and sense.place.feature != "country":
            near.append(sense.place)
    return senses


def _choose(found: Sequence[Place], context: Context, around: Sequence[Place], near: Sequence[Place]) -> Sense:
    if not found:
        return Sense(None, None, 0.3)
    scores = [_score(p, rank, context, around, near) for rank, p in enumerate(found)]
    best = max(range(len(found)), key=scores.__getitem__)
    place = found[best]
    total = sum(math.exp(s - scores[best]) for p, s in zip(found, scores, strict=True) if p.country != place.country)
    confidence = 1.0 / (1.0 + total)
    known = place.feature == "country" or context.share(place.country) > 0.05 or (place.population or 0) > 500_000
    if confidence < 0.6 or not known:
        return Sense(None, None, 0.3)
    return Sense(place, place.country, confidence)
