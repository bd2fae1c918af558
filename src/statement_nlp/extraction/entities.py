"""Finds places and parties: spaCy component `statement_entities`.

It reads what our recogniser found (`doc.ents`), and gives each place its entry in the gazetteer and each party its
canonical name. Sets `doc._.places` and `doc._.parties`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import statement_nlp.extraction  # noqa: F401 - registers the extensions
from statement_nlp.extraction.entities_ner import LABELS, PLACE, VERSION, add_ner
from statement_nlp.extraction.entities_parties import canonical, explained_acronyms, register, tidy
from statement_nlp.extraction.entities_resolve import Context, Name, Sense, country_evidence, resolve
from statement_nlp.knowledge.gazetteer import fold
from statement_nlp.records import PartyMention, PlaceMention

__all__ = ["EntityFinder", "add_ner", "make_entities", "parties", "places"]

METHOD = f"model:entities@{VERSION}"
_DIRECTIONS = {
    "eastern", "western", "northern", "southern", "central", "east", "west", "north", "south", "north-eastern",
    "northeastern", "north-western", "northwestern", "south-eastern", "southeastern", "south-western", "southwestern",
}  # fmt: skip


def _container(doc: Doc, span: Span, others: dict[int, Span]) -> str | None:
    """The name behind "in" or a comma after this one, when that is a place too."""
    at = span.end
    if at < len(doc) and doc[at].lower_ in ("city", "camp", "town", "village", "district", "governorate"):
        at += 1
    if at < len(doc) and doc[at].lower_ in (",", "in", "of"):
        other = others.get(at + 1) or others.get(at + 2)
        return other.text if other is not None else None
    return None


def _people(doc: Doc) -> Counter[str]:
    demonyms = register().demonyms()
    return Counter(demonyms[t.text] for t in doc if t.text in demonyms)


def places(doc: Doc) -> Iterator[PlaceMention]:
    """The places of a doc whose `ents` our recogniser has set, in order."""
    spans = [e for e in doc.ents if e.label_ == PLACE]
    starts = {s.start: s for s in spans}
    names = [Name(s.start_char, s.end_char, tidy(s.text), _container(doc, s, starts)) for s in spans]
    statement = doc._.statement
    given = statement.countries if statement else ()
    context: Context = country_evidence(names, given, _people(doc), statement.title if statement else None)
    senses = resolve(names, context)
    for span, name in zip(spans, names, strict=True):
        before = doc[span.start - 1].text if span.start else ""
        yield _place_mention(span, name, senses[fold(name.quote)], before if before.lower() in _DIRECTIONS else None)


def _place_mention(span: Span, name: Name, sense: Sense, modifier: str | None) -> PlaceMention:
    return PlaceMention(
        start=span.start_char,
        end=span.end_char,
        quote=span.text,
        name=sense.place.name if sense.place else name.quote,
        country=sense.country,
        place=sense.place,
        modifier=modifier,
        confidence=sense.confidence,
        method=METHOD,
        cues=sense.cues,
    )


def parties(doc: Doc) -> Iterator[PartyMention]:
    """The parties of a doc whose `ents` our recogniser has set, in order."""
    spans = [e for e in doc.ents if e.label_ in LABELS and e.label_ != PLACE]
    acronyms = explained_acronyms(doc.text, ((s.start_char, s.end_char) for s in spans))
    for span in spans:
        party = canonical(span.text, span.label_, acronyms)
        yield PartyMention(span.start_char, span.end_char, span.text, party, 0.8, METHOD)


class EntityFinder:
    """The component: sets `doc._.places` and `doc._.parties`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Doc with `ents` -> the same Doc with records."""
        doc._.places = tuple(places(doc))
        doc._.parties = tuple(parties(doc))
        return doc


@Language.factory(
    "statement_entities",
    requires=["doc.ents"],
    assigns=["doc._.places", "doc._.parties"],
    default_config={"models": None},
)
def make_entities(nlp: Language, name: str, models: str | None) -> EntityFinder:
    """The factory of the finder of places and parties.

    Args:
        nlp: the pipeline; it needs our recogniser (`add_ner`).
        name: the component's name.
        models: folder of the trained models; None for those of the package.
    """
    return EntityFinder(name)
