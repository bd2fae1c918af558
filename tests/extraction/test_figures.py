"""Figures: which numbers, with what unit, condition, places and date. Sentences are the project's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.errors import ModelError
from statement_nlp.extraction.figures import FigureModels, figures
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline
from statement_nlp.records import CONDITIONS, Figure, PlaceMention, Statement

PLACES = {"Kenya": "KE", "Garissa": "KE", "Marsabit": "KE", "Chad": "TD", "Adré": "TD", "Sudan": "SD", "Geneva": "CH",
          "Four Towns": "SY"}  # fmt: skip


@pytest.fixture(scope="module")
def nlp() -> Language:
    pipeline = base_pipeline()
    pipeline.tokenizer = StatementTokenizer(pipeline.tokenizer, pipeline.vocab)
    return pipeline


def read(nlp: Language, text: str, title: str | None = None) -> Doc:
    doc = nlp(text)
    doc._.statement = Statement(id="t", text=text, title=title, published="2021-06-15")
    mentions = []
    for name, country in PLACES.items():
        at = text.find(name)
        while at >= 0:
            mentions.append(PlaceMention(at, at + len(name), name, name, country, None))
            at = text.find(name, at + 1)
    doc._.places = tuple(sorted(mentions, key=lambda m: m.start))
    return doc


def found(nlp: Language, text: str) -> list[Figure]:
    return list(figures(read(nlp, text)))


KEPT = [
    # text, quote, unit, condition, why
    ("At least 1,200 people were killed in Garissa.", "At least 1,200 people", "people", "killed", "verb behind"),
    ("The floods injured 40 children.", "40 children", "children", "injured", "verb before"),
    ("Some 30,000 families have been displaced.", "Some 30,000 families", "families", "displaced", "passive"),
    ("Over 500 activists have been arrested since May.", "Over 500 activists", "activists", "detained", "arrest"),
    ("The response plan of US$2.3 billion is not funded.", "US$2.3 billion", "USD", "funding", "money"),
    (
        "Half of the population is food insecure.",
        "Half of the population",
        "share of the population",
        "food_insecure",
        "share",
    ),
    (
        "Two hospitals were destroyed on Friday.",
        "Two hospitals",
        "hospitals",
        "destroyed",
        "a small count of structures",
    ),
    (
        "About 300 men and women are besieged there.",
        "About 300 men and women",
        "men and women",
        "trapped",
        "it counts both",
    ),
    ("There were 8,000 cases of cholera in April.", "8,000 cases", "cases", "sick", "cases"),
    ("We distributed food to 5,600 households.", "5,600 households", "households", "reached", "aid received"),
    ("Cholera has broken out in 12 districts.", "12 districts", "districts", "affected", "areas in which something is"),
    ("FUNDING\nUS$9.1 million is available.", "US$9.1 million", "USD", "funding", "the heading says what money is for"),
    ("The floods took nearly 1,500 lives.", "nearly 1,500 lives", "lives", "killed", "to take lives"),
    ("Some 680,000 homes can no longer be used.", "Some 680,000 homes", "homes", "destroyed", "past use"),
    ("About 208 teachers have gone into exile.", "About 208 teachers", "teachers", "displaced", "exile"),
]


@pytest.mark.parametrize(("text", "quote", "unit", "condition", "why"), KEPT)
def test_figure(nlp, text, quote, unit, condition, why):
    (figure,) = found(nlp, text)
    assert (figure.quote, figure.unit, figure.condition) == (quote, unit, condition), why
    assert text[figure.start : figure.end] == figure.quote
    assert 0.5 <= figure.confidence <= 1
    assert figure.method == "model:is_figure@1"
    assert figure.cues


DROPPED = [
    ("The Council adopted resolution 2139 on Monday.", "resolution number"),
    ("Article 41 of the Charter applies.", "article"),
    ("Amal, 27, fled with her son.", "age after a name"),
    ("A girl of six was found there.", "age after of"),
    ("A 15-year-old boy hid in the school.", "age with a hyphen"),
    ("The road was closed for three weeks.", "duration"),
    ("The camp lies 23 kilometres from Garissa.", "distance"),
    ("They left at seven in the morning.", "clock"),
    ("Call +254 700 000 113 for interviews.", "telephone"),
    ("No one has been charged.", "pronoun"),
    ("They came one by one.", "idiom"),
    ("Prices are three times higher than before.", "multiple"),
    ("A third earthquake struck on Monday.", "ordinal"),
    ("The drought began in 2014 and ended in 2017.", "years"),
    ("12 June 2021\n\nDear colleagues,", "date line"),
    ("The prices rose.[1]\n\n[1] Own survey.", "footnote marks"),
    ("1. End the siege.\n2. Open the road.", "list numbers"),
    ("The road to Garissa is cut at Kilo 16.", "a mark on a road, now its name"),
    ("Talks on the Four Towns have stopped.", "inside the name of a place"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), DROPPED)
def test_no_figure(nlp, text, why):
    assert found(nlp, text) == [], why


def test_a_bare_number_takes_its_unit_from_before_and_is_a_part(nlp):
    text = "At least 126 people were killed in Garissa, 68 of them children, and about 200 wounded."
    whole, part, wounded = found(nlp, text)
    assert (part.quote, part.unit, part.low, part.part_of) == ("68 of them children", "children", 68, whole.start)
    assert (whole.part_of, wounded.part_of) == (None, None)
    assert [f.condition for f in (whole, part, wounded)] == ["killed", "killed", "injured"]


INCLUDED = [
    ("Some 18,000 people are in need, including 6,000 children.", ["in_need", "in_need"], "it has no verb of its own"),
    ("There were 610 cases of cholera, including 45 deaths.", ["sick", "killed"], "its noun tells more"),
]


@pytest.mark.parametrize(("text", "conditions", "why"), INCLUDED)
def test_an_included_part_has_the_condition_of_its_whole(nlp, text, conditions, why):
    assert [f.condition for f in found(nlp, text)] == conditions, why


def test_unit_of_a_bare_number_is_the_one_before(nlp):
    first, second = found(nlp, "Some 900 families were displaced in May. In June 1,400 were displaced.")
    assert (first.unit, second.unit) == ("families", "families")


def test_the_whole_of_a_part_is_no_figure(nlp):
    (figure,) = found(nlp, "3 of 7 hospitals were destroyed.")
    assert (figure.low, figure.unit) == (3, "hospitals")


def test_date_with_its_interval(nlp):
    (figure,) = found(nlp, "Since 1 May 40 people have been killed in Garissa.")
    assert (figure.date, figure.since, figure.until) == ("Since 1 May", "2021-05-01", "2021-06-16")


PLACED = [
    ("In Garissa 300 people were killed.", ("Garissa",), "before"),
    ("Some 300 people were killed in Garissa.", ("Garissa",), "behind"),
    ("About 9,000 people fled from Sudan to Chad.", ("Chad",), "where they are, not where they come from"),
    ("In Garissa and Marsabit 300 people were killed.", ("Garissa", "Marsabit"), "a coordination is both"),
    ("Garissa is cut off. Some 300 people were killed.", ("Garissa",), "taken over from the sentence before"),
    ("Fighting has reached Garissa and Marsabit. There 300 people were killed.", ("Garissa", "Marsabit"),
     "a list of the sentence before is taken over whole"),
    ("In Garissa (300 dead) and Marsabit the schools are shut.", ("Garissa",), "a number parts a list"),
    ("The virus has infected 8 million people worldwide, a doctor from Kenya said.", (), "the whole world is no place"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places", "why"), PLACED)
def test_places(nlp, text, places, why):
    (figure,) = found(nlp, text)
    assert figure.places == places, why


def test_signatory_list_yields_no_figures(nlp):
    text = (
        "We call for peace.\n\nSigned by:\n\n1300 Generation\nHelp 4 Kenya\nHarbour Network\nRiver Trust\nLantern Aid\n"
    )
    doc = read(nlp, text)
    assert [z.kind for z in doc._.zones][-1] == "signatories"
    assert list(figures(doc)) == []


def test_a_missing_model_is_named(nlp, tmp_path):
    with pytest.raises(ModelError, match="is_figure"):
        list(figures(read(nlp, "40 people died."), models=FigureModels(Path(tmp_path))))


def test_a_doc_without_tags_and_sentences_has_figures_too():
    doc = spacy.blank("en")("At least 1,200 people were killed.")
    (figure,) = figures(doc)
    assert (figure.low, figure.high, figure.places) == (1200, None, ())


PIECES = st.sampled_from(
    [
        "40", "1,200", "people", "killed", "of them", "children", "Kenya", "Garissa", ".", ",", "\n", "half", "US$",
        "million", "one in", "three", "between", "and", "in", "displaced", "since May", "(", "%", "“", "more than",
        "at least", "1.", "–", "’s",
    ]
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=st.text(min_size=1, max_size=60) | st.lists(PIECES, min_size=1, max_size=20).map(" ".join))
def test_any_text_gives_grounded_figures(nlp, text):
    names = set(PLACES)
    starts = set()
    for figure in found(nlp, text):
        assert 0 <= figure.start < figure.end <= len(text)
        assert text[figure.start : figure.end] == figure.quote
        assert figure.condition in CONDITIONS
        assert set(figure.places) <= names
        assert figure.low is not None or figure.high is not None
        assert figure.part_of is None or figure.part_of in starts
        assert 0 <= figure.confidence <= 1
        starts.add(figure.start)
