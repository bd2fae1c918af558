"""The bench counts what it says it counts; how fast anything is decides no test."""

from __future__ import annotations

import pytest
import spacy

from statement_nlp.errors import SourceError
from statement_nlp.learning import throughput
from statement_nlp.records import Extraction, Statement

TEXT = "Two clinics in Adré were shelled on 3 May 2021. Aid workers say that 40 people were hurt."


def test_the_whole_way_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(throughput, "stock_pipeline", lambda: spacy.blank("en"))  # how long it takes is no matter
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(TEXT, encoding="utf8")
    done = throughput.measure([tmp_path], rounds=1)
    assert done.words == 2 * len(TEXT.split())
    assert set(done.parts) == {"reading", "extraction", "writing", "links", "at the end"}
    assert all(seconds > 0 for seconds in done.parts.values())
    assert done.ratio == pytest.approx(done.stock / sum(done.parts.values()))
    told = throughput.report(done)
    assert f"ratio: {done.ratio:.2f}" in told
    assert all(part in told for part in done.parts)


def test_processes_are_compared_over_the_same_statements(monkeypatch) -> None:
    given: list[list[Statement]] = []

    def stand_in(statements, workers=1):
        given.append(list(statements))
        return iter([Extraction(s) for s in given[-1]])

    monkeypatch.setattr(throughput, "extract_many", stand_in)
    monkeypatch.setattr(throughput, "in_processes", stand_in)
    statements = [Statement(str(n), TEXT) for n in range(40)]
    scaling = throughput.scale(statements)
    assert given == [statements, statements]
    assert min(scaling.wall) > 0
    told = throughput.scaled(throughput.Scaling(2, (3.0, 1.0), (4.0, 5.0)))
    assert told[0].startswith("2 processes beside one: 3.00 times")


def test_a_file_that_cannot_be_read_is_told(tmp_path) -> None:
    with pytest.raises(SourceError, match="no file in this folder"):
        throughput.measure([tmp_path])
