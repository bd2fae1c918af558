"""Trains the models of the figures layer: is a number a figure, what condition does it speak of, where does it hold.

A logistic regression and two conditional logits over named features, so that `explain` can name what weighed. Place
mentions come from the gold. Regularisation was chosen by cross-validation over series and by real statements that are
not in the repository (docs/accuracy.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from statement_nlp.errors import GoldError
from statement_nlp.extraction import attachment, figure_conditions, figure_filter
from statement_nlp.extraction.attachment_features import NOWHERE, Span, features_of
from statement_nlp.extraction.attachment_history import History, Settled, add_history
from statement_nlp.extraction.classifier import write_card
from statement_nlp.extraction.figure_conditions import CueIndex
from statement_nlp.extraction.figure_filter import Candidate
from statement_nlp.extraction.figure_models import fit, fit_choice, flat, matrix, store
from statement_nlp.extraction.figures import CONDITION, IS_FIGURE, LAYER, candidates, is_near
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline
from statement_nlp.learning.scoring import same_values, span_of
from statement_nlp.reading.layout import find_zones
from statement_nlp.records import PlaceMention, Statement

VERSION = "1"
IS_FIGURE_C = 0.5
CONDITION_C = 1.0
PLACES_C = 0.2
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


@dataclass(slots=True)
class Choices:
    """Alternatives of the model that chooses places, group by group."""

    features: list[Mapping[str, Any]] = field(default_factory=list)
    labels: list[bool] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def add(self, alternatives: Mapping[str, Mapping[str, Any]], right: set[str]) -> None:
        """One more choice among named alternatives."""
        group = self.groups[-1] + 1 if self.groups else 0
        for name, features in alternatives.items():
            self.features.append(features)
            self.labels.append(name in right)
            self.groups.append(group)


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
    numbers, conditions, places = Rows(), Choices(), Choices()
    for doc, gold in gold_docs(examples):
        _add_numbers(doc, gold, numbers, conditions)
        _add_places(doc, gold, places)
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
    nlp = base_pipeline()
    tokenizer = StatementTokenizer(nlp.tokenizer, nlp.vocab)
    docs = nlp.pipe(tokenizer.make_doc(s.text, find_zones(s.text, s.title)) for s, _ in examples)
    for (statement, gold), doc in zip(examples, docs, strict=True):
        doc._.statement = statement
        doc._.places = gold_places(statement, gold)
        yield doc, gold


def gold_places(statement: Statement, gold: Mapping[str, Any]) -> tuple[PlaceMention, ...]:
    """The gold's places as mentions, in the order of the text."""
    found = []
    for item in gold.get("places", ()):
        start, end = span_of(item, statement.text)
        quote = statement.text[start:end]
        found.append(PlaceMention(start, end, quote, item["name"], item.get("country"), None, None, 1.0, "gold"))
    return tuple(sorted(found, key=lambda m: (m.start, m.end)))


def _add_numbers(doc: Doc, gold: Mapping[str, Any], numbers: Rows, conditions: Choices) -> None:
    golden = [(span_of(item, doc.text), item) for item in gold.get("figures", ())]
    index = CueIndex(doc)
    earlier: tuple[Candidate, str] | None = None
    for candidate in candidates(doc):
        item = _gold_of(candidate, golden)
        numbers.add(figure_filter.features(doc, candidate), item is not None)
        if item is None:
            continue
        before = earlier if earlier and is_near(doc, earlier[0], candidate) else None
        conditions.add(figure_conditions.features(index, candidate, before), {item["condition"]})
        earlier = candidate, item["condition"]


def _gold_of(
    candidate: Candidate, golden: Sequence[tuple[tuple[int, int], Mapping[str, Any]]]
) -> Mapping[str, Any] | None:
    """The gold figure that overlaps with a number and is worth as much."""
    value = {"low": candidate.value.low, "high": candidate.value.high}
    for (start, end), item in golden:
        if candidate.start < end and start < candidate.end and same_values(dict(item), value):
            return item
    return None


def _add_places(doc: Doc, gold: Mapping[str, Any], rows: Choices) -> None:
    context = attachment.context_of(doc)
    if not context.mentions:
        return
    figures = [Settled(*span_of(x, doc.text), tuple(x["places"])) for x in gold.get("figures", ())]
    for layer, kind in (("figures", "figure"), ("claims", "claim")):
        history = History(figures if kind == "claim" else ())
        for item in sorted(gold.get(layer, ()), key=lambda x: span_of(x, doc.text)):
            span = Span(*span_of(item, doc.text), kind)
            alternatives = features_of(context, span)
            add_history(alternatives, context, span, history)
            history.add(span, item["places"])
            rows.add(alternatives, set(item["places"] or (NOWHERE,)))
