"""What speaks for a place's being the place of a span: named features of how near and in what role its name stands."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc, Token

from statement_nlp.extraction import text_of
from statement_nlp.extraction.figure_units import token_starts, values_of
from statement_nlp.knowledge.parties import Register
from statement_nlp.records import PlaceMention

NOWHERE = ""
"""Stands for no place among the names."""
CLASSES = (
    "city|town|capital|camp|village|province|region|district|governorate|island|enclave|strip|site|neighbourhood|area|port"
    "|valley|state|county"
)
DIRECTION = r"(?:(?:north|south|east|west|central)[\w-]*\s)?"
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
CLASS_AFTER = re.compile(rf"(?:\s|,\sa\s)(?:\w+\s)?(?P<noun>{CLASSES})\b", re.IGNORECASE)
CLASS_BEFORE = re.compile(rf"\b(?P<noun>{CLASSES})\sof\s$", re.IGNORECASE)
CONTAINER = re.compile(rf"\s?(?:,|\(|in|,\sin|of)\s?(?:the\s)?{DIRECTION}", re.IGNORECASE)
DATELINE = re.compile(r"[^.;\n]{0,60}?\s[–—-]\s")
CAPITALISED = re.compile(r"\b[A-Z]\w+")
WHERE = re.compile(r",?\s(?:where|which)\b")
PREPOSITIONS = frozenset(
    ("in", "at", "of", "from", "to", "near", "into", "across", "around", "inside", "within", "outside", "over",
     "throughout", "between", "on", "through", "towards", "against", "for", "by", "off", "under", "along", "with",
     "since", "after", "than", "like", "including")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Located:
    """A mention with what the features ask of it."""

    mention: PlaceMention
    sentence: int
    line: int
    head: Token
    verb: Token | None
    preposition: str
    subject: bool
    country: bool
    heading: bool
    dateline: bool
    classes: frozenset[str]
    container: bool
    """Whether it only tells where the place before it lies ("Beira, Sofala")."""


@dataclass(frozen=True, slots=True)
class Span:
    """The span in question: a figure or a claim."""

    start: int
    end: int
    kind: str
    """"figure" or "claim"."""


class PlaceContext:
    """The place mentions of a Doc with their sentences, lines and roles."""

    def __init__(self, doc: Doc, mentions: Sequence[PlaceMention]) -> None:
        self.doc = doc
        self.text = text_of(doc)
        self.starts = token_starts(doc)
        self.sentences = sentence_starts(doc)
        self.lines = [0, *(m.end() for m in re.finditer(r"\n+", self.text))]
        ordered = sorted(mentions, key=lambda m: (m.start, m.end))
        self.mentions = [self._located(m, ordered[at - 1] if at else None) for at, m in enumerate(ordered)]
        self.counts = Counter(m.mention.name for m in self.mentions)
        self.countries = Counter(m.mention.name for m in self.mentions if m.country)
        self.codes = {m.mention.name: m.mention.country for m in self.mentions}
        self.classes = {
            name: frozenset().union(*(m.classes for m in self.mentions if m.mention.name == name))
            for name in self.counts
        }
        statement = doc._.statement
        self.title = ((statement.title or "") if statement is not None else "").casefold()
        self.main = max(
            self.countries, key=lambda n: (self.countries[n] + 3 * (n.casefold() in self.title), n), default=None
        )
        self.values = values_of(doc)
        self.demonyms = self._demonyms()

    def _located(self, mention: PlaceMention, before: PlaceMention | None) -> Located:
        token = self.doc[self.token(mention.start)]
        line = self.lines[self.line(mention.start)]
        end = self.text.find("\n", line)
        written = self.text[line : len(self.text) if end < 0 else end].strip()
        after = CLASS_AFTER.match(self.text, mention.end)
        prior = CLASS_BEFORE.search(self.text, max(0, mention.start - 20), mention.start)
        classes = {found["noun"].lower() for found in (after, prior) if found}
        head = head_of(self.doc, token, mention.end)
        return Located(
            mention=mention,
            sentence=self.sentence(mention.start),
            line=self.line(mention.start),
            preposition=_preposition(self.doc, token),
            head=head,
            verb=verb_of(head),
            subject=head.dep_ in ("nsubj", "nsubjpass"),
            country=is_country(mention),
            heading=len(written) < 90 and not written.endswith((".", "!", "?", ";", ":")),
            dateline=mention.start - line < 40 and bool(DATELINE.match(self.text, mention.end)),
            classes=frozenset(classes),
            container=before is not None and bool(CONTAINER.fullmatch(self.text, before.end, mention.start)),
        )

    def _demonyms(self) -> list[tuple[int, str]]:
        known = _demonyms()
        words = ((word.start(), word.group()) for word in CAPITALISED.finditer(self.text))
        return [
            (at, known[form]) for at, word in words if (form := word if word in known else word.rstrip("s")) in known
        ]

    def token(self, char: int) -> int:
        """Index of the token that holds a character."""
        return max(0, bisect_right(self.starts, char) - 1)

    def sentence(self, char: int) -> int:
        """Index of the sentence that holds a character."""
        return max(0, bisect_right(self.sentences, char) - 1)

    def line(self, char: int) -> int:
        """Index of the line that holds a character."""
        return max(0, bisect_right(self.lines, char) - 1)

    def bounds(self, sentence: int) -> tuple[int, int]:
        """Start and end of a sentence."""
        after = sentence + 1
        return self.sentences[sentence], self.sentences[after] if after < len(self.sentences) else len(self.text)

    def grade(self, name: str) -> str:
        """Whether a name is of a "country" or another "place"."""
        return "country" if name in self.countries else "place"


def sentence_starts(doc: Doc) -> list[int]:
    """Where the sentences (without them, the lines) of a Doc start, in code points."""
    known: list[int] | None = doc.user_data.get("statement_sentence_starts")
    if known is None:
        if doc.has_annotation("SENT_START"):
            known = [s.start_char for s in doc.sents] or [0]
        else:
            known = [0, *(m.end() for m in re.finditer(r"\n+", text_of(doc)))]
        doc.user_data["statement_sentence_starts"] = known
    return known


def sentence_of(doc: Doc, start_char: int) -> tuple[int, int]:
    """Start and end, in code points, of the sentence (or, without sentences, the line) around an offset."""
    starts = sentence_starts(doc)
    at = max(0, bisect_right(starts, start_char) - 1)
    return starts[at], starts[at + 1] if at + 1 < len(starts) else len(text_of(doc))


@lru_cache(maxsize=1)
def _register() -> Register:
    return Register.load()


@lru_cache(maxsize=1)
def _demonyms() -> Mapping[str, str]:
    return dict(_register().demonyms())


@lru_cache(maxsize=1)
def _country_names() -> frozenset[str]:
    return frozenset(_register().country_names())


def is_country(mention: PlaceMention) -> bool:
    """Whether a mention names a whole country."""
    if mention.place is not None:
        return mention.place.feature == "country"
    return mention.name in _country_names()


def _preposition(doc: Doc, token: Token) -> str:
    for before in reversed(doc[max(0, token.i - 4) : token.i]):
        if before.lower_ in PREPOSITIONS:
            return str(before.lower_)
        if before.pos_ in ("VERB", "AUX", "PUNCT") and before.text not in ("“", '"', "‘"):
            return "punct" if before.pos_ == "PUNCT" else "verb"
    return "none"


def head_of(doc: Doc, first: Token, end: int) -> Token:
    """The token between `first` and a character that hangs on the rest of the sentence."""
    tokens = [t for t in doc[first.i : first.i + 60] if t.idx < end] or [first]
    inside = range(tokens[0].i, tokens[-1].i + 1)
    return next((t for t in tokens if t.head.i not in inside or t.head.i == t.i), tokens[-1])


def verb_of(token: Token) -> Token | None:
    """The nearest verb above a token, or the token itself."""
    for _ in range(12):
        if token.pos_ in ("VERB", "AUX"):
            return token
        if token.head.i == token.i:
            return None
        token = token.head
    return None


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
    near = {name: nearest(context, name, span, first, last) for name in context.counts}
    here = sorted((cost, name) for name, (cost, _) in near.items() if cost < math.inf)
    rank = {name: at for at, (_, name) in enumerate(here)}
    about = _about(context, span, first, last)
    head = head_of(context.doc, context.doc[context.token(span.start)], span.end)
    verb = verb_of(head)
    found: dict[str, dict[str, float]] = {}
    for name, (_, located) in near.items():
        features: dict[str, float] = {}
        if located is not None:
            _local(features, context, located, span, rank[name])
            tie = _tie(located, head, verb, span)
            side = _side(context.text, located.mention, span)[0]
            grade = context.grade(name)
            features |= {f"tie {tie}": 1.0, f"tie {tie} {side} {grade}": 1.0, f"tie {tie} {located.preposition}": 1.0}
            features[f"tie {tie} {span.kind} rank {min(rank[name], 2)}"] = 1.0
        else:
            _carried(features, context, name, span.start, "others here" if here else "none here")
        _general(features, context, name, [n for n in rank if n != name])
        _asked(features, context, name, span, about, here=located is not None)
        found[name] = features
    nowhere = {"nowhere": 1.0, f"nowhere {span.kind}": 1.0, f"nowhere {'some' if here else 'none'} here": 1.0}
    nowhere |= {f"nowhere {name}": 1.0 for name in about}
    found[NOWHERE] = nowhere
    return found


def _about(context: PlaceContext, span: Span, first: int, last: int) -> list[str]:
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
    return found


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
    best: tuple[float, Located | None] = (math.inf, None)
    for located in context.mentions:
        if located.mention.name == name and first <= located.sentence <= last:
            cost = _cost(context.text, located.mention, span)
            if cost < best[0]:
                best = (cost, located)
    return best


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


def _carried(features: dict[str, float], context: PlaceContext, name: str, start: int, state: str) -> None:
    """Features of a place that only other sentences name."""
    sentence, line = context.sentence(start), context.line(start)
    before = [m for m in context.mentions if m.sentence < sentence]
    earlier = [m for m in before if m.mention.name == name]
    grade = context.grade(name)
    if not earlier:
        features[f"{state} only later {grade}"] = 1.0
        return
    latest = earlier[-1]
    back = sentence - latest.sentence
    step = "1" if back == 1 else "2" if back == 2 else "3-5" if back <= 5 else "far"
    same = any(m.line == line for m in earlier)
    in_line = [m for m in before if m.line == line]
    headings = [m for m in before if m.heading]
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
        f"last heading {bool(headings) and headings[-1].mention.name == name} {grade}",
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
    features.update({f"{state} {n}": 1.0 for n in names})


def _general(features: dict[str, float], context: PlaceContext, name: str, others_here: Sequence[str]) -> None:
    """Features of a place in the whole statement."""
    state = "others here" if others_here else "none here"
    share = context.counts[name] / len(context.mentions)
    grade = context.grade(name)
    features[f"{state} share"] = share
    features[f"{state} {grade} share"] = share
    most = context.counts.most_common(1)[0][0]
    in_main = context.main is not None and context.codes[name] == context.codes[context.main]
    for text in (
        f"{state} most named {name == most} {grade}",
        f"{state} main country {name == context.main}",
        f"{state} in title {name.casefold() in context.title} {grade}",
        f"only country {grade == 'country' and len(context.countries) == 1} {state}",
        f"first named {context.mentions[0].mention.name == name} {state}",
        f"alone {len(context.counts) == 1}",
        f"in the main country {in_main} {grade}",
    ):
        features[text] = 1.0
    if grade == "country":
        inside = any(n not in context.countries and context.codes[n] == context.codes[name] for n in others_here)
        features[f"country with own place here {inside}"] = 1.0
        features[f"country with other country here {any(n in context.countries for n in others_here)}"] = 1.0


def _asked(
    features: dict[str, float], context: PlaceContext, name: str, span: Span, about: Sequence[str], *, here: bool
) -> None:
    """Features of how a place fits what the sentence says: a size, "the city", "Nigerians"."""
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
    low, high = context.bounds(context.sentence(span.start))
    codes = [code for at, code in context.demonyms if low <= at < high]
    if codes:
        features[f"its people {context.codes[name] in codes} {grade} {where}"] = 1.0
        inside = any(span.start <= at < span.end and code == context.codes[name] for at, code in context.demonyms)
        features[f"its people in span {inside} {grade} {where}"] = 1.0
        counted = any(span.end - 16 < at < span.end and code == context.codes[name] for at, code in context.demonyms)
        ends = (
            inside
            and counted
            and any(context.text[at : span.end].isalpha() for at, _ in context.demonyms if span.start <= at < span.end)
        )
        features[f"its people are counted {ends} {grade}"] = 1.0
