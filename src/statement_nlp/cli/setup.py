"""What commands need before they work: the place index, built where it is missing, and the name of the pipeline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from statement_nlp.cli.printing import console

if TYPE_CHECKING:
    from sqlite3 import Connection

    from rich.progress import Progress

    from statement_nlp.knowledge.gazetteer import Gazetteer
    from statement_nlp.store.database import Database, Step

PACKAGE = Path(__file__).parents[1]
DECIDES = ("reading", "knowledge", "extraction", "records.py")
"""The parts of the package that decide what is found; a change of any of them is another pipeline."""
MODELS = (PACKAGE / "models", PACKAGE.parents[1] / "models")
"""Where models lie, installed or in a clone: as `extraction.classifier.models_dir`, without loading scikit-learn."""


def open_gazetteer(*, verify: bool = False) -> Gazetteer:
    """The place index; at its first use it is built, with a progress bar. With `verify` a damaged one is refused."""
    from statement_nlp.knowledge.gazetteer import Gazetteer

    shown: list[Progress] = []

    def told(what: str, done: int, of: int) -> None:
        if not shown:
            shown.append(_index_progress())
        shown[0].update(shown[0].task_ids[0], description=f"Place index: {what}", completed=done, total=of)

    try:
        return Gazetteer.open(progress=told, verify=verify)
    finally:
        for progress in shown:
            progress.stop()


def _index_progress() -> Progress:
    """A progress bar, started, with one task."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console(error=True), transient=True)
    progress.add_task("Place index")
    progress.start()
    return progress


@lru_cache(maxsize=1)
def pipeline_name() -> str:
    """The version, and a hash of all that decides what is found: code, lexicons, models, the user's places and parties.

    A statement that was extracted under another name is extracted anew.
    """
    from statement_nlp import __version__
    from statement_nlp.knowledge.gazetteer import user_file
    from statement_nlp.knowledge.parties import user_parties_path

    roots = [PACKAGE / part for part in DECIDES] + [*MODELS, user_file(), user_parties_path()]
    digest = hashlib.sha256()
    for file in _files(roots):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _files(roots: Iterable[Path]) -> Iterable[Path]:
    for root in roots:
        if root.is_file():
            yield root
        elif root.is_dir():
            yield from sorted(f for f in root.rglob("*") if f.is_file() and _decides(f))


def _decides(file: Path) -> bool:
    """Whether a file of those folders decides what is found: not a description, nor the model that links."""
    return file.suffix not in (".pyc", ".md") and file.parent.name != "links"


def steps() -> Sequence[Step]:
    """What follows each save, in its transaction: the statement's links to all others."""
    from statement_nlp.tracking.linking import link_statement

    def link(connection: Connection, statement_id: str) -> None:
        link_statement(connection, statement_id)

    return (link,)


def finish(database: Database) -> None:
    """What follows a run that changed something: organisations are grouped, tracks tidied, the planner told."""
    from statement_nlp.tracking.organisations import organise
    from statement_nlp.tracking.tracks import sweep

    organise(database)
    sweep(database)
    database.analyse()
