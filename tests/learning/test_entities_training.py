"""Training of what finds places and parties, on a corpus made for the test."""

from __future__ import annotations

import pytest

from statement_nlp.errors import ModelError
from statement_nlp.extraction import pipeline
from statement_nlp.learning.entities_training import train
from statement_nlp.records import Statement

TOWNS = ["Aleppo", "Homs", "Idlib", "Hama", "Raqqa", "Daraa"]
STATES = ["Russia", "Turkey", "Iran", "Jordan", "Egypt", "Qatar"]


def corpus():
    out = []
    for k, (town, state) in enumerate(zip(TOWNS, STATES, strict=True)):
        text = (
            f"Families in {town} are without water.\n"
            f"We call on {state} and on all parties to the conflict to let aid into {town}.\n"
            f"Syrian doctors in {town} have asked Lantern Aid for medicine."
        )
        gold = {
            "places": [{"quote": town, "occurrence": n, "name": town, "country": "SY"} for n in (1, 2, 3)],
            "parties": [
                {"quote": state, "name": state, "kind": "state"},
                {"quote": "all parties to the conflict", "name": "parties to the conflict", "kind": "collective"},
                {"quote": "Lantern Aid", "name": "Lantern Aid", "kind": "ngo"},
            ],
        }
        out.append((Statement(id=f"s{k}", text=text, title=f"Water for {town}, Syria", series=f"series{k}"), gold))
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return folder, train(corpus(), folder)


def test_it_writes_all_models_and_a_card(trained):
    folder, metrics = trained
    names = {p.name for p in (folder / "entities").iterdir()}
    assert names >= {"ner", "mentions.skops", "kinds.skops", "places.skops", "card.md"}
    assert metrics["statements"] == 6
    assert metrics["candidates that are mentions"] == 36
    assert "statement-nlp train" in (folder / "entities" / "card.md").read_text(encoding="utf8")


def test_its_models_find_what_they_were_taught(trained):
    folder, _ = trained
    nlp = pipeline.load(folder, finders=("statement_entities",))
    statement, _ = corpus()[0]
    found = pipeline.extract(statement, nlp)
    assert {p.quote for p in found.places} == {"Aleppo"}
    assert {p.country for p in found.places} == {"SY"}
    assert "Russia" in {p.party.name for p in found.parties}


def test_a_folder_without_models_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="statement-nlp train"):
        pipeline.load(tmp_path, finders=("statement_entities",))
