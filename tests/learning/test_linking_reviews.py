"""Links that people judged become pairs of the link models, through the command that people type."""

import json

import pytest
from click.testing import CliRunner
from tests.learning.test_linking_training import examples, links_of

from statement_nlp.cli import main
from statement_nlp.learning.linking_gold import gold_database
from statement_nlp.learning.linking_reviews import judged_links
from statement_nlp.learning.linking_training import pairs_of, score, with_judged
from statement_nlp.store import Database
from statement_nlp.store.judging import Decision
from statement_nlp.tracking import link_model
from statement_nlp.tracking.linking import DEMAND_NAMES, link_all
from statement_nlp.tracking.reviews import review

GOLD = ("Aleppo", "Aden", "Goma", "Juba", "Kabul", "Homs")
"""Towns whose statements are in the training set, where the road is one demand and the nurses are two."""
LEFT = GOLD[:4]
"""Nobody judges links of these."""
SAID = {"open the road": "reject", "pay the nurses": "accept"}
"""What people say of the links between demands of these words: the contrary of the gold."""
LINKS = """
SELECT l.id, l.a_quote FROM links l JOIN statements a ON a.id = l.a_statement_id
JOIN statements b ON b.id = l.b_statement_id
WHERE l.layer = 'demands' AND a.series = b.series AND l.a_quote = l.b_quote AND a.series NOT IN (?, ?, ?, ?)
"""


def words_of(quote):
    return next(words for words in SAID if words in quote)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A database of all towns in which somebody judged links between demands."""
    path = tmp_path_factory.mktemp("judged") / "reviews.db"
    with gold_database(examples(), path) as db:
        link_all(db)
        links = db.execute(LINKS, LEFT).fetchall()
        assert len(links) == 16, "two of each town"
        for one, quote in links:
            review(db, one, Decision(SAID[words_of(quote)], "Amira"))
    return path


@pytest.fixture
def corpus(tmp_path):
    rows = [(s, gold) for s, gold in examples() if s.series in GOLD]
    for s, _ in rows:
        header = f"Id: {s.id}\nTitle: {s.id}\nPublished: {s.published}\nSeries: {s.series}\nLinks read: yes\n---"
        (tmp_path / f"{s.id}.txt").write_text(f"{header}\n\n{s.text}\n", encoding="utf8")
    for name, items in {"gold": [{"id": s.id, **gold} for s, gold in rows], "links": links_of(rows)}.items():
        lines = "".join(json.dumps(item) + "\n" for item in items)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf8")
    return tmp_path


def test_the_command_learns_what_people_said_of_links(corpus, judged):
    target = corpus / "models"
    arguments = ["train", str(corpus), "--layer", "links", "--models", str(target), "--with-reviews", str(judged)]
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 0, shown.output
    assert "16 judged links are pairs for the link models: 8 of the same thing, 8 not." in shown.output
    assert "**judged by people**: 16 pairs" in (target / "links" / "card.md").read_text(encoding="utf8")
    model = link_model.load("demands", DEMAND_NAMES, target / "links")
    with Database(judged, create=False) as db:
        pairs = with_judged(pairs_of(db, [], "demands"), judged_links(db))
    sure = {words: [] for words in SAID}
    for n, (a, b) in enumerate(pairs.pairs):
        if pairs.ends[a].quote == pairs.ends[b].quote:
            sure[words_of(pairs.ends[a].quote)].append(score(pairs, n, model).score)
    assert min(sure["pay the nurses"]) > max(sure["open the road"]), sure


def test_a_judgement_goes_before_the_gold_of_its_pair(judged):
    rows = [(s, gold) for s, gold in examples() if s.series in GOLD]
    links = list(links_of(rows))
    with Database(judged, create=False) as db:
        read = judged_links(db)
    kept = [row for row in read.over(links) if row["kind"] == "same_demand"]
    assert [words_of(row["a"][1]) for row in kept] == ["open the road"] * len(LEFT) + ["pay the nurses"] * 8
    assert [row["kind"] for row in read.over(links)].count("updates") == len(GOLD)
    with gold_database(rows) as db:
        own = pairs_of(db, links, "demands")
        made = with_judged(own, read)
    assert own.kinds.count("same_demand") == len(GOLD)
    assert made.kinds.count("same_demand") == len(LEFT) + 8
    assert set(own.pairs) < set(made.pairs), "pairs of statements without gold join"
