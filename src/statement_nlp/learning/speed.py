"""Words per second of the whole pipeline beside the stock base pipeline with all its components.

Both read the same texts in the same run and process, in turn, several times; the ratio of each pair is what counts,
since machines drift. `python -m statement_nlp.learning.speed FOLDER` prints it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from statement_nlp.extraction.pipeline import extract_many, load
from statement_nlp.learning.baseline import stock_pipeline
from statement_nlp.reading.sources import read_corpus
from statement_nlp.records import Statement

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians over the rounds: words per second of both, and the ratio ours / stock with its range."""

    words: int
    stock: float
    ours: float
    ratio: float
    ratios: tuple[float, ...]


def measure(statements: Sequence[Statement], rounds: int = ROUNDS) -> Speed:
    """Time both pipelines in turn over all statements, after a warm-up of each."""
    stock, ours = stock_pipeline(), load()
    texts = [s.text for s in statements]
    words = sum(len(text.split()) for text in texts)

    def seconds(run: Callable[[], object]) -> float:
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    def run_stock() -> object:
        return [len(doc) for doc in stock.pipe(texts)]

    def run_ours() -> object:
        return [len(extraction.claims) for extraction in extract_many(statements, nlp=ours)]

    run_stock(), run_ours()
    pairs = [(seconds(run_stock), seconds(run_ours)) for _ in range(rounds)]
    ratios = tuple(sorted(stock_time / our_time for stock_time, our_time in pairs))
    return Speed(
        words=words,
        stock=words / statistics.median(a for a, _ in pairs),
        ours=words / statistics.median(b for _, b in pairs),
        ratio=statistics.median(ratios),
        ratios=ratios,
    )


def main() -> None:
    """Print the ratio for the statements of a folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "corpus")
    speed = measure(read_corpus(folder))
    print(f"{speed.words} words, {len(speed.ratios)} rounds, one process")
    print(f"stock base pipeline, all components: {speed.stock:7.0f} words/s")
    print(f"statement-nlp, whole pipeline:       {speed.ours:7.0f} words/s")
    print(f"ratio: {speed.ratio:.2f} (rounds: {', '.join(f'{r:.2f}' for r in speed.ratios)})")


if __name__ == "__main__":
    main()
