"""Training of the claim finder, on a corpus made for the test."""

import numpy as np
import pytest

from statement_nlp.errors import GoldError
from statement_nlp.extraction.claims import Models, claims
from statement_nlp.learning.claims_training import fit_status, gold_docs, prepare, train
from statement_nlp.records import Statement

FACTS = [
    ("{n} people were killed in the market on Monday.", "asserted"),
    ("{n} houses reportedly burned down.", "reported"),
    ("{n} children may die before winter.", "hedged"),
    ("No convoy has reached the {n} families.", "negated"),
]
OTHERS = ["We call on all sides to stop.", "We are saddened by the news.", "We hope for peace."]


def corpus(size=8):
    out = []
    for k in range(size):
        lines, gold = [], []
        for at, (fact, status) in enumerate(FACTS):
            sentence = fact.format(n=10 + k + at)
            lines.append(f"{sentence} {OTHERS[(k + at) % 3]}")
            gold.append({"quote": sentence.rstrip("."), "status": status, "places": []})
        out.append((Statement(id=f"s{k}", text="\n".join(lines), series=f"series{k}"), {"claims": gold}))
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return folder, train(corpus(), folder)


def test_it_writes_models_and_a_card_that_load_again(trained):
    folder, metrics = trained
    assert {p.name for p in (folder / "claims").iterdir()} >= {
        "line.skops",
        "trees.skops",
        "status.skops",
        "confidence.skops",
        "card.md",
    }
    assert "8 statements, 32 claims" in (folder / "claims" / "card.md").read_text(encoding="utf8")
    assert all(0.0 <= value <= 1.0 for value in metrics.values())
    assert Models.read(folder).trees.name == "claims-trees"


def test_what_it_learned_finds_claims_of_an_unseen_statement(trained):
    folder, _ = trained
    text = "90 people were killed in the market on Friday. We call on all sides to stop."
    (doc,) = gold_docs([(Statement(id="new", text=text), {})])
    found = list(claims(doc, models=Models.read(folder)))
    assert [c.quote for c in found] == ["90 people were killed in the market on Friday"]
    assert found[0].status == "asserted"


def test_training_twice_gives_the_same_metrics(trained, tmp_path):
    _, metrics = trained
    assert train(corpus(), tmp_path) == metrics


def test_overlap_of_the_best_candidate_is_near_one():
    examples = corpus(1)
    (doc,) = gold_docs(examples)
    prepared = prepare(doc, examples[0][1])
    assert prepared.overlaps.max() > 0.9
    assert len(prepared.gold) == 4
    assert len(prepared.spans) == len(prepared.candidates) == len(prepared.matrix)


def test_the_status_model_knows_all_four_even_where_the_corpus_does_not():
    examples = [
        (
            Statement(id="one", text="Nine people died."),
            {"claims": [{"quote": "Nine people died", "status": "asserted"}]},
        )
    ]
    (doc,) = gold_docs(examples)
    model = fit_status([prepare(doc, examples[0][1])])
    assert np.array_equal(model.classes_, [0, 1, 2, 3])


def test_a_corpus_without_claims_is_refused(tmp_path):
    with pytest.raises(GoldError, match="no claims"):
        train([(Statement(id="one", text="We hope for peace."), {"claims": []})], tmp_path)
