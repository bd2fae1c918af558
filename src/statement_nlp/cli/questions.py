"""From the options that claims, figures, demands, statements and export share to a question, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from statement_nlp.cli.printing import TABLE_ROWS, print_rows, tell

if TYPE_CHECKING:
    from statement_nlp.store import Database
    from statement_nlp.store.questions import Circle, Question

Command = TypeVar("Command", bound=Callable[..., Any])

place_option = click.option(
    "--place", help="A place; everything inside it counts too. Variants and misspellings are understood."
)
country_option = click.option("--country", metavar="CODE", help="ISO code (SY), to tell places of one name apart.")
since_option = click.option(
    "--since", metavar="DATE", help="From this day, month or year on (2016, 2016-09, 2016-09-12)."
)
until_option = click.option("--until", metavar="DATE", help="To this day, month or year, all of it included.")
_SHARED = (
    place_option,
    country_option,
    click.option("--within", type=float, metavar="KM", help="Also places within so many km of the place."),
    since_option,
    until_option,
    click.option("--words", help="Words that all stand in it, in any form."),
    click.option("--publisher", help="The organisation that published the statement."),
    click.option("--signatory", help="An organisation that signed the statement."),
)


def narrowing(command: Command) -> Command:
    """The options with which every question is narrowed."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


@contextmanager
def asked(db: Path, what: str, **given: Any) -> Iterator[tuple[Database, Question]]:
    """The open database and the question that options ask; tells how names were understood."""
    from statement_nlp.store import Database

    with Database(db, create=False) as database:
        try:
            question = _question(database, what, **given)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        yield database, question


def _question(database: Database, what: str, **given: Any) -> Question:
    from statement_nlp.store.queries import day_range
    from statement_nlp.store.questions import Question, measured_from

    place, country, within = (given.pop(name, None) for name in ("place", "country", "within"))
    if country and not place:
        raise ValueError("--country tells places of one name apart: give --place too")
    if within is not None and not place:
        raise ValueError("--within measures from a place: give --place too")
    parts: dict[str, Any] = {name: value for name, value in given.items() if value}
    parts["since"], parts["until"] = day_range(given.get("since"), given.get("until"))
    if "addressee" in parts:
        parts["addressee"] = _party(database, parts["addressee"])
    for name in ("publisher", "signatory"):
        if name in parts:
            parts[name] = _organisation(database, parts[name])
    if place:
        parts["places"] = places_named(database, place, country, nested=within is not None)
    if within is not None:
        features = {i: known.feature for i in parts["places"] if (known := database.place(i))}
        parts["places"] = tuple(measured_from(parts["places"], features.get))
        parts["near"] = _circle(database, parts["places"], within)
    return Question(what, **parts)


def _circle(database: Database, places: tuple[str, ...], km: float) -> Circle:
    from statement_nlp.store.questions import PLACES_NEAR, Circle

    place = database.place(places[0])
    if place is None or place.latitude is None or place.longitude is None:
        raise ValueError("where that place lies is not known, so nothing can be measured from it")
    if len(places) > 1:
        raise ValueError("several places bear that name: --country tells them apart")
    circle = Circle(place.latitude, place.longitude, km)
    near = database.execute(PLACES_NEAR, circle.parameters()).fetchall()
    named = ", ".join(f"{row['name']} ({row['km']:.0f} km)" for row in near[:12])
    more = f" and {len(near) - 12} more" if len(near) > 12 else ""
    tell(f"Within {km:g} km of {place.name} ({place.country or place.feature}): {named or 'no place'}{more}.")
    return circle


def answer(db: Path, what: str, form: str, limit: int | None, shown: tuple[str, ...], **given: Any) -> None:
    """Ask, and print the rows."""
    from statement_nlp.store.questions import ask, columns

    with asked(db, what, **given) as (database, question):
        most = TABLE_ROWS if limit is None and form == "table" else limit or None
        rows = ask(database, question, most + 1 if most and form == "table" else most)
        names = columns(question, database)
        print_rows(
            list(rows) if form == "table" else rows, form, columns=names, shown=shown, limit=most,
            nothing="Nothing of that kind is stored.",
        )  # fmt: skip


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


def _organisation(database: Database, name: str) -> str:
    from statement_nlp.tracking.organisations import find_organisation

    return find_organisation(database, name)
