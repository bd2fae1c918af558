"""What is remembered of a statement's places between two spans never changes what is said of a third."""

from __future__ import annotations

import pytest
import spacy

import statement_nlp.extraction  # noqa: F401 - registers the extensions
from statement_nlp.extraction.attachment import joined
from statement_nlp.extraction.attachment_features import PlaceContext, Span, features_of
from statement_nlp.extraction.attachment_history import History
from statement_nlp.records import Place, PlaceMention

TEXT = (
    "Chad took in 40,000 people. Nigerians who fled to Niger and Chad live in the city of Diffa, where 300 have died.\n"
    "In Diffa the region has no clinic; 12 Chadians were hurt in N'Djamena. Our teams help 9,000 across the country.\n"
    "Kano is calm. There, 70 schools have opened, and in Niger none. We ask the world for 3 million dollars."
)


def mentions() -> list[PlaceMention]:
    found = []
    for name, country in (("Chad", "TD"), ("Niger", "NE"), ("Diffa", "NE"), ("N'Djamena", "TD"), ("Kano", "NG")):
        at = TEXT.find(name)
        while at >= 0:
            end = at + len(name)
            if not TEXT[end : end + 1].isalpha():
                found.append(PlaceMention(at, end, name, name, country, None))
            at = TEXT.find(name, end)
    return found


def test_a_shared_context_says_what_a_fresh_one_says() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp(TEXT)
    shared = PlaceContext(doc, mentions())
    words = [(t.idx, t.idx + len(t)) for t in doc if t.is_alpha or t.like_num]
    spans = [Span(a, b, kind) for (a, _), (_, b) in zip(words, words[3:], strict=False) for kind in ("figure", "claim")]
    for span in [*spans, *reversed(spans)]:
        found = features_of(shared, span)
        assert found == features_of(PlaceContext(doc, mentions()), span), TEXT[span.start : span.end]
        for features in found.values():
            features["what a caller adds"] = 1.0  # it owns what it was given
    assert len(shared.known) < len(spans) * len(shared.counts) * 3


DIGEST = (
    "MALI\nAt least 40 people drowned off Spain.\n\nCHAD\nSome 300 people fled. Later 20 came back.\n\nNiger\nTwo died."
)


@pytest.mark.parametrize(
    ("quote", "expected", "why"),
    [
        ("40 people", {"MALI", "Spain"}, "the heading, and what the section names"),
        ("300 people", {"CHAD"}, "the section before is over"),
        ("20 came", {"CHAD"}, "still the same section"),
        ("Two died", {"Niger"}, "a heading need not be in capitals"),
    ],
)
def test_a_section_under_a_place_speaks_of_its_own_places(quote: str, expected: set[str], why: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp(DIGEST)
    named = [
        PlaceMention(DIGEST.index(name), DIGEST.index(name) + len(name), name, name, None, None)
        for name in ("MALI", "Spain", "CHAD", "Niger")
    ]
    at = DIGEST.index(quote)
    found = PlaceContext(doc, named).names_in_section(Span(at, at + len(quote), "figure"))
    assert found == expected, why
    assert PlaceContext(doc, named[:2]).names_in_section(Span(at, at + len(quote), "figure")) is None, (
        "one is no section"
    )


IDLIB = Place("geonames:1", "Idlib", "SY", "city", 35.9, 36.6)
ARIHA = Place("geonames:2", "Ariha", "SY", "city", 35.8, 36.6)
SYRIA = Place("geonames:3", "Syria", "SY", "country", 35.0, 38.0)


@pytest.mark.parametrize(
    ("text", "known", "expected", "why"),
    [
        ("Ten died in Idlib and Ariha.", (IDLIB, ARIHA), ("Idlib", "Ariha"), "two towns"),
        ("Ten died in Idlib city, Ariha and Syria.", (IDLIB, None, None), ("Idlib",), "what follows is in the city"),
        ("Ten died in Idlib and Syria.", (IDLIB, None, SYRIA), ("Idlib",), "a town and a country are no list"),
        ("Ten died in Idlib (seven) and Ariha.", (IDLIB, ARIHA), ("Idlib",), "a number parts them"),
    ],
)
def test_a_list_holds_places_of_one_sort(
    text: str, known: tuple[Place | None, ...], expected: tuple[str, ...], why: str
) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp(text)
    named = [
        PlaceMention(text.index(name), text.index(name) + len(name), name, name, "SY", place)
        for name, place in zip(("Idlib", "Ariha", "Syria"), known, strict=False)
        if name in text
    ]
    assert joined(PlaceContext(doc, named), "Idlib", Span(0, 8, "figure"), History()) == expected, why
