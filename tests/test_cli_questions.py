"""The ten questions of docs/questions.md from the command line: distances, groups, conflicts, who signed, sheets."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from tests.publish import tracked
from tests.publish.conftest import make

from statement_nlp.cli import main


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    return make(tmp_path_factory.mktemp("cli") / "statements.db")


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    return tracked.make(tmp_path_factory.mktemp("cli") / "tracked.db")


def call(db, *arguments: str, status: int = 0):
    found = CliRunner().invoke(main, [*arguments, "--db", str(db)])
    assert found.exit_code == status, found.output
    return found


@pytest.mark.parametrize(
    ("arguments", "count", "why"),
    [
        (["claims", "--place", "Madaya", "--within", "20"], 6, "near"),
        (["claims", "--place", "Madaya", "--words", "outbreak"], 3, "words"),
        (["statements", "--place", "Madaya", "--within", "50"], 3, "statements that speak of places in a circle"),
        (["statements", "--signatory", "Lantern Relief"], 3, "signed by"),
        (["figures", "--publisher", "Lantern Relief", "--condition", "trapped"], 3, "published by"),
        (["demands", "--addressee", "Russia", "--theme", "humanitarian_access"], 3, "demands"),
    ],
)
def test_questions(db, arguments, count, why):
    found = call(db, *arguments, "--format", "json")
    assert len(json.loads(found.stdout)) == count, why


def test_how_a_distance_was_understood_is_told(db):
    said = call(db, "statements", "--place", "Madaya", "--within", "50").stderr
    assert said.startswith("Within 50 km of Madaya (SY): Madaya (0 km).")
    for wrong in (["--within", "5"], ["--place", "Madaya", "--within", "0"], ["--place", "Madaya", "--within", "9999"]):
        call(db, "claims", *wrong, status=2)
    assert "Nearest names: Lantern Relief" in call(db, "claims", "--publisher", "Lantern Releif", status=1).stderr


def test_who_demands_it_how_often_since_when(db):
    rows = json.loads(call(db, "demands", "--addressee", "Russia", "--by-publisher", "--format", "json").stdout)
    assert {(row["publisher"], row["demands"], row["first"], row["kind"]) for row in rows} == {
        ("Lantern Relief", 1, "2016-01-08", kind) for kind in ("illustrative", "original", "own")
    }


def test_what_contradicts_and_a_part_of_a_timeline(linked):
    rows = json.loads(call(linked, "timeline", "--conflicts", "--format", "json").stdout)
    assert rows
    assert all(row["figure"] != row["conflicts_with"] and row["reason"] for row in rows)
    assert json.loads(call(linked, "timeline", "--conflicts", "--since", "2030", "--format", "json").stdout) == []
    here = ["timeline", "--place", "Madaya", "--condition", rows[0]["condition"], "--format", "json"]
    every = json.loads(call(linked, *here).stdout)
    until = sorted(row["day"] for row in every)[0][:7]
    early = json.loads(call(linked, *here, "--until", until).stdout)
    assert 0 < len(early) < len(every)
    call(linked, "timeline", "--place", "Madaya", status=2)


def test_who_signed_both(db):
    rows = json.loads(call(db, "organisations", "signed", "madaya-2016", "notes/Madaya", "--format", "json").stdout)
    assert [row["organisation"] for row in rows] == ["Bridge & Shore", "Lantern Relief"]
    assert json.loads(call(db, "organisations", "signed", "madaya-2016", "fr-1", "--format", "json").stdout) == []


def test_where_a_sentence_comes_from(db):
    found = json.loads(call(db, "explain", "--quote", "some 40,000 PEOPLE are\nbesieged", "--format", "json").stdout)
    assert {place["statement_id"] for place in found} == {
        "madaya-2016", "https://relief.example/a?b=1&c=<d>", "notes/Madaya, later.txt"
    }  # fmt: skip
    assert {record["layer"] for record in found[0]["records"]} == {"claim", "figure"}
    assert "[illustrative]" in call(db, "explain", "--quote", "40,000 people").stdout
    assert "stand in no statement" in call(db, "explain", "--quote", "nobody wrote this").stderr
    call(db, "explain", status=2)


def test_all_of_it_as_a_spreadsheet(db, tmp_path):
    call(db, "export", str(tmp_path / "sheets"), "--place", "Syria")
    files = (tmp_path / "sheets").iterdir()
    rows = {file.stem: list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))) for file in files}
    assert {name: len(found) for name, found in rows.items()} == {
        "claims": 6, "figures": 3, "demands": 3, "statements": 3
    }  # fmt: skip
    call(db, "export", str(tmp_path / "tagged"), "--format", "hxl")
    assert (tmp_path / "tagged" / "claims-hxl.csv").read_text("utf-8-sig").splitlines()[1].startswith("#loc")
