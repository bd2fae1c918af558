"""claims, demands, figures, search: what is stored, by place and addressee. explain: what found it."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from statement_nlp.cli.printing import TABLE_ROWS, db_option, format_option, limit_option, print_rows, tell
from statement_nlp.records import CONDITIONS, THEMES

if TYPE_CHECKING:
    from statement_nlp.store import Database

STATUSES = ("asserted", "reported", "hedged", "negated")

place_option = click.option(
    "--place", help="A place; everything inside it counts too. Variants and misspellings are understood."
)
country_option = click.option("--country", metavar="CODE", help="ISO code (SY), to tell places of one name apart.")
since_option = click.option(
    "--since", metavar="DATE", help="From this day, month or year on (2016, 2016-09, 2016-09-12)."
)
until_option = click.option("--until", metavar="DATE", help="To this day, month or year, all of it included.")
condition_option = click.option("--condition", type=click.Choice(CONDITIONS), help="What the figure counts.")


@click.command()
@db_option
@place_option
@country_option
@since_option
@until_option
@condition_option
@click.option("--status", type=click.Choice(STATUSES), help="How the text puts it.")
@format_option
@limit_option
def claims(
    db: Path, place: str | None, country: str | None, form: str, limit: int | None, **narrow: str | None
) -> None:
    """What statements say happened, newest first."""
    shown = ("places", "claim", "figures", "status", "statement", "published", "statement_kind")
    _ask(db, "claims_in_place" if place else "claims", form, limit, shown, place=place, country=country, **narrow)


@click.command()
@db_option
@click.option("--addressee", help="Who is asked: a party by its name or a variant.")
@click.option("--theme", type=click.Choice(THEMES), help="What it is about.")
@place_option
@country_option
@since_option
@until_option
@format_option
@limit_option
def demands(
    db: Path, place: str | None, country: str | None, form: str, limit: int | None, **narrow: str | None
) -> None:
    """Who is asked to do what, newest first."""
    shown = ("addressees", "demand", "themes", "statement", "published", "statement_kind")
    _ask(db, "demands", form, limit, shown, place=place, country=country, **narrow)


@click.command()
@db_option
@place_option
@country_option
@since_option
@until_option
@condition_option
@format_option
@limit_option
def figures(
    db: Path, place: str | None, country: str | None, form: str, limit: int | None, **narrow: str | None
) -> None:
    """Counts and amounts, newest first."""
    shown = ("places", "figure", "low", "high", "unit", "condition", "day", "statement", "statement_kind")
    _ask(db, "figures", form, limit, shown, place=place, country=country, **narrow)


def _ask(
    db: Path,
    query: str,
    form: str,
    limit: int | None,
    shown: tuple[str, ...],
    *,
    place: str | None,
    country: str | None,
    **narrow: str | None,
) -> None:
    """Find what the names mean, run the query for each place that is meant, and print the rows."""
    from statement_nlp.store import Database

    if country and not place:
        raise click.UsageError("--country tells places of one name apart: give --place too")
    with Database(db, create=False) as database:
        if narrow.get("addressee"):
            narrow["addressee"] = _party(database, str(narrow["addressee"]))
        places = places_named(database, place, country) if place else (None,)
        most = TABLE_ROWS if limit is None and form == "table" else limit or None
        columns, rows = _rows(database, query, places, most + 1 if most and form == "table" else most, narrow)
        print_rows(rows, form, columns=columns, shown=shown, limit=most, nothing="Nothing of that kind is stored.")


def _rows(
    database: Database, query: str, places: tuple[str | None, ...], limit: int | None, narrow: Mapping[str, str | None]
) -> tuple[tuple[str, ...], Iterator[Mapping[str, Any]]]:
    """Columns and rows of a query for one place or several, each row once."""
    from statement_nlp.store.queries import run

    try:
        cursors = [run(database, query, limit=limit, **narrow, **({"place": p} if p else {})) for p in places]
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    columns = tuple(d[0] for d in cursors[0].description)
    key = next(name for name in columns if name.endswith("_id"))
    when = "day" if "day" in columns else "published"

    def merged() -> Iterator[Mapping[str, Any]]:
        seen = set()
        streams = [(dict(row) for row in cursor) for cursor in cursors]
        for row in heapq.merge(*streams, key=lambda r: r[when] or "", reverse=True):
            if row[key] not in seen:
                seen.add(row[key])
                yield row

    return columns, islice(merged(), limit)


def places_named(database: Database, name: str, country: str | None, *, nested: bool = False) -> tuple[str, ...]:
    """The ids of the places that a name means, a city beside its province if `nested`; tells how it understood it."""
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.store.naming import find_places

    gazetteer = open_gazetteer()
    try:
        found = find_places(database, name, gazetteer.candidates, country=country, nested=nested)
    finally:
        gazetteer.close()
    if found.remark:
        tell(found.remark)
    return found.ids


def _party(database: Database, name: str) -> str:
    from statement_nlp.store.naming import find_party

    found = find_party(database, name, _canonical)
    if found.remark:
        tell(found.remark)
    return found.ids[0]


def _canonical(name: str) -> str | None:
    """What the register of parties calls who bears a name."""
    from statement_nlp.knowledge.parties import Register

    party = Register.load().lookup(name)
    return party.name if party else None


@click.command()
@click.argument("words", nargs=-1, required=True)
@db_option
@click.option("--format", "form", type=click.Choice(("table", "csv", "json")), default="table", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many statements.")
def search(words: tuple[str, ...], db: Path, form: str, limit: int) -> None:
    """Statements that hold all of WORDS, in any form of theirs, best first, with the passage around them."""
    from statement_nlp.store import Database
    from statement_nlp.store.queries import search as find

    columns = ("statement", "published", "publisher", "statement_kind", "passage", "statement_id")
    with Database(db, create=False) as database:
        rows = [dict(row) for row in find(database, " ".join(words), limit)]
    shown = ("statement", "published", "passage", "statement_kind")
    print_rows(rows, form, columns=columns, shown=shown, limit=None, nothing="No statement holds these words.")


@click.command()
@click.argument("statement")
@db_option
@click.option(
    "--record", type=int, metavar="ID", help="Only this record: an id as claims, demands and figures print it."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def explain(statement: str, db: Path, record: int | None, form: str) -> None:
    """What was found in STATEMENT (its id, or a part of its id or title), what found it, and by which words."""
    from statement_nlp.store import Database
    from statement_nlp.store.explaining import explain as explained

    with Database(db, create=False) as database:
        found = explained(database, database.find_statement(statement), record)
    if form == "json":
        click.echo(json.dumps([item.as_dict() for item in found], ensure_ascii=False, indent=1))
        return
    for item in found:
        click.echo(item.in_words())


COMMANDS = (claims, demands, figures, search, explain)
