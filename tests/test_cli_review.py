"""The review commands, as a researcher types them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager

import pytest
from click.testing import CliRunner
from tests.store.conftest import WORLD, madaya
from tests.store.known import KNOWN

from statement_nlp.cli import main, reviewing, setup
from statement_nlp.store import Database, Run, judgements


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "statements.db"
    with Database(path, lookup=WORLD.get) as database:
        database.save(madaya(), Run("pipeline@1"))
    return path


@pytest.fixture
def call(db, monkeypatch):
    @contextmanager
    def knowing():
        yield KNOWN

    monkeypatch.setattr(reviewing, "knowing", knowing)

    def invoke(*arguments, given=None):
        return CliRunner().invoke(
            main, ["review", *map(str, arguments)], env={"STATEMENT_NLP_DB": str(db)}, input=given
        )

    return invoke


@pytest.fixture
def ask(db):
    def asked(query, *given):
        connection = sqlite3.connect(db)
        try:
            return connection.execute(query, given).fetchall()
        finally:
            connection.close()

    return asked


def figure(ask):
    return ask("SELECT id FROM figures WHERE quote = '40,000 people'")[0][0]


def test_a_correction_holds_in_what_other_commands_print(call, db, ask):
    shown = call(
        "correct", figure(ask), "condition=detained", "low=4,000", "high=4000", "--by", "Amira", "--why", "typo"
    )
    assert shown.exit_code == 0, shown.output
    printed = CliRunner().invoke(main, ["figures", "--format", "json", "--db", str(db)])
    assert {row["condition"]: row["low"] for row in json.loads(printed.stdout)} == {"detained": 4000, "killed": 30}
    described = call("show", figure(ask)).output
    assert "condition: detained  (the machine says trapped)" in described
    assert "Amira: correct" in described
    assert "typo" in described


def test_accept_reject_undo_and_the_lists(call, ask):
    ids = [row[0] for row in ask("SELECT id FROM claims ORDER BY start")]
    assert call("accept", *ids, "--by", "Amira").exit_code == 0
    assert call("reject", ids[1], "--by", "Boris", "--why", "a figure of speech").exit_code == 0
    listed = json.loads(call("list", "--format", "json").stdout)
    assert [(row["verdict"], row["reviewer"]) for row in listed] == [("rejected", "Boris"), ("accepted", "Amira")]
    assert ask("SELECT id FROM claims") == [(ids[0],)]
    trail = call("trail", ids[1], "--format", "csv").stdout
    assert [line.split(",")[1:3] for line in trail.splitlines()[1:]] == [["Boris", "reject"], ["Amira", "accept"]]
    assert call("undo", ids[1]).exit_code == 0
    assert len(ask("SELECT id FROM claims")) == 2
    assert "Every judgement has its words" in call("list", "--unattached").output


def test_ids_in_tables_can_be_copied(call, ask):
    assert f" {figure(ask)} " in call("queue", "--layer", "figures").output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("accept", "12"), 1, "no record, link or judgement 12"),
        (("correct", "FIGURE", "condition"), 2, "no FIELD=VALUE"),
        (("correct", "FIGURE", "condition=hungry"), 1, "there are killed, injured"),
        (("correct", "FIGURE", "places=Atlantis"), 1, "no place 'Atlantis'; nearest names: Aleppo"),
        (("add", "madaya", "claims", "30 of them died"), 1, "“30 of them” does, but not with “died” behind it"),
        (("add", "madaya", "places", "Madaya"), 1, "stand 3 times in the statement: say which"),
        (("add", "madaya", "figures", "every night", "low"), 2, "no FIELD=VALUE"),
        (("add", "nowhere", "claims", "every night"), 1, "no statement"),
        (("undo", "FIGURE"), 1, "nothing to take back"),
        (("accept", "FIGURE", "--by", " "), 1, "needs a name"),
        (("finish", "madaya"), 1, "not judged yet"),
        (("reopen", "madaya"), 1, "nobody has marked"),
    ],
)
def test_mistakes_are_one_line_and_change_nothing(call, ask, arguments, status, message):
    shown = call(*(figure(ask) if a == "FIGURE" else a for a in arguments))
    assert (shown.exit_code, message in shown.output) == (status, True), shown.output
    assert ask("SELECT * FROM reviews") == ask("SELECT * FROM review_events") == []


def test_what_was_missed_is_added_shown_and_taken_back(call, db, ask):
    given = ("add", "madaya", "figures", "every night", "low=7", "unit=nights", "condition=other", "places=Daraya")
    shown = call(*given, "--by", "Amira", "--why", "it counts nights")
    assert shown.exit_code == 0, shown.output
    ((one,),) = ask("SELECT id FROM figures WHERE quote = 'every night'")
    assert f"figures {one} added to madaya-1: every night" in shown.output
    printed = json.loads(CliRunner().invoke(main, ["figures", "--format", "json", "--db", str(db)]).stdout)
    assert {(row["unit"], row["places"]) for row in printed} >= {("nights", "Daraya")}
    described = call("show", one).output
    assert "added by Amira" in described
    assert "Amira: add (low: 7; high: 7;" in described
    assert "unit: nights; condition: other; places: Daraya: it counts nights)" in described
    assert [row["verdict"] for row in json.loads(call("list", "--format", "json").stdout)] == ["added"]
    again = call(*given)
    assert (again.exit_code, f"record {one} of the same kind" in again.output) == (1, True), again.output
    assert "taken back: the machine does not find it" in call("undo", one).output
    assert ask("SELECT id FROM figures WHERE quote = 'every night'") == []


def test_the_walk(call, ask):
    keys = ["x", "c", "condition=hungry", "", "c", "condition", "condition=missing", "", "u", "r", "a"]
    shown = call("next", "--layer", "figures", "--by", "Amira", given="\n".join(keys) + "\n")
    assert shown.exit_code == 0, shown.output
    assert "[40,000 people] are trapped" in shown.output
    assert "One of these letters" in shown.output
    assert "Not done: no condition 'hungry'" in shown.output
    assert "Write it as FIELD=VALUE" in shown.output
    assert "2 judged, 0 skipped" in shown.output
    actions = [row[0] for row in ask("SELECT action FROM review_events ORDER BY id")]
    assert actions == ["correct", "undo", "reject", "accept"]
    assert "Everything here is judged" in call("next", "--layer", "figures", given="q\n").output


def test_a_walk_that_skips_comes_to_an_end(call, ask):
    shown = call("next", "--layer", "claims", given="s\ns\n")
    assert "Only what you skipped is left" in shown.output
    assert ask("SELECT * FROM reviews") == []


def test_a_statement_is_finished_when_all_of_it_is_judged(call, ask):
    for table in ("place_mentions", "party_mentions", "figures", "claims", "demands"):
        call("accept", *(row[0] for row in ask(f"SELECT id FROM {table}")))
    assert call("finish", "madaya", "--by", "Amira").exit_code == 0
    assert ask("SELECT statement_id, reviewer FROM reviewed_statements") == [("madaya-1", "Amira")]
    assert call("reopen", "madaya").exit_code == 0
    assert ask("SELECT * FROM reviewed_statements") == []
    assert [row[0] for row in ask("SELECT action FROM review_events ORDER BY id DESC LIMIT 2")] == ["reopen", "finish"]


def test_judgements_travel_to_another_database(call, db, tmp_path, monkeypatch):
    call("correct", figure_in(db), "condition=detained", "--by", "Amira")
    call("reject", *ids_in(db, "SELECT id FROM claims WHERE quote LIKE 'Bombs%'"), "--by", "Amira")
    file, there = tmp_path / "amira.jsonl", tmp_path / "there.db"
    assert call("export", file).exit_code == 0
    monkeypatch.setattr(setup, "open_gazetteer", Nowhere)
    moved = madaya("Winter is near. " + madaya().statement.text)
    with Database(there, lookup=WORLD.get) as database:
        database.save(moved, Run("p@1", version="1"))

    def load(path):
        arguments = ["review", "import", str(path), "--db", str(there), "--by", "Boris"]
        return CliRunner().invoke(main, arguments)

    assert "2 judgements taken, 0 older than those here; 0 wait" in load(file).output
    assert "0 judgements taken, 2 older" in load(file).output
    with Database(there) as database:
        assert [f.condition for f in database.load("madaya-1").figures] == ["detained", "killed"]
        assert len(database.load("madaya-1").claims) == 1
        events = [tuple(row) for row in database.execute("SELECT reviewer, action, note FROM review_events LIMIT 1")]
        assert events[0][:2] == ("Boris", "import")
        assert "corrected by Amira" in events[0][2]
        before = [tuple(row) for row in database.execute("SELECT * FROM reviews")]
    bad = json.loads(file.read_text(encoding="utf8").splitlines()[0])
    for wrong in ({**bad, "layer": "sql"}, {**bad, "quote": "x"}, {"a": 1}, [1]):
        faulty = tmp_path / "faulty.jsonl"
        faulty.write_text(file.read_text(encoding="utf8") + json.dumps(wrong) + "\n", encoding="utf8")
        shown = load(faulty)
        assert (shown.exit_code, "line 3 is no judgement" in shown.output) == (1, True), shown.output
    with Database(there) as database:
        assert [tuple(row) for row in database.execute("SELECT * FROM reviews")] == before


class Nowhere:
    """A gazetteer of the small world."""

    def get(self, place_id):
        return WORLD.get(place_id)

    def close(self):
        pass


def ids_in(db, query):
    with closing(sqlite3.connect(db)) as connection:
        return [row[0] for row in connection.execute(query)]


def figure_in(db):
    return ids_in(db, "SELECT id FROM figures WHERE quote = '40,000 people'")[0]


def test_layers_are_those_of_the_store():
    assert reviewing.LAYERS == judgements.LAYERS
