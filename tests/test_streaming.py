"""From statements to the database as a stream, with an extraction that finds what the test says."""

from __future__ import annotations

import pytest

from statement_nlp import streaming
from statement_nlp.errors import DatabaseError, EmptySourceError, ModelError
from statement_nlp.extraction import robust
from statement_nlp.reading.sources import Failure
from statement_nlp.records import Extraction, PlaceMention, Statement
from statement_nlp.store import Database, Run

RUN = Run("pipeline@1")


@pytest.fixture
def db(tmp_path):
    with Database(tmp_path / "new.db") as database:
        yield database


@pytest.fixture(autouse=True)
def extraction(monkeypatch):
    """Finds nothing; fails on "crash", and finds in "bad" what does not stand there."""

    def extract_each(statements, *, workers=1, limits=None):
        for s in statements:
            if s.text == "crash":
                yield robust.Crash(s, "IndexError: 3")
            elif s.text == "bad":
                yield Extraction(s, places=(PlaceMention(0, 3, "Aleppo", "Aleppo", None, None),))
            elif s.text == "refused":  # half of a character, which SQLite does not take
                yield Extraction(s, places=(PlaceMention(0, 7, "refused", "Aleppo", None, None, "\ud800"),))
            else:
                yield Extraction(s, skipped="language fr" if s.language == "fr" else None)

    monkeypatch.setattr(robust, "extract_each", extract_each)


def texts(*given):
    return [Statement(name, text, source=f"{name}.txt") for name, text in given]


def run(db, items, **options):
    told = []
    streaming.extract_into(db, items, RUN, told.append, **options)
    return [(d.source, d.outcome) for d in told], [d.message for d in told if d.message]


def ids(db):
    return {row[0] for row in db.execute("SELECT id FROM statements")}


def test_a_statement_that_fails_takes_no_other_with_it(db):
    given = texts(("a", "bread"), ("b", "crash"), ("c", "bad"), ("d", "refused"), ("e", "water"))
    told, messages = run(db, [Failure("x.pdf", EmptySourceError("x.pdf: empty")), *given])
    assert dict(told) == {
        "x.pdf": "failed", "a.txt": "added", "b.txt": "failed", "c.txt": "failed", "d.txt": "failed", "e.txt": "added",
    }  # fmt: skip
    assert messages[0] == "x.pdf: empty"
    assert all("a fault of a finder, please report it" in m for m in messages[1:])
    assert ids(db) == {"a", "e"}
    assert db.execute("SELECT saved FROM runs").fetchone()[0] == 2
    assert db.execute("SELECT count(*) FROM place_mentions").fetchone()[0] == 0


def test_a_run_of_which_nothing_is_stored_leaves_no_run(db):
    run(db, texts(("c", "bad")))
    assert db.execute("SELECT count(*) FROM runs").fetchone()[0] == 0
    run(db, texts(("c", "bad"), ("a", "bread")))
    assert db.execute("SELECT saved FROM runs").fetchall()[0][0] == 1


@pytest.mark.parametrize("between", [0, 100], ids=["not stored yet", "stored already"])
def test_the_same_id_twice(db, between):
    """The first counts; where it stood is told, whether it is stored already or still on its way."""
    others = [(str(n), "bread") for n in range(between)]
    given = [
        *texts(("a", "bread"), *others),
        Statement("a", "bread", source="b.txt"),
        Statement("a", "x", source="c.txt"),
    ]
    told, messages = run(db, given)
    assert messages == ["c.txt: its id 'a' was given to a.txt already; give it another id"]
    assert len(told) == 2 + between


def test_what_is_stored_is_told_unchanged_at_once_and_loads_no_model(db, monkeypatch):
    given = texts(*((str(n), "bread") for n in range(5)))
    run(db, given)
    monkeypatch.setattr(robust, "extract_each", lambda *_: pytest.fail("nothing is to be extracted"))
    assert run(db, given)[0] == [(f"{n}.txt", "unchanged") for n in range(5)]


def test_it_streams(db):
    """What is read is written before much more is read, and what is written can be seen by others."""
    behind = []

    def source():
        for n in range(500):
            behind.append(n - db.execute("SELECT count(*) FROM statements").fetchone()[0])
            yield Statement(str(n), "bread")

    run(db, source())
    assert max(behind) <= streaming.WRITTEN_AT_ONCE
    assert len(ids(db)) == 500


def test_an_error_that_concerns_all_stops_and_leaves_what_was_told(db):
    def step(connection, statement_id):
        if statement_id == "40":
            raise ModelError("no model")

    told = []
    given = texts(*((str(n), "bread") for n in range(100)))
    with pytest.raises(ModelError):
        streaming.extract_into(db, given, RUN, told.append, then=(step,))
    assert {d.source.removesuffix(".txt") for d in told} == ids(db) == {str(n) for n in range(32)}
    assert not db.connection.in_transaction


def test_a_database_that_cannot_be_written_stops(db, tmp_path):
    db.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(DatabaseError, match="readonly"):
        run(db, texts(("a", "bread")))
    assert ids(db) == set()
