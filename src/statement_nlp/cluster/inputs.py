"""Files of JSON lines and Parquet, here or elsewhere, cut into parts that any machine can read by itself."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from statement_nlp.errors import SourceError, TooLargeSourceError, UnsupportedSourceError
from statement_nlp.reading.sources import MAX_BYTES, Failure, read_row
from statement_nlp.records import Statement
from statement_nlp.store.addresses import filesystem, told
from statement_nlp.store.parquet import arrow
from statement_nlp.store.partitions import Part, Piece

LINES, PARQUET = (".jsonl", ".ndjson"), (".parquet",)
SUFFIXES = LINES + PARQUET
CHUNK = 2**20
"""Bytes that are read at a time."""

Raw = bytes | Mapping[str, Any] | None
"""A line, or a row; None in place of a line that is longer than any statement."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in the pieces of a part: lines or rows of each, and a hash of all."""

    counts: tuple[int, ...]
    fingerprint: str


def files(sources: Sequence[str]) -> list[tuple[str, str]]:
    """The files that sources name (files, folders, patterns, addresses), each once: as named, and where it is.

    Raises:
        SourceError: there is no such file, or it is of a kind that is not read here.
    """
    found: dict[str, str] = {}
    for source in sources:
        for name, address in _expand(source):
            if not name.lower().endswith(SUFFIXES):
                raise UnsupportedSourceError(
                    f"{name}: a cluster reads {' and '.join(SUFFIXES)}; give those, or extract without --engine dask"
                )
            found.setdefault(name, address)
    return list(found.items())


def _expand(source: str) -> Iterator[tuple[str, str]]:
    local = "://" not in source
    files, path = filesystem(source)
    with told(source):
        if files.isdir(path):
            inside = sorted(f for f in files.find(path) if f.lower().endswith(SUFFIXES))
        elif files.exists(path):
            inside = [path]
        else:
            inside = sorted(f for f in files.glob(path) if not files.isdir(f))
    if not inside:
        raise SourceError(f"{source}: there is no such file, or no {' or '.join(SUFFIXES)} in it; see to the name")
    for file in inside:
        if local:
            whole, here = Path(file), Path.cwd()
            inside_here = not Path(source).is_absolute() and whole.is_relative_to(here)
            yield (whole.relative_to(here) if inside_here else whole).as_posix(), whole.as_posix()
        else:
            yield files.unstrip_protocol(file), files.unstrip_protocol(file)


def cut(found: Iterable[tuple[str, str]], size: int) -> Iterator[tuple[Piece, ...]]:
    """Files cut into pieces of about some bytes, small ones put together; the same files are always cut alike.

    Args:
        found: files, as named and where they are.
        size: bytes of a part.
    """
    waiting: list[Piece] = []
    weight = 0
    for name, address in found:
        for piece, taken in _pieces(name, address, size):
            if waiting and weight + taken > size:
                yield tuple(waiting)
                waiting, weight = [], 0
            waiting.append(piece)
            weight += taken
    if waiting:
        yield tuple(waiting)


def _pieces(name: str, address: str, size: int) -> Iterator[tuple[Piece, int]]:
    """The pieces of a file with the bytes of each."""
    files, path = filesystem(address)
    with told(address):
        if not name.lower().endswith(PARQUET):
            whole = int(files.size(path))
            for start in range(0, whole, size):
                yield Piece(name, address, start, min(start + size, whole)), min(size, whole - start)
            return
        with files.open(path, "rb") as stream:
            about = _parquet(stream, name).metadata
    start = 0
    for group in (about.row_group(n) for n in range(about.num_row_groups)):
        rows, weight = group.num_rows, max(group.total_byte_size, 1)
        step = max(1, rows * size // weight)
        for first in range(0, rows, step):
            last = min(first + step, rows)
            yield Piece(name, address, start + first, start + last), weight * (last - first) // rows
        start += rows


def survey(pieces: Sequence[Piece]) -> Survey:
    """Read the pieces of a part through: count their lines or rows, and hash them."""
    digest = hashlib.blake2b(digest_size=16)
    counts = []
    for piece in pieces:
        count = 0
        for raw in _raw(piece):
            _feed(digest, raw)
            count += 1
        counts.append(count)
    return Survey(tuple(counts), digest.hexdigest())


def numbered(pieces: Sequence[tuple[Piece, ...]], surveys: Sequence[Survey]) -> tuple[Part, ...]:
    """The parts of the input, each piece with the number of its first line or row."""
    read: dict[str, int] = {}
    parts = []
    for group, found in zip(pieces, surveys, strict=True):
        placed = []
        for piece, count in zip(group, found.counts, strict=True):
            before = read.get(piece.source, 0)
            placed.append(replace(piece, first=before + 1))
            read[piece.source] = before + count
        parts.append(Part(tuple(placed), found.fingerprint))
    return tuple(parts)


def read(part: Part) -> Iterator[Statement | Failure]:
    """The statements of a part, with a Failure for each line or row that cannot be read.

    Raises:
        SourceError: what stands there is no longer what was surveyed.
    """
    digest = hashlib.blake2b(digest_size=16)
    for piece in part.pieces:
        for number, raw in enumerate(_raw(piece), start=piece.first):
            _feed(digest, raw)
            where = f"{piece.source}:{number}"
            if raw is None:
                yield Failure(where, TooLargeSourceError(f"{where}: the line is longer than any statement; split it"))
            elif not isinstance(raw, bytes) or raw.strip():
                yield read_row(raw, where)
    if digest.hexdigest() != part.fingerprint:
        raise SourceError(f"{part.name}: it has changed while it was read; extract again when nobody writes there")


def _raw(piece: Piece) -> Iterator[Raw]:
    files, path = filesystem(piece.address)
    with told(piece.address), files.open(path, "rb") as stream:
        if piece.source.lower().endswith(PARQUET):
            yield from _rows(_parquet(stream, piece.source), piece.start, piece.end)
        else:
            yield from _lines(stream, piece.start, piece.end)


def _lines(stream: Any, start: int, end: int) -> Iterator[bytes | None]:
    """The lines that begin at `start` or behind and before `end` (bytes)."""
    position = max(start - 1, 0)
    stream.seek(position)
    buffer = io.BufferedReader(stream, CHUNK)
    if start:
        position += sum(map(len, _whole_line(buffer)))
    while position < end:
        parts, length = [], 0
        for part in _whole_line(buffer):
            length += len(part)
            if length <= MAX_BYTES:
                parts.append(part)
        if not length:
            return
        position += length
        yield b"".join(parts) if length <= MAX_BYTES else None


def _whole_line(buffer: io.BufferedReader) -> Iterator[bytes]:
    """One line, in pieces that fit into memory whatever its length."""
    while part := buffer.readline(CHUNK):
        yield part
        if part.endswith(b"\n"):
            return


def _parquet(stream: Any, name: str) -> Any:
    pa = arrow()
    try:
        return pa.parquet.ParquetFile(stream)
    except (pa.ArrowException, ValueError) as error:
        raise SourceError(f"{name}: it is no whole Parquet file; make it again") from error


def _rows(file: Any, start: int, end: int) -> Iterator[Mapping[str, Any]]:
    """The rows from one number to another; columns of a statement alone."""
    before = 0
    for number in range(file.metadata.num_row_groups):
        rows = file.metadata.row_group(number).num_rows
        if before < end and start < before + rows:
            first, last = max(start - before, 0), min(end - before, rows)
            for batch in file.read_row_group(number).slice(first, last - first).to_batches(max_chunksize=256):
                yield from ({name: _plain(v) for name, v in row.items()} for row in batch.to_pylist())
        before += rows


def _plain(value: Any) -> Any:
    """A value as JSON would have it: a day or a moment as its day."""
    return value.isoformat()[:10] if isinstance(value, date) else value


def _feed(digest: Any, raw: Raw) -> None:
    if raw is None:
        raw = b"\0"
    digest.update(raw if isinstance(raw, bytes) else json.dumps(raw, sort_keys=True, default=str).encode())
    digest.update(b"\n")
