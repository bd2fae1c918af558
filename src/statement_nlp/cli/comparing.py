"""timeline: a figure through time. compare: statements side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from statement_nlp.cli.printing import console, db_option, print_rows
from statement_nlp.cli.questions import country_option, places_named, since_option, until_option
from statement_nlp.records import CONDITIONS

if TYPE_CHECKING:
    from statement_nlp.tracking.compare import ClaimMade, Comparison, DemandMade, Names
    from statement_nlp.tracking.tracks import Point

BAR = 40
"""Characters of the longest bar of a chart."""
SHOWN = ("day", "figure", "date_as_written", "publisher", "statement", "conflicts", "statement_kind")


@click.command()
@db_option
@click.option("--place", help="The place that the figures hold for, by its name or a variant.")
@country_option
@click.option("--condition", type=click.Choice(CONDITIONS), help="What the figures count.")
@since_option
@until_option
@click.option("--conflicts", is_flag=True, help="Only pairs of figures that contradict each other.")
@click.option("--linked", is_flag=True, help="Only figures that are linked to one of another statement.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("chart", "table", "csv", "json")),
    default="chart",
    show_default=True,
    help="chart is the table with a bar for each figure, a group for each thing that is counted.",
)
def timeline(
    db: Path, place: str | None, country: str | None, condition: str | None, linked: bool, form: str, conflicts: bool,
    since: str | None, until: str | None,
) -> None:  # fmt: skip
    """A figure through time: who gave which number for PLACE, and where numbers conflict."""
    from statement_nlp.store import Database
    from statement_nlp.store.queries import day_range
    from statement_nlp.tracking.tracks import Point, during, timeline

    try:
        first, last = day_range(since, until)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if conflicts:
        _print_conflicts(db, place, country, form, {"condition": condition, "since": first, "until": last})
        return
    if not (place and condition):
        raise click.UsageError("give --place and --condition, or --conflicts")
    with Database(db, create=False) as database:
        points = timeline(database, places_named(database, place, country, nested=True), condition, linked_only=linked)
    points = during(points, first, last)
    nothing = f"No figure of {place} ({condition}) is stored."
    if form == "chart" and points:
        _chart(points)
        return
    rows = [asdict(point) for point in points]
    columns = tuple(Point.__dataclass_fields__)
    print_rows(rows, "table" if form == "chart" else form, columns=columns, shown=SHOWN, limit=None, nothing=nothing)


def _print_conflicts(db: Path, place: str | None, country: str | None, form: str, narrow: dict[str, Any]) -> None:
    """Pairs of figures that contradict each other."""
    from statement_nlp.store import Database
    from statement_nlp.store.queries import CONFLICTS

    with Database(db, create=False) as database:
        places = json.dumps(places_named(database, place, country)) if place else None
        cursor = database.execute(CONFLICTS, {**narrow, "places": places})
        columns = tuple(column[0] for column in cursor.description)
        rows = [dict(row) for row in cursor]
    shown = ("places", "condition", "figure", "publisher", "published", "conflicts_with", "other_publisher",
             "other_published", "reason", "statement_kind")  # fmt: skip
    nothing = "No figures contradict each other, as far as the program sees."
    print_rows(rows, "table" if form == "chart" else form, columns=columns, shown=shown, limit=None, nothing=nothing)


def _chart(points: Sequence[Point]) -> None:
    """A table with bars, by track; figures without a track by their unit."""
    from rich.markup import escape
    from rich.table import Table

    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(point.track or f"{point.place}: {point.unit}, not linked", []).append(point)
    for title, members in groups.items():
        table = Table(title=escape(title), title_justify="left")
        for column in ("day", "figure", "", "publisher", "statement"):
            table.add_column(column, overflow="fold", no_wrap=column == "")
        most = max(max(p.low or 0, p.high or 0) for p in members)
        for p in members:
            conflict = f" conflicts with {p.conflicts}" if p.conflicts else ""
            statement = p.statement + (" [illustrative]" if p.statement_kind == "illustrative" else "")
            cells = (p.day or "?", p.figure + conflict, _bar(p.low, p.high, most), p.publisher or "", statement)
            table.add_row(*map(escape, cells), style="red" if p.conflicts else None)
        console().print(table)


def _bar(low: float | None, high: float | None, most: float) -> str:
    """A bar of full blocks up to the lower bound, and of light ones from there to the upper one; > where it is open."""
    if most <= 0:
        return ""
    sure = round(BAR * (low or 0) / most)
    top = round(BAR * high / most) if high is not None else sure
    return "█" * sure + "░" * (top - sure) + (">" if high is None else "")


@click.command()
@click.argument("statements", nargs=-1, required=True, metavar="STATEMENT STATEMENT...")
@db_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="For people or programs.",
)
def compare(statements: tuple[str, ...], db: Path, form: str) -> None:
    """Statements side by side: places, parties, figures on the same thing, demands, claims, signatories."""
    from statement_nlp.store import Database
    from statement_nlp.store.export import to_line
    from statement_nlp.tracking.compare import compare

    with Database(db, create=False) as database:
        try:
            found = compare(database, [database.find_statement(words) for words in statements])
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    if form == "json":
        sys.stdout.write(to_line(asdict(found)) + "\n")
    else:
        _print(found)


def _print(found: Comparison) -> None:
    letters = {s.id: chr(ord("A") + n) if n < 26 else str(n + 1) for n, s in enumerate(found.statements)}
    for s in found.statements:
        details = ", ".join(word for word in (s.published, s.publisher, s.id) if word)
        illustrative = " [illustrative]" if s.kind == "illustrative" else ""
        click.echo(f"{letters[s.id]}  {s.title or s.id} ({details}){illustrative}")
    for title, names in (("places", found.places), ("parties", found.parties), ("signatories", found.signatories)):
        _print_names(title, names, letters)
    figures = [
        (
            p.places or "",
            p.condition,
            f"{letters[p.a[0]]}: {p.a[1]}",
            f"{letters[p.b[0]]}: {p.b[1]}",
            p.kind,
            _change(p),
        )
        for p in found.figures
    ]
    _table("Figures on the same thing", ("place", "condition", "earlier", "later", "link", "difference"), figures)
    shared = [
        (f"{n}", letters[d.statement_id], d.quote, d.addressees or "")
        for n, group in enumerate(found.demands_shared, 1)
        for d in group
    ]
    _table("Demands in common", ("", "statement", "demand", "addressees"), shared)
    _table("Demands of one alone", ("statement", "demand", "addressees"), _alone(found.demands_alone, letters))
    told = [(f"{n}", *_told(claim, letters)) for n, group in enumerate(found.claims_shared, 1) for claim in group]
    columns = ("statement", "claim", "status", "places")
    _table("Claims about the same thing", ("", *columns), told)
    _table("Claims of one alone", columns, [_told(claim, letters) for claim in found.claims_alone])


def _told(claim: ClaimMade, letters: dict[str, str]) -> tuple[str, ...]:
    status = ", ".join(filter(None, (claim.status, claim.attribution)))
    return letters[claim.statement_id], claim.quote, status, claim.places or ""


def _alone(demands: Iterable[DemandMade], letters: dict[str, str]) -> list[tuple[str, ...]]:
    return [(letters[d.statement_id], d.quote, d.addressees or "") for d in demands]


def _change(pair: Any) -> str:
    if pair.difference is None:
        return "open"
    if pair.kind == "repeats" and not pair.difference:
        return "none"
    part = f" ({pair.change:+.0%})" if pair.change is not None else ""
    return f"{pair.difference:+,.6g}{part}" if abs(pair.difference) < 1e6 else f"{pair.difference:+,.0f}{part}"


def _print_names(title: str, names: Names, letters: dict[str, str]) -> None:
    click.echo(f"\nShared {title}: {len(names.shared)}")
    for name in names.shared:
        click.echo(f"  {name.name} ({', '.join(letters[i] for i in name.statements)})")
    for statement, letter in letters.items():
        alone = [name.name for name in names.separate if name.statements == (statement,)]
        click.echo(f"Only in {letter}: {', '.join(alone) or 'none'}")


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    click.echo()
    if not rows:
        click.echo(f"{title}: none")
        return
    table = Table(title=title, title_justify="left", show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console().print(table)


COMMANDS = (timeline, compare)
