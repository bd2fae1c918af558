"""Tracks: what links join, and how they follow when links and statements change."""

from dataclasses import asdict, replace

import pytest

from statement_nlp.records import Extraction, Figure, Place, PlaceMention, Statement
from statement_nlp.store import Database, Run
from statement_nlp.tracking.linking import link_all, link_statement
from statement_nlp.tracking.tracks import _counted, rebuild_all, sweep, timeline

MADAYA = Place("geonames:167357", "Madaya", "SY", "city", 33.69, 36.1)


def count(name, published, value, *, condition="trapped", low=None, high=None, **date):
    quote = f"{value:,} people"
    text = f"In Madaya {quote} are {condition}."
    at = text.index(quote)
    figure = Figure(
        at, at + len(quote), quote, value if low is None else low, value if high is None else high, "exact", "people",
        condition, ("Madaya",), **date,
    )  # fmt: skip
    mention = PlaceMention(3, 9, "Madaya", "Madaya", "SY", MADAYA)
    return Extraction(
        Statement(name, text, title=name.title(), published=published, publisher="Lantern Aid"),
        places=(mention,),
        figures=(figure,),
    )


SPRING, SUMMER, AUTUMN = (
    count("spring", "2016-03-01", 42000), count("summer", "2016-06-01", 40000), count("autumn", "2016-09-01", 38000)
)  # fmt: skip


@pytest.fixture
def db(tmp_path):
    with Database(tmp_path / "statements.db", lookup={MADAYA.id: MADAYA}.get) as database:
        yield database


def save(db, *extractions, pipeline="test"):
    run = Run(pipeline)
    for extraction in extractions:
        db.save(extraction, run, then=[link_statement])


def tracks(db):
    query = "SELECT track, low, high, first_date, last_date, figures, statements, conflicts FROM figure_tracks"
    return [tuple(row) for row in db.execute(query)]


def everything(db):
    return [
        list(map(tuple, db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))) for table in ("tracks", "track_members")
    ]


@pytest.mark.parametrize("order", [(SPRING, SUMMER, AUTUMN), (AUTUMN, SPRING, SUMMER)])
def test_a_track_in_whatever_order_statements_come(db, order):
    save(db, *order)
    assert tracks(db) == [("Madaya: people trapped", 38000, 42000, "2016-03-01", "2016-09-01", 3, 3, 0)]
    members = db.execute("SELECT statement_id FROM track_members ORDER BY position").fetchall()
    assert [row[0] for row in members] == ["spring", "summer", "autumn"]
    before = everything(db)
    assert link_all(db) == 3
    assert rebuild_all(db.connection) == 1
    assert everything(db) == before


def test_a_track_names_those_who_said_it_once_each(db):
    save(db, SPRING, SUMMER, replace(AUTUMN, statement=replace(AUTUMN.statement, publisher="Harbour Aid")))
    assert db.execute("SELECT said_by FROM figure_tracks").fetchone()[0] == "Harbour Aid; Lantern Aid"


def test_other_conditions_make_other_tracks(db):
    save(db, SPRING, SUMMER, count("hunger", "2016-03-02", 41000, condition="food_insecure"))
    assert [row[0] for row in tracks(db)] == ["Madaya: people trapped"]
    assert timeline(db, [MADAYA.id], "food_insecure")[0].track is None
    assert timeline(db, [MADAYA.id], "food_insecure", linked_only=True) == []


def test_a_rejected_link_joins_nothing(db):
    save(db, SPRING, SUMMER)
    db.execute("UPDATE links SET judgement = 'rejected'")
    assert rebuild_all(db.connection) == 0


def test_a_track_follows_when_a_statement_changes_or_goes(db):
    save(db, SPRING, SUMMER, AUTUMN)
    save(db, count("autumn", "2016-09-01", 37000), pipeline="new")
    sweep(db)
    assert tracks(db) == [("Madaya: people trapped", 37000, 42000, "2016-03-01", "2016-09-01", 3, 3, 0)]
    db.remove("autumn")
    sweep(db)
    assert tracks(db) == [("Madaya: people trapped", 40000, 42000, "2016-03-01", "2016-06-01", 2, 2, 0)]
    db.remove("summer")
    sweep(db)
    assert tracks(db) == []


def test_conflicts_are_marked(db):
    day = {"date": "on 2 May", "since": "2016-05-02", "until": "2016-05-03"}
    save(
        db,
        count("one", "2016-05-04", 26, condition="killed", **day),
        count("two", "2016-06-01", 55, condition="killed", **day),
    )
    assert tracks(db)[0][-1] == 1
    points = timeline(db, [MADAYA.id], "killed")
    assert [(p.day, p.low, p.conflicts) for p in points] == [
        ("2016-05-02", 26, "55 people"), ("2016-05-02", 55, "26 people")
    ]  # fmt: skip


DAYS = [
    ({}, "2016-09-01", "no date: the statement's"),
    ({"date": "in May", "since": "2016-05-01", "until": "2016-06-01"}, "2016-05-01", "over by then"),
    (
        {"date": "since May", "since": "2016-05-01", "until": "2016-09-01"},
        "2016-09-01",
        "counts on to the statement's day",
    ),
    ({"date": "by December", "since": "2016-09-01", "until": "2016-12-31"}, "2016-09-01", "not over"),
]


@pytest.mark.parametrize(("date", "day", "why"), DAYS)
def test_the_day_of_a_figure(db, date, day, why):
    save(db, count("one", "2016-09-01", 26, **date))
    assert timeline(db, [MADAYA.id], "trapped")[0].day == day, why


def test_a_point_says_who_and_what(db):
    save(db, SPRING)
    point = asdict(timeline(db, [MADAYA.id], "trapped")[0])
    assert point["figure"] == "42,000 people"
    assert (point["publisher"], point["statement"], point["place"]) == ("Lantern Aid", "Spring", "Madaya")


@pytest.mark.parametrize(
    ("unit", "condition", "title"),
    [
        ("people", "trapped", "people trapped"),
        ("displaced people", "displaced", "displaced people"),
        ("displaced", "displaced", "people displaced"),
        ("dead", "killed", "people killed"),
        ("bodies", "killed", "bodies"),
        ("Refugees", "displaced", "Refugees"),
        ("refugees", "killed", "refugees killed"),
        ("suspected cases", "sick", "suspected cases"),
        ("people in need", "in_need", "people in need"),
        ("people", "in_need", "people in need"),
        ("share of people", "displaced", "share of people displaced"),
        ("USD", "funding", "funding, USD"),
        ("lorries", "other", "lorries"),
    ],
)
def test_what_is_counted_is_said_once(unit, condition, title):
    assert _counted(unit, condition) == title
