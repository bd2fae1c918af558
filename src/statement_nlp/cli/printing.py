"""Prints rows in the format that was asked for, and the options that commands share."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("table", "csv", "json", "geojson", "hxl")
TABLE_ROWS = 50
"""Rows of a table in the terminal unless --limit says otherwise; the other formats give all."""

db_option = click.option(
    "--db",
    type=click.Path(path_type=Path),
    default=Path("statements.db"),
    show_default=True,
    envvar="STATEMENT_NLP_DB",
    help="The database file.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="hxl is CSV with a row of HXL hashtags; geojson has longitude before latitude (RFC 7946).",
)
limit_option = click.option(
    "--limit",
    type=click.IntRange(min=0),
    help=f"At most so many rows; 0 for all. [default: {TABLE_ROWS} in a table, else all]",
)


def console(*, error: bool = False) -> Console:
    """A console for people; wide where nobody watches, so that nothing is cut in a file."""
    from rich.console import Console

    shown = Console(stderr=error, highlight=False, soft_wrap=False)
    return shown if shown.is_terminal else Console(stderr=error, highlight=False, width=160)


def tell(message: str) -> None:
    """A word to the person at the terminal, apart from the output."""
    click.echo(message, err=True)


def print_rows(
    rows: Iterable[Mapping[str, Any]],
    form: str,
    *,
    columns: Sequence[str],
    shown: Sequence[str],
    limit: int | None,
    nothing: str,
) -> None:
    """Print rows.

    Args:
        rows: mappings with all of `columns`.
        form: one of `FORMATS`.
        columns: what the data formats hold.
        shown: what the table shows of it.
        limit: how many rows of a table; None for all. One row more than that tells that there are more.
        nothing: what to say where there is no row.
    """
    from statement_nlp.store import export

    if form == "table":
        _print_table(list(rows), shown, limit, nothing)
        return
    for line in export.lines(form, rows, columns):
        sys.stdout.write(line)
    sys.stdout.flush()


def _print_table(rows: list[Mapping[str, Any]], shown: Sequence[str], limit: int | None, nothing: str) -> None:
    from rich.table import Table

    if not rows:
        tell(nothing)
        return
    more = limit is not None and len(rows) > limit
    table = Table(show_lines=True)
    for name in shown:
        table.add_column(name.replace("_", " "), overflow="fold", justify="right" if _is_number(rows, name) else "left")
    for row in rows[:limit]:
        table.add_row(*(_cell(row[name]) for name in shown))
    console().print(table)
    if more:
        tell(f"The first {limit} are shown; --limit 0 shows all.")


def _is_number(rows: list[Mapping[str, Any]], name: str) -> bool:
    return all(row[name] is None or isinstance(row[name], int | float) for row in rows)


def _cell(value: Any) -> str:
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"
    return escape(str(value))
