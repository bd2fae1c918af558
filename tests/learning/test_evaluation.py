"""A cross-validation scores each statement by models that have seen nothing of its series."""

import json
import shutil

import pytest

from statement_nlp.errors import GoldError
from statement_nlp.extraction.classifier import models_dir
from statement_nlp.learning import evaluation, training


@pytest.fixture
def collection(tmp_path):
    lines, gold = [], []
    for series in ("north", "south", "west"):
        for n in range(2):
            row = {"id": f"{series}-{n}", "series": series, "text": f"At least {n + 2} people were killed in Goma."}
            lines.append(json.dumps(row))
            gold.append(json.dumps({"id": row["id"], "places": [{"quote": "Goma", "name": "Goma", "country": "CD"}]}))
    (tmp_path / "statements.jsonl").write_text("\n".join(lines))
    (tmp_path / "gold.jsonl").write_text("\n".join(gold))
    return tmp_path


def test_no_model_sees_the_series_it_is_scored_on(collection, monkeypatch):
    seen = []

    def train(examples, directory, **_):
        seen.append({statement.series for statement, _ in examples})
        shutil.copytree(models_dir(), directory, dirs_exist_ok=True)

    monkeypatch.setattr(training, "train", train)
    lines = []
    found = evaluation.cross_predict(evaluation.read_set(collection), k=3, report=lines.append)
    assert sorted(map(sorted, seen)) == [["north", "south"], ["north", "west"], ["south", "west"]]
    assert set(found) == {evaluation.BOTH}
    assert {key: [p["quote"] for p in row["places"]] for key, row in found[evaluation.BOTH].items()} == {
        f"{series}-{n}": ["Goma"] for series in ("north", "south", "west") for n in range(2)
    }
    assert [line.split(":")[0] for line in lines] == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]


def test_gold_for_a_statement_that_is_not_there_is_refused(collection):
    with (collection / "gold.jsonl").open("a") as gold:
        gold.write('\n{"id": "east-1", "places": []}\n')
    with pytest.raises(GoldError, match="east-1"):
        evaluation.read_set(collection)


def test_calibration_error_weighs_each_bin_by_its_count():
    bins = [evaluation.Bin(0.9, 3, 0.95, 0.85), evaluation.Bin(0.1, 1, 0.15, 0.35)]
    assert evaluation.calibration_error(bins) == pytest.approx((3 * 0.1 + 0.2) / 4)
