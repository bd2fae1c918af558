"""What two records have in common, as named numbers: each function's docstring says what its number means.

`a` is the record of the earlier statement. A feature is 0 or 1 unless its docstring gives another range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date

from statement_nlp.tracking.link_records import DemandEnd, FigureEnd
from statement_nlp.tracking.link_words import addressee_sort, concepts, jaccard, likeness, unit_class, words

Weights = Mapping[str, float]

EVENTS = frozenset({"killed", "injured", "attacked", "destroyed", "missing"})
"""Conditions that happen to somebody at one moment; the others last."""
LONG = 3
"""Significant digits by which a number is told apart from others."""
SAME_VALUE = 0.01
"""Relative difference up to which two values are the same, as in the guide's scores."""


BROAD = frozenset({"access", "civilians", "attacks", "hospitals", "funding", "monitor"})
"""Concepts that many demands of one crisis share without being the same demand."""

# figures


def same_place(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Both hold for the very same place."""
    return float(bool(set(a.places) & set(b.places)))


def same_country_level(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Both hold for the same whole country."""
    return float(a.countrywide and b.countrywide and bool(set(a.places) & set(b.places)))


def more_places(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Part of the places of either that the other does not have (0 to 1)."""
    return 1 - jaccard(set(a.places), set(b.places))


def same_unit(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Both count the same class of things: persons, children, lorries, money ..."""
    return float(unit_class(a.unit) == unit_class(b.unit))


def share_and_count(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """One is a share, the other a number."""
    return float((unit_class(a.unit) == "share") != (unit_class(b.unit) == "share"))


def both_shares(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Both are shares."""
    return float(unit_class(a.unit) == unit_class(b.unit) == "share")


def unit_words(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Likeness of the words of the units (0 to 1)."""
    return likeness(words(a.unit), words(b.unit), weights)


def equal_value(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """The values are the same to within 1%."""
    return float(same_value(a, b))


def telling_value(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """The values are the same, by how many digits they are told: 1 for "500", 3 for "362,000" (0 to 5)."""
    return float(digits(a.value)) if same_value(a, b) else 0.0


def ratio(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Orders of magnitude between the values (0 to 4)."""
    if min(a.value, b.value) <= 0:
        return 4.0
    return min(abs(math.log10(a.value / b.value)), 4.0)


def small(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Orders of magnitude of the smaller value below 10,000 (0 to 4): small counts are of single events."""
    least = min(a.value, b.value)
    return 4.0 if least <= 1 else min(max(4 - math.log10(least), 0.0), 4.0)


def sentence_words(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Likeness of the sentences, without their numbers (0 to 1)."""
    return likeness(words(a.sentence), words(b.sentence), weights)


def told_apart(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Both count the same thing by the same name, and it is not simply people."""
    return float(words(a.unit) == words(b.unit) and unit_class(a.unit) not in ("persons", "money", "share"))


def count_fell(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """A count of events (killed, destroyed ...) that the later statement gives lower."""
    return float(a.condition in EVENTS and b.value < a.value and not same_value(a, b))


def same_number_later(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """The same value, told by three digits or more: hardly by chance."""
    return float(same_value(a, b) and digits(a.value) >= LONG)


def single_events(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Something that happens at one moment (killed, destroyed ...), and the texts do not give the same time for it."""
    return float(a.condition in EVENTS and overlap(a, b) is not True)


def years_apart(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Years between the statements, where the values differ (0 to 5)."""
    return 0.0 if same_value(a, b) else min(days_between(a.published, b.published) / 365, 5.0)


def vague_condition(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """The condition is "other" or "affected", which says little."""
    return float(a.condition in ("other", "affected"))


def money(a: FigureEnd, b: FigureEnd, weights: Weights) -> float:
    """Both are amounts of money."""
    return float(unit_class(a.unit) == unit_class(b.unit) == "money")


FIGURE_FEATURES: tuple[Callable[[FigureEnd, FigureEnd, Weights], float], ...] = (
    same_place, same_country_level, more_places, same_unit, share_and_count, both_shares, unit_words, equal_value,
    telling_value, ratio, small, sentence_words, told_apart, count_fell, same_number_later,
    single_events, years_apart, vague_condition, money,
)  # fmt: skip


def same_value(a: FigureEnd, b: FigureEnd) -> bool:
    """Whether the values are the same to within 1%."""
    return abs(a.value - b.value) <= SAME_VALUE * max(abs(a.value), abs(b.value))


def digits(value: float) -> int:
    """Significant digits of a number: 3 for 362,000, 1 for 500."""
    return len(f"{value:.10g}".replace(".", "").strip("0")) or 1


def overlap(a: FigureEnd, b: FigureEnd) -> bool | None:
    """Whether the dates that two texts give for their figures overlap; None where one gives none."""
    if not (a.since or a.until) or not (b.since or b.until):
        return None
    return (a.since or "") < (b.until or "9999") and (b.since or "") < (a.until or "9999")


def days_between(a: str | None, b: str | None) -> float:
    """Days between two ISO days; a year where one is not known."""
    if not a or not b:
        return 365.0
    return float(abs((date.fromisoformat(a) - date.fromisoformat(b)).days))


# demands


def same_addressee(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """They ask the same party."""
    return float(bool(shared_addressees(a, b)))


def all_addressees(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Part of all addressees that both share (0 to 1)."""
    return jaccard({party for party, *_ in a.addressees}, {party for party, *_ in b.addressees})


def all_themes(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Part of all themes that both share (0 to 1)."""
    return jaccard(set(a.themes), set(b.themes))


def funding(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Both ask for money."""
    return float("funding" in a.themes and "funding" in b.themes)


def broad_theme(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """They share only a broad theme (international law, other, accountability)."""
    return float(not (set(a.themes) & set(b.themes) - {"international_law", "other", "accountability"}))


def demand_place(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """They are to be done in the same place, or in one around it that is no country."""
    return float(bool(a.places & b.places))


def other_place(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Both name places, and none is shared."""
    return float(bool(a.places) and bool(b.places) and not a.places & b.places)


def same_countries(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Part of the countries concerned that both share (0 to 1)."""
    return jaccard(a.countries, b.countries)


def action_words(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Likeness of the words of the actions (0 to 1)."""
    return likeness(words(asked(a)), words(asked(b)), weights)


def quote_words(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Likeness of the words of the whole demands (0 to 1)."""
    return likeness(words(a.quote), words(b.quote), weights)


def closest_actions(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Likeness of the two actions that are most alike, by the terms of the lexicon (0 to 1)."""
    pairs = ((concepts(x), concepts(y)) for x in a.actions or (a.quote,) for y in b.actions or (b.quote,))
    return max((jaccard(x, y) for x, y in pairs), default=0.0)


def particular(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Both ask for the same particular thing (siege, arms, court, ceasefire ...), not only for access or protection."""
    return float(bool(concepts(a.quote) & concepts(b.quote) - BROAD))


def demand_years(a: DemandEnd, b: DemandEnd, weights: Weights) -> float:
    """Years between the statements (0 to 5)."""
    return min(days_between(a.published, b.published) / 365, 5.0)


DEMAND_FEATURES: tuple[Callable[[DemandEnd, DemandEnd, Weights], float], ...] = (
    same_addressee, all_addressees, all_themes, funding,
    broad_theme, demand_place, other_place, same_countries, action_words, quote_words, closest_actions,
    particular, demand_years,
)  # fmt: skip


def asked(demand: DemandEnd) -> str:
    """The actions of a demand in one text; the whole demand where no action is known."""
    return "; ".join(demand.actions) or demand.quote


def sorts(demand: DemandEnd) -> set[str]:
    """The sorts of its addressees: of a collective by its name; a state or armed group may be one of the parties."""
    found = {sort for _, name, _, _ in demand.addressees if (sort := addressee_sort(name))}
    for _, name, kind, country in demand.addressees:
        if addressee_sort(name) is None and kind == "armed_group":
            found |= {"one of the parties", "authorities"}
        elif addressee_sort(name) is None and kind == "state":
            home = country is None or country in demand.countries
            found |= {"one of the parties", "authorities"} if home else {"one of the states"}
    return found


def stand_ins(a: DemandEnd, b: DemandEnd) -> bool:
    """Whether a collective that one asks takes in an addressee of the other, or both ask one sort of collective."""
    x, y = sorts(a), sorts(b)
    collectives = (x & y) - {"one of the parties", "one of the states"}
    return bool(collectives) or any(
        f"one of the {sort}" in one and sort in other
        for sort in ("parties", "states")
        for one, other in ((x, y), (y, x))
    )


def comparable(a: DemandEnd, b: DemandEnd) -> bool:
    """Whether two demands ask the same party, state or sort of party, about a country that both concern."""
    asked_alike = bool(shared_addressees(a, b)) or bool(states(a) & states(b)) or stand_ins(a, b)
    return asked_alike and bool(a.countries & b.countries)


def states(demand: DemandEnd) -> set[str]:
    """The countries of the states and organs of states among its addressees."""
    return {country for _, _, kind, country in demand.addressees if kind == "state" and country}


def shared_addressees(a: DemandEnd, b: DemandEnd) -> list[str]:
    """Names of the parties that both ask."""
    others = {party for party, *_ in b.addressees}
    return [name for party, name, _, _ in a.addressees if party in others]


def figure_features(a: FigureEnd, b: FigureEnd, weights: Weights) -> dict[str, float]:
    """All features of a pair of figures by name."""
    return {feature.__name__: feature(a, b, weights) for feature in FIGURE_FEATURES}


def demand_features(a: DemandEnd, b: DemandEnd, weights: Weights) -> dict[str, float]:
    """All features of a pair of demands by name."""
    return {feature.__name__: feature(a, b, weights) for feature in DEMAND_FEATURES}
