"""Whether memory stays flat while very many statements are extracted.

`python -m statement_nlp.learning.memory --statements 100000` extracts and stores made-up statements (made.py) in one
process, as `extract` does (without links), and prints after each thousand what memory the process holds. Made-up texts
have few words; real ones bring new words and names for ever, by which memory grows: each gets some that no other has.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

from statement_nlp.extraction import pipeline
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import Register
from statement_nlp.learning.made import COLUMNS, made_statements, world_of
from statement_nlp.records import Statement
from statement_nlp.store import Database, Run
from statement_nlp.streaming import Done, extract_into

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def statements(count: int, new_words: int, seed: int = 1) -> Iterator[Statement]:
    """Made-up statements, each with a sentence of words that stand in no other (but by chance)."""
    draw = random.Random(seed)
    at = {name.strip(): n for n, name in enumerate(COLUMNS["statements"].split(","))}
    for made in made_statements(world_of(Gazetteer.open(), Register.load()), count, seed):
        row = made.rows["statements"][0]
        new = (" ".join(("".join(draw.choices(LETTERS, k=9))).capitalize() for _ in range(2)) for _ in range(new_words))
        text = f"{row[at['text']]}\n\nAmong those who fled were {', '.join(new)}.\n"
        yield Statement(made.id, text, title=str(row[at["title"]]), published=str(row[at["published"]]))


def resident() -> float:
    """Megabytes that this process holds now; at its peak where the system tells no more."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


def measure(count: int, new_words: int, each: int) -> list[tuple[int, float, int, float]]:
    """Extract and store so many; after every `each` of them their number, megabytes, words of the pipeline, seconds."""
    told: list[tuple[int, float, int, float]] = []
    done, started = 0, time.process_time()

    def tell(_: Done) -> None:
        nonlocal done
        done += 1
        if done % each == 0:
            told.append((done, resident(), len(pipeline.load().vocab.strings), time.process_time() - started))
            click.echo("{:>9,} statements {:7,.0f} MB {:>9,} words {:7,.0f} s of CPU".format(*told[-1]))

    lookup = Gazetteer.open().get
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "new.db", lookup=lookup) as database:
        extract_into(database, statements(count, new_words), Run("memory"), tell)
    return told


@click.command()
@click.option("--statements", "count", default=100_000, show_default=True, help="How many.")
@click.option("--each", default=1000, show_default=True, help="After how many to print.")
@click.option("--new-words", default=20, show_default=True, help="Names of two new words in each statement.")
def main(count: int, each: int, new_words: int) -> None:
    """Print the memory of an extraction as it goes on."""
    measure(count, new_words, each)


if __name__ == "__main__":
    main()
