"""load: what a cluster extracted, into a database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli.printing import console, db_option, tell

if TYPE_CHECKING:
    from statement_nlp.store import Database
    from statement_nlp.store.bulk import LoadReport
    from statement_nlp.store.partitions import Partitions


@click.command()
@click.argument("parquet", metavar="PARQUET")
@db_option
@click.option("--no-links", is_flag=True, help="Leave links for later: `statement-nlp link`, or the next load.")
def load(parquet: str, db: Path, no_links: bool) -> None:
    """Load what `extract --engine dask` wrote to PARQUET, a folder or an address, into a database.

    A statement that is stored already, unchanged, is left as it is; a changed one is replaced; judgements of people are
    kept. A load that was stopped is given again.
    """
    from statement_nlp.cli.setup import finish
    from statement_nlp.store import Database
    from statement_nlp.store.bulk import finished
    from statement_nlp.store.partitions import Partitions

    partitions = Partitions(parquet)
    finished(partitions)
    with Database(db) as database:
        report = _load(database, partitions, no_links)
        if not no_links:
            _link(database)
        finish(database)
        database.execute("ANALYZE")
    for line in report.lines:
        tell(line)
    counts = [f"{report.counts[word]:,} {word}" for word in ("added", "replaced", "unchanged") if report.counts[word]]
    failed = [f"{len(report.lines)} failed"] if report.lines else []
    tell(f"Statements: {', '.join(counts + failed) or 'none'}. In {db}.")
    if failed:
        sys.exit(1)


def _load(database: Database, partitions: Partitions, no_links: bool) -> LoadReport:
    from rich.progress import Progress

    from statement_nlp.cli.setup import steps
    from statement_nlp.store import bulk

    with Progress(console=console(error=True), transient=True) as progress:
        task = progress.add_task("Loading")
        return bulk.load(
            database,
            partitions,
            then=() if no_links else steps(),
            progress=lambda done, of: progress.update(task, completed=done, total=of),
        )


def _link(database: Database) -> None:
    """Link all statements, where some were loaded without."""
    from rich.progress import Progress

    from statement_nlp.store.bulk import UNLINKED
    from statement_nlp.tracking.linking import link_all

    if database.noted(UNLINKED) is None:
        return
    with Progress(console=console(error=True), transient=True) as progress:
        task = progress.add_task("Linking")
        link_all(database, lambda done, of: progress.update(task, completed=done, total=of))


COMMANDS = (load,)
