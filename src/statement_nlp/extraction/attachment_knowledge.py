"""What the gazetteer says for or against a place's being the place of a span: its sort, what it holds, its people.

Three million people are not in a town of forty thousand: they are in its province or country, whatever the sentence
before has named last.
"""

from __future__ import annotations

import math

from statement_nlp.extraction.attachment_context import PlaceContext, Span
from statement_nlp.extraction.attachment_features import NOWHERE
from statement_nlp.extraction.figure_filter import unit_class
from statement_nlp.extraction.figure_units import unit_at
from statement_nlp.extraction.values import Value
from statement_nlp.records import Place

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
    for value in context.values:
        if not span.start <= value.start < span.end or value.kind not in ("count", "vague"):
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


def add_knowledge(features: dict[str, dict[str, float]], context: PlaceContext, span: Span) -> None:
    """Add to the features of each place what the gazetteer says of it; take out the places that cannot hold so many."""
    people, named = people_of(context, span)
    first, last = context.sentence(span.start), context.sentence(max(span.start, span.end - 1))
    here = {m.mention.name for m in context.within(first, last)}
    for name in [n for n in features if n != NOWHERE]:
        place = context.places.get(name)
        if place is not None and place.population and people > ROOM.get(place.feature, math.inf) * place.population:
            del features[name]
            continue
        where = "here" if name in here else "elsewhere"
        found = features[name]
        sort = place.feature if place is not None else "unknown"
        found[f"sort {sort} {where}"] = found[f"sort {sort} {span.kind}"] = 1.0
        if place is not None:
            _add_around(found, context, name, place, here - {name}, where)
            if named and place.population:
                _add_crowd(found, people / place.population, f"{context.grade(name)} {where}")
    if named:
        features[NOWHERE][f"nowhere huge {people > HUGE}"] = 1.0


def _add_around(
    found: dict[str, float], context: PlaceContext, name: str, place: Place, others: set[str], where: str
) -> None:
    """Whether the sentence names a place inside this one, or one that this one lies in."""
    known = [context.places[n] for n in others if n in context.places]
    found[f"holds one here {any(place.id in other.parents for other in known)} {where}"] = 1.0
    inside = any(other.id in place.parents for other in known)
    found[f"inside one here {inside} {where} {context.grade(name)}"] = 1.0


def _add_crowd(found: dict[str, float], share: float, of_what: str) -> None:
    """What share of its inhabitants a place would hold."""
    size = math.log10(share) if share > 0 else -math.inf
    crowd = next((words for least, words in CROWDS if size > least), "next to none")
    found[f"people {crowd}"] = found[f"people {crowd} {of_what}"] = 1.0
