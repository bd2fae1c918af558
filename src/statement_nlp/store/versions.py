"""Which version a database is of: told without what brings it up to date, which is slow to import.

Each migration is a function of migrations.py and a file in `sql/` of the same name and number.
"""

from __future__ import annotations

import sqlite3
from importlib.resources import files

APPLICATION_ID = 0x53544E4C
"""`STNL`: SQLite's own mark of whose file it is, so that no other program's database is taken for ours."""
MIGRATION_SET = "statement_nlp"


def known() -> set[str]:
    """The names of the migrations of this version."""
    names = (entry.name for entry in files("statement_nlp.store").joinpath("sql").iterdir())
    return {f"m{name.removesuffix('.sql')}" for name in names if name.endswith(".sql")}


def applied(connection: sqlite3.Connection) -> set[str]:
    """The names of the migrations that a database went through."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone() is None:
        return set()
    query = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"
    return {row[0] for row in connection.execute(query, (MIGRATION_SET,))}
