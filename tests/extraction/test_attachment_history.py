"""Where a figure holds: what the spans before it and the gazetteer say of it."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

import statement_nlp.extraction  # noqa: F401 - registers the extensions
from statement_nlp.extraction.attachment import MODEL
from statement_nlp.extraction.attachment_features import NOWHERE, PlaceContext, Span, parts_of
from statement_nlp.extraction.attachment_history import History, Settled, add_history
from statement_nlp.extraction.attachment_knowledge import add_knowledge, people_of
from statement_nlp.extraction.classifier import models_dir
from statement_nlp.extraction.figure_conditions import decide
from statement_nlp.extraction.figure_cues import CueIndex
from statement_nlp.extraction.figure_models import linear, said
from statement_nlp.extraction.figures import FigureModels, candidates
from statement_nlp.extraction.pipeline import base_pipeline
from statement_nlp.records import Place, PlaceMention

NIGER = Place("n", "Niger", "NE", "country", 17.0, 8.0, population=26_000_000)
DIFFA = Place("d", "Diffa", "NE", "city", 13.3, 12.6, population=48_000, parents=("n",))
TEXT = "In Diffa, a town of Niger, wells are dry. Some 3 million people need help. In the town 900 families have fled."


@pytest.fixture(scope="module")
def nlp():
    return base_pipeline()


def context(nlp, text: str = TEXT) -> PlaceContext:
    doc: Doc = nlp(text)
    found = [
        PlaceMention(at, at + len(p.name), p.name, p.name, "NE", p)
        for p in (NIGER, DIFFA)
        if (at := text.find(p.name)) >= 0
    ]
    return PlaceContext(doc, found)


def span(quote: str, kind: str = "figure", text: str = TEXT) -> Span:
    at = text.index(quote)
    return Span(at, at + len(quote), kind)


def described(nlp, quote: str) -> set[str]:
    where = context(nlp)
    parts = parts_of(where, span(quote))
    add_knowledge(parts, where, span(quote))
    return set(parts)


def test_a_town_does_not_hold_more_than_its_people(nlp):
    assert described(nlp, "Some 3 million people") == {"Niger", NOWHERE}


def test_families_count_several(nlp):
    assert people_of(context(nlp), span("900 families")) == (4500.0, True)
    assert described(nlp, "900 families") == {"Niger", "Diffa", NOWHERE}


def test_money_and_shares_are_no_people(nlp):
    for text in ("In Niger 3 million dollars are due.", "In Niger half of the people left.", "Niger has 30 schools."):
        assert people_of(context(nlp, text), Span(0, len(text), "claim")) == (0.0, False), text


def after_millions(where: PlaceContext, asked: Span) -> dict[str, dict[str, float]]:
    """What speaks for each place once the three million are in Niger."""
    parts = parts_of(where, asked)
    add_history(parts, where, asked, History([Settled(*bounds("Some 3 million people"), ("Niger",))]))
    return {name: said(found) for name, found in parts.items()}


def test_what_was_decided_before_weighs_for_the_next(nlp):
    where, asked = context(nlp), span("900 families")
    features = after_millions(where, asked)
    assert any(name.startswith("last True") for name in features["Niger"])
    assert not any(name.startswith("last True") for name in features["Diffa"])


def test_a_claim_knows_the_figures_inside_it(nlp):
    where, asked = context(nlp), span("Some 3 million people need help", "claim")
    features = after_millions(where, asked)
    assert "figures inside all" in features["Niger"]
    assert "figures inside none" in features["Diffa"]


def test_parts_weigh_what_their_features_weigh(nlp):
    where = context(nlp)
    weights = linear(models_dir() / MODEL)
    history = History([Settled(*bounds("Some 3 million people"), ("Niger",))])
    for asked in (span("900 families"), span("In the town 900 families have fled", "claim"), span("In Diffa", "claim")):
        parts = parts_of(where, asked)
        add_knowledge(parts, where, asked)
        add_history(parts, where, asked, history)
        for name, found in parts.items():
            apart = [feature for part in found for feature in said([part])]
            assert len(apart) == len(set(apart)), f"{name}: two parts name the same feature"
            for _ in ("asked first", "remembered"):
                assert weights.worth(found) == pytest.approx(weights.score(said(found)), abs=1e-12), name


def bounds(quote: str) -> tuple[int, int]:
    at = TEXT.index(quote)
    return at, at + len(quote)


def test_a_span_asked_twice_is_remembered_once():
    history = History()
    for names in (["Niger"], ["Diffa"]):
        history.add(Span(10, 20, "figure"), names)
    history.add(Span(0, 5, "figure"), [])
    assert history.settled == [Settled(0, 5, ()), Settled(10, 20, ("Diffa",))]
    assert history.before(Span(10, 30, "claim")) == [Settled(0, 5, ())]
    assert history.inside(Span(10, 30, "claim")) == [Settled(10, 20, ("Diffa",))]
    assert Settled(0, 5, ()).holds(NOWHERE)


LABELS = [
    ("Killed: 34\nInjured: 112\nMissing: 7", ["killed", "injured", "missing"]),
    ("Cholera cases: 4,517", ["sick"]),
    ("• People displaced: 12,000", ["displaced"]),
    ("Houses destroyed – 3,400", ["destroyed"]),
    ("PEOPLE DISPLACED BY DISTRICT\nDiffa: 7,400\nBosso: 5,150", ["displaced", "displaced"]),
]


@pytest.mark.parametrize(("text", "wanted"), LABELS)
def test_the_label_of_a_number_names_its_condition(nlp, text, wanted):
    doc = nlp(text)
    model = FigureModels(models_dir()).condition
    index = CueIndex(doc)
    assert [decide(index, c, None, model) for c in candidates(doc)] == wanted
