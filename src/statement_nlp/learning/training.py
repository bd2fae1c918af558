"""Gold in, models out: trains every layer from annotated statements, in the order in which they build on each other."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from datetime import date
from itertools import starmap
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from statement_nlp import digests
from statement_nlp.errors import GoldError
from statement_nlp.learning import (
    claims_training,
    demands_training,
    entities_training,
    figures_training,
    linking_training,
)
from statement_nlp.learning.linking_reviews import JudgedLinks
from statement_nlp.records import Statement

Example = tuple[Statement, Mapping[str, Any]]
TRAINERS: Mapping[str, Callable[[Sequence[Example], Path], Mapping[str, float]]] = {
    "entities": entities_training.train,
    "figures": figures_training.train,
    "demands": demands_training.train,
    "claims": claims_training.train,
}
LINKS = "links"
"""The layer that learns from links.jsonl, over gold records."""
LAYERS = (*TRAINERS, LINKS)
MANIFEST = "training.json"


def train(
    examples: Iterable[Example],
    directory: Path,
    *,
    layers: Sequence[str] = tuple(TRAINERS),
    links: Sequence[Mapping[str, Any]] = (),
    judged: JudgedLinks | None = None,
    workers: int = 1,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, dict[str, float]]:
    """Train the models of `layers` into `directory`, each with its card, and note what they were trained on.

    Args:
        examples: statements with their gold rows.
        directory: a folder a layer is written into it.
        layers: names of `LAYERS`. Each learns from the gold of the others, so their order does not matter.
        links: rows of links.jsonl, which the layer `links` learns from.
        judged: links that people judged, from which it learns as well.
        workers: processes that share the layers.
        report: takes a line for each layer when it is done.

    Returns:
        Metrics on the training data by layer (what the cards hold; for accuracy see `evaluation.cross_validate`).

    Raises:
        GoldError: there is nothing to train on, or the layer `links` is wanted and no links are given.
    """
    examples = list(examples)
    if not examples:
        raise GoldError("no statement with gold to train on: give a folder with statements and a gold.jsonl")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / digests.SUMS).unlink(missing_ok=True)  # until all is trained: a layer may read what another wrote
    each = [(layer, examples, directory, (links, judged) if layer == LINKS else ((), None)) for layer in layers]
    metrics: dict[str, dict[str, float]] = {}
    # spawn: a fork of a process that has loaded numpy's threads may hang
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
    with pool or nullcontext():
        done = pool.map(_train_layer, *zip(*each, strict=True)) if pool else starmap(_train_layer, each)
        for layer, (found, seconds) in zip(layers, done, strict=True):
            metrics[layer] = found
            report(f"{layer}: {seconds:.0f} s")
    manifest = {"trained_on": sorted(s.id for s, _ in examples), "date": date.today().isoformat()}
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf8")
    digests.write_sums(directory)
    return metrics


def _train_layer(
    layer: str,
    examples: Sequence[Example],
    directory: Path,
    links: tuple[Sequence[Mapping[str, Any]], JudgedLinks | None],
) -> tuple[dict[str, float], float]:
    """Metrics of one layer, and the seconds that it took."""
    started = time.monotonic()
    found = (
        linking_training.train(examples, directory, *links)
        if layer == LINKS
        else dict(TRAINERS[layer](examples, directory))
    )
    return found, time.monotonic() - started


def trained_on(directory: Path) -> frozenset[str]:
    """Ids of the statements that the models in `directory` have seen."""
    path = directory / MANIFEST
    return frozenset(json.loads(path.read_text(encoding="utf8"))["trained_on"]) if path.is_file() else frozenset()
