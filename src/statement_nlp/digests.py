"""SHA-256 digests of what is learnt or installed, so that a damaged or exchanged file is told and not used.

A folder of models holds `SHA256SUMS`, as `sha256sum` writes it (and checks it: `sha256sum -c SHA256SUMS`).
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

SUMS = "SHA256SUMS"
DEPTH = 3
"""Folders above a model in which its sums may stand."""


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> Path:
    """Write the sums of all files below a folder, but of descriptions (`.md`), into it."""
    lines = [f"{digest(file)}  {file.relative_to(folder).as_posix()}\n" for file in _files(folder)]
    path = folder / SUMS
    path.write_text("".join(lines), encoding="utf8")
    return path


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != SUMS and file.suffix != ".md":
            yield file


def fault(path: Path) -> str | None:
    """What is wrong with a model's file by the sums of its folder, in words; None where nothing is.

    Args:
        path: the file. In a folder without sums, such as one that is just being trained, nothing is wrong.
    """
    for folder in list(path.parents)[:DEPTH]:
        sums = folder / SUMS
        if not sums.is_file():
            continue
        known = _read(sums, sums.stat().st_mtime).get(path.relative_to(folder).as_posix())
        if known is None:
            return f"it is not listed in {sums}"
        return None if digest(path) == known else f"its SHA-256 is not the one in {sums}"
    return None


@lru_cache(maxsize=8)
def _read(sums: Path, changed: float) -> dict[str, str]:
    lines = sums.read_text(encoding="utf8").splitlines()
    return {name: known for known, _, name in (line.partition("  ") for line in lines)}


def changed_files(package: str, suffixes: tuple[str, ...]) -> list[str]:
    """Files of an installed package that are not as its wheel recorded them, or missing.

    Args:
        package: the name of its distribution.
        suffixes: of the files to look at: data, not code.
    """
    out = []
    for file in distribution(package).files or ():
        if file.hash is None or file.hash.mode != "sha256" or file.suffix not in suffixes:
            continue
        path = Path(str(file.locate()))
        recorded = urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4)).hex()
        if not path.is_file() or digest(path) != recorded:
            out.append(str(path))
    return out
