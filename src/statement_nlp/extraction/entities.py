"""Finds places and parties: spaCy component `statement_entities`.

Candidates (`entities_candidates`) are described (`entities_features`) and chosen (`entities_classify`); each place then
gets its entry in the gazetteer (`entities_resolve`), each party its canonical name (`entities_parties`). Sets
`doc._.places` and `doc._.parties`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

import statement_nlp.extraction  # noqa: F401 - registers the extensions
from statement_nlp.extraction.entities_candidates import Tokens, candidates, read_tokens
from statement_nlp.extraction.entities_classify import Linear, Mention, mentions, read_linear
from statement_nlp.extraction.entities_features import features, surroundings
from statement_nlp.extraction.entities_ner import PLACE, add_ner
from statement_nlp.extraction.entities_parties import Naming, explained_acronyms, register, tidy
from statement_nlp.extraction.entities_resolve import (
    Context,
    Name,
    Resolver,
    Sense,
    context_of,
    countries_in,
    read_resolver,
)
from statement_nlp.extraction.entities_words import words
from statement_nlp.records import PartyKind, PartyMention, PlaceMention

__all__ = ["EntityFinder", "add_ner", "make_entities", "parties", "places"]

_IN = frozenset({",", "in", "of", "("})
_SKIPPED_BEHIND_IN = frozenset({"the", "northern", "southern", "eastern", "western", "central"})


def name_of(tokens: Tokens, start: int, end: int, starts: dict[int, int]) -> Name:
    """The place name of a stretch with what the text says around it.

    Args:
        tokens: the doc's.
        start: its first token.
        end: behind its last.
        starts: first token -> end of every place of the doc.
    """
    noun = container = None
    at = end
    if at < len(tokens) and tokens.lowers[at] in words().place_nouns:
        noun = tokens.lowers[at]
        at += 1
    if at + 1 < len(tokens) and tokens.lowers[at] in _IN:
        behind = at + 2 if tokens.lowers[at + 1] in _SKIPPED_BEHIND_IN else at + 1
        if behind in starts:
            container = tokens.text(behind, starts[behind])
    return Name(tidy(tokens.text(start, end)), container, noun)


def modifier_of(tokens: Tokens, start: int) -> str | None:
    """The direction in front of a name that is no part of it ("eastern")."""
    if start and not tokens.starts[start] and tokens.lowers[start - 1] in words().directions:
        return tokens.texts[start - 1]
    return None


def owner_of(tokens: Tokens, start: int) -> str | None:
    """ISO code of the state whose possessive stands before a stretch ("South Sudan's army")."""
    if start < 2 or tokens.starts[start] or tokens.lowers[start - 1] not in ("'s", "’s", "'", "’"):
        return None
    names = register().country_names()
    longest = (" ".join(tokens.texts[max(0, start - 1 - size) : start - 1]) for size in (4, 3, 2, 1))
    return next((names[name] for name in longest if name in names), None)


@dataclass(frozen=True, slots=True)
class EntityModels:
    """The trained models: which stretch is what, what kind of party it is, which place is meant."""

    mentions: Linear
    kinds: Linear
    resolver: Resolver


@lru_cache(maxsize=8)
def read_models(models: str | None = None) -> EntityModels:
    """The models below a folder (None: the package's).

    Raises:
        ModelError: one is missing, or was trained on other features.
    """
    return EntityModels(read_linear(models, "mentions"), read_linear(models, "kinds"), read_resolver(models))


def find_mentions(doc: Doc, tokens: Tokens, models: EntityModels) -> list[Mention]:
    """The places and parties of a parsed doc whose `ents` our recogniser has set."""
    found = candidates(doc, tokens)
    around = surroundings(doc, tokens, found)
    stretches = list(found.found)
    rows = [models.mentions.known(features(tokens, around, found, s)) for s in stretches]
    states = register().country_names()
    names = [text if text[:1].isupper() and text not in states else None for text in around.texts.values()]
    return mentions(stretches, rows, models.mentions, names)


def _names(tokens: Tokens, found: Sequence[Mention]) -> list[Name]:
    """The names of the places among mentions."""
    starts = {m.start: m.end for m in found if m.label == PLACE}
    return [name_of(tokens, m.start, m.end, starts) for m in found if m.label == PLACE]


def _context(doc: Doc, tokens: Tokens, found: Sequence[Mention]) -> Context:
    statement = doc._.statement
    title = statement.title if statement else None
    names = _names(tokens, found)
    quotes = [tokens.text(m.start, m.end) for m in found if m.label != PLACE]
    visible = [t for t, skipped in zip(tokens.texts, tokens.skipped, strict=True) if not skipped]
    return context_of(names, statement.countries if statement else (), countries_in(visible, quotes, title), title)


def _offsets(tokens: Tokens, mention: Mention) -> tuple[int, int]:
    last = mention.end - 1
    return tokens.offsets[mention.start], tokens.offsets[last] + len(tokens.texts[last])


def place_records(
    doc: Doc, tokens: Tokens, found: Sequence[Mention], context: Context, models: EntityModels
) -> Iterator[PlaceMention]:
    """Records of the places among the mentions of a doc."""
    chosen, names = [m for m in found if m.label == PLACE], _names(tokens, found)
    senses = models.resolver.resolve(names, context, doc._.statement.title if doc._.statement else None)
    for mention, name in zip(chosen, names, strict=True):
        sense: Sense = senses[name.key]
        start, end = _offsets(tokens, mention)
        yield PlaceMention(
            start=start,
            end=end,
            quote=tokens.whole[start:end],
            name=sense.place.name if sense.place else name.quote,
            country=sense.country,
            place=sense.place,
            modifier=modifier_of(tokens, mention.start),
            confidence=round(mention.confidence * sense.confidence, 4),
            method=models.mentions.method,
            cues=(*mention.cues, *sense.cues),
        )


def party_records(
    doc: Doc, tokens: Tokens, found: Sequence[Mention], context: Context, models: EntityModels
) -> Iterator[PartyMention]:
    """Records of the parties among the mentions of a doc."""
    chosen = [m for m in found if m.label != PLACE]
    spans = [_offsets(tokens, m) for m in chosen]
    naming = Naming(context.main(), explained_acronyms(tokens.whole, spans))
    kinds = models.kinds.chances([m.features for m in chosen]).argmax(axis=1) if chosen else ()
    for mention, (start, end), kind in zip(chosen, spans, kinds, strict=True):
        guess: PartyKind = models.kinds.classes[kind]
        party, how = naming.name(tokens.text(mention.start, mention.end), guess, owner_of(tokens, mention.start))
        yield PartyMention(
            start=start,
            end=end,
            quote=tokens.whole[start:end],
            party=party,
            confidence=round(mention.confidence, 4),
            method=models.mentions.method,
            cues=(*mention.cues, f"name: {how}"),
        )


def read_entities(doc: Doc, models: EntityModels) -> tuple[tuple[PlaceMention, ...], tuple[PartyMention, ...]]:
    """All places and parties of a parsed doc whose `ents` our recogniser has set."""
    tokens = read_tokens(doc)
    found = find_mentions(doc, tokens, models)
    context = _context(doc, tokens, found)
    located = tuple(place_records(doc, tokens, found, context, models))
    return located, tuple(party_records(doc, tokens, found, context, models))


def resolve_mentions(
    doc: Doc, tokens: Tokens, found: Sequence[Mention], models: EntityModels
) -> tuple[PlaceMention, ...]:
    """Records of the places among mentions that are known already, such as those of a gold."""
    return tuple(place_records(doc, tokens, found, _context(doc, tokens, found), models))


def places(doc: Doc, models: str | None = None) -> Iterator[PlaceMention]:
    """The places of a parsed doc whose `ents` our recogniser has set, in order."""
    yield from read_entities(doc, read_models(models))[0]


def parties(doc: Doc, models: str | None = None) -> Iterator[PartyMention]:
    """The parties of a parsed doc whose `ents` our recogniser has set, in order."""
    yield from read_entities(doc, read_models(models))[1]


class EntityFinder:
    """The component: sets `doc._.places` and `doc._.parties`."""

    def __init__(self, name: str, models: str | None = None) -> None:
        self.name = name
        self.models = read_models(models)
        register()

    def __call__(self, doc: Doc) -> Doc:
        """Doc with a parse and `ents` -> the same Doc with records."""
        doc._.places, doc._.parties = read_entities(doc, self.models)
        return doc


@Language.factory(
    "statement_entities",
    requires=["doc.ents", "token.tag", "token.dep", "token.head"],
    assigns=["doc._.places", "doc._.parties"],
    default_config={"models": None},
)
def make_entities(nlp: Language, name: str, models: str | Path | None) -> EntityFinder:
    """The factory of the finder of places and parties.

    Args:
        nlp: the pipeline; it needs our recogniser (`add_ner`) and the parser.
        name: the component's name.
        models: folder of the trained models; None for those of the package.

    Raises:
        ModelError: there are no trained models in that folder.
    """
    return EntityFinder(name, str(models) if models else None)
