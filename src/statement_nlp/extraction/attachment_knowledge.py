"""What the gazetteer says for or against a place's being the place of a span: its sort, what it holds, its people.

Three million people are not in a town of forty thousand: they are in its province or country, whatever the sentence
before has named last.
"""

from __future__ import annotations

import math

from statement_nlp.extraction.attachment_context import PlaceContext, Span
from statement_nlp.extraction.attachment_features import NOWHERE
from statement_nlp.extraction.figure_filter import unit_class
from statement_nlp.extraction.figure_models import Part
from statement_nlp.extraction.figure_units import unit_at
from statement_nlp.extraction.values import Value

ROOM = {"country": 1.2, "city": 3.0}
"""By sort of place: how many times its inhabitants it may hold; the gazetteer knows too few of a region's."""
HOUSEHOLDS = {"family": 5.0, "household": 5.0}
"""Persons to a unit that counts several."""
HUGE = 6e7
CROWDS = ((0.1, "more than all"), (-0.5, "most"), (-1.2, "a tenth"), (-2.2, "a hundredth"), (-4.0, "a few"))
"""Decimal logarithm of the share of the inhabitants above which a share is called so."""


def people_of(context: PlaceContext, span: Span) -> tuple[float, bool]:
    """How many persons a span counts, 0 where none, and whether their noun stands at the number."""
    most, named = 0.0, False
    for value in context.values_from(span.start, span.end):
        if value.kind not in ("count", "vague"):
            continue
        count, own = _persons(context, value)
        if count > most and (own or span.kind == "figure"):
            most, named = count, own
    return most, named


def _persons(context: PlaceContext, value: Value) -> tuple[float, bool]:
    unit = unit_at(context.doc, value)
    kind = unit_class(unit, value)
    if kind not in ("people", "bare"):
        return 0.0, False
    times = HOUSEHOLDS.get(unit.head.lemma_.lower(), 1.0) if unit.head is not None else 1.0
    return (value.low or value.high or 0.0) * times, kind == "people"


def add_knowledge(parts: dict[str, list[Part]], context: PlaceContext, span: Span) -> None:
    """Add to the features of each place what the gazetteer says of it; take out the places that cannot hold so many."""
    people, named = people_of(context, span)
    here = {m.mention.name for m in context.within(*context.sentences_of(span))}
    for name in [n for n in parts if n != NOWHERE]:
        place = context.places.get(name)
        if place is not None and place.population and people > ROOM.get(place.feature, math.inf) * place.population:
            del parts[name]
            continue
        where, grade = "here" if name in here else "elsewhere", context.grade(name)
        found = parts[name]
        found.append((_sort, (place.feature if place is not None else "unknown", where, span.kind)))
        if place is not None:
            holds, inside = (not here.isdisjoint(names) for names in context.around(name))
            found.append((_around, (holds, inside, where, grade)))
            if named and place.population:
                found.append((_crowd, (_crowd_of(people / place.population), grade, where)))
    if named:
        parts[NOWHERE].append((_huge, (people > HUGE,)))


def _sort(sort: str, where: str, kind: str) -> dict[str, float]:
    return {f"sort {sort} {where}": 1.0, f"sort {sort} {kind}": 1.0}


def _around(holds: bool, inside: bool, where: str, grade: str) -> dict[str, float]:
    """Whether the sentence names a place inside this one, or one that this one lies in."""
    return {f"holds one here {holds} {where}": 1.0, f"inside one here {inside} {where} {grade}": 1.0}


def _crowd_of(share: float) -> str:
    """What share of its inhabitants a place would hold, in words."""
    size = math.log10(share) if share > 0 else -math.inf
    return next((words for least, words in CROWDS if size > least), "next to none")


def _crowd(crowd: str, grade: str, where: str) -> dict[str, float]:
    return {f"people {crowd}": 1.0, f"people {crowd} {grade} {where}": 1.0}


def _huge(huge: bool) -> dict[str, float]:
    return {f"nowhere huge {huge}": 1.0}
