"""The numbered migrations: how a database of any age becomes one of today.

A migration is a function here and a file in `sql/` of the same name (versions.py). It runs once, in one transaction
with the record that it ran (`_sqlite_migrations`), and is never edited after a release: what changes is a new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from statement_nlp.store.versions import APPLICATION_ID, MIGRATION_SET

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations(MIGRATION_SET)


@MIGRATIONS()
def m0001_tables(db: Database) -> None:
    """All tables: statements, what is extracted from them, what links them, what people decide about them."""
    run(db.conn, "0001_tables.sql")
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@MIGRATIONS()
def m0002_search(db: Database) -> None:
    """Full-text search over statements, claims and demands."""
    run(db.conn, "0002_search.sql")


@MIGRATIONS()
def m0003_closure(db: Database) -> None:
    """Triggers that keep `claim_places`, links and tracks in step with their records."""
    run(db.conn, "0003_closure.sql")


@MIGRATIONS()
def m0004_views(db: Database) -> None:
    """A view for each thing that a researcher browses."""
    run(db.conn, "0004_views.sql")


@MIGRATIONS()
def m0005_reviews(db: Database) -> None:
    """What people decide about records and links, each step of it, and what the machine said."""
    run(db.conn, "0005_reviews.sql")


@MIGRATIONS()
def m0006_rollups(db: Database) -> None:
    """Roll-ups and lists by day, for pages and links over many statements; opening the database fills them."""
    run(db.conn, "0006_rollups.sql")


@MIGRATIONS()
def m0007_near(db: Database) -> None:
    """An index on where places lie, for questions about what is near."""
    run(db.conn, "0007_near.sql")


@MIGRATIONS()
def m0008_batches(db: Database) -> None:
    """What people added through the pages, and what undoing it needs."""
    run(db.conn, "0008_batches.sql")


@MIGRATIONS()
def m0009_lists(db: Database) -> None:
    """Statements by day under places and parties; a view of figures that no longer reads all conflicts for each."""
    run(db.conn, "0009_lists.sql")


@MIGRATIONS()
def m0010_persons(db: Database) -> None:
    """Persons whom statements name, so that the names of private ones can be hidden."""
    run(db.conn, "0010_persons.sql")


@MIGRATIONS()
def m0011_added(db: Database) -> None:
    """Records that the machine missed and people added are judgements, too."""
    run(db.conn, "0011_added.sql")


@MIGRATIONS()
def m0012_tracked_by(db: Database) -> None:
    """The views of tracks name the publishers."""
    run(db.conn, "0012_tracked_by.sql")


def run(connection: sqlite3.Connection, name: str) -> None:
    """Run the statements of a packaged SQL file one by one, inside the caller's transaction."""
    for statement in split(files("statement_nlp.store").joinpath("sql", name).read_text(encoding="utf-8")):
        connection.execute(statement)


def split(script: str) -> Iterator[str]:
    """Cut an SQL script into statements; `BEGIN ... END` of a trigger stays whole.

    `sqlite3.executescript` would commit the open transaction first, and a migration must be all or nothing.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
