"""extract --engine dask: by many processes, here or on other machines, into partitions of Parquet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from statement_nlp.cli.printing import console, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statement_nlp.reading.limits import Limits
    from statement_nlp.store.partitions import Manifest, Report

MEGABYTE = 1_000_000
OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["local", "dask"]),
        default="local",
        show_default=True,
        help="dask extracts .jsonl and .parquet files on a cluster into --out, for `load`.",
    ),
    click.option("--out", metavar="ADDRESS", help="With dask: the folder or address (s3://...) to write to."),
    click.option(
        "--scheduler", metavar="ADDRESS", help="With dask: a cluster's (tcp://...). [default: --workers processes here]"
    ),
    click.option(
        "--part-size",
        type=click.FloatRange(min=0, min_open=True),
        default=4.0,
        show_default=True,
        metavar="MB",
        help="With dask: megabytes of input that are done, or lost, at a time.",
    ),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `extract` that are about a cluster."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def refuse(engine: str, out: str | None, scheduler: str | None, demonstration: bool) -> None:
    """Refuse options that do not go together.

    Raises:
        click.UsageError: with what to do.
    """
    if engine == "dask":
        if not out:
            raise click.UsageError("--engine dask needs --out: a folder or address to write to, for `load`")
        if demonstration:
            raise click.UsageError("--demonstration marks a database: there is none with --engine dask")
    elif out or scheduler:
        raise click.UsageError("--out and --scheduler go with --engine dask")


def extract_on_cluster(
    sources: tuple[str, ...],
    out: str,
    scheduler: str | None,
    *,
    workers: int,
    size: float,
    limits: Limits,
    again: bool,
) -> None:
    """Extract all parts of the sources that are not done yet, and say what became of them."""
    from statement_nlp.cli.setup import open_gazetteer, pipeline_name
    from statement_nlp.cluster import engine
    from statement_nlp.store import Run
    from statement_nlp.store.parquet import arrow
    from statement_nlp.store.partitions import Partitions

    arrow()
    if scheduler is None:
        open_gazetteer().close()  # built here where it is missing, not by all workers at once
    partitions, run = Partitions(out), Run(pipeline_name(), sources=sources)
    with engine.cluster(scheduler, workers) as client, _told() as told:
        manifest, done, lost = engine.extract(
            client,
            sources,
            partitions,
            run,
            pipeline=pipeline_name,
            size=max(1, round(size * MEGABYTE)),
            limits=limits,
            again=again,
            told=told,
        )
    _summary(out, manifest, done, lost)


@contextmanager
def _told() -> Iterator[Callable[[str, int, int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(error=True)) as progress:
        task = progress.add_task("Reading", total=None)
        yield lambda what, done, of: progress.update(task, description=what, completed=done, total=of)


def _summary(out: str, manifest: Manifest, done: dict[int, Report], lost: list[str]) -> None:
    for line in (line for report in done.values() for line in report.lines):
        tell(line)
    for line in lost:
        tell(line)
    total = {name: sum(getattr(r, name) for r in done.values()) for name in ("statements", "skipped", "failed")}
    words = [f"{total['statements']:,} extracted"]
    words += [f"{total['skipped']:,} of them skipped"] if total["skipped"] else []
    words += [f"{total['failed']:,} failed"] if total["failed"] else []
    tell(f"Statements: {', '.join(words)}; {len(done):,} of {len(manifest.parts):,} parts done. In {out}.")
    if lost:
        tell("The same command again does the parts that are not done.")
    else:
        tell(f"Next: statement-nlp load {out} --db FILE")
    if total["failed"] or lost:
        sys.exit(1)
