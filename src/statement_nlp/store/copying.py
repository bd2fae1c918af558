"""A copy of a database while others read and write it: one moment's whole state, checked before it bears its name."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from statement_nlp.errors import DatabaseError

PAGES = 1024
"""Pages (4 MB) that are copied at a time; between them progress is told."""

Progress = Callable[[int, int], None]


def check_target(path: str | Path, target: Path, *, force: bool) -> None:
    """Refuse to copy a database onto itself, onto a folder, or (but with `force`) onto what is there.

    Raises:
        DatabaseError: it is refused; the message names the way out.
    """
    if target.is_dir():
        raise DatabaseError(f"{target} is a folder: name a file")
    if target.exists():
        if Path(path).exists() and target.samefile(path):
            raise DatabaseError(f"{target} is the database itself: name another file")
        if not force:
            raise DatabaseError(f"{target} exists already: name a new file, or give --force to replace it")
    if not target.absolute().parent.is_dir():
        raise DatabaseError(f"there is no folder {target.absolute().parent} for {target.name}")


def copy(connection: sqlite3.Connection, path: str | Path, target: Path, progress: Progress | None = None) -> None:
    """Copy a database to a file, which appears under its name (in place of what was there) only when all is well.

    Args:
        connection: of the database, in no transaction.
        path: its file, whose rights the copy gets.
        target: the file to make.
        progress: called with the pages done and the pages in all.

    Raises:
        DatabaseError: the copy is damaged, and so is the database.
        sqlite3.Error: the database cannot be read, or the copy not be written.
        OSError: the same.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)  # of a copy that was killed
    told = (lambda _, left, pages: progress(pages - left, pages)) if progress else None
    made = sqlite3.connect(partial)
    try:
        # one reader's view of the database: without it the copy would begin anew whenever somebody writes
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.backup(made, pages=PAGES, progress=told)
        finally:
            connection.execute("ROLLBACK")
        made.execute("PRAGMA journal_mode = DELETE")
        _check(made, path)
        made.close()
        if Path(path).exists():
            shutil.copymode(path, partial)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(target)
    finally:
        made.close()
        partial.unlink(missing_ok=True)


def _check(made: sqlite3.Connection, path: str | Path) -> None:
    found = [row[0] for row in made.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise DatabaseError(
            f"{path} is damaged ({'; '.join(found)}), so no copy of it was kept: go back to an earlier copy, or "
            "extract the statements into a new database"
        )
