"""Training of the figures layer on a handful of statements of our own."""

from __future__ import annotations

import pytest

from statement_nlp.errors import GoldError
from statement_nlp.extraction.figure_models import fit_choice, linear, store
from statement_nlp.extraction.figures import FigureModels, figures
from statement_nlp.learning.figures_training import gold_docs, train
from statement_nlp.records import Statement

TEXTS = [
    ("Some 300 people were killed in Garissa. We are two organisations.", "300 people", "killed", "Garissa"),
    ("At least 40 farmers were displaced in Marsabit. We had three questions.", "40 farmers", "displaced", "Marsabit"),
    ("In Garissa 12 children were killed. We have one wish.", "12 children", "killed", "Garissa"),
    ("About 900 families were displaced in Marsabit. There are two sides.", "900 families", "displaced", "Marsabit"),
]  # fmt: skip


def examples():
    rows = []
    for at, (text, quote, condition, place) in enumerate(TEXTS):
        number = int(quote.split()[0])
        about = "at_least" if "At least" in text else "exact"
        gold = {
            "places": [{"quote": place, "name": place, "country": "KE"}],
            "figures": [
                {"quote": quote, "low": number, "high": None if about == "at_least" else number, "qualifier": about,
                 "unit": quote.split()[1], "condition": condition, "places": [place], "date": None}
            ],
            "claims": [],
        }  # fmt: skip
        rows.append((Statement(id=f"s{at}", text=text), gold))
    return rows


def test_trains_models_that_find_what_they_were_shown(tmp_path):
    metrics = train(examples(), tmp_path)
    assert metrics["numbers"] == 8
    assert metrics["choices of condition"] == 4
    assert {p.name for p in (tmp_path / "figures").iterdir()} == {
        "card.md",
        *(f"{name}.{ending}" for name in ("is_figure", "condition", "places") for ending in ("skops", "json")),
    }
    models = FigureModels(tmp_path)
    for doc, gold in gold_docs(examples()):
        (figure,) = [f for f in figures(doc, models=models) if f.low and f.low > 3]
        wanted = gold["figures"][0]
        assert (figure.low, figure.condition, list(figure.places)) == (
            wanted["low"],
            wanted["condition"],
            wanted["places"],
        )


def test_the_same_gold_gives_the_same_models(tmp_path):
    train(examples(), tmp_path / "a")
    train(examples(), tmp_path / "b")
    for name in ("is_figure", "condition", "places"):
        one, two = (linear(tmp_path / side / "figures" / f"{name}.skops") for side in "ab")
        assert one.model.features == two.model.features
        assert all((one.weights[f] == two.weights[f]).all() for f in one.model.features)


def test_gold_without_figures_is_refused(tmp_path):
    text = "Nobody was hurt."
    with pytest.raises(GoldError, match="too few figures"):
        train([(Statement(id="s", text=text), {"figures": [], "claims": [], "places": []})], tmp_path)


def test_choice_prefers_the_alternative_that_is_right_in_every_group(tmp_path):
    rows = [{"near": 1.0}, {"far": 1.0}, {"far": 1.0}, {"near": 1.0}, {"far": 1.0}, {"far": 1.0}]
    labels = [True, False, False, True, False, False]
    model, names = fit_choice(rows, labels, [0, 0, 1, 1, 2, 2], strength=1.0, least=1)
    store(model, names, tmp_path / "choice.skops", version="1")
    weights = linear(tmp_path / "choice.skops")
    assert weights.score({"near": 1.0}) > 0 > weights.score({"far": 1.0})
