"""The bench counts what it says it counts; how fast anything is decides no test."""

from __future__ import annotations

from statement_nlp.learning.speed import measure, report
from statement_nlp.records import Statement

TEXT = "Two clinics in Adré were shelled on 3 May 2021. Aid workers say that 40 people were hurt.\n"


def test_every_step_and_round_is_told() -> None:
    statements = [Statement(id="a", text=TEXT), Statement(id="b", text=TEXT * 2)]
    speed = measure(statements, rounds=2)
    assert speed.words == 3 * len(TEXT.split())
    assert len(speed.ratios) == 2
    assert {"layout and tokens", "ner", "statement_figures", "statement_claims", "signatories"} <= set(speed.shares)
    told = report(speed)
    assert f"{speed.words} words, 2 rounds" in told
    assert all(step in told for step in speed.shares)
