"""The partitions of one extraction: a folder of Parquet files, a folder for each table, and what was done so far.

    OUT/_manifest.json                what is extracted from what, by which pipeline, in which parts
    OUT/_reports/part-00000.json      written last: this part is done, and what went wrong in it
    OUT/claims/part-00000.parquet     its rows of each table

A reader of Parquet that is given `OUT/claims` sees one table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from statement_nlp.errors import PartitionError
from statement_nlp.store import parquet
from statement_nlp.store.addresses import Folder
from statement_nlp.store.database import Run
from statement_nlp.store.tables import TABLES, Row, Rows

MANIFEST = "_manifest.json"
REPORTS = "_reports"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file of lines, or some rows of a Parquet file.

    `start` and `end` (bytes or rows, half-open) tell which; `first` is the number of the first line or row, from 1.
    `source` is the file as it was named, `address` where every machine finds it.
    """

    source: str
    address: str
    start: int
    end: int
    first: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the input: pieces of one or several files, and a hash of all that stands in them."""

    pieces: tuple[Piece, ...]
    fingerprint: str

    @property
    def name(self) -> str:
        """Where it begins, for people."""
        return f"{self.pieces[0].source}:{self.pieces[0].first}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is extracted: the run, and the parts of the input in their order."""

    run: Run
    parts: tuple[Part, ...]

    def to_json(self) -> bytes:
        """As it is written."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes, where: str) -> Manifest:
        """As it was written.

        Raises:
            PartitionError: it is none.
        """
        try:
            given = json.loads(data)
            run = given["run"]
            run |= {"models": tuple(map(tuple, run["models"])), "sources": tuple(run["sources"])}
            parts = tuple(
                Part(tuple(Piece(**p) for p in part["pieces"]), part["fingerprint"]) for part in given["parts"]
            )
            return cls(Run(**run), parts)
        except (ValueError, KeyError, TypeError) as error:
            raise PartitionError(f"{where}/{MANIFEST} is damaged: extract anew into another folder") from error


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a part: statements extracted and skipped, and a line for each that failed or was skipped."""

    fingerprint: str
    statements: int = 0
    skipped: int = 0
    failed: int = 0
    lines: tuple[str, ...] = field(default_factory=tuple)


class Partitions:
    """A folder of partitions, here or elsewhere.

    Args:
        address: a path or an address that fsspec knows.
    """

    def __init__(self, address: str) -> None:
        self.folder = Folder(address)

    @property
    def address(self) -> str:
        """Where it is."""
        return self.folder.address

    def manifest(self) -> Manifest | None:
        """What is extracted here; None where nothing is yet."""
        data = self.folder.read(MANIFEST)
        return None if data is None else Manifest.from_json(data, self.address)

    def begin(self, manifest: Manifest) -> None:
        """Write down what is to be extracted."""
        self.folder.write(MANIFEST, manifest.to_json())

    def clear(self) -> None:
        """Delete what an extraction left here, and nothing else; what says that it is done goes first."""
        for name in (MANIFEST, *(f"{REPORTS}/{name}" for name in self.folder.names(REPORTS) if "part-" in name)):
            self.folder.remove(name)
        for table in TABLES:
            for name in self.folder.names(table):
                if "part-" in name:
                    self.folder.remove(f"{table}/{name}")

    def tidy(self) -> None:
        """Delete what lost workers left half written. Only when nobody is writing here."""
        for folder in (REPORTS, *TABLES):
            for name in self.folder.names(folder):
                if name.startswith(".part-"):
                    self.folder.remove(f"{folder}/{name}")

    def write(self, number: int, rows: Rows, report: Report) -> None:
        """Write a part; it counts when its report stands there, which is last."""
        for table in TABLES:
            self.folder.write(_file(table, number), parquet.encode(table, rows[table]))
        self.folder.write(_report(number), json.dumps(asdict(report), ensure_ascii=False).encode())

    def done(self, manifest: Manifest) -> dict[int, Report]:
        """The reports of the parts that are done, by number, in order; those of another input do not count."""
        numbers = [int(n[5:-5]) for n in self.folder.names(REPORTS) if n.startswith("part-") and n.endswith(".json")]
        reports = {n: self.report(n) for n in sorted(numbers) if n < len(manifest.parts)}
        return {n: r for n, r in reports.items() if r and r.fingerprint == manifest.parts[n].fingerprint}

    def report(self, number: int) -> Report | None:
        """What became of a part; None where it is not done."""
        data = self.folder.read(_report(number))
        if data is None:
            return None
        try:
            given: Mapping[str, Any] = json.loads(data)
            return Report(**{**given, "lines": tuple(given["lines"])})
        except (ValueError, KeyError, TypeError) as error:
            raise PartitionError(f"{self.address}/{_report(number)} is damaged: delete it and extract again") from error

    def read(self, number: int) -> dict[str, list[Row]]:
        """The rows of a part.

        Raises:
            PartitionError: a file is missing, damaged or of another version.
        """
        return {table: self.table(table, number) for table in TABLES}

    def table(self, table: str, number: int) -> list[Row]:
        """The rows of one table of a part.

        Raises:
            PartitionError: as for `read`.
        """
        name = _file(table, number)
        data = self.folder.read(name)
        if data is None:
            raise PartitionError(f"{self.address}/{name} is missing: delete {_report(number)} there and extract again")
        return parquet.decode(table, data, f"{self.address}/{name}")


def _file(table: str, number: int) -> str:
    return f"{table}/part-{number:05d}.parquet"


def _report(number: int) -> str:
    return f"{REPORTS}/part-{number:05d}.json"
