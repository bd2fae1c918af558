"""Trains the demand finder: which units are demands, and which parties they address.

Both models are logistic regressions over the named features of `extraction.demand_features` and
`extraction.demand_addressees`. Parties and places come from the gold, so that the models learn how a text addresses a
party, not how our entity finder errs. Regularisation was chosen by cross-validation over series and by real statements
that are not in the repository (docs/accuracy.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.errors import GoldError
from statement_nlp.extraction import classifier
from statement_nlp.extraction.demand_addressees import AddresseeFinder
from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_features import Candidate, candidates, features
from statement_nlp.extraction.demands import ADDRESSEES, SENTENCES
from statement_nlp.extraction.entities_parties import register
from statement_nlp.extraction.pipeline import base_docs, base_pipeline
from statement_nlp.learning.folds import folds
from statement_nlp.learning.scoring import Names, overlap, span_of
from statement_nlp.records import Party, PartyMention, PlaceMention, Statement

VERSION = "1"
SENTENCE_C = 1.0
ADDRESSEE_C = 1.0
MIN_COUNT = 3
"""Examples that a feature must be true of to be kept."""
Example = tuple[Statement, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One example for a classifier: its named features, its label, and its statement."""

    features: Mapping[str, float]
    label: bool
    statement: str


def with_gold_entities(doc: Doc, statement: Statement, gold: Mapping[str, Any]) -> Doc:
    """Set `_.statement`, `_.places` and `_.parties` of a Doc from the gold."""
    text = statement.text
    places = []
    for item in gold.get("places", ()):
        start, end = span_of(item, text)
        places.append(
            PlaceMention(start, end, text[start:end], item["name"], item.get("country"), None, None, 1.0, "gold")
        )
    parties = []
    for item in gold.get("parties", ()):
        start, end = span_of(item, text)
        party = Party(item["name"], item.get("kind") or "other")
        parties.append(PartyMention(start, end, text[start:end], party, 1.0, "gold"))
    doc._.statement = statement
    doc._.places = tuple(sorted(places, key=lambda m: m.start))
    doc._.parties = tuple(sorted(parties, key=lambda m: m.start))
    return doc


@lru_cache(maxsize=1)
def _parser() -> Language:
    return base_pipeline()


def gold_docs(examples: Sequence[Example], nlp: Language | None = None) -> Iterator[Doc]:
    """The statements parsed by the base pipeline, with the gold's parties and places."""
    docs = base_docs((s for s, _ in examples), nlp or _parser())
    for (statement, gold), doc in zip(examples, docs, strict=True):
        yield with_gold_entities(doc, statement, gold)


def rows(doc: Doc, gold: Mapping[str, Any]) -> tuple[list[Row], list[Row]]:
    """Examples of one statement for (sentences, addressees)."""
    context = Context(doc)
    statement: Statement = doc._.statement
    golden = [(span_of(item, statement.text), item) for item in gold.get("demands", ())]
    found = [c for c in candidates(context) if not c.unit.introduces]
    sentences = []
    for candidate in found:
        sentences.append(Row(features(candidate), bool(_held(candidate, golden)), statement.id))
    asked = [(candidate, held) for candidate in found if (held := _held(candidate, golden))]
    finder = AddresseeFinder(context, [candidate for candidate, _ in asked])
    addressees = []
    for candidate, held in asked:
        wanted = Names().party_set(name for item in held for name in item.get("addressees") or ())
        for name, named in finder.candidates(candidate).items():
            addressees.append(Row(named, _is_wanted(name, wanted), statement.id))
        finder.remember(candidate, finder.rule(candidate))
    return sentences, addressees


def registered_alone(doc: Doc, gold: Mapping[str, Any]) -> list[Row]:
    """Examples for addressees as if the finder of parties had seen those of the register alone.

    What is asked is then a description more often, as it is in texts whose parties are found, not given.
    """
    known = doc._.parties
    doc._.parties = tuple(m for m in known if register().lookup(m.party.name) is not None)
    found = rows(doc, gold)[1]
    doc._.parties = known
    return found


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    """Whether a party is one of the gold's: the same name, or more than half of the words in common."""
    words = {w for folded in Names().party_set([name]) for w in folded.split()}
    return any(2 * len(words & set(w.split())) > len(words | set(w.split())) for w in wanted)


def _held(candidate: Candidate, golden: Sequence[tuple[tuple[int, int], Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    unit = (candidate.unit.start, candidate.unit.end)
    shorter = unit[1] - unit[0]
    return [g for span, g in golden if overlap(span, unit) > 0.3 * min(span[1] - span[0], shorter)]


def fit(examples: Sequence[Row], c: float) -> tuple[LogisticRegression, list[str]]:
    """A logistic regression and the names of its features, in order."""
    if len({row.label for row in examples}) < 2:
        raise GoldError("the gold has demands or addressees everywhere or nowhere: there is nothing to tell apart")
    counts = Counter(name for row in examples for name, value in row.features.items() if value)
    names = sorted(name for name, count in counts.items() if count >= MIN_COUNT)
    model = LogisticRegression(C=c, max_iter=5000, random_state=0)
    model.fit(_matrix(examples, names), [row.label for row in examples])
    return model, names


def _matrix(examples: Sequence[Row], names: Sequence[str]) -> NDArray[np.float64]:
    columns = {name: at for at, name in enumerate(names)}
    out = np.zeros((len(examples), len(names)))
    for at, row in enumerate(examples):
        for name, value in row.features.items():
            if name in columns:
                out[at, columns[name]] = value
    return out


def train(examples: Sequence[Example], directory: Path) -> dict[str, float]:
    """Train both models and write them with their card to `directory`/demands.

    Args:
        examples: statements with their gold rows.
        directory: the models folder.

    Returns:
        F1 and expected calibration error of both decisions, cross-validated by series on gold entities where there
        are series enough, else on the training data.

    Raises:
        GoldError: no demand in the gold.
    """
    sentences: list[Row] = []
    addressees: list[Row] = []
    for (_, gold), doc in zip(examples, gold_docs(examples), strict=True):
        here = rows(doc, gold)
        sentences += here[0]
        addressees += here[1] + registered_alone(doc, gold)
    if not any(r.label for r in sentences) or not any(r.label for r in addressees):
        raise GoldError("no demand with an addressee in the gold: there is nothing to train the demand finder on")
    metrics: dict[str, float] = {}
    for path, name, data, c in (
        (SENTENCES, "demand-sentences", sentences, SENTENCE_C),
        (ADDRESSEES, "demand-addressees", addressees, ADDRESSEE_C),
    ):
        model, names = fit(data, c)
        classifier.save(model, directory / path, name=name, version=VERSION, features=names)
        for key, value in _held_out(data, [s for s, _ in examples], c).items():
            metrics[f"{name} {key}"] = value
    _write_card(directory / "demands", examples, sentences, metrics)
    return metrics


def _held_out(data: Sequence[Row], statements: Sequence[Statement], c: float) -> dict[str, float]:
    """F1 at one half and the expected calibration error of held-out series."""
    likely: list[float] = []
    labels: list[bool] = []
    for fold in folds(statements, 5):
        inside = set(fold)
        test = [r for r in data if r.statement in inside]
        rest = [r for r in data if r.statement not in inside] or test
        if not test or len({r.label for r in rest}) < 2:
            continue
        model, names = fit(rest, c)
        likely += [float(p) for p in model.predict_proba(_matrix(test, names))[:, 1]]
        labels += [r.label for r in test]
    return {"f1": round(_f1(labels, likely), 4), "calibration error": round(calibration_error(labels, likely), 4)}


def _f1(labels: Sequence[bool], likely: Sequence[float]) -> float:
    right = sum(label and p >= 0.5 for label, p in zip(labels, likely, strict=True))
    total = sum(labels) + sum(p >= 0.5 for p in likely)
    return 2 * right / total if total else 0.0


def calibration_error(labels: Sequence[bool], likely: Sequence[float], bins: int = 10) -> float:
    """Expected calibration error: mean gap between confidence and share right, over equal bins, by their size."""
    if not labels:
        return 0.0
    at = [min(int(p * bins), bins - 1) for p in likely]
    gaps = [0.0] * bins
    for label, p, number in zip(labels, likely, at, strict=True):
        gaps[number] += p - label
    return sum(abs(gap) for gap in gaps) / len(labels)


def _write_card(
    directory: Path, examples: Sequence[Example], sentences: Sequence[Row], metrics: Mapping[str, float]
) -> None:
    classifier.write_card(
        directory,
        "Demands",
        {
            "what": "which sentences and list items are demands, and which parties they address",
            "model": f"logistic regressions (C {SENTENCE_C} and {ADDRESSEE_C}) over named features",
            "data": f"{len(examples)} statements, {sum(r.label for r in sentences)} demands in {len(sentences)} units",
            "command": "statement-nlp train corpus corpus/gold.jsonl --layer demands",
            "date": date.today().isoformat(),
            **{f"{name} (held-out series, gold parties)": value for name, value in metrics.items()},
        },
    )
