"""link: what statements repeat, update and contradict. organisations: who signs, with whom; merge and split them."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli.printing import console, db_option, print_rows, tell

if TYPE_CHECKING:
    from statement_nlp.store import Database


def _user() -> str:
    return getpass.getuser()


reviewer_option = click.option(
    "--reviewer",
    metavar="NAME",
    default=_user,
    show_default="your user name",
    help="Who says so; kept with the judgement.",
)
note_option = click.option("--note", metavar="WORDS", help="Why; kept with the judgement.")


@contextmanager
def _database(db: Path) -> Iterator[Database]:
    """The database, with a wrong choice told as one."""
    from statement_nlp.store import Database

    with Database(db, create=False) as database:
        try:
            yield database
        except ValueError as error:
            raise click.UsageError(str(error)) from error


@click.command()
@db_option
def link(db: Path) -> None:
    """Link all statements anew: figures that repeat, update or contradict each other, and demands that are the same.

    `extract` links what it adds; this is for a database that was filled otherwise, or by an earlier version.
    """
    from rich.progress import Progress

    from statement_nlp.tracking.linking import link_all

    with _database(db) as database:
        with Progress(console=console(error=True), transient=True) as progress:
            task = progress.add_task("Linking")
            link_all(database, lambda done, of: progress.update(task, completed=done, total=of))
        database.analyse()
        counts = database.execute("SELECT kind, count(*) FROM links GROUP BY kind ORDER BY kind").fetchall()
    tell(f"Links: {', '.join(f'{count} {kind}' for kind, count in counts) or 'none'}.")


_VERDICTS = {"same": "the same", "different": "different organisations"}


@click.group()
def organisations() -> None:
    """Organisations that sign and publish statements."""


@organisations.command("show")
@click.argument("organisation")
@db_option
def show(organisation: str, db: Path) -> None:
    """The names of ORGANISATION (its id, a name or its acronym), why they are one, and who signs with it."""
    from rich.table import Table

    from statement_nlp.tracking.organisations import cosigning, explain_organisation, find_organisation, judgements_of

    with _database(db) as database:
        found = find_organisation(database, organisation)
        names = explain_organisation(database, found)
        judged = judgements_of(database, found)
        together = cosigning(database, found, least=1, limit=20)
    table = Table(title=f"{names[0].name} ({found})")
    for column in ("key", "name", "acronym", "branch", "printed", "why"):
        table.add_column(column, overflow="fold")
    for name in names:
        table.add_row(name.key, name.name, name.acronym, name.branch, str(name.printed), name.reason)
    console().print(table)
    for j in judged:
        note = f": {j.note}" if j.note else ""
        click.echo(f"{j.reviewer} judged on {j.judged[:10]} that {j.a} and {j.b} are {_VERDICTS[j.verdict]}{note}")
    for pair in together:
        click.echo(f"{pair.statements:>5}  signed with {pair.b[1]}")


@organisations.command("signed")
@click.argument("statements", nargs=-1, required=True, metavar="STATEMENT STATEMENT...")
@db_option
@click.option("--format", "form", type=click.Choice(("table", "csv", "json")), default="table", show_default=True)
def signed(statements: tuple[str, ...], db: Path, form: str) -> None:
    """Who signed all of these statements (each an id, or a part of an id or title that only one has)."""
    from statement_nlp.store.queries import SIGNED_ALL

    with _database(db) as database:
        ids = sorted({database.find_statement(words) for words in statements})
        rows = [dict(row) for row in database.execute(SIGNED_ALL, {"statements": json.dumps(ids)})]
    columns = ("organisation", "printed", "organisation_id")
    print_rows(
        rows, form, columns=columns, shown=columns[:2], limit=None, nothing="No organisation signed all of these."
    )


@organisations.command("merge")
@click.argument("names", nargs=-1, required=True, metavar="ORGANISATION ORGANISATION...")
@db_option
@reviewer_option
@note_option
def merge(names: tuple[str, ...], db: Path, reviewer: str, note: str | None) -> None:
    """Judge organisations to be one, for good: kept when statements are extracted again."""
    from statement_nlp.tracking.organisations import find_organisation, merge_organisations

    with _database(db) as database:
        ids = [find_organisation(database, name) for name in names]
        made = merge_organisations(database, ids, reviewer=reviewer, note=note)
    tell(f"{', '.join(names)} are one organisation: {made}.")


@organisations.command("split")
@click.argument("organisation")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@db_option
@reviewer_option
@note_option
def split(organisation: str, names: tuple[str, ...], db: Path, reviewer: str, note: str | None) -> None:
    """Judge NAMEs of ORGANISATION (keys as `organisations show` prints them, or the names) to be another, for good."""
    from statement_nlp.store.identity import key
    from statement_nlp.tracking.organisations import find_organisation, split_organisation

    with _database(db) as database:
        found = find_organisation(database, organisation)
        made = split_organisation(database, found, [key(name) for name in names], reviewer=reviewer, note=note)
    tell(f"{', '.join(names)} left {found}, as {made}.")


COMMANDS = (link, organisations)
