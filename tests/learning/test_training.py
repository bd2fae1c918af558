"""Layers are trained side by side as they are one after the other."""

from pathlib import Path

import pytest

from statement_nlp.errors import GoldError
from statement_nlp.learning import training
from statement_nlp.learning.evaluation import read_set

CORPUS = Path(__file__).parents[2] / "corpus"


def test_two_processes_train_what_one_does(tmp_path):
    examples = read_set(CORPUS).examples[:8]
    said = []
    layers = ("figures", "demands")
    one = training.train(examples, tmp_path / "one", layers=layers)
    two = training.train(examples, tmp_path / "two", layers=layers, workers=2, report=said.append)
    assert one == two
    assert [line.split(":")[0] for line in said] == ["figures", "demands"]
    names = {p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file()}
    assert names == {p.relative_to(tmp_path / "two") for p in (tmp_path / "two").rglob("*") if p.is_file()}
    assert training.trained_on(tmp_path / "two") == {s.id for s, _ in examples}


def test_nothing_to_train_on_is_an_error(tmp_path):
    with pytest.raises(GoldError, match="no statement with gold"):
        training.train([], tmp_path)
