"""Recall of place names on texts of another data set, whose marks are not the annotation guide's.

    python -m statement_nlp.learning.outside FILE.jsonl [--type Location]

A line of the file is an object with `id`, `text` and `entities` (`start`, `end`, `type`). Only names that are written
as proper names count. Such sets often mark a state that acts as a location too: a second number counts parties as well.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from statement_nlp.extraction.pipeline import extract_many
from statement_nlp.learning.evaluation import rows
from statement_nlp.reading.text import normalise
from statement_nlp.records import Statement


def recall(lines: Sequence[Mapping[str, Any]], kind: str) -> tuple[int, int, int]:
    """How many marked names are touched by a place of ours, how many by a place or a party, and how many there are."""
    clean = [normalise(row["text"]) for row in lines]
    statements = [Statement(str(row["id"]), n.text) for row, n in zip(lines, clean, strict=True)]
    touched = named = marked = 0
    for row, normal, found in zip(lines, clean, extract_many(statements), strict=True):
        places = [normal.to_given(p.start, p.end) for p in found.places]
        parties = [normal.to_given(p.start, p.end) for p in found.parties]
        for entity in row["entities"]:
            start, end = entity["start"], entity["end"]
            if entity["type"] != kind or not row["text"][start:end][:1].isupper():
                continue
            by_place = any(a < end and start < b for a, b in places)
            marked += 1
            touched += by_place
            named += by_place or any(a < end and start < b for a, b in parties)
    return touched, named, marked


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--type", "kind", default="Location", show_default=True, help="The type of the marks that are places.")
def main(file: Path, kind: str) -> None:
    """Print the recall of place names on another data set."""
    places, named, marked = recall(rows(file), kind)
    if not marked:
        sys.exit(f"{file}: no {kind} that is written as a proper name")
    click.echo(f"{kind} that are proper names: {marked}")
    click.echo(f"found as places: {places / marked:.3f}; as places or parties: {named / marked:.3f}")


if __name__ == "__main__":
    main()
