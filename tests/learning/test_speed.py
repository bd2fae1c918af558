"""The bench counts what it says it counts; how fast anything is decides no test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import spacy

from statement_nlp.learning import peers
from statement_nlp.learning import speed as speed_module
from statement_nlp.learning.speed import measure, report
from statement_nlp.records import Statement

TEXT = "Two clinics in Adré were shelled on 3 May 2021. Aid workers say that 40 people were hurt.\n"


def test_every_step_and_round_is_told(monkeypatch) -> None:
    monkeypatch.setattr(speed_module, "stock_pipeline", lambda: spacy.blank("en"))  # how long it takes is no matter
    statements = [Statement(id="a", text=TEXT), Statement(id="b", text=TEXT * 2)]
    speed = measure(statements, rounds=2)
    assert speed.words == 3 * len(TEXT.split())
    assert len(speed.ratios) == 2
    assert {"layout and tokens", "ner", "statement_figures", "statement_claims", "signatories"} <= set(speed.shares)
    told = report(speed)
    assert f"{speed.words} words, 2 rounds" in told
    assert all(step in told for step in speed.shares)


def test_peers_are_told_in_parts_of_the_stock_pipeline(tmp_path, monkeypatch) -> None:
    script = tmp_path / "measure.py"
    script.write_text(
        "import json, sys\n"
        "texts = json.load(sys.stdin)\n"
        "print(json.dumps({'stock': 2.0 * int(sys.argv[1]), 'textacy': 3.0, 'quantulum3': 1.0 * len(texts)}))\n"
    )
    monkeypatch.setattr(peers, "SCRIPT", script)
    shares = peers.measure(Path(sys.executable), ["a", "b", "c", "d"], rounds=1)
    assert shares == {"textacy": pytest.approx(1.5), "quantulum3": pytest.approx(2.0)}
    told = peers.report(shares, ours=0.5).splitlines()
    assert told[1].split()[-2:] == ["1.500", "0.75"], "ours is .5 of the stock, textacy 1/1.5 of it"
    assert told[2].split()[-2:] == ["2.000", "1.00"]
