"""Kills what writes a database, at random moments, and looks at what is left.

    python -m tests.reliability.killing [KILLS] [SEED]

Each writer (`extract`, `link`, `load`, `migrate`) runs once undisturbed, which tells how long it takes and what it
makes. Then it is killed again and again with SIGKILL, at a moment between its first step and its last, until so many
kills met it at work (one that had ended by then counts as tried, not as killed), and each time:
the database opens, `integrity_check` and the check of full-text search pass, each statement has all of its records or
is not there, and a second run ends with the rows of the undisturbed one. The extractions are prepared, so that the
kills hit the writer; every twentieth kill hits the whole command: models, reading and all.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlite_utils
from tests.store.conftest import TEXT, WORLD, madaya

from statement_nlp import streaming
from statement_nlp.cli.setup import finish, steps
from statement_nlp.extraction import robust
from statement_nlp.records import Extraction
from statement_nlp.store import Database, Run, bulk, tables
from statement_nlp.store.migrations import MIGRATIONS
from statement_nlp.store.partitions import Manifest, Part, Partitions, Piece, Report
from statement_nlp.tracking.linking import link_all

RUN = Run("pipeline@1", version="0.1.0", started="2026-01-01T00:00:00Z")
STATEMENTS = 18
AT_ONCE = 3
"""Statements of a transaction, so that a kill falls between transactions as well as into one."""
HARNESS = os.getpid()
TRIES = 10
"""Kills that are tried at most, for each that is to meet a writer at work."""
LAST_OF_OLD = "m0005_reviews"
"""The last migration of the older database that is brought up to date."""


def prepared() -> list[Extraction]:
    """Extractions of short statements, each with all kinds of records; they repeat and update each other."""
    return [
        madaya(statement_id=f"madaya-{n}", published=f"2016-{n % 9 + 1:02}-12")
        if n % 3
        else replace(madaya(statement_id=f"madaya-{n}", published=f"2016-{n % 9 + 1:02}-20"), demands=())
        for n in range(STATEMENTS)
    ]


def _extract(folder: Path) -> None:
    given = prepared()
    by_id = {extraction.statement.id: extraction for extraction in given}
    told: list[streaming.Done] = []
    with (
        _patched(robust, "extract_each", lambda statements, **_: (by_id[s.id] for s in statements)),
        _patched(streaming, "WRITTEN_AT_ONCE", AT_ONCE),
        Database(folder / "s.db", lookup=WORLD.get) as database,
    ):
        streaming.extract_into(database, (e.statement for e in given), RUN, told.append, then=steps())
        finish(database)
    failed = [done.message for done in told if done.outcome == "failed"]
    if failed:
        raise AssertionError(failed)


def _link(folder: Path) -> None:
    with Database(folder / "s.db", create=False) as database:
        link_all(database)


def _load(folder: Path) -> None:
    with Database(folder / "s.db", lookup=WORLD.get) as database:
        bulk.load(database, Partitions(str(folder / "parquet")), then=steps())
        link_all(database)
        finish(database)


def _migrate(folder: Path) -> None:
    Database(folder / "s.db", create=False).close()


@contextmanager
def _patched(owner: object, name: str, value: object) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _nothing(folder: Path) -> None:
    folder.mkdir(parents=True)


def _unlinked(folder: Path) -> None:
    folder.mkdir(parents=True)
    with Database(folder / "s.db", lookup=WORLD.get) as database:
        for extraction in prepared():
            database.save(extraction, RUN)


def _partitions(folder: Path) -> None:
    folder.mkdir(parents=True)
    partitions = Partitions(str(folder / "parquet"))
    given = prepared()
    parts = [given[n : n + 6] for n in range(0, len(given), 6)]
    partitions.begin(Manifest(RUN, tuple(Part((Piece("a", "a", n, n + 1),), f"f{n}") for n in range(len(parts)))))
    for number, part in enumerate(parts):
        with Database(":memory:", lookup=WORLD.get) as database:
            for extraction in part:
                database.save(extraction, RUN)
            partitions.write(number, tables.dump(database.connection), Report(f"f{number}", len(part)))


def _partitions_beside(folder: Path) -> None:
    """Partitions, for a database that holds a statement already: each is then a transaction of its own."""
    _partitions(folder)
    with Database(folder / "s.db", lookup=WORLD.get) as database:
        database.save(prepared()[0], RUN, then=steps())


def _older(folder: Path) -> None:
    """A database as an earlier version left it, with the same statements."""
    _unlinked(folder)
    (folder / "s.db").rename(folder / "new.db")
    names = [m.name for m in MIGRATIONS._migrations]
    with closing(sqlite3.connect(folder / "s.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        MIGRATIONS.apply(sqlite_utils.Database(db), stop_before=names[names.index(LAST_OF_OLD) + 1])
        db.execute("ATTACH ? AS new", (str(folder / "new.db"),))
        filled = [row[0] for row in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in (*tables.TABLES, *(t for t in filled if t not in tables.TABLES)):
            if table in filled and "_fts" not in table and not table.startswith(("sqlite", "_sqlite")):
                columns = ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})"))
                db.execute(f"INSERT OR IGNORE INTO main.{table}({columns}) SELECT {columns} FROM new.{table}")
        db.execute("DETACH new")
    (folder / "new.db").unlink()


@dataclass(frozen=True)
class Fault:
    """What is killed: how the folder is made ready, and what runs in it."""

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path], None]


def _texts(folder: Path) -> None:
    """Text files, for the command itself."""
    (folder / "texts").mkdir(parents=True)
    for extraction in prepared()[:8]:
        told = f"Title: {extraction.statement.title}\nPublished: {extraction.statement.published}\n---\n\n"
        (folder / "texts" / f"{extraction.statement.id}.txt").write_text(told + TEXT, encoding="utf8")


def _command(folder: Path) -> None:
    """The command as a user starts it; in a child of ours it takes the child's place, and so the kill."""
    command = [sys.executable, "-m", "statement_nlp", "extract", "texts", "--db", "s.db"]
    if os.getpid() == HARNESS:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return
    os.chdir(folder)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    os.execv(sys.executable, command)


FAULTS = (
    Fault("extract", _nothing, _extract),
    Fault("link", _unlinked, _link),
    Fault("load into an empty database", _partitions, _load),
    Fault("load into one with statements", _partitions_beside, _load),
    Fault("migrate", _older, _migrate),
)
COMMAND = Fault("the command extract", _texts, _command)


@dataclass
class Tally:
    """What was found after the kills of one fault."""

    kills: int = 0
    before: int = 0
    inside: int = 0
    lost: list[str] = field(default_factory=list)


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a database, without what tells of runs; the checks of SQLite and of full-text search pass before."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "integrity_check"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == [], "foreign_key_check"
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        out = {}
        for name in names:
            if name.endswith("_fts"):
                db.execute(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)")
            elif "_fts_" not in name and not name.startswith("sqlite_"):
                kept = [row[1] for row in db.execute(f"PRAGMA table_info({name})") if row[1] != "run_id"]
                listed = ", ".join(f'"{column}"' for column in kept)
                out[name] = sorted(db.execute(f"SELECT {listed} FROM {name}").fetchall(), key=repr)
        return out


def _of_statements(path: Path) -> dict[str, dict[str, list[tuple[object, ...]]]]:
    """Statement -> table -> its rows."""
    with closing(sqlite3.connect(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'statements'").fetchone():
            return {}
        ids = [row[0] for row in db.execute("SELECT id FROM statements")]
        return {statement: {table: _rows(db, table, statement) for table in tables.RECORDS} for statement in ids}


def _rows(db: sqlite3.Connection, table: str, statement: str) -> list[tuple[object, ...]]:
    """The rows of a table that are of a statement, itself or through the record that they hang on."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "run_id"]
    if not columns:
        return []  # an older database has no such table yet
    listed = ", ".join(f'"{column}"' for column in columns)
    if table == "statements":
        where = "id = ?"
    elif "statement_id" in columns:
        where = "statement_id = ?"
    else:
        parent = {"figure_id": "figures", "claim_id": "claims", "demand_id": "demands"}[columns[0]]
        where = f"{columns[0]} IN (SELECT id FROM {parent} WHERE statement_id = ?)"
    return sorted(db.execute(f"SELECT {listed} FROM {table} WHERE {where}", (statement,)).fetchall(), key=repr)


class Killing:
    """Kills of one fault in a folder."""

    def __init__(self, fault: Fault, folder: Path, chance: random.Random) -> None:
        self.fault = fault
        self.folder = folder
        self.chance = chance
        self.tally = Tally()
        fault.prepare(folder / "ready")
        shutil.copytree(folder / "ready", folder / "whole")
        fault.run(folder / "whole")  # once to warm up what is loaded late
        shutil.rmtree(folder / "whole")
        shutil.copytree(folder / "ready", folder / "whole")
        started = time.monotonic()
        _in_child(fault, folder / "whole", None)
        self.seconds = time.monotonic() - started
        self.whole = contents(folder / "whole" / "s.db")
        self.statements = _of_statements(folder / "whole" / "s.db")

    def kill(self) -> None:
        """One kill, and what is looked at after it."""
        target = self.folder / "killed"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder / "ready", target)
        moment = self.chance.uniform(0, self.seconds)
        ended = _in_child(self.fault, target, moment)
        self.seconds *= 0.95 if ended else 1.02  # what takes less than it did then, as the machine is busy or not
        self.tally.kills += 1
        self.tally.inside += not ended
        try:
            self._look(target)
        except (AssertionError, sqlite3.Error) as error:
            self.tally.lost.append(f"killed after {moment:.3f} s: {type(error).__name__}: {str(error)[:300]}")

    def _look(self, target: Path) -> None:
        if (target / "s.db").exists():
            contents(target / "s.db")
            for statement, rows in _of_statements(target / "s.db").items():
                assert rows == self.statements[statement], f"{statement} is not whole"
        else:
            self.tally.before += 1
        self.fault.run(target)
        again = contents(target / "s.db")
        different = [t for t in self.whole if t not in ("runs", "_sqlite_migrations") and again[t] != self.whole[t]]
        assert again.keys() == self.whole.keys(), "other tables"
        assert not different, f"a second run makes other rows in {', '.join(different)}"


def _in_child(fault: Fault, folder: Path, moment: float | None) -> bool:
    """Run a fault's writer in a process, killed after `moment` seconds; whether it ended by itself."""
    child = os.fork()
    if child == 0:
        try:
            fault.run(folder)
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a child must not return
            traceback.print_exc()
            os._exit(1)
    if moment is not None:
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError(f"{fault.name} failed by itself")
    return os.WIFEXITED(status)


def kill_all(kills: int, seed: int, folder: Path) -> dict[str, Tally]:
    """So many kills that meet a writer at work, shared among the faults."""
    chance = random.Random(seed)
    of_command = kills // 20
    shares = [(fault, (kills - of_command) // len(FAULTS)) for fault in FAULTS]
    shares[0] = (FAULTS[0], shares[0][1] + (kills - of_command) % len(FAULTS))
    found = {}
    for fault, share in (*shares, (COMMAND, of_command)):
        if share:
            killing = Killing(fault, folder / fault.name.replace(" ", "-"), chance)
            undisturbed, tally = killing.seconds, killing.tally
            while tally.inside < share and tally.kills < TRIES * share:
                killing.kill()
            found[fault.name] = tally
            told = f"{undisturbed:.2f} s undisturbed, {tally.kills} kills, {tally.inside} of them at work"
            print(f"  {fault.name}: {told}", file=sys.stderr, flush=True)
    return found


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"{kills} kills of who is at work, seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        found = kill_all(kills, seed, Path(folder))
    print(f"{'killed':34}{'times':>7}{'at work':>9}{'lost':>6}")
    for name, tally in found.items():
        print(f"{name:34}{tally.kills:>7}{tally.inside:>9}{len(tally.lost) or 'nothing':>8}")
    print(f"{'in all':34}{sum(t.kills for t in found.values()):>7}{sum(t.inside for t in found.values()):>9}")
    lost = [f"{name}, {line}" for name, tally in found.items() for line in tally.lost]
    if sum(tally.inside for tally in found.values()) < kills:
        lost.append(f"fewer than {kills} met one at work")
    print("\n".join(lost))
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
