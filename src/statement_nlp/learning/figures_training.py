"""Trains the models of the figures layer: is a number a figure, what condition does it speak of, where does it hold.

A logistic regression and two conditional logits over named features, so that `explain` can name what weighed. Place
mentions come from the gold. Regularisation was chosen by cross-validation over series and by real statements that are
not in the repository (docs/accuracy.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from statement_nlp.errors import GoldError
from statement_nlp.extraction import attachment, figure_filter
from statement_nlp.extraction.attachment_context import Span
from statement_nlp.extraction.classifier import write_card
from statement_nlp.extraction.entities_resolve import gazetteer
from statement_nlp.extraction.figure_cues import CueIndex
from statement_nlp.extraction.figure_filter import Candidate
from statement_nlp.extraction.figure_models import fit, fit_choice, flat, matrix, store
from statement_nlp.extraction.figures import CONDITION, IS_FIGURE, LAYER, candidates
from statement_nlp.extraction.pipeline import base_docs
from statement_nlp.learning.figures_rounds import (
    ROUND_FOLDS,
    ConditionText,
    PlaceSpan,
    PlaceText,
    in_rounds,
)
from statement_nlp.learning.folds import folds
from statement_nlp.learning.scoring import same_values, span_of
from statement_nlp.records import Place, PlaceMention, Statement

VERSION = "1"
IS_FIGURE_C = 0.5
CONDITION_C = 1.0
PLACES_C = 0.05
Example = tuple[Statement, Mapping[str, Any]]


@dataclass(slots=True)
class Rows:
    """Features and labels of one model."""

    features: list[Mapping[str, Any]] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)

    def add(self, features: Mapping[str, Any], label: Any) -> None:
        """One more example."""
        self.features.append(features)
        self.labels.append(label)


def train(examples: Sequence[Example], directory: Path) -> dict[str, float]:
    """Train the models of figures, and the places of figures and claims, into `directory`/figures.

    Args:
        examples: statements with their gold rows.
        directory: folder of the trained models.

    Returns:
        What the card holds: counts of examples, accuracy on the training data.

    Raises:
        GoldError: the gold holds no figures.
    """
    numbers = Rows()
    spoken: list[ConditionText] = []
    where: list[PlaceText] = []
    for doc, gold in gold_docs(examples):
        spoken.append(ConditionText(CueIndex(doc), _add_numbers(doc, gold, numbers)))
        where.append(PlaceText(attachment.context_of(doc), _place_spans(doc, gold)))
    parts = _parts([statement for statement, _ in examples])
    conditions = in_rounds(spoken, parts, CONDITION_C)
    places = in_rounds(where, parts, PLACES_C)
    if not conditions.groups or len(set(numbers.labels)) < 2:
        raise GoldError("too few figures in the gold to train on: it takes some, and numbers that are none")
    path = directory / LAYER
    metrics: dict[str, float] = {"statements": len(examples)}
    model, names = fit(numbers.features, numbers.labels, strength=IS_FIGURE_C)
    store(model, names, path / IS_FIGURE, version=VERSION)
    right = model.predict(matrix([flat(f) for f in numbers.features], names)) == np.array(numbers.labels)
    metrics |= {"numbers": len(numbers.labels), "numbers right on them": round(float(right.mean()), 3)}
    for file, choices, strength in (
        (directory / LAYER / CONDITION, conditions, CONDITION_C),
        (directory / attachment.MODEL, places, PLACES_C),
    ):
        if choices.groups:
            model, names = fit_choice(choices.features, choices.labels, choices.groups, strength=strength)
            store(model, names, file, version=VERSION)
            metrics[f"choices of {file.stem}"] = choices.groups[-1] + 1
    write_card(path, "Figures: which numbers, which condition, which places", {
        "trained": date.today().isoformat(),
        "command": "statement-nlp train",
        "models": f"logistic regression and two conditional logits, C = {IS_FIGURE_C}, {CONDITION_C}, {PLACES_C}",
        **metrics,
        "accuracy": "docs/accuracy.md",
    })  # fmt: skip
    return metrics


def gold_docs(examples: Sequence[Example]) -> Iterator[tuple[Doc, Mapping[str, Any]]]:
    """The statements parsed by the base pipeline, with the gold's places, and their gold."""
    docs = base_docs(s for s, _ in examples)
    for (statement, gold), doc in zip(examples, docs, strict=True):
        doc._.places = gold_places(statement, gold)
        yield doc, gold


def gold_places(statement: Statement, gold: Mapping[str, Any]) -> tuple[PlaceMention, ...]:
    """The gold's places as mentions with what the gazetteer knows of them, in the order of the text."""
    found = []
    for item in gold.get("places", ()):
        start, end = span_of(item, statement.text)
        name, country = item["name"], item.get("country")
        place = _place(name, country) if country else None
        found.append(PlaceMention(start, end, statement.text[start:end], name, country, place, None, 1.0, "gold"))
    return tuple(sorted(found, key=lambda m: (m.start, m.end)))


@lru_cache(maxsize=4096)
def _place(name: str, country: str) -> Place | None:
    """The entry of the gazetteer for a name in a country."""
    return next((place for place in gazetteer().candidates(name) if place.country == country), None)


def _parts(statements: Sequence[Statement]) -> list[int]:
    """The part of the first round in which each statement is held out, with all of its series."""
    part = {name: at for at, dealt in enumerate(folds(statements, ROUND_FOLDS)) for name in dealt}
    return [part[statement.id] for statement in statements]


def _add_numbers(doc: Doc, gold: Mapping[str, Any], numbers: Rows) -> list[tuple[Candidate, str]]:
    """Add the numbers of a statement; those that are figures with their conditions."""
    golden = [(span_of(item, doc.text), item) for item in gold.get("figures", ())]
    found: list[tuple[Candidate, str]] = []
    for candidate in candidates(doc):
        item = _gold_of(candidate, golden)
        numbers.add(figure_filter.features(doc, candidate), item is not None)
        if item is not None:
            found.append((candidate, item["condition"]))
    return found


def _place_spans(doc: Doc, gold: Mapping[str, Any]) -> list[PlaceSpan]:
    """The figures and the claims of a statement with their places, each in the order of the text."""
    context = attachment.context_of(doc)
    found = []
    for layer, kind in (("figures", "figure"), ("claims", "claim")) if context.mentions else ():
        for item in sorted(gold.get(layer, ()), key=lambda x: span_of(x, doc.text)):
            span = Span(*span_of(item, doc.text), kind)
            found.append(PlaceSpan(span, tuple(item["places"]), attachment.described(context, span)))
    return found


def _gold_of(
    candidate: Candidate, golden: Sequence[tuple[tuple[int, int], Mapping[str, Any]]]
) -> Mapping[str, Any] | None:
    """The gold figure that overlaps with a number and is worth as much."""
    value = {"low": candidate.value.low, "high": candidate.value.high}
    for (start, end), item in golden:
        if candidate.start < end and start < candidate.end and same_values(dict(item), value):
            return item
    return None
