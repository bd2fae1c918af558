"""Words per second of the whole pipeline beside the stock base pipeline with all its components, and where time goes.

Both read the same texts in the same run and process, in turn, several times: stock, ours, stock, ours ... What is
counted is the CPU time of the process, all its threads together, so that other work on the machine weighs little; of
each side the quickest round counts, for whatever else a machine does only ever adds time. The models are loaded, and
each side has read all texts once, before the clock starts. `python -m statement_nlp.learning.speed FOLDER` prints it;
with `--peers PYTHON` two peers as well (`peers.py`).
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction.pipeline import BATCH, doc_of, extract_many, gather, load
from statement_nlp.learning import peers
from statement_nlp.learning.baseline import stock_pipeline
from statement_nlp.reading.sources import read_corpus
from statement_nlp.records import Statement

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Speed:
    """Words per second of CPU time in the quickest round of each side, and what ours is spent on.

    `ratio` is ours / stock, `ratios` that of each round. `shares` maps each step of our pipeline to its time, in
    parts of the whole stock pipeline's; timed apart, with the garbage collector, they sum to somewhat over 1 / ratio.
    """

    words: int
    stock: float
    ours: float
    ratio: float
    ratios: tuple[float, ...]
    shares: dict[str, float]


def measure(statements: Sequence[Statement], rounds: int = ROUNDS) -> Speed:
    """Time both pipelines in turn over all statements, after a warm-up of each."""
    stock, ours = stock_pipeline(), load()
    texts = [s.text for s in statements]
    words = sum(len(text.split()) for text in texts)

    def run_stock() -> None:
        for doc in stock.pipe(texts):
            len(doc)

    def run_ours() -> None:
        for extraction in extract_many(statements, nlp=ours):
            len(extraction.claims)

    run_stock()
    run_ours()
    pairs, steps = [], []
    for _ in range(rounds):
        pairs.append((_seconds(run_stock), _seconds(run_ours)))
        steps.append(_steps(ours, statements))
    stock_seconds, our_seconds = min(a for a, _ in pairs), min(b for _, b in pairs)
    return Speed(
        words=words,
        stock=words / stock_seconds,
        ours=words / our_seconds,
        ratio=stock_seconds / our_seconds,
        ratios=tuple(a / b for a, b in pairs),
        shares={step: min(times[step] for times in steps) / stock_seconds for step in steps[0]},
    )


def _steps(nlp: Language, statements: Sequence[Statement]) -> dict[str, float]:
    """CPU seconds of each step over all statements, one step after the other."""
    spent: dict[str, float] = {}
    docs: list[Doc] = []

    def layout() -> None:
        docs.extend(doc_of(nlp, statement) for statement in statements)

    def records() -> None:
        for statement, doc in zip(statements, docs, strict=True):
            gather(statement, doc)

    spent["layout and tokens"] = _seconds(layout)
    for name, step in nlp.pipeline:
        spent[name] = _seconds(partial(_apply, step, docs))
    return spent | {"signatories": _seconds(records)}


def _apply(step: Any, docs: Sequence[Doc]) -> None:
    """Let one component of a pipeline work on Docs, many at a time where it can."""
    for doc in step.pipe(docs, batch_size=BATCH) if hasattr(step, "pipe") else map(step, docs):
        len(doc)


def _seconds(run: Callable[[], None]) -> float:
    """CPU time of one run, in seconds, from a clean slate."""
    gc.collect()
    started = time.process_time()
    run()
    return time.process_time() - started


def report(speed: Speed) -> str:
    """The measurement in lines for people."""
    lines = [
        f"{speed.words} words, {len(speed.ratios)} rounds in turn, one process, CPU time, quickest round",
        f"stock base pipeline, all components: {speed.stock:7.0f} words/s",
        f"statement-nlp, whole pipeline:       {speed.ours:7.0f} words/s",
        f"ratio: {speed.ratio:.2f} (rounds: {', '.join(f'{r:.2f}' for r in speed.ratios)})",
        "where our time goes, in parts of the stock pipeline's:",
        *(f"  {step:<22} {share:.3f}" for step, share in speed.shares.items()),
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the measurement for the statements of a folder."""
    parser = argparse.ArgumentParser(description="Speed of the whole pipeline beside the stock one, and of peers.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("corpus"))
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument("--peers", type=Path, help="the Python of an environment that holds them")
    asked = parser.parse_args()
    statements = read_corpus(asked.folder)
    speed = measure(statements, asked.rounds)
    print(report(speed))
    if asked.peers is None:
        return
    if not asked.peers.exists():
        print(f"peers: not compared, for {asked.peers} is not there (no network to install them?)")
        return
    try:
        shares = peers.measure(asked.peers, [s.text for s in statements], asked.rounds)
    except subprocess.CalledProcessError as error:
        print(f"peers: not compared, for their script failed (above): {error}")
    else:
        print(peers.report(shares, speed.ratio))


if __name__ == "__main__":
    main()
