"""review: people accept, reject and correct what was found; lists, trail, and judgements as files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from statement_nlp.cli.printing import TABLE_ROWS, db_option, print_rows, tell
from statement_nlp.cli.tracking import _user

if TYPE_CHECKING:
    from statement_nlp.store import Database
    from statement_nlp.store.corrections import Known

LAYERS = ("places", "parties", "figures", "claims", "demands", "signatories", "links")

by_option = click.option(
    "--by", metavar="NAME", default=_user, show_default="your user name", help="Who decides; kept in the trail."
)
why_option = click.option("--why", metavar="WORDS", help="Why; kept in the trail.")
layer_option = click.option(
    "--layer", "layers", multiple=True, type=click.Choice(LAYERS), help="This kind alone; as often as needed."
)
statement_option = click.option("--statement", help="Only this statement: its id, or a part of its id or title.")
form_option = click.option(
    "--format", "form", type=click.Choice(("table", "csv", "json")), default="table", show_default=True
)
limit_option = click.option("--limit", type=click.IntRange(min=1), default=TABLE_ROWS, show_default=True)
record_argument = click.argument("record", type=click.IntRange(min=1), metavar="ID")


@click.group()
def review() -> None:
    """Accept, reject and correct what was found; your word holds from then on, in every query and extraction."""


@contextmanager
def opened(db: Path) -> Iterator[Database]:
    """The database, which must be there."""
    from statement_nlp.store import Database

    with Database(db, create=False) as database:
        yield database


@contextmanager
def knowing() -> Iterator[Known]:
    """The gazetteer and the register."""
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.tracking.reviews import known

    gazetteer = open_gazetteer()
    try:
        yield known(gazetteer)
    finally:
        gazetteer.close()


@review.command("next")
@db_option
@layer_option
@statement_option
@by_option
def next_(db: Path, layers: tuple[str, ...], statement: str | None, by: str) -> None:
    """Walk through what nobody has judged, the least sure first: each in its sentence, one key for each decision."""
    from statement_nlp.cli.walking import Walk

    with opened(db) as database, knowing() as known:
        which = database.find_statement(statement) if statement else None
        Walk(database, known, by, layers or LAYERS, which).go()


@review.command("show")
@record_argument
@db_option
def show(record: int, db: Path) -> None:
    """Record ID in its sentence: what it says, what the machine says, and every step of its judgement."""
    from statement_nlp.cli.walking import describe
    from statement_nlp.store.judgements import TRAIL, difference

    with opened(db) as database:
        click.echo(describe(database, record))
        given = {"record": record, "statement": None, "limit": 20}
        for step in database.execute(TRAIL, given):
            changed = difference(json.loads(step["before"]), json.loads(step["after"]))
            words = ": ".join(filter(None, (changed, step["note"])))
            click.echo(f"  {step['happened']}  {step['reviewer']}: {step['action']}{f' ({words})' if words else ''}")


def _decide(
    db: Path,
    record: int,
    action: Literal["accept", "reject", "correct", "undo"],
    by: str,
    why: str | None,
    changes: Mapping[str, str] | None = None,
) -> None:
    from statement_nlp.tracking import reviews

    decision = reviews.Decision(action, by, why, changes)
    with opened(db) as database:
        if action == "correct":
            with knowing() as known:
                stood = reviews.review(database, record, decision, known)
        else:
            stood = reviews.review(database, record, decision)
    undone = "as the machine says again" if stood.machine else "taken back: the machine does not find it"
    done = {"accept": "accepted", "reject": "rejected", "correct": "corrected", "undo": undone}
    tell(f"{stood.subject.layer} {record} {done[action]}: {' '.join(stood.anchor.quote.split())}")


@review.command("accept")
@click.argument("records", type=click.IntRange(min=1), nargs=-1, required=True, metavar="ID...")
@db_option
@by_option
@why_option
def accept(records: tuple[int, ...], db: Path, by: str, why: str | None) -> None:
    """Accept records as they are shown: they stay, whatever a later extraction says."""
    for record in records:
        _decide(db, record, "accept", by, why)


@review.command("reject")
@click.argument("records", type=click.IntRange(min=1), nargs=-1, required=True, metavar="ID...")
@db_option
@by_option
@why_option
def reject(records: tuple[int, ...], db: Path, by: str, why: str | None) -> None:
    """Reject records: there is nothing of the kind in these words. They vanish from every query, page and export."""
    for record in records:
        _decide(db, record, "reject", by, why)


def _fields(values: Iterable[str]) -> dict[str, str]:
    """FIELD=VALUE as typed."""
    changes = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise click.UsageError(f"{value!r} is no FIELD=VALUE, such as condition=injured")
        changes[name.strip()] = text
    return changes


@review.command("correct")
@record_argument
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@db_option
@by_option
@why_option
def correct(record: int, values: tuple[str, ...], db: Path, by: str, why: str | None) -> None:
    """Correct fields of a record: condition=injured, low=4000, place="Tripoli, LB", places="Homs; Hama".

    Lists are separated by semicolons; an empty value is none. `review show ID` lists the fields.
    """
    _decide(db, record, "correct", by, why, _fields(values))


@review.command("add")
@click.argument("statement")
@click.argument("kind", type=click.Choice(("places", "parties", "figures", "claims", "demands")))
@click.argument("quote")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE...]")
@click.option("--nth", type=click.IntRange(min=1), metavar="N", help="Which of several places where QUOTE stands.")
@db_option
@by_option
@why_option
def add(
    statement: str, kind: str, quote: str, values: tuple[str, ...], nth: int | None, db: Path, by: str, why: str | None
) -> None:
    """Add what the program missed: QUOTE is copied from STATEMENT, KIND says what it is, the fields what it says.

    figures need unit, condition and a number (low=4000), demands a theme; the other fields may stay away.
    """
    from statement_nlp.tracking import reviews

    with opened(db) as database, knowing() as known:
        which = database.find_statement(statement)
        given = reviews.Missed(which, kind, quote, by, _fields(values), nth, why)
        record = reviews.add(database, given, known)
    tell(f"{kind} {record} added to {which}: {' '.join(quote.split())}")


@review.command("undo")
@record_argument
@db_option
@by_option
@why_option
def undo(record: int, db: Path, by: str, why: str | None) -> None:
    """Take a judgement back: what the machine says holds again. ID is that of the record, or of the judgement."""
    _decide(db, record, "undo", by, why)


def _rows(found: Iterable[sqlite3.Row], form: str) -> Iterator[dict[str, Any]]:
    """Rows for printing: in JSON, what stood before and after as objects; else what changed, in words."""
    from statement_nlp.store.judgements import difference

    for row in found:
        shown = dict(row)
        before, after = json.loads(shown["before"]), json.loads(shown["after"])
        shown |= {"changed": difference(before, after)}
        yield shown | ({"before": before, "after": after} if form == "json" else {})


def _plain_ids(found: Iterable[dict[str, Any]], form: str) -> Iterator[dict[str, Any]]:
    """Rows whose ids can be copied out of a table: without separators of thousands."""
    for row in found:
        ids = {name: str(row[name]) for name in ("record_id", "review_id") if row.get(name)}
        yield row | (ids if form == "table" else {})


@review.command("list")
@click.option("--unattached", is_flag=True, help="Only those whose words no longer stand in their statement.")
@db_option
@click.option("--layer", type=click.Choice(LAYERS), help="This kind alone.")
@statement_option
@form_option
@limit_option
def list_(unattached: bool, db: Path, layer: str | None, statement: str | None, form: str, limit: int) -> None:
    """What was decided, the newest first: the judgement that holds of each record."""
    from statement_nlp.store.judgements import JUDGED, JUDGED_COLUMNS

    with opened(db) as database:
        which = database.find_statement(statement) if statement else None
        given = {"attached": 0 if unattached else None, "layer": layer, "statement": which, "limit": limit}
        found = list(_rows(database.execute(JUDGED, given), form))
    shown = ("review_id", "layer", "verdict", "quote", "changed", "reviewer", "reviewed", "note", "statement")
    nothing = "Every judgement has its words." if unattached else "Nothing has been judged yet."
    columns = (*JUDGED_COLUMNS, "changed")
    print_rows(_plain_ids(found, form), form, columns=columns, shown=shown, limit=None, nothing=nothing)


@review.command("queue")
@db_option
@layer_option
@statement_option
@form_option
@limit_option
def queue(db: Path, layers: tuple[str, ...], statement: str | None, form: str, limit: int) -> None:
    """What nobody has judged yet, the least sure first."""
    from statement_nlp.store.judgements import QUEUE_COLUMNS, waiting

    with opened(db) as database:
        which = database.find_statement(statement) if statement else None
        given = {"statement": which, "most": limit, "limit": limit, "offset": 0}
        found = [dict(row) for row in database.execute(waiting(layers or LAYERS), given)]
    shown = ("record_id", "layer", "quote", "detail", "confidence", "statement")
    print_rows(
        _plain_ids(found, form), form, columns=QUEUE_COLUMNS, shown=shown, limit=None, nothing="Everything is judged."
    )


@review.command("trail")
@click.argument("record", type=click.IntRange(min=1), metavar="[ID]", required=False)
@db_option
@statement_option
@form_option
@limit_option
def trail(record: int | None, db: Path, statement: str | None, form: str, limit: int) -> None:
    """Every step of every judgement, the newest first: who, when, what, before, after; of one record with its ID."""
    from statement_nlp.store.judgements import TRAIL, TRAIL_COLUMNS

    with opened(db) as database:
        which = database.find_statement(statement) if statement else None
        found = list(_rows(database.execute(TRAIL, {"record": record, "statement": which, "limit": limit}), form))
    shown = ("happened", "reviewer", "action", "layer", "record_id", "quote", "changed", "note")
    columns = (*TRAIL_COLUMNS, "changed")
    print_rows(
        _plain_ids(found, form),
        form,
        columns=columns,
        shown=shown,
        limit=None,
        nothing="Nobody has judged anything yet.",
    )


@review.command("finish")
@click.argument("statement")
@db_option
@by_option
@why_option
def finish(statement: str, db: Path, by: str, why: str | None) -> None:
    """Mark STATEMENT as read in full: every record of it is judged, nothing is missing. Training may learn from it."""
    from statement_nlp.store.full_reviews import finish as mark

    with opened(db) as database:
        which = database.find_statement(statement)
        with database.transaction() as connection:
            mark(connection, which, by, why)
    tell(f"{which} is read in full. `statement-nlp train --with-reviews {db}` learns from it.")


@review.command("reopen")
@click.argument("statement")
@db_option
@by_option
@why_option
def reopen(statement: str, db: Path, by: str, why: str | None) -> None:
    """Take back that STATEMENT was read in full; its judgements stay."""
    from statement_nlp.store.full_reviews import reopen as unmark

    with opened(db) as database:
        which = database.find_statement(statement)
        with database.transaction() as connection:
            unmark(connection, which, by, why)
    tell(f"{which} is open again.")


@review.command("export")
@click.argument("target", type=click.File("w", encoding="utf8"), default="-")
@db_option
def export(target: TextIO, db: Path) -> None:
    """Write every judgement that holds to TARGET (- for standard output) as JSON lines, for colleagues."""
    from statement_nlp.store.exchange import export as lines

    with opened(db) as database:
        for line in lines(database.connection):
            target.write(line)


@review.command("import")
@click.argument("source", type=click.File("r", encoding="utf8"))
@db_option
@by_option
def import_(source: TextIO, db: Path, by: str) -> None:
    """Take judgements that `review export` wrote: of two of one record the newer one holds."""
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.store import Database
    from statement_nlp.tracking.reviews import take

    gazetteer = open_gazetteer()
    try:
        with Database(db, create=False, lookup=gazetteer.get) as database:
            done = take(database, source, by)
    finally:
        gazetteer.close()
    tell(f"{done.taken} judgements taken, {done.older} older than those here; {done.unattached} wait for their words.")


COMMANDS = (review,)
