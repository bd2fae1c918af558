"""Questions: what they find, in the order they say, by the indexes they should use."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statement_nlp.records import distance
from statement_nlp.store import Database
from statement_nlp.store.questions import COMMON, LAYERS, NEAR, PLACES_NEAR, Circle, Question, ask

MADAYA, DARAYA, RURAL, ALEPPO = "geonames:167357", "geonames:170592", "geonames:170652", "geonames:170063"
AROUND = Circle(33.69, 36.1, 10)


@pytest.fixture
def full(db, make, run):
    db.save(make(), run)
    db.save(make(statement_id="madaya-2", published="2017-01"), run)
    db.save(replace(make(statement_id="noted"), statement=replace(make(statement_id="noted").statement,
            published="2015-03-02", publisher="Orchard Relief", kind="illustrative")), run)  # fmt: skip
    return db


def found(database: Database, question: Question) -> list[dict[str, object]]:
    return list(ask(database, question))


@pytest.mark.parametrize(
    ("question", "expected", "why"),
    [
        (Question(), 6, "nothing narrows"),
        (Question(places=(RURAL,)), 6, "a region holds its towns"),
        (Question(places=(MADAYA,)), 3, "a town itself"),
        (Question(places=(MADAYA, DARAYA)), 6, "two towns, each claim once"),
        (Question(places=(MADAYA, RURAL)), 6, "a town within a region is not counted twice"),
        (Question(places=(ALEPPO,)), 0, "nothing is said of it"),
        (Question(near=AROUND), 3, "Daraya is 28 km away"),
        (Question(near=replace(AROUND, km=40)), 6, "and within 40"),
        (Question(places=(DARAYA,), near=AROUND), 6, "the place itself beside the circle"),
        (Question("statements", near=AROUND), 3, "statements that speak of a place in it"),
        (Question("figures", places=(RURAL,)), 6, "figures"),
        (Question("demands", near=AROUND), 3, "demands"),
        (Question(since="2016-09-12"), 4, "published since"),
        (Question(until="2016-12-31"), 4, "until, included"),
        (Question(places=(RURAL,), since="2016-01-01", until="2016-12-31"), 2, "a year in a region"),
        (Question(status="reported"), 3, "status"),
        (Question(condition="trapped"), 3, "claims with such a figure"),
        (Question("figures", condition="killed"), 3, "figures of a condition"),
        (Question("demands", theme="end_siege"), 3, "theme"),
        (Question("demands", addressee="russia"), 3, "addressee"),
        (Question("demands", addressee="nobody"), 0, "a party that is asked nothing"),
        (Question(words="bomb"), 3, "in any form: bombs"),
        (Question("figures", words="trapped"), 3, "of the claim that holds the figure"),
        (Question("statements", words='convoys "("'), 3, "punctuation is no syntax"),
        (Question("statements", words='"('), 0, "nor a word"),
        (Question("statements", words="convoys siege"), 3, "all words"),
        (Question(publisher="orchard-relief"), 2, "published by"),
        (Question("demands", signatory="orchard-relief-uk"), 3, "signed by"),
        (Question(kind="illustrative"), 2, "kind of statement"),
        (Question("figures", statement="madaya-2"), 2, "one statement"),
    ],
)  # fmt: skip
def test_what_is_found(full, question, expected, why):
    rows = found(full, question)
    assert len(rows) == expected, why
    limits = {"limit": 100, "offset": 0}
    assert full.execute(question.count_sql(), question.parameters() | limits).fetchone()[0] == expected
    ids = [row[0] for row in full.execute(question.ids_sql(), question.parameters() | limits)]
    by_ids = [dict(row) for row in full.execute(question.rows_sql(), {"ids": json.dumps(ids)})]
    assert by_ids == rows, "a download reads the same rows in the same order"


@pytest.mark.parametrize("what", LAYERS)
def test_newest_first_and_page_by_page(full, what):
    question = Question(what)
    rows = found(full, question)
    days = [row.get("day") or row["published"] for row in rows]
    assert [day[:4] for day in days] == sorted((day[:4] for day in days), reverse=True)
    pages = [
        dict(row) for n in range(0, len(rows), 2) for row in full.execute(question.sql(), {"limit": 2, "offset": n})
    ]
    assert pages == rows


def test_a_rejected_record_answers_nothing(full):
    full.connection.execute("UPDATE claims SET judgement = 'rejected' WHERE status = 'reported'")
    assert len(found(full, Question())) == 3
    assert found(full, Question(places=(DARAYA,))) == []


def test_what_does_not_fit_is_told(full):
    assert Question("figures", theme="funding", status="asserted").unused() == ("status", "theme")
    assert len(found(full, Question("figures", theme="funding"))) == 6, "and left aside"
    with pytest.raises(ValueError, match="nothing is called 'claim': ask for claims, figures"):
        Question("claim")
    for circle in (
        (91, 0, 1),
        (0, 181, 1),
        (0, 0, 0),
        (0, 0, -5),
        (0, 0, 2001),
        (float("nan"), 0, 1),
        (0, 0, float("nan")),
    ):
        with pytest.raises(ValueError, match=r"earth|distance"):
            Circle(*circle)


latitudes = st.floats(-90, 90, allow_nan=False)
longitudes = st.floats(-180, 180, allow_nan=False)


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """Towns all over the earth, dense along the antimeridian and at the poles."""
    with Database(tmp_path_factory.mktemp("grid") / "grid.db") as database:
        points = [(a, o) for a in range(-90, 91, 15) for o in range(-180, 181, 15)]
        points += [(a / 4, o) for a in range(-40, 41, 7) for o in (-180, -179.9, -179, 179, 179.9, 180)]
        database.connection.executemany(
            "INSERT INTO places(id, name, feature, latitude, longitude) VALUES (?, 'x', 'city', ?, ?)",
            [(f"p{n}", *point) for n, point in enumerate(points)],
        )
        yield database


@given(latitude=latitudes, longitude=longitudes, km=st.floats(0.1, 2000))
@example(latitude=0.0, longitude=179.95, km=20.0)
@example(latitude=89.9, longitude=0.0, km=100.0)
@example(latitude=-75.0, longitude=-180.0, km=1.0)
def test_a_circle_holds_what_the_distance_says(grid, latitude, longitude, km):
    circle = Circle(latitude, longitude, km)
    near = {row["id"] for row in grid.execute(PLACES_NEAR, circle.parameters())}
    every = grid.execute("SELECT id, latitude, longitude FROM places").fetchall()
    assert near == {p["id"] for p in every if (distance((p[1], p[2]), (latitude, longitude)) or 0) <= km}


@pytest.mark.parametrize("feature", ["country", "region", "district", "area"])
def test_what_is_wide_is_not_near(full, feature):
    full.connection.execute("UPDATE places SET feature = ? WHERE id = ?", (feature, MADAYA))
    assert [row["name"] for row in full.execute(PLACES_NEAR, replace(AROUND, km=40).parameters())] == ["Daraya"]
    assert len(found(full, Question(places=(MADAYA,), near=AROUND))) == 3, "but the place that was asked for counts"


def steps(database: Database, sql: str, parameters: dict[str, object]) -> str:
    rows = database.execute(f"EXPLAIN QUERY PLAN {sql}", parameters | {"limit": 50, "offset": 0}).fetchall()
    return "\n".join(row["detail"] for row in rows)


def test_the_indexes_that_make_it_fast(full):
    full.connection.execute("ANALYZE")
    plan = steps(full, NEAR, AROUND.parameters())
    assert "places_latitude (latitude>? AND latitude<?)" in plan, "a circle is a range of latitudes"
    question = Question(places=(RURAL,), status="reported")
    plan = steps(full, question.ids_sql(), question.parameters())
    assert "SEARCH i USING PRIMARY KEY (ancestor_id=?)" in plan, "the closure"
    assert "B-TREE FOR ORDER BY" not in plan, "in order already: only ties are sorted"
    for what in LAYERS:
        for name in COMMON:
            question = Question(what, **{name: "x"})
            plan = steps(full, question.ids_sql(), question.parameters())
            assert "SCAN g" not in plan, f"{what} by {name} goes through no list of signatories"
    plan = steps(full, Question("statements", statement="x").ids_sql(), {"statement": "x"})
    assert "SCAN s" not in plan
