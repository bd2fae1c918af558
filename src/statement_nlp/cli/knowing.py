"""gazetteer, parties: the place index and the register, and a user's own names in them."""

from __future__ import annotations

from pathlib import Path

import click

from statement_nlp.cli.printing import tell

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group()
def gazetteer() -> None:
    """The index of place names."""


@gazetteer.command()
def build() -> None:
    """Build the place index where it is missing or out of date (done by itself at first use)."""
    import time

    from statement_nlp.cli.setup import open_gazetteer

    started = time.monotonic()
    index = open_gazetteer()
    index.close()
    tell(f"The place index is ready after {time.monotonic() - started:.1f} s: {index.path}")


@gazetteer.command("add")
@FILES
@click.option("--country", metavar="CODE", help="ISO code of the country, for rows that say none.")
def add_places(files: tuple[Path, ...], country: str | None) -> None:
    """Add the places of FILES to your own; the next extraction knows them.

    A file is a CSV table of your own (docs/gazetteer.md), a GeoNames dump (SY.txt, SY.zip) or an OCHA COD-AB table with
    P-codes.
    """
    from statement_nlp.knowledge.gazetteer_user import add

    for file in files:
        added = add(file, country=country)
        parts = [f"{added.rows} places of {file}", f"{added.new} of them new", f"{added.pcodes} with a P-code"]
        parts += [f"{added.left_out} rows left out as no places"] if added.left_out else []
        tell(f"{', '.join(parts)}, now in {added.table}.")


@click.group()
def parties() -> None:
    """The register of parties."""


@parties.command("add")
@FILES
def add_parties(files: tuple[Path, ...]) -> None:
    """Add the parties of FILES (YAML or CSV, docs/parties.md) to your own; the next extraction knows them."""
    from statement_nlp.knowledge.parties import add_parties as add

    for file in files:
        target, count = add(file)
        tell(f"{count} parties of {file} added to {target}.")


COMMANDS = (gazetteer, parties)
