"""Rows of the tables as Parquet and back; its schema follows from the tables of the database."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from statement_nlp.errors import ExtraError, PartitionError
from statement_nlp.store.tables import Row, columns

if TYPE_CHECKING:
    import pyarrow


def arrow() -> Any:
    """The library of Parquet, imported when it is needed.

    Raises:
        ExtraError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ExtraError("Parquet needs more packages: pip install 'statement-nlp[dask]'") from error
    return pyarrow


@cache
def schema(table: str) -> pyarrow.Schema:
    """The Parquet schema of a table: INTEGER is int64, REAL double, TEXT string; what may not be empty says so."""
    pa = arrow()
    kinds = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string()}
    return pa.schema([pa.field(c.name, kinds[c.kind], nullable=c.nullable) for c in columns(table)])


def encode(table: str, rows: Sequence[Row]) -> bytes:
    """A Parquet file with the rows of a table; the same rows make the same bytes."""
    pa = arrow()
    shape = schema(table)
    values = list(zip(*rows, strict=True)) if rows else [()] * len(shape)
    arrays = [pa.array(column, type=field.type) for column, field in zip(values, shape, strict=True)]
    out = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_arrays(arrays, schema=shape), out, compression="zstd")
    return out.getvalue()


def decode(table: str, data: bytes, where: str) -> list[Row]:
    """The rows of a table out of a Parquet file.

    Args:
        table: of this name.
        data: the file.
        where: its name, for the error.

    Raises:
        PartitionError: it is damaged, or was written for tables of other columns.
    """
    pa = arrow()
    try:
        found = pa.parquet.ParquetFile(io.BytesIO(data)).read()
    except (pa.ArrowException, OSError) as error:
        raise PartitionError(
            f"{where} is no whole Parquet file: delete its partition's report and extract again"
        ) from (error)
    if found.schema.names != schema(table).names or found.schema.types != schema(table).types:
        raise PartitionError(f"{where} was written by another version, with other columns: extract anew")
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))
