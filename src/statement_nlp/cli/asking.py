"""claims, demands, figures, statements, export: what is stored, by place, time and by whom. search. explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from statement_nlp.cli.printing import FORMATS, db_option, format_option, limit_option, print_rows, tell
from statement_nlp.cli.questions import answer, asked, narrowing
from statement_nlp.records import CONDITIONS, THEMES

STATUSES = ("asserted", "reported", "hedged", "negated")
SHEETS = ("claims", "figures", "demands", "statements")

condition_option = click.option("--condition", type=click.Choice(CONDITIONS), help="What the figure counts.")


@click.command()
@db_option
@narrowing
@condition_option
@click.option("--status", type=click.Choice(STATUSES), help="How the text puts it.")
@format_option
@limit_option
def claims(db: Path, form: str, limit: int | None, **narrow: Any) -> None:
    """What statements say happened, newest first."""
    shown = ("places", "claim", "figures", "status", "statement", "published", "statement_kind")
    answer(db, "claims", form, limit, shown, **narrow)


@click.command()
@db_option
@click.option("--addressee", help="Who is asked: a party by its name or a variant.")
@click.option("--theme", type=click.Choice(THEMES), help="What it is about.")
@narrowing
@click.option("--by-publisher", is_flag=True, help="Who demands it, how often, since when, instead of the demands.")
@format_option
@limit_option
def demands(db: Path, form: str, limit: int | None, by_publisher: bool, **narrow: Any) -> None:
    """Who is asked to do what, newest first."""
    if by_publisher:
        _by_publisher(db, form, limit, narrow)
        return
    shown = ("addressees", "demand", "themes", "statement", "published", "statement_kind")
    answer(db, "demands", form, limit, shown, **narrow)


def _by_publisher(db: Path, form: str, limit: int | None, narrow: dict[str, Any]) -> None:
    """One row for each publisher: how many demands in how many statements, the first and the last; the oldest first."""
    from statement_nlp.store.questions import ask

    groups: dict[tuple[str, str], dict[str, Any]] = {}
    with asked(db, "demands", **narrow) as (database, question):
        for row in ask(database, question):
            who, kind = row["publisher"] or "unknown", row["statement_kind"]
            group = groups.setdefault(
                (who, kind),
                {"publisher": who, "demands": 0, "statements": set(), "first": None, "last": None, "kind": kind},
            )
            group["demands"] += 1
            group["statements"].add(row["statement_id"])
            group["first"] = min(filter(None, (group["first"], row["published"])), default=None)
            group["last"] = max(filter(None, (group["last"], row["published"])), default=None)
    rows = [group | {"statements": len(group["statements"])} for group in groups.values()]
    rows.sort(key=lambda row: (row["first"] or "~", row["publisher"]))
    columns = ("publisher", "demands", "statements", "first", "last", "kind")
    print_rows(rows, form, columns=columns, shown=columns, limit=limit or None, nothing="Nothing of that is demanded.")


@click.command()
@db_option
@narrowing
@condition_option
@format_option
@limit_option
def figures(db: Path, form: str, limit: int | None, **narrow: Any) -> None:
    """Counts and amounts, newest first."""
    shown = ("places", "figure", "low", "high", "unit", "condition", "day", "statement", "statement_kind")
    answer(db, "figures", form, limit, shown, **narrow)


@click.command()
@db_option
@narrowing
@format_option
@limit_option
def statements(db: Path, form: str, limit: int | None, **narrow: Any) -> None:
    """Statements, newest first: by the places they speak of, their words, their publisher or a signatory."""
    shown = ("statement", "published", "publisher", "claims", "figures", "demands", "statement_id", "statement_kind")
    answer(db, "statements", form, limit, shown, **narrow)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@db_option
@narrowing
@click.option(
    "--format",
    "form",
    type=click.Choice([name for name in FORMATS if name != "table"]),
    default="csv",
    show_default=True,
    help="csv opens in any spreadsheet program.",
)
def export(folder: Path, db: Path, form: str, **narrow: Any) -> None:
    """All claims, figures, demands and statements, or those that options leave, as files in FOLDER."""
    from statement_nlp.store import export as exporting
    from statement_nlp.store.questions import ask, columns

    folder.mkdir(parents=True, exist_ok=True)
    for what in SHEETS:
        with asked(db, what, **narrow) as (database, question):
            file = folder / f"{what}{'-hxl' if form == 'hxl' else ''}.{'csv' if form == 'hxl' else form}"
            written = 0

            def counted(rows: Any) -> Any:
                nonlocal written
                for row in rows:
                    written += 1
                    yield row

            lines = exporting.lines(form, counted(ask(database, question)), columns(question, database))
            start = exporting.MARK if form in ("csv", "hxl") else ""
            with file.open("w", encoding="utf-8", newline="") as out:
                out.write(start)
                out.writelines(lines)
        tell(f"{file}: {written:,} {what}")


@click.command()
@click.argument("words", nargs=-1, required=True)
@db_option
@click.option("--format", "form", type=click.Choice(("table", "csv", "json")), default="table", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many statements.")
def search(words: tuple[str, ...], db: Path, form: str, limit: int) -> None:
    """Statements that hold all of WORDS, in any form of theirs, best first, with the passage around them."""
    from statement_nlp.store import Database
    from statement_nlp.store.queries import search as find
    from statement_nlp.store.spelling import mended

    columns = ("statement", "published", "publisher", "statement_kind", "passage", "statement_id")
    with Database(db, create=False) as database:
        rows = [dict(row) for row in find(database, " ".join(words), limit)]
        meant = None if rows else mended(database.connection, " ".join(words))
    nothing = f"No statement holds these words. Did you mean: {meant}" if meant else "No statement holds these words."
    shown = ("statement", "published", "passage", "statement_kind")
    print_rows(rows, form, columns=columns, shown=shown, limit=None, nothing=nothing)


@click.command()
@click.argument("statement", required=False)
@db_option
@click.option("--quote", metavar="WORDS", help="Where these words stand, and what was read there.")
@click.option(
    "--record", type=int, metavar="ID", help="Only this record: an id as claims, demands and figures print it."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def explain(statement: str | None, db: Path, record: int | None, quote: str | None, form: str) -> None:
    """What was found in STATEMENT (its id, or a part of its id or title), what found it, and by which words."""
    from statement_nlp.store import Database
    from statement_nlp.store.explaining import explain as explained
    from statement_nlp.store.explaining import explain_quote

    if bool(statement) == bool(quote):
        raise click.UsageError("give a STATEMENT, or --quote WORDS")
    with Database(db, create=False) as database:
        if quote:
            _print_places(explain_quote(database, quote), form)
            return
        found = explained(database, database.find_statement(str(statement)), record)
    if form == "json":
        click.echo(json.dumps([item.as_dict() for item in found], ensure_ascii=False, indent=1))
        return
    for item in found:
        click.echo(item.in_words())


def _print_places(found: list[Any], form: str) -> None:
    """Where words stand, and what was read there."""
    if form == "json":
        click.echo(json.dumps([place.as_dict() for place in found], ensure_ascii=False, indent=1))
        return
    if not found:
        tell("These words stand in no statement here, one after the other; `search` finds them apart.")
    for place in found:
        click.echo(place.in_words())


COMMANDS = (claims, demands, figures, statements, search, explain, export)
