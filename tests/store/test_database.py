from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database as SqliteUtils

from statement_nlp.errors import DatabaseError, GoldError, UnknownStatementError
from statement_nlp.records import Place
from statement_nlp.store import Database, Run, copying, judging, saving, versions
from statement_nlp.store import database as database_module
from statement_nlp.store.migrations import MIGRATIONS, split

WORLD_SYRIA = Place("geonames:163843", "Syria", "SY", "country", 35.0, 38.0)


def count(db, table):
    return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def column(db, query, *parameters):
    return [row[0] for row in db.execute(query, parameters)]


def test_what_is_saved_comes_back(db, make, run):
    assert db.save(make(), run).outcome == "added"
    assert db.load("madaya-1") == make()


def test_the_same_statement_twice_changes_nothing(db, make, run, contents):
    db.save(make(), run)
    before = (contents(db), db.execute("SELECT total_changes()").fetchone()[0], count(db, "runs"))
    assert db.save(make(), Run("pipeline@1", version="0.1.0")).outcome == "unchanged"
    assert (contents(db), db.execute("SELECT total_changes()").fetchone()[0], count(db, "runs")) == before


def test_another_pipeline_replaces_and_ids_stay(db, make, run):
    db.save(make(), run)
    ids = {t: set(column(db, f"SELECT id FROM {t}")) for t in saving.LAYERS}
    assert db.save(make(), Run("pipeline@2", version="0.1.0")).outcome == "replaced"
    assert {t: set(column(db, f"SELECT id FROM {t}")) for t in saving.LAYERS} == ids
    runs = "SELECT DISTINCT r.pipeline FROM {} x JOIN runs r ON r.id = x.run_id"
    assert {p for t in saving.LAYERS for p in column(db, runs.format(t))} == {"pipeline@2"}


def test_a_changed_text_replaces_its_records_and_what_still_stands_keeps_its_id(db, make, run):
    db.save(make(), run)
    demand = column(db, "SELECT id FROM demands")
    changed = make("Winter is near. " + make().statement.text.replace("Bombs fall on Daraya every night. ", "")
                   + "\nBombs fall on Daraya every night")  # fmt: skip
    assert db.save(changed, run).outcome == "replaced"
    assert db.load("madaya-1") == changed
    assert column(db, "SELECT id FROM demands") == demand


def test_what_a_changed_text_no_longer_says_is_gone_everywhere(db, make, run, contents):
    db.save(make(), run)
    full = make()
    bare = replace(full, places=(), parties=(), figures=(), demands=(), claims=(), signatories=type(full.signatories)())
    db.save(replace(bare, statement=replace(full.statement, text=full.statement.text + " ")), run)
    left = {name for name, rows in contents(db).items() if rows}
    assert left == {"statements", "months", "zones", "organisations", "organisation_names"}, "the publisher is known"
    assert column(db, "SELECT rowid FROM claims_fts WHERE claims_fts MATCH 'trapped'") == []


def test_remove_leaves_nothing_but_the_run(db, make, run, contents):
    db.save(make(), run)
    db.save(make(statement_id="madaya-2"), run)
    db.remove("madaya-1")
    assert column(db, "SELECT id FROM statements") == ["madaya-2"]
    assert column(db, "SELECT statements FROM place_counts WHERE place_id = 'geonames:163843'") == [1]
    db.remove("madaya-2")
    assert {name for name, rows in contents(db).items() if rows} == set()
    with pytest.raises(UnknownStatementError, match="no statement 'madaya-2'"):
        db.remove("madaya-2")


def test_a_claim_lies_under_its_place_and_every_place_around_it(db, make, run):
    db.save(make(), run)
    under = "SELECT c.quote FROM claim_places p JOIN claims c ON c.id = p.claim_id WHERE p.ancestor_id = ? ORDER BY 1"
    both = ["Bombs fall on Daraya every night", "In Madaya 40,000 people are trapped"]
    assert column(db, under, "geonames:163843") == both, "Syria"
    assert column(db, under, "geonames:170652") == both, "Rural Damascus"
    assert column(db, under, "geonames:170592") == both[:1], "Daraya itself"
    assert column(db, "SELECT DISTINCT date FROM claim_places") == ["2016-09-12"], (
        "undated claims bear the statement's day"
    )


def test_counts_by_place_include_what_lies_inside(db, make, run):
    db.save(make(), run)
    query = "SELECT statements, mentions, claims, figures, demands FROM place_counts WHERE place_id = ?"
    assert tuple(db.execute(query, ("geonames:163843",)).fetchone()) == (1, 4, 2, 2, 1)
    assert tuple(db.execute(query, ("geonames:170592",)).fetchone()) == (1, 1, 1, 0, 0)


def test_a_place_that_moves_takes_its_claims_along(db, make, run, contents):
    db.save(make(), run)
    moved = Place(
        "geonames:167357", "Madaya", "SY", "city", 33.7, 36.1, 167357, parents=("geonames:170063", "geonames:163843")
    )
    changed = make(statement_id="madaya-2")
    places = tuple(replace(m, place=moved) if m.name == "Madaya" else m for m in changed.places)
    db.save(replace(changed, places=places), run)
    under = (
        "SELECT DISTINCT c.statement_id FROM claim_places p JOIN claims c ON c.id = p.claim_id WHERE p.ancestor_id = ?"
    )
    assert sorted(column(db, under, "geonames:170063")) == ["madaya-1", "madaya-2"], "both statements, the old one too"
    counts = "SELECT claims, mentions, statements FROM place_counts WHERE place_id = ?"
    assert tuple(db.execute(counts, ("geonames:170652",)).fetchone()) == (2, 2, 2), "Daraya alone is left inside"
    with db.transaction() as connection:
        before = contents(db)["place_counts"]
        database_module.rollups.rebuild_places(connection, column(db, "SELECT place_id FROM place_counts"))
    assert contents(db)["place_counts"] == before


def test_a_place_without_a_gazetteer_keeps_its_chain(tmp_path, make, run):
    with Database(tmp_path / "x.db") as db:
        db.save(make(), run)
        assert db.load("madaya-1") == make()
        assert column(db, "SELECT name FROM places WHERE id = 'geonames:163843'") == ["geonames:163843"]
    with Database(tmp_path / "x.db", lookup={"geonames:163843": WORLD_SYRIA}.get) as db:
        db.save(make(statement_id="madaya-2"), run)
        assert column(db, "SELECT name FROM places WHERE id = 'geonames:163843'") == ["Syria"]


def test_full_text_search_finds_other_forms_of_a_word(db, make, run):
    db.save(make(), run)
    assert column(db, "SELECT c.quote FROM claims_fts f JOIN claims c ON c.id = f.rowid WHERE claims_fts MATCH 'bomb'")
    assert column(
        db, "SELECT d.quote FROM demands_fts f JOIN demands d ON d.id = f.rowid WHERE demands_fts MATCH 'convoy'"
    )
    found = "SELECT s.id FROM statements_fts f JOIN statements s ON s.number = f.rowid WHERE statements_fts MATCH ?"
    assert column(db, found, "starving") == ["madaya-1"]
    for table in ("claims_fts", "demands_fts", "statements_fts"):
        db.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")


def test_signatories_and_the_difference_to_the_stated_number(db, make, run):
    db.save(make(), run)
    assert column(db, "SELECT finding FROM signatory_findings") == [
        "The text states 3 signatories but lists 2: 1 fewer."
    ]
    assert column(db, "SELECT organisation_id FROM signatories_by_statement ORDER BY position") == [
        "lantern-aid", "orchard-relief-uk",
    ]  # fmt: skip
    row = db.execute("SELECT * FROM organisations_overview WHERE organisation = 'Lantern Aid'").fetchone()
    assert (row["statements_signed"], row["statements_published"]) == (1, 1)


def test_every_view_leads_back_to_the_characters(db, make, run):
    db.save(make(), run)
    text = db.statement("madaya-1").text
    views = (("claims_by_place", "claim"), ("demands_by_addressee", "demand"), ("figures_over_time", "figure"),
             ("places_in_statements", "quote"), ("parties_in_statements", "quote"))  # fmt: skip
    for view, quote in views:
        rows = db.execute(f'SELECT start, "end", {quote}, statement, statement_kind FROM {view}').fetchall()
        assert rows, view
        for start, end, found, title, kind in rows:
            assert (text[start:end], title, kind) == (found, "Open the roads to Madaya", "own")


def test_links_go_with_their_records_and_stay_with_them(db, make, run):
    db.save(make(), run)
    db.save(make(statement_id="madaya-2"), run)
    a, b = column(db, "SELECT id FROM figures WHERE quote = '40,000 people' ORDER BY statement_id")
    with db.transaction() as connection:
        connection.execute(
            """INSERT INTO links
            (kind, layer, a_statement_id, a_id, a_quote, b_statement_id, b_id, b_quote, score, reason)
            VALUES ('repeats', 'figures', 'madaya-1', ?, '40,000 people', 'madaya-2', ?, '40,000 people', 1, 'same')""",
            (a, b),
        )
    db.save(make(), Run("pipeline@2", version="0.1.0"))
    assert count(db, "links") == 1
    db.save(replace(make(), figures=()), Run("pipeline@3", version="0.1.0"))
    assert count(db, "links") == 0


def test_a_rejected_record_is_in_no_view_and_not_loaded_and_stays_rejected(db, make, run):
    db.save(make(), run)
    claim = column(db, "SELECT id FROM claims WHERE quote LIKE 'Bombs%'")[0]
    with db.transaction() as connection:
        judging.decide(connection, claim, judging.Decision("reject", "Amira"))
    db.save(make(), Run("pipeline@2", version="0.1.0"))
    assert column(db, "SELECT place FROM claims_by_place") == ["Madaya"]
    assert [c.status for c in db.load("madaya-1").claims] == ["asserted"]


def test_a_step_that_fails_undoes_the_save(db, make, run, contents):
    before = contents(db)

    def fail(connection: sqlite3.Connection, statement_id: str) -> None:
        raise DatabaseError(f"cannot link {statement_id}")

    with pytest.raises(DatabaseError, match="cannot link madaya-1"):
        db.save(make(), run, then=[fail])
    assert contents(db) == before
    assert count(db, "runs") == 0
    assert db.save(make(), run).outcome == "added", "the run can go on"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e: replace(e, claims=(replace(e.claims[0], start=1, end=4),)), "does not stand at 1-4"),
        (lambda e: replace(e, zones=(replace(e.zones[0], end=9999),)), "zone at 0-9999 is outside of the text"),
    ],
)
def test_a_record_that_does_not_stand_where_it_says_is_refused(db, make, run, change, message):
    with pytest.raises(GoldError, match=message):
        db.save(change(make()), run)
    assert count(db, "statements") == 0


def test_foreign_keys_are_on(db, make, run):
    db.save(make(), run)
    with pytest.raises(DatabaseError, match="FOREIGN KEY"):
        db.execute("UPDATE claims SET statement_id = 'nobody'")
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_two_writers_and_a_reader(tmp_path, make, run, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    path = tmp_path / "x.db"
    with Database(path) as one, Database(path) as two, Database(path, read_only=True) as reader:
        with one.transaction():
            assert reader.execute("SELECT count(*) FROM statements").fetchone()[0] == 0
            with pytest.raises(DatabaseError, match="another program has been writing"):
                two.save(make(), run)
        assert two.save(make(), run).outcome == "added"
        assert reader.execute("SELECT count(*) FROM statements").fetchone()[0] == 1
        with pytest.raises(DatabaseError, match="readonly"):
            reader.save(make(statement_id="madaya-2"), run)


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path):
    def make(n):
        path = tmp_path / f"{n // 8}.db"
        with Database(path) as database:
            return count(database, "_sqlite_migrations")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(make, range(32))) == {len(MIGRATIONS._migrations)}


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda p: p.write_bytes(b"this is a letter, not a database" * 50), "is not a SQLite database"),
        (lambda p: p.write_bytes(b"short"), "is not a SQLite database"),
        (lambda p: p.write_bytes(b"x"), "is not a SQLite database"),
        (lambda p: SqliteUtils(p)["recipes"].insert({"name": "bread"}), "of another program"),
        (lambda p: p.mkdir(), "is a folder"),
    ],
)
def test_what_is_not_ours_is_refused_in_one_line(tmp_path, write, message):
    path = tmp_path / "x.db"
    write(path)
    with pytest.raises(DatabaseError, match=message) as caught:
        Database(path)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(DatabaseError, match="there is no folder"):
        Database(tmp_path / "nowhere" / "x.db")
    with pytest.raises(DatabaseError, match="make it with"):
        Database(tmp_path / "x.db", create=False)
    assert not (tmp_path / "x.db").exists()


def test_a_newer_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "x.db"
    Database(path).close()
    SqliteUtils(path)["_sqlite_migrations"].insert(
        {"migration_set": "statement_nlp", "name": "m9999_future", "applied_at": "2030"}
    )
    with pytest.raises(DatabaseError, match="newer version of statement-nlp \\(m9999_future\\)"):
        Database(path)


def test_each_migration_has_its_file():
    assert [m.name for m in MIGRATIONS._migrations] == sorted(versions.known())


def test_an_older_database_is_brought_up_to_date(tmp_path, make, run):
    path = tmp_path / "x.db"
    old = SqliteUtils(sqlite3.connect(path, isolation_level=None))
    MIGRATIONS.apply(old, stop_before="m0004_views")
    old.conn.close()
    with pytest.raises(DatabaseError, match="open it once for writing"):
        Database(path, read_only=True)
    with Database(path) as db:
        db.save(make(), run)
        assert count(db, "claims_by_place") == 2


def test_splitting_keeps_triggers_whole():
    script = "CREATE TABLE a(b);\n-- a; word\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n SELECT 1;\n SELECT 2;\nEND;\n"
    assert [s.count(";") for s in split(script)] == [1, 4]


def test_find_statement_by_a_part_of_its_id_or_title(db, make, run):
    db.save(make(), run)
    assert db.find_statement("madaya-1") == db.find_statement("MADAYA") == db.find_statement("the roads") == "madaya-1"
    db.save(make(statement_id="madaya-2"), run)
    with pytest.raises(UnknownStatementError, match="may be any of: madaya-1, madaya-2"):
        db.find_statement("roads")
    with pytest.raises(UnknownStatementError, match="no statement 'x'"):
        db.find_statement("x")
    with pytest.raises(UnknownStatementError):
        db.find_statement("")


def test_notes_about_the_database(db):
    db.note("demonstration", "yes")
    assert db.noted("demonstration") == "yes"
    db.note("demonstration", None)
    assert db.noted("demonstration") is None


def test_backup_while_another_program_writes(tmp_path, db, make, run, contents):
    db.save(make(), run)
    target = tmp_path / "copy.db"
    with Database(db.path) as other, other.transaction() as connection:
        connection.execute("DELETE FROM claims")
        pages = []
        db.backup(target, lambda done, of: pages.append((done, of)))
    with Database(target, read_only=True) as copy:
        assert contents(copy) | {"claims": []} == contents(db) | {"claims": []} | {
            name: contents(copy)[name] for name in ("claim_named_places", "claim_places", "claim_figures")
        }
        assert count(copy, "claims") == 2
    assert pages[-1][0] == pages[-1][1]
    assert not list(tmp_path.glob("*.partial*"))


def test_a_backup_ends_though_somebody_writes_after_every_page(tmp_path, db, make, run, monkeypatch):
    """SQLite begins a copy anew when another connection writes; ours sees one moment and comes to its end."""
    monkeypatch.setattr(copying, "PAGES", 1)
    db.save(make(), run)
    target, pages = tmp_path / "copy.db", []
    with Database(db.path) as other:

        def write(done, of):
            pages.append(done)
            other.note("turn", str(done))

        db.backup(target, write)
    assert pages == sorted(pages)
    with Database(target, read_only=True) as copy:
        assert copy.noted("turn") is None
        assert copy.load("madaya-1") == make()


def test_a_backup_replaces_nothing_unasked_and_leaves_nothing_behind(tmp_path, db, make, run):
    target = tmp_path / "copy.db"
    target.write_text("an older copy")
    refused = {
        target: "exists already: name a new file, or give --force",
        Path(db.path): "the database itself",
        tmp_path: "is a folder",
        tmp_path / "none" / "x.db": "there is no folder",
    }
    for path, why in refused.items():
        with pytest.raises(DatabaseError, match=why):
            db.backup(path, force=why.startswith("the database"))
    assert target.read_text() == "an older copy"
    db.save(make(), run)
    Path(db.path).chmod(0o640)
    db.backup(target, force=True)
    assert target.stat().st_mode & 0o777 == 0o640
    with Database(target, read_only=True) as copy:
        assert copy.load("madaya-1") == make()
    assert not list(tmp_path.glob("*.partial*"))


def test_a_damaged_database_gives_no_backup(tmp_path, db, make, run):
    for n in range(20):
        db.save(make(statement_id=f"s-{n}"), run)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'claims'").fetchone()[0]
    with Path(db.path).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with Database(db.path) as damaged, pytest.raises(DatabaseError, match=r"damaged|malformed"):
        damaged.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob("*.partial*"))


KILLED = """
import sys
from dataclasses import replace
sys.path.insert(0, {tests!r})
from conftest import madaya, WORLD
from statement_nlp.store import Database, Run, judging
with Database({path!r}, lookup=WORLD.get) as db:
    run = Run("pipeline@1")
    for n in range(100000):
        db.save(madaya(statement_id=f"s-{{n}}"), run)
        print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 23])
def test_kill_9_leaves_whole_statements_only(tmp_path, after, make):
    path = tmp_path / "x.db"
    code = KILLED.format(tests=str(Path(__file__).parent), path=str(path))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    told = 0
    for line in process.stdout:
        told = int(line)
        if told >= after:
            break
    time.sleep(after * 0.0007)
    os.kill(process.pid, signal.SIGKILL)
    told = max([told, *map(int, process.stdout.read().split())])
    process.wait()
    with Database(path) as db:
        assert column(db, "PRAGMA integrity_check") == ["ok"]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        ids = column(db, "SELECT id FROM statements")
        assert len(ids) >= told + 1, "what was reported as saved is there"
        for statement_id in ids:
            assert db.load(statement_id) == make(statement_id=statement_id)
        for table, per_statement in (("claims", 2), ("claim_places", 6), ("figures", 2), ("signatories", 2)):
            assert count(db, table) == per_statement * len(ids), table
        assert column(db, "SELECT saved FROM runs") == [len(ids)]


def test_the_planner_is_told_where_a_database_has_doubled(db, make, run, monkeypatch):
    monkeypatch.setattr(database_module, "FEW", 3)

    def grow(upto: int) -> bool:
        for n in range(upto):
            db.save(make(statement_id=f"madaya-{n}"), run)
        return db.analyse()

    assert [grow(upto) for upto in (2, 3, 5, 6, 11, 12)] == [False, True, False, True, False, True]
    told = db.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'sqlite_autoindex_statements_1'").fetchone()
    assert told[0] == "12 1"
