"""What speaks for a place's being the place of a span: named features of how near and in what role its name stands."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Token

from statement_nlp.extraction.attachment_context import (
    CLASSES,
    Located,
    PlaceContext,
    Span,
    head_of,
    sentence_of,
    verb_of,
)
from statement_nlp.records import PlaceMention

__all__ = ["NOWHERE", "PlaceContext", "Span", "features_of", "nearest", "sentence_of"]
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


def _tie(at: Located, head: Token, verb: Token | None, span: Span) -> str:
    """How the parse ties a mention to a span: part of its phrase, the same clause, a clause above or below."""
    step = at.head
    for _ in range(12):
        if span.start <= step.idx < span.end and not span.start <= at.mention.start < span.end:
            return "hangs on it"
        if step.head.i == step.i:
            break
        step = step.head
    if verb is None or at.verb is None:
        return "no verb"
    if verb.i == at.verb.i:
        return "same clause"
    if at.verb.is_ancestor(verb):
        return "clause above"
    return "clause below" if verb.is_ancestor(at.verb) else "other clause"


def features_of(context: PlaceContext, span: Span) -> dict[str, dict[str, float]]:
    """For each place name of the statement, and for NOWHERE, the named features of its being the place of a span."""
    first, last = context.sentence(span.start), context.sentence(max(span.start, span.end - 1))
    near = _nearest_of_each(context, span, first, last)
    here = sorted((cost, name) for name, (cost, _) in near.items())
    rank = {name: at for at, (_, name) in enumerate(here)}
    about = _about(context, span, first, last)
    head = head_of(context.doc, context.doc[context.token(span.start)], span.end)
    verb = verb_of(head)
    people = _people(context, span)
    state = "others here" if here else "none here"
    sentence, line = context.sentence(span.start), context.line(span.start)
    found: dict[str, dict[str, float]] = {}
    for name in context.counts:
        features: dict[str, float] = {}
        if name in near:
            located = near[name][1]
            _local(features, context, located, span, rank[name])
            tie = _tie(located, head, verb, span)
            side = _side(context.text, located.mention, span)[0]
            grade = context.grade(name)
            features |= {f"tie {tie}": 1.0, f"tie {tie} {side} {grade}": 1.0, f"tie {tie} {located.preposition}": 1.0}
            features[f"tie {tie} {span.kind} rank {min(rank[name], 2)}"] = 1.0
        else:
            features |= _remembered(context, _carried, name, sentence, line, state)
        features |= _remembered(context, _general, name, *_others(context, name, rank))
        features |= _remembered(context, _asked, name, about, people.of(context.codes[name]), name in near)
        found[name] = features
    nowhere = {"nowhere": 1.0, f"nowhere {span.kind}": 1.0, f"nowhere {'some' if here else 'none'} here": 1.0}
    nowhere |= {f"nowhere {name}": 1.0 for name in about}
    found[NOWHERE] = nowhere
    return found


def _remembered(context: PlaceContext, describe: Callable[..., dict[str, float]], *asked: Any) -> dict[str, float]:
    """What a function says of a place, asked once a statement: many spans ask the same."""
    key = (describe.__name__, *asked)
    known = context.known.get(key)
    if known is None:
        known = context.known[key] = describe(context, *asked)
    return known


def _nearest_of_each(context: PlaceContext, span: Span, first: int, last: int) -> dict[str, tuple[float, Located]]:
    """For each name in the sentences `first` to `last` the mention that stands nearest to a span, and how far."""
    best: dict[str, tuple[float, Located]] = {}
    for located in context.within(first, last):
        cost = _cost(context.text, located.mention, span)
        known = best.get(located.mention.name)
        if known is None or cost < known[0]:
            best[located.mention.name] = (cost, located)
    return best


def _about(context: PlaceContext, span: Span, first: int, last: int) -> tuple[str, ...]:
    """What the sentence of a span says of where: the whole world, "the city", "there", our own people; how much."""
    low, high = context.bounds(first)[0], context.bounds(last)[1]
    sentence = context.text[low:high]
    found = []
    if WORLD.search(sentence):
        found.append("world")
    if OWN.search(sentence):
        found.append("own")
    window = context.text[max(low, span.start - 60) : min(high, span.end + 60)]
    for anaphor in ANAPHOR.finditer(window):
        found.append(f"the {(anaphor['noun'] or 'there').lower()}")
    found.append(f"size {_size(context, span)}")
    return tuple(found)


def _size(context: PlaceContext, span: Span) -> str:
    sizes = []
    for value in context.values:
        if value.start < span.end and span.start < value.end:
            if value.kind == "money":
                return "money"
            sizes.append(-1.0 if value.kind in ("share", "ratio") else value.high or value.low or 0.0)
    if not sizes:
        return "none"
    largest = max(sizes)
    return "share" if largest < 0 else str(min(6, int(math.log10(max(1.0, largest)))))


def nearest(context: PlaceContext, name: str, span: Span, first: int, last: int) -> tuple[float, Located | None]:
    """The mention of a name in the sentences `first` to `last` that stands nearest to a span, and how far."""
    return _nearest_of_each(context, span, first, last).get(name, (math.inf, None))


def _cost(text: str, mention: PlaceMention, span: Span) -> float:
    if mention.start < span.end and span.start < mention.end:
        return 0.0
    between = text[span.end : mention.start] if mention.start >= span.end else text[mention.end : span.start]
    return 1.0 + len(between) + 50.0 * len(BREAK.findall(between)) + 25.0 * len(NUMBER.findall(between))


def _side(text: str, mention: PlaceMention, span: Span) -> tuple[str, str]:
    """Where a mention stands to a span, and what is between."""
    if mention.start < span.end and span.start < mention.end:
        return "inside", ""
    if mention.start >= span.end:
        return "after", text[span.end : mention.start]
    return "before", text[mention.end : span.start]


def _local(features: dict[str, float], context: PlaceContext, at: Located, span: Span, rank: int) -> None:
    """Features of a place that the sentence of the span names."""
    text, mention = context.text, at.mention
    side, between = _side(text, mention, span)
    words = len(between.split())
    distance = next(
        label for limit, label in ((2, "0-2"), (5, "3-5"), (10, "6-10"), (20, "11-20"), (9999, "far")) if words <= limit
    )
    grade = "country" if at.country else "place"
    low, high = min(span.start, mention.start), max(span.end, mention.end)
    others = sum(
        1 for o in context.mentions if o is not at and low < o.mention.start < high and o.mention.name != mention.name
    )
    opening = len(text[context.sentences[at.sentence] : mention.start].split()) <= 2
    rank = min(rank, 3)
    for name in (
        "here",
        side,
        f"{side} {distance}",
        f"{side} breaks {min(2, len(BREAK.findall(between)))}",
        f"{side} numbers {min(2, len(NUMBER.findall(between)))}",
        f"{side} {at.preposition}",
        f"{side} {at.preposition} {distance}",
        f"{side} {grade}",
        f"rank {rank}",
        f"rank {rank} {side} {grade}",
        f"{span.kind} {side} {grade}",
        f"{span.kind} {side} {at.preposition}",
        f"between {min(2, others)} {side}",
        f"subject {at.subject} {grade} {side}",
        f"{at.preposition} {grade}",
        f"opens sentence {opening} {side}",
        f"opens sentence {opening} {at.preposition}",
        f"{side} where {bool(WHERE.match(text, mention.end))}",
        f"dateline {at.dateline}",
        f"container {at.container} {side} {grade}",
    ):
        features[name] = 1.0
    if side == "inside" and span.kind == "claim":
        half = "first" if mention.start - span.start < (span.end - span.start) / 2 else "second"
        features[f"claim inside {half} half"] = 1.0
    if any(
        o.container and o.mention.start >= mention.end and o.mention.start - mention.end < 16 for o in context.mentions
    ):
        features["has container"] = 1.0


def _carried(context: PlaceContext, name: str, sentence: int, line: int, state: str) -> dict[str, float]:
    """Features of a place that only other sentences than that of the span name."""
    before = context.mentions[: bisect_left(context.sentence_of_mention, sentence)]
    earlier = [m for m in context.of_name[name] if m.sentence < sentence]
    grade = context.grade(name)
    if not earlier:
        return {f"{state} only later {grade}": 1.0}
    latest = earlier[-1]
    back = sentence - latest.sentence
    step = "1" if back == 1 else "2" if back == 2 else "3-5" if back <= 5 else "far"
    same = any(m.line == line for m in earlier)
    in_line = [m for m in before if m.line == line]
    heading = next((m for m in reversed(before) if m.heading), None)
    names = [
        f"back {step}",
        f"back {step} {grade}",
        f"back {step} same line {same} {grade}",
        f"same line {same} {grade}",
        f"last named {before[-1].mention.name == name} {grade}",
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
        names += [f"line names none, last {before[-1].mention.name == name} {grade}", f"among last sentence {among}"]
    return {f"{state} {n}": 1.0 for n in names}


def _others(context: PlaceContext, name: str, here: Iterable[str]) -> tuple[bool, bool, bool]:
    """Whether the sentence names others, and beside a country a place in it and another country."""
    others = [n for n in here if n != name]
    if name not in context.countries:
        return bool(others), False, False
    own = any(n not in context.countries and context.codes[n] == context.codes[name] for n in others)
    return bool(others), own, any(n in context.countries for n in others)


def _general(context: PlaceContext, name: str, others: bool, own: bool, foreign: bool) -> dict[str, float]:
    """Features of a place in the whole statement; of the others in the sentence only what `_others` says."""
    state = "others here" if others else "none here"
    share = context.counts[name] / len(context.mentions)
    grade = context.grade(name)
    features = {f"{state} share": share, f"{state} {grade} share": share}
    in_main = context.main is not None and context.codes[name] == context.codes[context.main]
    for text in (
        f"{state} most named {name == context.most_named} {grade}",
        f"{state} main country {name == context.main}",
        f"{state} in title {name.casefold() in context.title} {grade}",
        f"only country {grade == 'country' and len(context.countries) == 1} {state}",
        f"first named {context.mentions[0].mention.name == name} {state}",
        f"alone {len(context.counts) == 1}",
        f"in the main country {in_main} {grade}",
    ):
        features[text] = 1.0
    if grade == "country":
        features[f"country with own place here {own}"] = 1.0
        features[f"country with other country here {foreign}"] = 1.0
    return features


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


def _people(context: PlaceContext, span: Span) -> _People:
    low, high = context.bounds(context.sentence(span.start))
    inside = [(at, code) for at, code in context.demonyms if span.start <= at < span.end]
    return _People(
        named=frozenset(code for at, code in context.demonyms if low <= at < high),
        inside=frozenset(code for _, code in inside),
        counted=any(context.text[at : span.end].isalpha() for at, _ in inside),
        ending=frozenset(code for at, code in context.demonyms if span.end - 16 < at < span.end),
    )


def _asked(
    context: PlaceContext, name: str, about: Sequence[str], people: tuple[bool, bool, bool] | None, here: bool
) -> dict[str, float]:
    """Features of how a place fits what the sentence says: a size, "the city", "Nigerians" (`_People.of`)."""
    features = {}
    grade = context.grade(name)
    where = "here" if here else "elsewhere"
    for text in about:
        if text.startswith("the "):
            noun = text[4:]
            fits = noun in context.classes[name] or (noun in ("country", "nation", "population") and grade == "country")
            features[f"{text} {grade} {where}"] = 1.0
            features[f"the class fits {fits} {grade} {where}"] = 1.0
        else:
            features[f"{text} {grade} {where}"] = 1.0
    if people is not None:
        named, inside, counted = people
        features[f"its people {named} {grade} {where}"] = 1.0
        features[f"its people in span {inside} {grade} {where}"] = 1.0
        features[f"its people are counted {counted} {grade}"] = 1.0
    return features
