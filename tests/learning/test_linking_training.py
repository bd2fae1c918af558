"""Link models from gold: pairs, thresholds, intervals; the made-up collection that links are timed on."""

import pytest

from statement_nlp.learning import linking_speed
from statement_nlp.learning.linking_training import best_thresholds, bootstrap, weights
from statement_nlp.store import Database
from statement_nlp.tracking.link_records import FigureEnd
from statement_nlp.tracking.linking import Found


def found(score, name, kind="updates"):
    ends = [
        FigureEnd(
            n, f"{name}-{n}", name, 1, 1, "exact", "people", "killed", None, None, None, "2016", "", (), frozenset(),
            False,
        )
        for n in (1, 2)
    ]  # fmt: skip
    return Found("figures", kind, ends[0], ends[1], score, "", {}, "")


def row(name, kind="updates"):
    return {"a": [f"{name}-1", name], "b": [f"{name}-2", name], "kind": kind}


def test_the_threshold_is_the_one_of_the_best_f1():
    scored = [found(0.9, "right"), found(0.5, "too"), found(0.3, "wrong")]
    best = best_thresholds(scored, [row("right"), row("too")], "figures")
    assert 0.3 < best["updates"] <= 0.5


def test_a_bootstrap_interval_holds_the_score():
    gold = [row(f"n{n}") for n in range(10)]
    (low, high), (low_recall, high_recall) = bootstrap(gold, [row(f"n{n}") for n in range(5)], "updates")
    assert low < 2 / 3 < high
    assert 0 < low_recall < 0.5 < high_recall < 1
    assert bootstrap(gold, gold, "updates") == ((1, 1), (1, 1))


def test_rare_words_weigh_more():
    given = weights(["siege lifted", "siege goes on", "siege again lifted", "lifted"] + ["fuel"] * 6)
    assert given["sieg"] > given["fuel"]
    assert "again" not in given, "words of one text say nothing"


@pytest.mark.parametrize("statements", [40])
def test_the_made_up_collection_links(tmp_path, statements):
    with Database(tmp_path / "made.db") as db:
        linking_speed.fill(db, statements)
        assert len(linking_speed.measure(db, 3)) == 3
        assert db.execute("SELECT count(*) FROM links").fetchone()[0] == 0, "each try is undone"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
