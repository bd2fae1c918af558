"""Files that people sent through the pages, until they are extracted: a private folder beside the database."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

STALE = 24 * 3600
"""Seconds after which a folder that is still being filled belongs to nobody any more."""
LONGEST_PART = 120
"""Code points of a file's or folder's name that are kept; the ending stays."""
DEEPEST = 8
"""Folders inside one another that are kept of a path, the innermost."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_ODD = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def folder_of(database: Path, batch_id: int) -> Path:
    """Where the files of a batch wait."""
    return _root(database) / str(batch_id)


def _root(database: Path) -> Path:
    return database.with_name(database.name + "-uploads")


def new_folder(database: Path) -> Path:
    """A new folder that is being filled, which only this user may read; folders that nobody fills any more go."""
    root = _root(database)
    root.mkdir(mode=0o700, exist_ok=True)
    for old in root.glob("incoming-*"):
        if time.time() - old.stat().st_mtime > STALE:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix="incoming-", dir=root))


def listed(folder: Path) -> list[str]:
    """The files of a batch as paths inside its folder, in an order that stays."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@contextmanager
def alone(database: Path) -> Iterator[bool]:
    """Whether this process is the only one that works on what was sent; it stays so until the block ends.

    SQLite's own lock on a file beside the database says so: it goes with the process, however that ends, on any system.
    """
    root = _root(database)
    root.mkdir(mode=0o700, exist_ok=True)
    lock = sqlite3.connect(root / "working.lock", timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
        else:
            yield True
    finally:
        lock.close()


def safe_path(name: str) -> str | None:
    """A file's name, or its path inside the folder that was sent, as a path that stays inside any folder of ours.

    Nothing that a system reads as more than a name is left: no parent, drive, control or wildcard character; what only
    looks different (Unicode forms) is one name. The same file sent again has the same path.

    >>> safe_path("letters/../2016/./a*.txt")
    'letters/2016/a_.txt'

    Returns:
        The path; None where nothing of a name is left.
    """
    parts: list[str] = []
    for part in re.split(r"[/\\]+", unicodedata.normalize("NFC", name)):
        plain = _ODD.sub("_", part.encode("utf-8", "replace").decode("utf-8")).strip(" ").rstrip(".")
        if plain.strip("._ ") == "" or (re.fullmatch(r"[A-Za-z]_", plain) and not parts):
            continue
        plain = f"_{plain}" if _RESERVED.fullmatch(plain) or plain.startswith("-") else plain
        suffix = PurePosixPath(plain).suffix[:12]
        if len(plain.encode()) > LONGEST_PART:
            stem = plain.removesuffix(suffix).encode()[: LONGEST_PART - len(suffix.encode())]
            plain = (stem.decode("utf-8", "ignore") + suffix).rstrip(" .")
        parts.append(plain)
    return "/".join(parts[-DEEPEST:]) or None
