"""Judgements of links, and what judgements of records do to links, tracks and organisations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.store.conftest import WORLD, at
from tests.store.known import KNOWN

from statement_nlp.errors import CorrectionError
from statement_nlp.records import Extraction, Figure, PlaceMention, Signatory, SignatoryList, Statement
from statement_nlp.store import Database, Run
from statement_nlp.tracking import tracks
from statement_nlp.tracking.linking import link_all, link_statement
from statement_nlp.tracking.organisations import organise
from statement_nlp.tracking.reviews import Decision, review

ALEPPO = WORLD["geonames:170063"]


def statement(name: str, day: str, number: str, low: float, opening: str = "") -> Extraction:
    """One figure of people trapped in Aleppo."""
    text = f"{opening}We have waited for months. In Aleppo {number} people are trapped by the siege, says the council."
    figure = Figure(*at(text, f"{number} people"), low, low, "exact", "people", "trapped", ("Aleppo",), confidence=0.9)
    place = PlaceMention(*at(text, "Aleppo"), "Aleppo", "SY", ALEPPO, None, 0.9, "t@1")
    return Extraction(Statement(name, text, published=day), places=(place,), figures=(figure,))


@pytest.fixture
def db(tmp_path):
    with Database(tmp_path / "s.db", lookup=WORLD.get) as database:
        save(database, statement("early", "2016-05-01", "250,000", 250_000))
        save(database, statement("late", "2016-07-01", "275,000", 275_000))
        save(database, statement("last", "2016-08-01", "300,000", 300_000))
        yield database


def save(database, extraction, run=1):
    then = [lambda connection, statement_id: link_statement(connection, statement_id)]
    database.save(extraction, Run(f"p@{run}", version="1"), then=then)


def links(db):
    query = "SELECT a_statement_id, b_statement_id, kind, judgement FROM links ORDER BY 1, 2"
    return [tuple(row) for row in db.execute(query)]


def link(db, a, b):
    query = "SELECT id FROM links WHERE a_statement_id = ? AND b_statement_id = ?"
    return db.execute(query, (a, b)).fetchone()[0]


def figure(db, statement_id):
    return db.execute("SELECT id FROM figures WHERE statement_id = ?", (statement_id,)).fetchone()[0]


def members(db):
    return [row[0] for row in db.execute("SELECT statement_id FROM track_members ORDER BY track_id, position")]


UPDATES = [("early", "last", "updates", None), ("early", "late", "updates", None), ("late", "last", "updates", None)]


def test_figures_are_linked_to_begin_with(db):
    assert links(db) == UPDATES
    assert members(db) == ["early", "late", "last"]


def test_a_rejected_link_joins_nothing_and_is_not_found_again(db):
    for a, b in (("early", "last"), ("late", "last")):
        review(db, link(db, a, b), Decision("reject", "Amira"))
    assert links(db) == [UPDATES[1]]
    assert members(db) == ["early", "late"]
    save(db, statement("last", "2016-08-01", "300,000", 300_000), run=2)
    link_all(db)
    assert links(db) == [UPDATES[1]]
    assert members(db) == ["early", "late"]
    rejected = [row[0] for row in db.execute("SELECT id FROM reviews")]
    for one in rejected:
        review(db, one, Decision("undo", "Amira"))
    assert links(db) == UPDATES
    assert members(db) == ["early", "late", "last"]


def test_an_accepted_or_corrected_link_stays_through_an_extraction_that_moves_its_words(db):
    review(db, link(db, "early", "late"), Decision("correct", "Amira", changes={"kind": "conflicts"}), KNOWN)
    review(db, link(db, "late", "last"), Decision("accept", "Boris"))
    with pytest.raises(CorrectionError, match="repeats, updates, conflicts"):
        review(db, link(db, "late", "last"), Decision("correct", "Amira", changes={"kind": "same_demand"}), KNOWN)
    save(db, statement("late", "2016-07-01", "275,000", 275_000, "The rain has come. "), run=2)
    link_all(db)
    judged = [("early", "late", "conflicts", "corrected"), ("late", "last", "updates", "accepted")]
    assert [row for row in links(db) if row[3]] == judged
    assert db.execute("SELECT conflicts FROM tracks").fetchone()[0] == 1


def test_a_link_waits_for_a_record_that_is_gone_for_now(db):
    review(db, link(db, "early", "late"), Decision("reject", "Amira"))
    gone = replace(statement("late", "2016-07-01", "275,000", 275_000), figures=())
    save(db, gone, run=2)
    assert [tuple(row) for row in db.execute("SELECT attached, record_id FROM reviews")] == [(0, None)]
    save(db, statement("late", "2016-07-01", "275,000", 275_000), run=3)
    assert db.execute("SELECT attached FROM reviews").fetchone()[0] == 1
    assert links(db) == [UPDATES[0], UPDATES[2]], "still rejected"


def test_a_rejected_figure_leaves_its_links_and_tracks_and_comes_back(db):
    review(db, figure(db, "late"), Decision("reject", "Amira"))
    assert links(db) == [UPDATES[0]]
    assert members(db) == ["early", "last"]
    review(db, figure_review(db), Decision("undo", "Amira"))
    assert links(db) == UPDATES
    assert members(db) == ["early", "late", "last"]


def figure_review(db):
    return db.execute("SELECT id FROM reviews").fetchone()[0]


def test_a_corrected_figure_is_compared_by_its_corrected_value(db):
    review(db, figure(db, "late"), Decision("correct", "Amira", changes={"low": "250000", "high": "250,000"}), KNOWN)
    assert db.execute("SELECT high FROM tracks").fetchone()[0] == 300_000
    points = tracks.timeline(db, [ALEPPO.id], "trapped")
    assert [point.low for point in points] == [250_000, 250_000, 300_000]
    review(db, figure(db, "late"), Decision("correct", "Amira", changes={"condition": "detained"}), KNOWN)
    assert members(db) == ["early", "last"]
    assert [row["low"] for row in db.execute("SELECT low FROM figures WHERE condition = 'detained'")] == [250_000]


def test_a_corrected_place_unlinks_what_is_told_of_elsewhere(db):
    mention = db.execute("SELECT id FROM place_mentions WHERE statement_id = 'late'").fetchone()[0]
    review(db, mention, Decision("correct", "Amira", changes={"place": "Tripoli, LB"}), KNOWN)
    assert members(db) == ["early", "last"]
    assert tracks.timeline(db, ["geonames:266826"], "trapped")[0].low == 275_000


def test_a_corrected_signatory_is_grouped_by_its_corrected_name(tmp_path):
    text = "Signed by:\nOrchard Relief"
    signed = SignatoryList((Signatory(*at(text, "Orchard Relief")[:2], 1, "Orchard Relief", method="t@1"),))
    with Database(tmp_path / "o.db") as database:
        database.save(
            Extraction(Statement("a", text, publisher="Lantern Aid"), signatories=signed), Run("p", version="1")
        )
        organise(database)
        assert {row[0] for row in database.execute("SELECT name FROM organisations")} == {
            "Lantern Aid",
            "Orchard Relief",
        }
        record = database.execute("SELECT id FROM signatories").fetchone()[0]
        review(database, record, Decision("correct", "Amira", changes={"name": "Lantern Aid"}), KNOWN)
        assert {row[0] for row in database.execute("SELECT name FROM organisations")} == {"Lantern Aid"}
