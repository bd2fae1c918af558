"""Where something holds: the places that a span of a statement (a figure, a claim) is about.

A reader takes the most specific place that the sentence gives, else the one that the text is speaking of: the paragraph,
the sentences before it, the heading, at last the country of the whole statement. A linear model weighs, for each place
that the statement names, how near and in what role its name stands; the best one wins, with those joined to it by "and".
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spacy.tokens import Doc, Token

from statement_nlp.extraction.classifier import models_dir
from statement_nlp.extraction.figure_models import linear
from statement_nlp.knowledge.parties import Register
from statement_nlp.records import PlaceMention

MODEL = Path("figures") / "places.skops"
NO_PLACE = 0.08
"""Below this probability of the best place, the span is left without one."""
JOINED = re.compile(
    r"\s*(?:,|and|or|as well as|, and|, or|&|/|–|-|to)\s*(?:in |at |the |near |around |from |of )*", re.IGNORECASE
)
BREAK = re.compile(r"[;:]|\n| – | - |—|, (?:but|while|whereas|where|which|and|with|who)\b|\.\s")
NUMBER = re.compile(r"\d[\d,.]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands|millions|million)\b", re.IGNORECASE)  # fmt: skip
WHERE = re.compile(r",?\s(?:where|which)\b")
PREPOSITIONS = frozenset(
    "in at of from to near into across around inside within outside over throughout between on through towards against "
    "for by off under along around with since after than like".split()
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A mention with what the features ask of it."""

    mention: PlaceMention
    sentence: int
    paragraph: int
    token: int
    preposition: str
    subject: bool
    country: bool
    heading: bool


class PlaceContext:
    """The place mentions of a Doc with their sentences, paragraphs and roles."""

    def __init__(self, doc: Doc, mentions: Sequence[PlaceMention]) -> None:
        self.doc = doc
        self.text = doc.text
        self.starts = [token.idx for token in doc]
        self.sentences = _sentence_starts(doc)
        self.lines = [0, *(m.end() for m in re.finditer(r"\n+", self.text))]
        self.mentions = [self._mention(m) for m in sorted(mentions, key=lambda m: (m.start, m.end))]
        self.counts = Counter(m.mention.name for m in self.mentions)
        self.countries = Counter(m.mention.name for m in self.mentions if m.country)
        statement = doc._.statement
        self.title = ((statement.title or "") if statement is not None else "").casefold()
        self.main = self._main_country()

    def _mention(self, mention: PlaceMention) -> _Mention:
        token = self.doc[self.token(mention.start)]
        line = self.lines[self.line(mention.start)]
        end = self.text.find("\n", line)
        written = self.text[line : len(self.text) if end < 0 else end].strip()
        return _Mention(
            mention=mention,
            sentence=self.sentence(mention.start),
            paragraph=self.line(mention.start),
            token=token.i,
            preposition=_preposition(self.doc, token),
            subject=_head_of(self.doc, mention, token).dep_ in ("nsubj", "nsubjpass"),
            country=is_country(mention),
            heading=len(written) < 90 and not written.endswith((".", "!", "?", ";", ":")),
        )

    def _main_country(self) -> str | None:
        if not self.countries:
            return None
        return max(self.countries, key=lambda n: (self.countries[n] + 3 * (n.casefold() in self.title), n))

    def token(self, char: int) -> int:
        """Index of the token that holds a character."""
        return max(0, bisect_right(self.starts, char) - 1)

    def sentence(self, char: int) -> int:
        """Index of the sentence that holds a character."""
        return max(0, bisect_right(self.sentences, char) - 1)

    def line(self, char: int) -> int:
        """Index of the line that holds a character."""
        return max(0, bisect_right(self.lines, char) - 1)


def places_for(
    doc: Doc,
    start_char: int,
    end_char: int,
    *,
    mentions: Sequence[PlaceMention] | None = None,
    models: Path | None = None,
    kind: str = "figure",
) -> tuple[str, ...]:
    """Names of the places that a span holds for, the most specific ones, usually one.

    Args:
        doc: with `_.places` set, and sentences where the pipeline found them.
        start_char: start of the span in code points of the text.
        end_char: its end, exclusive.
        mentions: the place mentions to choose from; None for those of the doc.
        models: folder of the trained models; None for those of the package.
        kind: "figure" for a figure, "claim" for a clause.

    Returns:
        Names of place mentions of the statement in the order of the text; empty where the text names no place.

    Raises:
        ModelError: the model is missing.
    """
    context = context_of(doc, mentions)
    if not context.mentions:
        return ()
    model = linear((models or models_dir()) / MODEL)
    features = features_of(context, start_char, end_char, kind)
    scored = {name: model.probability(named) for name, named in features.items()}
    best = max(scored, key=lambda name: scored[name])
    if scored[best] < NO_PLACE:
        return ()
    return joined(context, best, start_char, end_char, scored)


def context_of(doc: Doc, mentions: Sequence[PlaceMention] | None = None) -> PlaceContext:
    """The place context of a Doc, made once for its own mentions."""
    if mentions is not None:
        return PlaceContext(doc, mentions)
    key = "statement_place_context"
    known = doc.user_data.get(key)
    if known is None or known[0] is not doc._.places:
        known = (doc._.places, PlaceContext(doc, doc._.places))
        doc.user_data[key] = known
    context: PlaceContext = known[1]
    return context


def sentence_of(doc: Doc, start_char: int) -> tuple[int, int]:
    """Start and end, in code points, of the sentence (or, without sentences, the line) around an offset."""
    starts = _sentence_starts(doc)
    at = max(0, bisect_right(starts, start_char) - 1)
    return starts[at], starts[at + 1] if at + 1 < len(starts) else len(doc.text)


def _sentence_starts(doc: Doc) -> list[int]:
    known: list[int] | None = doc.user_data.get("statement_sentence_starts")
    if known is None:
        if doc.has_annotation("SENT_START"):
            known = [s.start_char for s in doc.sents] or [0]
        else:
            known = [0, *(m.end() for m in re.finditer(r"\n+", doc.text))]
        doc.user_data["statement_sentence_starts"] = known
    return known


def is_country(mention: PlaceMention) -> bool:
    """Whether a mention names a whole country."""
    if mention.place is not None:
        return mention.place.feature == "country"
    return mention.name in _country_names()


@lru_cache(maxsize=1)
def _country_names() -> Mapping[str, str]:
    return dict(Register.load().country_names())


def _preposition(doc: Doc, token: Token) -> str:
    for before in reversed(doc[max(0, token.i - 4) : token.i]):
        if before.lower_ in PREPOSITIONS:
            return str(before.lower_)
        if before.pos_ in ("VERB", "AUX", "PUNCT") and before.text not in ("“", '"', "‘"):
            return "punct" if before.pos_ == "PUNCT" else "verb"
    return "none"


def _head_of(doc: Doc, mention: PlaceMention, token: Token) -> Token:
    """The token of a mention that hangs on the rest of the sentence."""
    end = mention.end
    last = token
    for other in doc[token.i : token.i + 5]:
        if other.idx < end:
            last = other
    inside = range(token.i, last.i + 1)
    return next((t for t in doc[token.i : last.i + 1] if t.head.i not in inside), last)


def features_of(context: PlaceContext, start: int, end: int, kind: str) -> dict[str, dict[str, float]]:
    """For each place name of the statement the named features of its being the place of a span."""
    sentence = context.sentence(start)
    last_sentence = context.sentence(max(start, end - 1))
    near = {n: _nearest(context, n, start, end, sentence, last_sentence) for n in context.counts}
    costs = {name: cost for name, (cost, _) in near.items()}
    here = sorted((cost, name) for name, cost in costs.items() if cost < math.inf)
    rank = {name: at for at, (_, name) in enumerate(here)}
    found: dict[str, dict[str, float]] = {}
    for name in context.counts:
        features: dict[str, float] = {}
        _, mention = near[name]
        if mention is not None:
            _local(features, context, mention, start, end, rank[name], kind)
        else:
            _carried(features, context, name, start, bool(here), kind)
        _general(features, context, name, bool(here), [n for n in rank if n != name])
        found[name] = features
    return found


def _nearest(
    context: PlaceContext, name: str, start: int, end: int, first: int, last: int
) -> tuple[float, _Mention | None]:
    """The mention of a name in the sentences of the span that stands nearest to it."""
    best: tuple[float, _Mention | None] = (math.inf, None)
    for mention in context.mentions:
        if mention.mention.name != name or not first <= mention.sentence <= last:
            continue
        cost = _cost(context.text, mention.mention, start, end)
        if cost < best[0]:
            best = (cost, mention)
    return best


def _cost(text: str, mention: PlaceMention, start: int, end: int) -> float:
    if mention.start < end and start < mention.end:
        return 0.0
    between = text[end : mention.start] if mention.start >= end else text[mention.end : start]
    return 1.0 + len(between) + 50.0 * len(BREAK.findall(between)) + 25.0 * len(NUMBER.findall(between))


def _local(
    features: dict[str, float], context: PlaceContext, m: _Mention, start: int, end: int, rank: int, kind: str
) -> None:
    """Features of a place that the sentence of the span names."""
    text = context.text
    mention = m.mention
    if mention.start < end and start < mention.end:
        side, between = "inside", ""
    elif mention.start >= end:
        side, between = "after", text[end : mention.start]
    else:
        side, between = "before", text[mention.end : start]
    words = len(between.split())
    distance = (
        "0-2" if words <= 2 else "3-5" if words <= 5 else "6-10" if words <= 10 else "11-20" if words <= 20 else "far"
    )
    breaks = min(2, len(BREAK.findall(between)))
    numbers = min(2, len(NUMBER.findall(between)))
    grade = "country" if m.country else "place"
    others = sum(
        1
        for o in context.mentions
        if o.mention.start < max(start, mention.start) and o.mention.end > min(end, mention.end) and o is not m
    )
    features["here"] = 1.0
    features[f"{side}"] = 1.0
    features[f"{side} {distance}"] = 1.0
    features[f"{side} breaks {breaks}"] = 1.0
    features[f"{side} numbers {numbers}"] = 1.0
    features[f"{side} {m.preposition}"] = 1.0
    features[f"{side} {grade}"] = 1.0
    features[f"rank {min(rank, 3)}"] = 1.0
    features[f"rank {min(rank, 3)} {side} {grade}"] = 1.0
    features[f"{kind} {side} {grade}"] = 1.0
    features[f"between {min(2, others)} {side}"] = 1.0
    features[f"subject {m.subject} {grade}"] = 1.0
    features[f"{m.preposition} {grade}"] = 1.0
    opening = text[context.sentences[context.sentence(mention.start)] : mention.start]
    features[f"opens sentence {len(opening.split()) <= 2} {side}"] = 1.0
    if side == "inside" and kind == "claim":
        features[f"claim inside {'first half' if mention.start - start < (end - start) / 2 else 'second half'}"] = 1.0
    follows = text[mention.end : mention.end + 30]
    features[f"{side} where {bool(WHERE.match(follows))}"] = 1.0
    container = re.match(r"[,\s]+(?:in\s|a\s|the\s)?", follows)
    nested = container and any(
        o.country and not m.country and 0 <= o.mention.start - mention.end <= 14 for o in context.mentions
    )
    features[f"has container {bool(nested)}"] = 1.0


def _carried(
    features: dict[str, float], context: PlaceContext, name: str, start: int, any_here: bool, kind: str
) -> None:
    """Features of a place that only other sentences name."""
    sentence, line = context.sentence(start), context.line(start)
    earlier = [m for m in context.mentions if m.mention.name == name and m.sentence < sentence]
    grade = "country" if name in context.countries else "place"
    state = "others here" if any_here else "none here"
    if not earlier:
        features[f"only later {state}"] = 1.0
        return
    latest = earlier[-1]
    back = sentence - latest.sentence
    step = "1" if back == 1 else "2" if back == 2 else "3-5" if back <= 5 else "far"
    features[f"{state} back {step}"] = 1.0
    features[f"{state} back {step} {grade}"] = 1.0
    same = any(m.paragraph == line for m in earlier)
    features[f"{state} same line {same} {grade}"] = 1.0
    before = [m for m in context.mentions if m.sentence < sentence]
    features[f"{state} last named {before[-1] is latest or before[-1].mention.name == name} {grade}"] = 1.0
    in_line = [m for m in before if m.paragraph == line]
    if same:
        features[f"{state} last of line {in_line[-1].mention.name == name}"] = 1.0
        features[f"{state} first of line {in_line[0].mention.name == name}"] = 1.0
        only = len({m.mention.name for m in in_line}) == 1
        features[f"{state} only of line {only} {grade}"] = 1.0
        features[
            f"{state} opens line {in_line[0].mention.name == name and in_line[0].mention.start - context.lines[line] < 25}"
        ] = 1.0
    elif not in_line:
        features[f"{state} line names none, last {before[-1].mention.name == name} {grade}"] = 1.0
        last_sentence = [m for m in before if m.sentence == before[-1].sentence]
        features[f"{state} among last sentence {any(m.mention.name == name for m in last_sentence)}"] = 1.0
    features[f"{state} subject {latest.subject}"] = 1.0
    features[f"{state} {latest.preposition}"] = 0.5
    headings = [m for m in before if m.heading]
    features[f"{state} last heading {bool(headings) and headings[-1].mention.name == name} {grade}"] = 1.0
    features[f"{kind} {state} {grade}"] = 1.0


def _general(
    features: dict[str, float], context: PlaceContext, name: str, any_here: bool, others_here: Sequence[str]
) -> None:
    """Features of a place in the whole statement."""
    state = "others here" if others_here else "none here"
    total = len(context.mentions)
    share = context.counts[name] / total
    grade = "country" if name in context.countries else "place"
    features[f"{state} share"] = share
    features[f"{state} {grade} share"] = share
    features[f"{state} most named {name == context.counts.most_common(1)[0][0]} {grade}"] = 1.0
    features[f"{state} main country {name == context.main}"] = 1.0
    features[f"{state} in title {name.casefold() in context.title} {grade}"] = 1.0
    features[f"only country {grade == 'country' and len(context.countries) == 1} {state}"] = 1.0
    features[f"first named {context.mentions[0].mention.name == name} {state}"] = 1.0
    features["alone"] = float(len(context.counts) == 1)
    if grade == "country":
        code = next(m.mention.country for m in context.mentions if m.mention.name == name)
        inside = [n for n in others_here if n not in context.countries and _code(context, n) == code]
        features[f"country with own place here {bool(inside)}"] = 1.0
        features[f"country with other country here {any(n in context.countries for n in others_here)}"] = 1.0


def _code(context: PlaceContext, name: str) -> str | None:
    return next(m.mention.country for m in context.mentions if m.mention.name == name)


def joined(context: PlaceContext, best: str, start: int, end: int, scored: Mapping[str, float]) -> tuple[str, ...]:
    """The best place with those that its name is joined to by commas and "and" in the sentence of the span."""
    _, chosen = _nearest(context, best, start, end, context.sentence(start), context.sentence(max(start, end - 1)))
    if chosen is None:
        return (best,)
    at = context.mentions.index(chosen)
    group = {at}
    by_and = False
    for step in (-1, 1):
        here = at
        while 0 <= here + step < len(context.mentions):
            pair = sorted((here, here + step))
            first, second = (context.mentions[i].mention for i in pair)
            link = context.text[first.end : second.start]
            if not JOINED.fullmatch(link) or context.mentions[here + step].sentence != chosen.sentence:
                break
            if re.search(r"[–-]|\bto\b", link) and context.mentions[here + step].country != chosen.country:
                break
            by_and = by_and or bool(re.search(r"and|or|&|/|as well", link))
            here += step
            group.add(here)
    if not by_and or len(group) < 2:
        return (best,)
    return tuple(dict.fromkeys(context.mentions[i].mention.name for i in sorted(group)))
