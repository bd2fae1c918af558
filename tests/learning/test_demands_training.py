"""Training of the demand finder on a few statements of the project's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from statement_nlp.errors import GoldError
from statement_nlp.extraction.demands import Models, demands
from statement_nlp.learning.demands_training import calibration_error, gold_docs, train
from statement_nlp.records import Statement

PLACES = ("Arda", "Belm", "Corin", "Dorva", "Elst", "Farn")


def examples() -> list[tuple[Statement, dict[str, object]]]:
    out = []
    for at, place in enumerate(PLACES):
        text = (
            f"Chad has closed the road to {place}. Families must walk for two days to find water. "
            "We call on Kenya to open the road. Kenya must let the convoys pass. "
            "The minister said that the road must stay closed. We will go on with our work. Chad has sent water."
        )
        statement = Statement(id=f"s{at}", text=text, series=f"series {at}")
        calls = ["We call on Kenya to open the road.", "Kenya must let the convoys pass."]
        parties = [{"quote": "Kenya", "occurrence": n, "name": "Kenya", "kind": "state"} for n in (1, 2)]
        parties.append({"quote": "Chad", "name": "Chad", "kind": "state"})
        golden = [
            {"quote": quote, "addressees": ["Kenya"], "actions": [], "themes": [], "places": []} for quote in calls
        ]
        out.append((statement, {"id": statement.id, "parties": parties, "places": [], "demands": golden}))
    return out


def test_train_writes_models_that_find_the_demands_again(tmp_path: Path) -> None:
    metrics = train(examples(), tmp_path)
    assert metrics["demand-sentences f1"] > 0.9
    models = Models.read(tmp_path)
    for (statement, gold), doc in zip(examples(), gold_docs(examples()), strict=True):
        assert doc._.statement is statement or doc._.statement == statement
        assert [d.quote for d in demands(doc, models=models)] == [g["quote"] for g in gold["demands"]]  # type: ignore[attr-defined]
    card = (tmp_path / "demands" / "card.md").read_text(encoding="utf8")
    assert "6 statements" in card


def test_train_gives_the_same_model_twice(tmp_path: Path) -> None:
    train(examples(), tmp_path / "a")
    train(examples(), tmp_path / "b")
    for name in ("sentences.json", "addressees.json"):
        assert (tmp_path / "a" / "demands" / name).read_text() == (tmp_path / "b" / "demands" / name).read_text()
    first, second = Models.read(tmp_path / "a"), Models.read(tmp_path / "b")
    assert first.sentences is not None
    assert second.sentences is not None
    assert (first.sentences.estimator.coef_ == second.sentences.estimator.coef_).all()


def test_train_without_demands_says_so(tmp_path: Path) -> None:
    bare = [(statement, {**gold, "demands": []}) for statement, gold in examples()]
    with pytest.raises(GoldError, match="no demand"):
        train(bare, tmp_path)


@pytest.mark.parametrize(
    ("labels", "likely", "expected"),
    [
        ([True, False], [1.0, 0.0], 0.0),
        ([True, False], [0.0, 1.0], 1.0),
        ([True, False, True, False], [0.5, 0.5, 0.5, 0.5], 0.0),
        ([True, True], [0.75, 0.75], 0.25),
    ],
)
def test_calibration_error(labels: list[bool], likely: list[float], expected: float) -> None:
    assert calibration_error(labels, likely) == pytest.approx(expected)
