"""The places that a statement names, as the choice of a place sees them: sentence, line and role of each mention."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from spacy.tokens import Doc

from statement_nlp.extraction import text_of
from statement_nlp.extraction.figure_units import token_starts, values_of
from statement_nlp.extraction.token_lists import TokenLists, token_lists
from statement_nlp.extraction.values import Value
from statement_nlp.knowledge.parties import Register
from statement_nlp.records import PlaceMention

CLASSES = (
    "city|town|capital|camp|village|province|region|district|governorate|island|enclave|strip|site|neighbourhood|area|port"
    "|valley|state|county"
)
DIRECTION = r"(?:(?:north|south|east|west|central)[\w-]*\s)?"
CLASS_AFTER = re.compile(rf"(?:\s|,\sa\s)(?:\w+\s)?(?P<noun>{CLASSES})\b", re.IGNORECASE)
CLASS_BEFORE = re.compile(rf"\b(?P<noun>{CLASSES})\sof\s$", re.IGNORECASE)
CONTAINER = re.compile(rf"\s?(?:,|\(|in|,\sin|of)\s?(?:the\s)?{DIRECTION}", re.IGNORECASE)
Answer = TypeVar("Answer")
DATELINE = re.compile(r"[^.;\n]{0,60}?\s[–—-]\s")
WORD = re.compile(r"\w+")
_SECTION_WORDS = frozenset({"the", "in", "camp", "camping", "island", "region", "city", "town", "province", "district"})
CAPITALISED = re.compile(r"\b[A-Z]\w+")
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
    number: int
    """Its index among the mentions."""
    head: int
    verb: int | None
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
        self.tokens = token_lists(doc)
        self.mentions = [self._located(at, m, ordered[at - 1] if at else None) for at, m in enumerate(ordered)]
        self.counts = Counter(m.mention.name for m in self.mentions)
        self.most_named = max(self.counts, key=lambda name: self.counts[name], default=None)
        self.of_name: dict[str, list[Located]] = {name: [] for name in self.counts}
        for mention in self.mentions:
            self.of_name[mention.mention.name].append(mention)
        self.mention_starts = [m.mention.start for m in self.mentions]
        self.sentence_of_mention = [m.sentence for m in self.mentions]
        self.countries = Counter(m.mention.name for m in self.mentions if m.country)
        self.codes = {m.mention.name: m.mention.country for m in self.mentions}
        self.places = {m.mention.name: m.mention.place for m in reversed(self.mentions) if m.mention.place is not None}
        self.classes = {
            name: frozenset().union(*(m.classes for m in self.mentions if m.mention.name == name))
            for name in self.counts
        }
        statement = doc._.statement
        self.title = ((statement.title or "") if statement is not None else "").casefold()
        self.main = max(
            self.countries, key=lambda n: (self.countries[n] + 3 * (n.casefold() in self.title), n), default=None
        )
        self.sections = self._sections()
        """Lines that are the name of a place and nothing else, where there are several: a digest by country or camp."""
        self.values = values_of(doc)
        self.value_starts = [value.start for value in self.values]
        self.demonyms = self._demonyms()
        self.known: dict[tuple[Any, ...], Any] = {}
        """What many spans ask alike, by the function that answers and what it was asked."""

    def _located(self, at: int, mention: PlaceMention, before: PlaceMention | None) -> Located:
        token = self.token(mention.start)
        line = self.lines[self.line(mention.start)]
        end = self.text.find("\n", line)
        written = self.text[line : len(self.text) if end < 0 else end].strip()
        after = CLASS_AFTER.match(self.text, mention.end)
        prior = CLASS_BEFORE.search(self.text, max(0, mention.start - 20), mention.start)
        classes = {found["noun"].lower() for found in (after, prior) if found}
        head = head_of(self.tokens, token, mention.end)
        return Located(
            mention=mention,
            number=at,
            sentence=self.sentence(mention.start),
            line=self.line(mention.start),
            preposition=_preposition(self.tokens, token),
            head=head,
            verb=verb_of(self.tokens, head),
            subject=self.tokens.deps[head] in ("nsubj", "nsubjpass"),
            country=is_country(mention),
            heading=len(written) < 90 and not written.endswith((".", "!", "?", ";", ":")),
            dateline=mention.start - line < 40 and bool(DATELINE.match(self.text, mention.end)),
            classes=frozenset(classes),
            container=before is not None and bool(CONTAINER.fullmatch(self.text, before.end, mention.start)),
        )

    def _sections(self) -> list[int]:
        found = []
        for located in self.mentions:
            start = self.lines[located.line]
            end = self.text.find("\n", start)
            written = self.text[start : len(self.text) if end < 0 else end]
            rest = written.replace(located.mention.quote, "", 1)
            if all(word.group().casefold() in _SECTION_WORDS for word in WORD.finditer(rest)):
                found.append(located.line)
        return found if len(found) > 1 else []

    def names_in_section(self, span: Span) -> frozenset[str] | None:
        """The places that the section of a span names before it ends, its heading first; None outside of sections."""
        line = self.line(span.start)
        at = bisect_right(self.sections, line)
        if at == 0:
            return None
        first = self.sections[at - 1]
        last = self.sections[at] if at < len(self.sections) else len(self.lines)
        return frozenset(m.mention.name for m in self.mentions if first <= m.line < last)

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

    def sentences_of(self, span: Span) -> tuple[int, int]:
        """Index of the first and of the last sentence of a span."""
        first = self.sentence(span.start)
        return first, first if span.end <= span.start + 1 else self.sentence(span.end - 1)

    def values_from(self, start: int, end: int) -> list[Value]:
        """The numbers that start between two characters."""
        return self.values[bisect_left(self.value_starts, start) : bisect_left(self.value_starts, end)]

    def values_at(self, start: int, end: int) -> list[Value]:
        """The numbers that overlap with a span."""
        last = bisect_left(self.value_starts, end)
        first = bisect_right(self.value_starts, start)
        while first > 0 and self.values[first - 1].end > start:
            first -= 1
        return self.values[first:last]

    def others_between(self, start: int, end: int, at: Located) -> int:
        """How many mentions of other places start behind one character and before another."""
        first, last = bisect_right(self.mention_starts, start), bisect_left(self.mention_starts, end)
        return sum(other.mention.name != at.mention.name for other in self.mentions[first:last])

    def asked(self, answer: Callable[..., Answer], *asked: Any) -> Answer:
        """What a function says of this context, asked once: many spans ask the same."""
        key = (answer, *asked)
        try:
            found: Answer = self.known[key]
        except KeyError:
            found = self.known[key] = answer(self, *asked)
        return found

    def around(self, name: str) -> tuple[frozenset[str], frozenset[str]]:
        """The other places of the statement that lie in one of the gazetteer, and those that it lies in."""
        return self.asked(_around, name)

    def within(self, first: int, last: int) -> list[Located]:
        """The mentions in the sentences `first` to `last`."""
        return self.mentions[
            bisect_left(self.sentence_of_mention, first) : bisect_right(self.sentence_of_mention, last)
        ]

    def grade(self, name: str) -> str:
        """Whether a name is of a "country" or another "place"."""
        return "country" if name in self.countries else "place"


def _around(context: PlaceContext, name: str) -> tuple[frozenset[str], frozenset[str]]:
    place = context.places[name]
    others = [(other, entry) for other, entry in context.places.items() if other != name]
    return (
        frozenset(other for other, entry in others if place.id in entry.parents),
        frozenset(other for other, entry in others if entry.id in place.parents),
    )


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


def _preposition(tokens: TokenLists, token: int) -> str:
    for at in range(token - 1, max(0, token - 4) - 1, -1):
        if tokens.lowers[at] in PREPOSITIONS:
            return tokens.lowers[at]
        if tokens.poses[at] in ("VERB", "AUX", "PUNCT") and tokens.texts[at] not in ("“", '"', "‘"):
            return "punct" if tokens.poses[at] == "PUNCT" else "verb"
    return "none"


def head_of(tokens: TokenLists, first: int, end: int) -> int:
    """The token between `first` and a character that hangs on the rest of the sentence."""
    last = max(first + 1, min(bisect_left(tokens.starts, end), first + 60))
    heads = tokens.heads
    return next((i for i in range(first, last) if not first <= heads[i] < last or heads[i] == i), last - 1)


def verb_of(tokens: TokenLists, token: int) -> int | None:
    """The nearest verb above a token, or the token itself."""
    for _ in range(12):
        if tokens.poses[token] in ("VERB", "AUX"):
            return token
        if tokens.heads[token] == token:
            return None
        token = tokens.heads[token]
    return None
