"""What models learn from judgements: the right examples, nothing from half-read statements, the right direction."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.learning.test_demands_training import examples
from tests.store.conftest import WORLD, at, madaya
from tests.store.known import KNOWN

from statement_nlp.extraction.demands import Models, demands
from statement_nlp.learning.demands_training import gold_docs, train
from statement_nlp.learning.reviewed import LAYERS, with_reviews
from statement_nlp.learning.scoring import span_of
from statement_nlp.records import Demand, Extraction, Party, PartyMention, Statement
from statement_nlp.store import Database, Run, full_reviews, judging, missed

TABLES = ("place_mentions", "party_mentions", "figures", "claims", "demands")


@pytest.fixture
def db(tmp_path):
    with Database(tmp_path / "s.db", lookup=WORLD.get) as database:
        database.save(madaya(), Run("p@1", version="1"))
        yield database


def judge(db, table, words, action, **changes):
    row = db.execute(f"SELECT id FROM {table} WHERE quote LIKE ? ORDER BY start", (f"{words}%",)).fetchone()
    with db.transaction() as connection:
        judging.decide(connection, row[0], judging.Decision(action, "Amira", None, changes), known=KNOWN)


def accept_the_rest(db, statement_id="madaya-1"):
    for table in TABLES:
        query = f"SELECT id FROM {table} WHERE statement_id = ? AND judgement IS NULL"
        for (record,) in db.execute(query, (statement_id,)).fetchall():
            with db.transaction() as connection:
                judging.decide(connection, record, judging.Decision("accept", "Amira"))


def finish(db, statement_id="madaya-1"):
    with db.transaction() as connection:
        full_reviews.finish(connection, statement_id, "Amira")


def test_a_statement_read_in_full_is_gold_as_people_left_it(db):
    judge(db, "claims", "Bombs", "reject")
    judge(db, "figures", "40,000", "correct", condition="detained", low="4000", high="4000")
    judge(db, "demands", "Russia", "correct", addressees="Russia; Harbour League", themes="arms")
    accept_the_rest(db)
    finish(db)
    learnt = with_reviews([], db)
    ((statement, gold),) = learnt.examples
    assert (learnt.whole, learnt.changed, learnt.left) == (1, 0, 0)
    assert [c["quote"] for c in gold["claims"]] == ["In Madaya 40,000 people are trapped"]
    assert [(f["low"], f["condition"]) for f in gold["figures"]] == [(4000, "detained"), (30, "killed")]
    assert gold["demands"][0]["addressees"] == ["Russia", "Harbour League"]
    assert gold["demands"][0]["themes"] == ["arms"]
    assert [(p["name"], p["country"]) for p in gold["places"]] == [("Madaya", "SY")] * 2 + [
        ("Daraya", "SY"),
        ("Madaya", "SY"),
    ]
    for layer in LAYERS:
        for item in gold[layer]:
            start, end = span_of(item, statement.text)
            assert statement.text[start:end] == item["quote"]
            assert "confidence" not in item


def add(db, layer, quote, **values):
    with db.transaction() as connection:
        missed.add(connection, missed.Missed("madaya-1", layer, quote, "Amira", values), known=KNOWN)


def test_what_people_added_is_gold(db):
    add(db, "claims", "30 of them have starved", status="reported", attribution="doctors")
    add(db, "figures", "every night", low="7", unit="nights", condition="other", places="Daraya")
    statement = madaya().statement
    gold = {"id": "gold", "claims": [{"quote": "Bombs fall on Daraya every night", "status": "asserted", "places": []}]}
    ((_, changed),) = with_reviews([(statement, gold)], db).examples
    assert [(c["quote"], c["status"]) for c in changed["claims"]] == [
        ("Bombs fall on Daraya every night", "asserted"), ("30 of them have starved", "reported"),
    ]  # fmt: skip
    assert [(f["quote"], f["unit"], f["places"]) for f in changed["figures"]] == [("every night", "nights", ["Daraya"])]
    accept_the_rest(db)
    finish(db)
    ((_, whole),) = with_reviews([], db).examples
    assert "30 of them have starved" in [c["quote"] for c in whole["claims"]]
    assert "every night" in [f["quote"] for f in whole["figures"]]


def test_a_half_read_statement_teaches_nothing(db):
    judge(db, "claims", "Bombs", "reject")
    judge(db, "figures", "40,000", "correct", condition="detained")
    learnt = with_reviews([], db)
    assert learnt.examples == []
    assert learnt.left == 1
    assert "teach nothing until" in learnt.in_words()


def test_records_that_a_later_extraction_adds_are_no_gold_of_a_finished_statement(db):
    fewer = madaya()
    with Database(":memory:", lookup=WORLD.get) as other:
        other.save(
            type(fewer)(fewer.statement, fewer.zones, fewer.places, claims=fewer.claims[:1]), Run("p@1", version="1")
        )
        accept_the_rest(other)
        finish(other)
        other.save(fewer, Run("p@2", version="1"))
        gold = with_reviews([], other).examples[0][1]
        assert [c["quote"] for c in gold["claims"]] == ["In Madaya 40,000 people are trapped"]
        assert gold["figures"] == gold["demands"] == []


def test_the_mark_holds_for_the_text_that_was_read(db):
    accept_the_rest(db)
    finish(db)
    db.save(madaya(madaya().statement.text + "\nMore of it"), Run("p@1", version="1"))
    assert with_reviews([], db).examples == []


def test_judgements_change_their_own_records_of_the_gold_alone(db):
    statement = madaya().statement
    gold = {
        "id": "gold",
        "claims": [
            {"quote": "In Madaya 40,000 people are trapped", "status": "hedged", "places": ["Madaya"]},
            {"quote": "Bombs fall on Daraya every night", "status": "asserted", "places": []},
        ],
        "figures": [{"quote": "30 of them", "low": 30, "high": None, "condition": "killed", "places": []}],
        "places": [{"quote": "Daraya", "name": "Daraya", "country": "SY"}],
    }
    judge(db, "claims", "In Madaya", "accept")
    judge(db, "claims", "Bombs", "reject")
    judge(db, "figures", "at least 30", "reject")
    judge(db, "place_mentions", "Daraya", "accept")
    learnt = with_reviews([(statement, gold)], db)
    ((_, made),) = learnt.examples
    assert [(c["quote"][:9], c["status"]) for c in made["claims"]] == [("In Madaya", "asserted")]
    assert made["figures"] == gold["figures"], "other words than the rejected ones stay"
    assert made["places"] == gold["places"], "said already"
    assert (learnt.whole, learnt.changed, learnt.judgements) == (0, 1, 2)
    assert gold["claims"][0]["status"] == "hedged", "what was given is as it was"


def reviewed(tmp_path: Path, action: str) -> Path:
    """A database in which people read statements in full, and accepted or rejected demands of one kind."""
    path = tmp_path / f"{action}.db"
    with Database(path) as database:
        for n, place in enumerate(("Garn", "Hult", "Ivra", "Jost", "Kelm", "Lond", "Mirr", "Nath")):
            wanted = f"It is time for Kenya to open the road to {place}."
            text = f"Families have left {place}. {wanted} The rain has come early."
            kenya = PartyMention(*at(text, "Kenya"), Party("Kenya", "state"), 0.9, "t@1")
            demand = Demand(*at(text, wanted), ("Kenya",), (), ("humanitarian_access",), method="t@1")
            extraction = Extraction(Statement(f"r{n}", text), parties=(kenya,), demands=(demand,))
            database.save(extraction, Run("p@1", version="1"))
            judge_all(database, f"r{n}", action)
    return path


def judge_all(database, statement_id, action):
    for table in ("party_mentions", "demands"):
        row = database.execute(f"SELECT id FROM {table} WHERE statement_id = ?", (statement_id,)).fetchone()
        with database.transaction() as connection:
            verb = action if table == "demands" else "accept"
            judging.decide(connection, row[0], judging.Decision(verb, "Amira"))
    finish(database, statement_id)


def test_a_model_learns_what_people_accepted_and_unlearns_what_they_rejected(tmp_path):
    text = "Families have left Orvo. It is time for Kenya to open the road to Orvo. Chad has sent water."
    parties = [{"quote": "Kenya", "name": "Kenya", "kind": "state"}]
    fresh = (Statement("fresh", text), {"id": "fresh", "parties": parties, "places": [], "demands": []})
    sure = {}
    for action in ("accept", "reject"):
        with Database(reviewed(tmp_path, action)) as database:
            learnt = with_reviews(examples(), database)
        assert learnt.whole == 8
        train(learnt.examples, tmp_path / action)
        (doc,) = gold_docs([fresh])
        found = [d for d in demands(doc, models=Models.read(tmp_path / action)) if d.quote.startswith("It is time")]
        sure[action] = found[0].confidence if found else 0.0
    assert sure["accept"] > 0.5 > sure["reject"], sure
