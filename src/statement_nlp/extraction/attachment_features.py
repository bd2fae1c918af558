"""What speaks for a place's being the place of a span: named features of how near and in what role its name stands."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from statement_nlp.extraction import attachment_naming as naming
from statement_nlp.extraction.attachment_context import (
    CLASSES,
    Located,
    PlaceContext,
    Span,
    head_of,
    sentence_of,
    verb_of,
)
from statement_nlp.extraction.figure_models import Part, said
from statement_nlp.records import PlaceMention

__all__ = ["NOWHERE", "PlaceContext", "Span", "features_of", "nearest", "parts_of", "sentence_of"]
NOWHERE = ""
"""Stands for no place among the names."""
BREAK = re.compile(r"[;:]|\n| – | - |—|, (?:but|while|whereas|where|which|and|with|who)\b|\.\s")
NUMBER = re.compile(
    r"\d[\d,.]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands|millions|million)\b",
    re.IGNORECASE,
)
WORLD = re.compile(
    r"\b(?:world-?wide|(?:in|across|around|throughout|over)\s(?:all\s(?:of\s)?)?the\s(?:\w+\s)?(?:world|globe|planet)"
    r"|global(?:ly)?)\b",
    re.IGNORECASE,
)
OWN = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
ANAPHOR = re.compile(
    rf"\b(?:the|this|that|its|their)\s(?:\w+\s)?(?P<noun>country|nation|population|{CLASSES})(?!\w)(?!-)"
    r"|\b(?P<there>there|here)\b(?!\s(?:is|are|was|were|has|have|will|may|can|must|could|should))",
    re.IGNORECASE,
)
WHERE = re.compile(r",?\s(?:where|which)\b")


def _tie(context: PlaceContext, at: Located, head: int, verb: int | None, span: Span) -> str:
    """How the parse ties a mention to a span: part of its phrase, the same clause, a clause above or below."""
    starts, heads = context.tokens.starts, context.tokens.heads
    if not span.start <= at.mention.start < span.end:
        step = at.head
        for _ in range(12):
            if span.start <= starts[step] < span.end:
                return "hangs on it"
            if heads[step] == step:
                break
            step = heads[step]
    if verb is None or at.verb is None:
        return "no verb"
    if verb == at.verb:
        return "same clause"
    if _is_above(heads, at.verb, verb):
        return "clause above"
    return "clause below" if _is_above(heads, verb, at.verb) else "other clause"


def _is_above(heads: Sequence[int], upper: int, lower: int) -> bool:
    """Whether one token is an ancestor of another in the parse."""
    while heads[lower] != lower:
        lower = heads[lower]
        if lower == upper:
            return True
    return False


def features_of(context: PlaceContext, span: Span) -> dict[str, dict[str, float]]:
    """For each place name of the statement, and for NOWHERE, the named features of its being the place of a span."""
    return {name: said(parts) for name, parts in parts_of(context, span).items()}


def parts_of(context: PlaceContext, span: Span) -> dict[str, list[Part]]:
    """The same in parts, whose weights a model remembers."""
    first, last = context.sentences_of(span)
    near = _nearest_of_each(context, span)
    here = sorted((cost, name) for name, (cost, _) in near.items())
    rank = {name: at for at, (_, name) in enumerate(here)}
    about = _about(context, span, first, last)
    head = head_of(context.tokens, context.token(span.start), span.end)
    verb = verb_of(context.tokens, head)
    people = _people(context, span, first)
    state = "others here" if here else "none here"
    line = context.line(span.start)
    found: dict[str, list[Part]] = {}
    for name in context.counts:
        if name in near:
            located = near[name][1]
            parts = _local(context, located, span, rank[name])
            tie = _tie(context, located, head, verb, span)
            side, grade = _side(located.mention, span), context.grade(name)
            parts.append((naming.tied, (tie, side, grade, located.preposition, span.kind, min(rank[name], 2))))
        else:
            parts = [context.asked(_carried, name, first, line, state)]
        parts.append(context.asked(_general, name, *_others(context, name, rank)))
        parts.append(context.asked(_asked, name, about, people.of(context.codes[name]), name in near))
        found[name] = parts
    found[NOWHERE] = [(naming.nowhere, (span.kind, bool(here), about))]
    return found


def _nearest_of_each(context: PlaceContext, span: Span) -> dict[str, tuple[float, Located]]:
    """For each name in the sentences of a span the mention that stands nearest to it, and how far."""
    return context.asked(_find_nearest, span.start, span.end)


def _find_nearest(context: PlaceContext, start: int, end: int) -> dict[str, tuple[float, Located]]:
    span = Span(start, end, "")
    best: dict[str, tuple[float, Located]] = {}
    for located in context.within(*context.sentences_of(span)):
        cost = _cost(context, located.mention, span)
        known = best.get(located.mention.name)
        if known is None or cost < known[0]:
            best[located.mention.name] = (cost, located)
    return best


def _about(context: PlaceContext, span: Span, first: int, last: int) -> tuple[str, ...]:
    """What the sentence of a span says of where: the whole world, "the city", "there", our own people; how much."""
    low, high = context.bounds(first)[0], context.bounds(last)[1]
    window = context.text[max(low, span.start - 60) : min(high, span.end + 60)]
    anaphors = (f"the {(anaphor['noun'] or 'there').lower()}" for anaphor in ANAPHOR.finditer(window))
    return (*context.asked(_everywhere, low, high), *anaphors, f"size {_size(context, span)}")


def _everywhere(context: PlaceContext, low: int, high: int) -> tuple[str, ...]:
    """Whether a sentence speaks of the whole world, of the speaker's own people."""
    sentence = context.text[low:high]
    return tuple(name for name, words in (("world", WORLD), ("own", OWN)) if words.search(sentence))


def _size(context: PlaceContext, span: Span) -> str:
    sizes = []
    for value in context.values_at(span.start, span.end):
        if value.kind == "money":
            return "money"
        sizes.append(-1.0 if value.kind in ("share", "ratio") else value.high or value.low or 0.0)
    if not sizes:
        return "none"
    largest = max(sizes)
    return "share" if largest < 0 else str(min(6, int(math.log10(max(1.0, largest)))))


def nearest(context: PlaceContext, name: str, span: Span) -> Located | None:
    """The mention of a name in the sentences of a span that stands nearest to it."""
    return _nearest_of_each(context, span).get(name, (math.inf, None))[1]


def _cost(context: PlaceContext, mention: PlaceMention, span: Span) -> float:
    if mention.start < span.end and span.start < mention.end:
        return 0.0
    low, high = (span.end, mention.start) if mention.start >= span.end else (mention.end, span.start)
    breaks, numbers = context.asked(_between, low, high)
    return 1.0 + (high - low) + 50.0 * breaks + 25.0 * numbers


def _between(context: PlaceContext, low: int, high: int) -> tuple[int, int]:
    """How many breaks and how many numbers stand between two characters."""
    between = context.text[low:high]
    return len(BREAK.findall(between)), len(NUMBER.findall(between))


def _side(mention: PlaceMention, span: Span) -> str:
    """Where a mention stands to a span."""
    if mention.start < span.end and span.start < mention.end:
        return "inside"
    return "after" if mention.start >= span.end else "before"


def _local(context: PlaceContext, at: Located, span: Span, rank: int) -> list[Part]:
    """What a place is to a span whose sentence names it."""
    text, mention = context.text, at.mention
    side, words, breaks, numbers, half = _side(mention, span), 0, 0, 0, None
    low, high = (span.end, mention.start) if side == "after" else (mention.end, span.start)
    if side != "inside":
        words = len(text[low:high].split())
        breaks, numbers = context.asked(_between, low, high)
    elif span.kind == "claim":
        half = "first" if mention.start - span.start < (span.end - span.start) / 2 else "second"
    distance = next(label for limit, label in DISTANCES if words <= limit)
    grade = "country" if at.country else "place"
    others = context.others_between(min(span.start, mention.start), max(span.end, mention.end), at)
    opening, where, container_behind = context.asked(_place_in_sentence, at.number)
    return [
        (naming.near, (side, distance, at.preposition, grade, span.kind)),
        (naming.among, (side, grade, min(2, breaks), min(2, numbers), min(rank, 3), min(2, others), half)),
        (
            naming.role,
            (side, grade, at.preposition, at.subject, opening, where, at.dateline, at.container, container_behind),
        ),
    ]


DISTANCES = ((2, "0-2"), (5, "3-5"), (10, "6-10"), (20, "11-20"), (math.inf, "far"))
"""Words between two things, at most, and what that is called."""


def _place_in_sentence(context: PlaceContext, number: int) -> tuple[bool, bool, bool]:
    """Whether a mention opens its sentence, whether "where" follows, whether a name that tells where it lies does."""
    at, text = context.mentions[number], context.text
    end = at.mention.end
    opening = len(text[context.sentences[at.sentence] : at.mention.start].split()) <= 2
    behind = any(o.container and end <= o.mention.start < end + 16 for o in context.mentions)
    return opening, bool(WHERE.match(text, end)), behind


def _carried(context: PlaceContext, name: str, sentence: int, line: int, state: str) -> Part:
    """What a place is to a span where only other sentences than that of the span name it."""
    before = context.mentions[: bisect_left(context.sentence_of_mention, sentence)]
    earlier = [m for m in context.of_name[name] if m.sentence < sentence]
    grade = context.grade(name)
    if not earlier:
        return naming.later, (state, grade)
    latest = earlier[-1]
    back = sentence - latest.sentence
    step = "1" if back == 1 else "2" if back == 2 else "3-5" if back <= 5 else "far"
    same = any(m.line == line for m in earlier)
    in_line = [m for m in before if m.line == line]
    heading = next((m for m in reversed(before) if m.heading), None)
    last = before[-1].mention.name == name
    names = [
        f"back {step}",
        f"back {step} {grade}",
        f"back {step} same line {same} {grade}",
        f"same line {same} {grade}",
        f"last named {last} {grade}",
        f"latest subject {latest.subject} {step}",
        f"latest {latest.preposition} {step}",
        f"latest dateline {latest.dateline}",
        f"latest container {latest.container}",
        f"last heading {heading is not None and heading.mention.name == name} {grade}",
        f"named {min(3, len(earlier))} times before {grade}",
    ]
    if same:
        opens = in_line[0].mention.name == name and in_line[0].mention.start - context.lines[line] < 25
        names += [
            f"last of line {in_line[-1].mention.name == name}",
            f"first of line {in_line[0].mention.name == name}",
            f"only of line {len({m.mention.name for m in in_line}) == 1} {grade}",
            f"opens line {opens}",
        ]
    elif not in_line:
        among = any(m.mention.name == name for m in before if m.sentence == before[-1].sentence)
        names += [f"line names none, last {last} {grade}", f"among last sentence {among}"]
    return naming.as_named, (state, tuple(names))


def _others(context: PlaceContext, name: str, here: Iterable[str]) -> tuple[bool, bool, bool]:
    """Whether the sentence names others, and beside a country a place in it and another country."""
    others = [n for n in here if n != name]
    if name not in context.countries:
        return bool(others), False, False
    own = any(n not in context.countries and context.codes[n] == context.codes[name] for n in others)
    return bool(others), own, any(n in context.countries for n in others)


def _general(context: PlaceContext, name: str, others: bool, own: bool, foreign: bool) -> Part:
    """A place in the whole statement; of the others in the sentence only what `_others` says."""
    grade = context.grade(name)
    return naming.in_statement, (
        "others here" if others else "none here",
        grade,
        context.counts[name] / len(context.mentions),
        name == context.most_named,
        name == context.main,
        name.casefold() in context.title,
        grade == "country" and len(context.countries) == 1,
        context.mentions[0].mention.name == name,
        len(context.counts) == 1,
        context.main is not None and context.codes[name] == context.codes[context.main],
        own,
        foreign,
    )


@dataclass(frozen=True, slots=True)
class _People:
    """ISO codes of the peoples that the sentence of a span names, those inside the span, those at its end."""

    named: frozenset[str | None]
    inside: frozenset[str | None]
    counted: bool
    ending: frozenset[str | None]

    def of(self, code: str | None) -> tuple[bool, bool, bool] | None:
        """Of one country: whether its people are named, stand inside the span, are what it counts; None for none."""
        if not self.named:
            return None
        inside = code in self.inside
        return code in self.named, inside, inside and self.counted and code in self.ending


def _people(context: PlaceContext, span: Span, sentence: int) -> _People:
    low, high = context.bounds(sentence)
    inside = [(at, code) for at, code in context.demonyms if span.start <= at < span.end]
    return _People(
        named=frozenset(code for at, code in context.demonyms if low <= at < high),
        inside=frozenset(code for _, code in inside),
        counted=any(context.text[at : span.end].isalpha() for at, _ in inside),
        ending=frozenset(code for at, code in context.demonyms if span.end - 16 < at < span.end),
    )


def _asked(
    context: PlaceContext, name: str, about: tuple[str, ...], people: tuple[bool, bool, bool] | None, here: bool
) -> Part:
    """How a place fits what the sentence says: a size, "the city", "Nigerians" (`_People.of`)."""
    grade = context.grade(name)
    classes = context.classes[name] | COUNTRY_CLASSES if grade == "country" else context.classes[name]
    fits = tuple(text.startswith("the ") and text[4:] in classes for text in about)
    return naming.fitting, (about, fits, people, grade, "here" if here else "elsewhere")


COUNTRY_CLASSES = frozenset({"country", "nation", "population"})
