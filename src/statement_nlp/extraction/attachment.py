"""Where something holds: the places that a span of a statement (a figure, a claim) is about.

A reader takes the most specific place that the sentence gives, else the one that the text is speaking of: the
paragraph, the sentences before it, the heading, at last the country of the whole statement. A conditional logit over
the places that the statement names (McFadden 1974) weighs the features of `attachment_features.py`; the likeliest place
wins, with those that its name is joined to by "and".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from spacy.tokens import Doc

from statement_nlp.extraction.attachment_context import Located
from statement_nlp.extraction.attachment_features import (
    NOWHERE,
    PlaceContext,
    Span,
    nearest,
    parts_of,
    sentence_of,
)
from statement_nlp.extraction.attachment_history import History, Settled, add_history
from statement_nlp.extraction.attachment_knowledge import add_knowledge
from statement_nlp.extraction.classifier import models_dir
from statement_nlp.extraction.figure_models import Linear, Part, linear
from statement_nlp.records import PlaceMention

__all__ = ["MODEL", "choose", "context_of", "described", "places_for", "sentence_of"]
MODEL = Path("figures") / "places.skops"
NOWHERE_COST = 1.0
"""Taken from the score of no place: gold is without one where none holds, not where the choice is hard."""
JOINED = re.compile(
    r"(?:\s(?:city|town|camp|province|governorate|district|state|county|region)s?)?(?:\s\([^)]{0,30}\))?"
    r"\s*(?:,|and|or|as well as|, and|, or|&|/|–|-|to)\s*(?:in |at |the |near |around |from |of )*",
    re.IGNORECASE,
)
WORLD_BEHIND = re.compile(
    r"[^.;:,\n\d]{0,25}\b(?:world-?wide|globally|(?:in|across|around|throughout)\s(?:all\s(?:of\s)?)?the\s(?:whole\s)?world)\b",
    re.IGNORECASE,
)
COORDINATOR = re.compile(r"\band\b|\bor\b|&|/|\bas well\b")


def places_for(
    doc: Doc,
    start_char: int,
    end_char: int,
    *,
    mentions: Sequence[PlaceMention] | None = None,
    models: Path | None = None,
    kind: str = "figure",
    history: History | None = None,
) -> tuple[str, ...]:
    """Names of the places that a span holds for, the most specific ones, usually one.

    Args:
        doc: with `_.places` set, and sentences where the pipeline found them.
        start_char: start of the span in code points of the text.
        end_char: its end, exclusive.
        mentions: the place mentions to choose from; None for those of the doc.
        models: folder of the trained models; None for those of the package.
        kind: "figure" for a figure, "claim" for a clause.
        history: the spans whose places are decided; this one is added. None for those asked for so far, for a claim
            the figures of the doc as well.

    Returns:
        Names of place mentions of the statement in the order of the text; empty where the text names no place.

    Raises:
        ModelError: the model is missing.
    """
    context = context_of(doc, mentions)
    if not context.mentions:
        return ()
    span = Span(start_char, end_char, kind)
    history = history if history is not None else history_of(doc, kind)
    weights = context.asked(_weights, models)
    names = choose(context, span, described(context, span), weights, history)
    history.add(span, names)
    return names


def _weights(_: PlaceContext, models: Path | None) -> Linear:
    return linear((models or models_dir()) / MODEL)


def described(context: PlaceContext, span: Span) -> dict[str, list[Part]]:
    """For each place that a span may hold for, and for NOWHERE, what speaks for it but for the spans before."""
    parts = parts_of(context, span)
    add_knowledge(parts, context, span)
    return parts


def choose(
    context: PlaceContext, span: Span, parts: dict[str, list[Part]], weights: Linear, history: History
) -> tuple[str, ...]:
    """The places of a span by its features, to which those of the history are added."""
    if WORLD_BEHIND.match(context.text, span.end):
        return ()
    add_history(parts, context, span, history)
    worth = {name: weights.worth(found) for name, found in parts.items()}
    worth[NOWHERE] -= NOWHERE_COST
    inside = context.names_in_section(span)
    if inside is not None:
        worth = {name: value for name, value in worth.items() if name in inside}
    best = max(worth, key=lambda name: worth[name])
    return () if best == NOWHERE else joined(context, best, span, history)


def context_of(doc: Doc, mentions: Sequence[PlaceMention] | None = None) -> PlaceContext:
    """The place context of a Doc, made once for its own mentions."""
    if mentions is not None:
        return PlaceContext(doc, mentions)
    known = doc.user_data.get("statement_place_context")
    if known is None or known[0] is not doc._.places:
        known = (doc._.places, PlaceContext(doc, doc._.places))
        doc.user_data["statement_place_context"] = known
    context: PlaceContext = known[1]
    return context


def history_of(doc: Doc, kind: str) -> History:
    """The spans of a Doc whose places are decided: of figures those asked for so far, of claims the figures too."""
    known: dict[str, History] = doc.user_data.setdefault("statement_place_history", {})
    if kind not in known:
        known[kind] = (
            History(Settled(f.start, f.end, f.places) for f in doc._.figures) if kind == "claim" else History()
        )
    return known[kind]


def joined(context: PlaceContext, best: str, span: Span, history: History) -> tuple[str, ...]:
    """The best place with those that its name is joined to by commas and "and" in the sentence of the span.

    A place that only tells where the one before it lies ("Beira, Sofala") gives way to that one.
    """
    chosen = nearest(context, best, span)
    if chosen is None:
        before = history.before(span)
        if before and best in before[-1].names:
            return before[-1].names
        return _listed_before(context, best, span)
    at = chosen.number
    group, coordinated = _list_around(context, at)
    if coordinated:
        return tuple(dict.fromkeys(context.mentions[i].mention.name for i in group))
    inner = context.mentions[at - 1] if at and chosen.container else None
    if inner is not None and inner.sentence == chosen.sentence and not inner.container:
        return (inner.mention.name,)
    return (best,)


def _listed_before(context: PlaceContext, name: str, span: Span) -> tuple[str, ...]:
    """A place that only sentences before that of a span name, with those of its line that it is joined to there."""
    earlier = [m for m in context.of_name[name] if m.mention.start < span.start]
    if not earlier or earlier[-1].line != context.line(span.start):
        return (name,)
    group, coordinated = _list_around(context, earlier[-1].number)
    return tuple(dict.fromkeys(context.mentions[i].mention.name for i in group)) if coordinated else (name,)


def _list_around(context: PlaceContext, at: int) -> tuple[list[int], bool]:
    """The mentions of the list that one stands in, and whether an "and" or "or" makes them one.

    A country is not of a list of towns, nor what the gazetteer does not know of a list of what it does: that tells
    where in the town ("the city of Adré, Ngali and the market").
    """
    group = {at}
    coordinated = False
    for step in (-1, 1):
        here = at
        while 0 <= here + step < len(context.mentions):
            link = _link(context, *sorted((here, here + step)))
            if link is None or context.mentions[here + step].sentence != context.mentions[at].sentence:
                break
            coordinated = coordinated or bool(COORDINATOR.search(link))
            here += step
            group.add(here)
    alike = [i for i in sorted(group) if i == at or _of_a_sort(context.mentions[at], context.mentions[i])]
    return alike, coordinated


def _of_a_sort(one: Located, other: Located) -> bool:
    """Whether two places of a list may be named for the same thing."""
    if one.mention.place is None:
        return True
    known = other.mention.place is not None
    return known and one.country == other.country


def _link(context: PlaceContext, first: int, second: int) -> str | None:
    """What joins two neighbouring mentions of a list; None where they are not of one."""
    one, two = context.mentions[first], context.mentions[second]
    link = context.text[one.mention.end : two.mention.start]
    if not JOINED.fullmatch(link) or context.values_from(one.mention.end, two.mention.start):
        return None
    return None if re.search(r"[–-]|\bto\b", link) and one.country != two.country else link
