"""Rules alone and a model alone are scored as the guide scores the whole."""

import json

import pytest

from statement_nlp.extraction.pipeline import load
from statement_nlp.learning import ways
from statement_nlp.learning.scoring import span_of
from statement_nlp.reading.given import parse_given
from statement_nlp.records import Statement

TEXT = "The  army must leave Aleppo. At least 40 people were killed in Madaya. We call on Russia to open the road."


def _example(number: int, demand: str, claim: str):
    text = f"{demand} {claim}"
    gold = {"demands": [{"quote": demand}], "claims": [{"quote": claim}]}
    return Statement(f"s{number}", text), gold


EXAMPLES = [
    _example(n, f"All parties must stop the attacks on {place}.", f"The hospital in {place} was hit on Monday.")
    for n, place in enumerate(("Aleppo", "Goma", "Mocha", "Rutshuru"))
]


@pytest.fixture(scope="module")
def found():
    given = parse_given(json.dumps({"id": "a", "text": TEXT}))
    return given, ways.predict([given], load(), EXAMPLES, {"a": {"places": [{"quote": "Aleppo"}, {"quote": "Madaya"}]}})


def test_each_way_answers_for_each_statement(found):
    _, rows = found
    assert {way: list(by_id) for way, by_id in rows.items()} == {
        ways.RULES: ["a"],
        ways.MODEL: ["a"],
        ways.GOLD_SPANS: ["a"],
    }


@pytest.mark.parametrize(
    ("way", "layer", "quote", "why"),
    [
        (ways.RULES, "places", "Madaya", "the gazetteer knows it"),
        (ways.RULES, "figures", "At least 40 people", "the grammar reads it"),
        (ways.RULES, "demands", "The  army must leave Aleppo.", "a modal, offsets of the text as given"),
        (ways.RULES, "claims", "At least 40 people were killed in Madaya.", "a main clause that wants nothing"),
        (ways.MODEL, "places", "Madaya", "our recogniser"),
        (ways.MODEL, "demands", "The  army must leave Aleppo.", "the words of the examples"),
        (ways.MODEL, "claims", "At least 40 people were killed in Madaya.", "the words of the examples"),
    ],
)
def test_what_a_way_finds(found, way, layer, quote, why):
    given, rows = found
    spans = [span_of(item, given.text) for item in rows[way]["a"][layer]]
    assert quote in [given.text[a:b].strip() for a, b in spans], why


def test_the_plain_classifier_tells_the_two_apart():
    plain = ways.PlainSentences(EXAMPLES, "demands")
    text = "All parties must stop the attacks on Taiz. The hospital in Taiz was hit on Monday."
    assert [text[a:b].strip() for a, b in plain.spans(text)] == ["All parties must stop the attacks on Taiz."]
    assert plain.spans("") == []


def test_the_golds_names_are_resolved_and_no_others(found):
    _, rows = found
    assert [(p["start"], p["country"], round(p["latitude"])) for p in rows[ways.GOLD_SPANS]["a"]["places"]] == [
        (TEXT.index("Aleppo"), "SY", 36),
        (TEXT.index("Madaya"), "SY", 34),
    ]
