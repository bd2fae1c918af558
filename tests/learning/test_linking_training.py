"""Link models from gold: pairs, thresholds, intervals; the made-up collection that links are timed on."""

import pytest

from statement_nlp.errors import GoldError
from statement_nlp.learning.linking_evaluation import as_json, as_markdown, bootstrap, evaluate_links
from statement_nlp.learning.linking_training import best_thresholds, deal, train, weights
from statement_nlp.records import Statement
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


def test_nothing_to_count_is_no_error():
    assert bootstrap([], [], "conflicts") == ((0, 0), (0, 0))


def test_series_that_a_link_joins_stay_in_one_fold():
    statements = [Statement(f"{s}-{n}", "x" * 50, series=s) for s in "abcdef" for n in (1, 2)]
    apart = deal(statements, [], k=6)
    assert apart["a-1"] == apart["a-2"] != apart["b-1"]
    joined = deal(statements, [{"a": ["a-1", "q"], "b": ["b-1", "q"]}], k=6)
    assert joined["a-1"] == joined["a-2"] == joined["b-1"] == joined["b-2"]


def examples():
    """Twelve crises of two statements each: a figure that grows, a demand made again, an event told twice."""
    towns = (
        "Aleppo",
        "Aden",
        "Goma",
        "Juba",
        "Kabul",
        "Homs",
        "Sanaa",
        "Raqqa",
        "Mosul",
        "Tripoli",
        "Benghazi",
        "Beni",
    )
    countries = ("SY", "YE", "CD", "SS", "AF", "SY", "YE", "SY", "IQ", "LY", "LY", "CD")
    for town, country in zip(towns, countries, strict=True):
        for number, (day, count) in enumerate((("2016-03-01", 4000), ("2016-06-01", 7000)), 1):
            calls, event = f"Russia must open the road to {town}.", f"the bridge of {town} was blown up in January"
            other_call, other = f"Russia must pay the nurses of {town}.", f"in {town} the market by the bridge was full"
            text = f"{count} people are trapped in {town}, on {number * 30} islands. {calls} {other_call} "
            text += f"We saw how {event}; {other}."
            yield (
                Statement(f"{town}-{number}", text, published=day, series=town, links_read=True),
                {
                    "places": [{"quote": town, "name": town, "country": country}],
                    "parties": [{"quote": "Russia", "name": "Russia", "kind": "state"}],
                    "figures": [
                        {"quote": f"{count} people", "low": count, "high": count, "qualifier": "exact",
                         "unit": "people", "condition": "trapped", "places": [town], "date": None},
                        {"quote": f"{number * 30} islands", "low": number * 30, "high": number * 30,
                         "qualifier": "exact", "unit": "islands", "condition": "trapped", "places": [town],
                         "date": None},
                    ],
                    "demands": [
                        {"quote": calls, "addressees": ["Russia"], "actions": [f"open the road to {town}"],
                         "themes": ["humanitarian_access"], "places": [town]},
                        {"quote": other_call, "addressees": ["Russia"], "actions": [f"pay the nurses of {town}"],
                         "themes": ["humanitarian_access"] if number == 1 else ["humanitarian_access", "funding"],
                         "places": [town]},
                    ],
                    "claims": [
                        {"quote": quote, "status": "asserted", "attribution": None, "places": [town]}
                        for quote in (event, other)
                    ],
                },
            )  # fmt: skip


def links_of(rows):
    for (first, a), (second, b) in zip(rows[::2], rows[1::2], strict=True):
        for layer, kind in (("figures", "updates"), ("demands", "same_demand"), ("claims", "repeats")):
            yield {"a": [first.id, a[layer][0]["quote"]], "b": [second.id, b[layer][0]["quote"]], "kind": kind}


def test_links_of_unseen_series_are_found_in_all_layers():
    rows = list(examples())
    predicted = {s.id: row for s, row in rows if not s.id.startswith("Beni")}
    predicted |= {f"Beni-{n}": {layer: [] for layer in rows[0][1]} for n in (1, 2)}
    result = evaluate_links(rows, list(links_of(rows)), predicted)
    gold, extracted = as_json(result)["gold"], as_json(result)["extracted"]
    for kind in ("updates", "same_demand", "repeats"):
        assert gold[kind]["recall"] > 0.9, kind
        assert extracted[kind]["recall"] == pytest.approx(gold[kind]["recall"] - 1 / 12, abs=0.01), (
            "one was not extracted"
        )
    assert gold["conflicts"]["gold"] == 0
    shown = as_markdown(result, "made up")
    assert "36 gold links between 24 statements" in shown
    assert "### Extracted records (made up)" in shown


def test_training_writes_a_model_for_each_layer_and_a_card(tmp_path):
    rows = list(examples())
    learnt = train(rows, tmp_path, list(links_of(rows)))
    assert learnt == {"figures": 12, "demands": 12, "claims": 12}
    assert {path.name for path in (tmp_path / "links").iterdir()} == {
        "figures.json", "demands.json", "claims.json", "card.md",
    }  # fmt: skip
    with pytest.raises(GoldError, match=r"links\.jsonl"):
        train(rows, tmp_path, [])


def test_rare_words_weigh_more():
    given = weights(["siege lifted", "siege goes on", "siege again lifted", "lifted"] + ["fuel"] * 6)
    assert given["sieg"] > given["fuel"]
    assert "again" not in given, "words of one text say nothing"
