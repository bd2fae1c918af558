"""What is added through the pages: the queue tells the truth; undoing takes back what a batch did and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.store.conftest import TEXT, WORLD, madaya
from tests.store.known import KNOWN

from statement_nlp.errors import BatchError
from statement_nlp.records import Extraction, Statement
from statement_nlp.store import Database, Run, batches, judging, undoing
from statement_nlp.store.batches import Item
from statement_nlp.store.judging import Decision
from statement_nlp.store.saving import fingerprint

OTHER = "Read on.\n\n" + TEXT
TABLES = (
    "statements", "zones", "place_mentions", "party_mentions", "figures", "claims", "demands", "signatories",
    "claim_places", "figure_places", "demand_addressees", "place_counts", "parties", "organisations", "reviews",
    "signatory_counts",
)  # fmt: skip


def sent(db, name="a folder", **more):
    with db.transaction() as connection:
        return batches.send(connection, name, by="root", files=2, given={}, **more)


def brought(db, batch, made, run=None):
    """Save a statement as the process does that works on a batch."""
    statement = made.statement
    before = []
    with_run = run or Run(f"pipeline@{batch}")
    if db.is_current(statement, with_run):
        item = Item("a.txt", "unchanged", None, statement.id, fingerprint(statement))
        with db.transaction() as connection:
            batches.note(connection, batch, item)
        return

    def note(connection, statement_id):
        outcome = "added" if before[0] is None else "replaced"
        batches.note(connection, batch, Item("a.txt", outcome, None, statement_id, fingerprint(statement)), before[0])

    db.save(made, with_run, first=[lambda c, i: before.append(undoing.keep(c, i, WORLD.get))], then=[note])


def undone(db, batch):
    words = []
    for position in batches.items_to_undo(db.connection, batch):
        with db.transaction() as connection:
            batches.undo(connection, batch, position, None)
        query = "SELECT undone FROM batch_items WHERE batch_id = ? AND position = ?"
        words.append(db.execute(query, (batch, position)).fetchone()[0])
    return words


def whole(db):
    """All that the tables say of statements, but for what tells when a judgement was put back."""
    columns = {
        "reviews": "layer, record_id, statement_id, verdict, quote, start, preceding, before, after, attached, found"
    }
    return {
        t: sorted(tuple(map(str, row)) for row in db.execute(f"SELECT {columns.get(t, '*')} FROM {t}")) for t in TABLES
    }


def judge(db, words, action, **changes):
    row = db.execute("SELECT id FROM claims WHERE quote LIKE ?", (f"{words}%",)).fetchone()
    with db.transaction() as connection:
        judging.decide(connection, row[0], Decision(action, "Amira", None, changes), known=KNOWN, lookup=KNOWN.place)


def test_what_was_added_is_removed_and_nothing_of_it_stays(db):
    before = whole(db)
    first = sent(db)
    brought(db, first, madaya())
    assert undone(db, first) == ["removed"]
    assert whole(db) == before


def test_what_was_replaced_is_as_it_was_with_its_judgements(db):
    db.save(madaya(), Run("pipeline@0"))
    judge(db, "Bombs", "reject")
    judge(db, "In Madaya", "correct", status="hedged")
    before = whole(db)
    first = sent(db)
    brought(db, first, Extraction(Statement("madaya-1", "All is quiet.")))
    assert [r[0] for r in db.execute("SELECT attached FROM reviews")] == [0, 0], "its words are gone"
    assert undone(db, first) == ["restored"]
    assert whole(db) == before
    assert [c.status for c in db.load("madaya-1").claims] == ["hedged"]


def test_what_people_judged_since_stays_theirs(db):
    db.save(madaya(), Run("pipeline@0"))
    judge(db, "Bombs", "reject")
    first = sent(db)
    brought(db, first, madaya(TEXT + "\nMore."))
    judge(db, "In Madaya", "accept")
    assert undone(db, first) == ["restored"]
    found = db.execute("SELECT quote, verdict, attached FROM reviews ORDER BY id").fetchall()
    assert [tuple(row)[1:] for row in found] == [("rejected", 1), ("accepted", 1)]
    assert db.statement("madaya-1").text == TEXT


def test_a_statement_of_two_batches_goes_when_both_are_undone(db):
    before = whole(db)
    run = Run("pipeline@0")
    first, second = sent(db), sent(db)
    brought(db, first, madaya(), run)
    brought(db, second, madaya(), run)
    assert undone(db, first) == [f"stays, for batch {second} brought it too"]
    assert db.statement("madaya-1").text == TEXT
    assert undone(db, second) == ["removed"]
    assert whole(db) == before


def test_undoing_the_earlier_of_two_replacements_keeps_the_later(db):
    db.save(madaya(), Run("pipeline@0"))
    before = whole(db)
    first, second = sent(db), sent(db)
    brought(db, first, madaya(OTHER))
    brought(db, second, madaya(OTHER + "\nMore."))
    undone(db, first)
    assert db.statement("madaya-1").text == OTHER + "\nMore."
    assert undone(db, second) == ["restored"]
    assert whole(db) == before, "not what the first batch had made of it"


def test_undoing_the_later_first_brings_back_the_earlier(db):
    first, second = sent(db), sent(db)
    brought(db, first, madaya())
    brought(db, second, madaya(OTHER))
    assert undone(db, second) == ["restored"]
    assert db.statement("madaya-1").text == TEXT
    assert undone(db, first) == ["removed"]


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        (lambda db: db.save(madaya(OTHER), Run("by hand")), "stays, for it was changed since"),
        (lambda db: db.remove("madaya-1"), "is gone already"),
    ],
)
def test_what_the_command_line_did_since_stays(db, meanwhile, says):
    first = sent(db)
    brought(db, first, madaya())
    meanwhile(db)
    left = whole(db)
    assert undone(db, first) == [says]
    assert whole(db) == left


def test_undoing_one_leaves_what_others_added(db):
    first, second = sent(db), sent(db)
    brought(db, second, replace(madaya(), statement=replace(madaya().statement, id="b")))
    left = whole(db)
    brought(db, first, madaya())
    undone(db, first)
    assert whole(db) == left


def test_the_queue(db):
    first, second = sent(db, not_taken=[("x.exe", "not read")]), sent(db)
    with db.transaction() as connection:
        assert batches.begin(connection)["id"] == first
        assert batches.begin(connection)["id"] == first, "what was cut off is taken up again"
        batches.advance(connection, first, 1)
        for _ in range(2):
            assert batches.begin(connection)["id"] == first
        assert batches.begin(connection)["id"] == second, "one that ends its process so often is given up"
        batches.ask(connection, second, "stop")
        assert batches.is_to_stop(connection, second)
        with pytest.raises(BatchError, match="is working"):
            batches.ask(connection, second, "undo")
        batches.finish(connection, second, "stopped")
        assert batches.begin(connection) is None
        batches.ask(connection, first, "undo")
        assert batches.begin(connection)["state"] == "to undo"
    row = db.execute("SELECT state, message FROM batches WHERE id = ?", (first,)).fetchone()
    assert "three times" in row["message"]
    assert batches.items_to_undo(db.connection, first) == [], "what was not taken needs no undoing"


def test_too_many_wait(db, monkeypatch):
    monkeypatch.setattr(batches, "MOST_WAITING", 1)
    sent(db)
    with pytest.raises(BatchError, match="wait already"):
        sent(db)


def test_a_reader_in_the_same_process_sees_what_others_write_after_it_was_opened_again(tmp_path):
    """Opening the file beside SQLite would drop the process's locks, and the next to close would take the log away."""
    import sqlite3
    import subprocess
    import sys

    path = tmp_path / "a.db"
    Database(path).close()
    reader = sqlite3.connect(path)
    count = "SELECT count(*) FROM meta"
    assert reader.execute(count).fetchone() == (0,)
    script = (
        "import sys; from statement_nlp.store import Database as D\nwith D(sys.argv[1]) as d: d.note(sys.argv[2], '1')"
    )
    for word in ("one", "two"):
        Database(path).close()
        subprocess.run([sys.executable, "-c", script, str(path), word], check=True)
    assert reader.execute(count).fetchone() == (2,)
    reader.close()
