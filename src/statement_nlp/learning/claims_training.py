"""Trains the claim finder: which clauses are claims, how sure that is, and their status.

The score of a clause is that of gradient boosted trees and a ridge regression over the features of
`extraction.claim_features`; what it learns is how far a candidate overlaps a gold claim. Confidence is a logistic
regression of "the chosen clause is right" on scores of statements that were held out. Places, parties, figures and
demands come from the gold, a part of them left out at random, as our own finders leave some out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor, VotingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler
from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.errors import GoldError
from statement_nlp.extraction import classifier
from statement_nlp.extraction.claim_features import FEATURES, features
from statement_nlp.extraction.claim_sources import sentence_around, sources
from statement_nlp.extraction.claim_status import FEATURES as STATUS_FEATURES
from statement_nlp.extraction.claim_status import STATUSES, status_features
from statement_nlp.extraction.claims import (
    CONFIDENCE,
    COST,
    LINE,
    STATUS,
    THRESHOLD,
    TREES,
    Scores,
    score,
    select,
    speaking,
)
from statement_nlp.extraction.clauses import Clause, clauses
from statement_nlp.extraction.pipeline import base_docs
from statement_nlp.learning.folds import folds
from statement_nlp.learning.scoring import iou, match, span_of
from statement_nlp.records import ClaimStatus, Demand, Figure, Party, PartyMention, PlaceMention, Statement

VERSION = "1"
MIN_COUNT = 30
"""Candidates that a feature must be true of to be kept."""
KEPT_NEGATIVES = 0.4
"""Share of the candidates without any overlap with a claim that is learned from."""
LEFT_OUT = 0.06
"""Share of the gold's places, parties, figures and demands that the trainer hides from the features."""
INNER_FOLDS = 2
Example = tuple[Statement, Mapping[str, Any]]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement ready to learn from: its candidates, their features, spans, and best overlap with a gold claim."""

    statement: Statement
    doc: Doc
    candidates: list[Clause]
    matrix: npt.NDArray[np.float32]
    spans: list[Span]
    overlaps: npt.NDArray[np.float64]
    gold: list[tuple[Span, ClaimStatus]]


def gold_docs(examples: Sequence[Example], nlp: Language | None = None) -> Iterator[Doc]:
    """The statements parsed by the base pipeline, with the gold's places, parties, figures and demands on them."""
    docs = base_docs((s for s, _ in examples), nlp)
    for (statement, gold), doc in zip(examples, docs, strict=True):
        _put_gold(doc, statement, gold)
        yield doc


def _put_gold(doc: Doc, statement: Statement, gold: Mapping[str, Any]) -> None:
    text = statement.text
    chance = random.Random(statement.id)  # the same statement always loses the same mentions
    kept = {
        layer: sorted(
            (*span_of(item, text), k) for k, item in enumerate(gold.get(layer, ())) if chance.random() > LEFT_OUT
        )
        for layer in ("places", "parties", "figures", "demands")
    }
    doc._.statement = statement
    doc._.places = tuple(
        PlaceMention(a, b, text[a:b], text[a:b], None, None, method="gold") for a, b, _ in kept["places"]
    )
    doc._.parties = tuple(PartyMention(a, b, text[a:b], Party(text[a:b], "other")) for a, b, _ in kept["parties"])
    doc._.figures = tuple(
        Figure(a, b, text[a:b], None, None, "exact", "", "other", method="gold") for a, b, _ in kept["figures"]
    )
    doc._.demands = tuple(Demand(a, b, text[a:b], method="gold") for a, b, _ in kept["demands"])


def prepare(doc: Doc, gold: Mapping[str, Any]) -> Prepared:
    """Candidates, features and overlaps of one Doc of `gold_docs`."""
    candidates = speaking(doc, clauses(doc))
    spans = [(doc[c.start].idx, doc[c.end - 1].idx + len(doc[c.end - 1])) for c in candidates]
    golden: list[tuple[Span, ClaimStatus]] = sorted(
        (span_of(item, doc.text), item["status"]) for item in gold.get("claims", ())
    )
    overlaps = np.array([max((iou(s, g) for g, _ in golden), default=0.0) for s in spans])
    return Prepared(doc._.statement, doc, candidates, features(doc, candidates), spans, overlaps, golden)


def train(examples: Sequence[Example], directory: Path) -> dict[str, float]:
    """Train the models of claims and write them with their card to `directory`/claims.

    Args:
        examples: statements with their gold rows.
        directory: the models folder.

    Returns:
        Metrics on held-out series, with the gold's places, parties, figures and demands.

    Raises:
        GoldError: no example has claims.
    """
    prepared = [prepare(doc, gold) for doc, (_, gold) in zip(gold_docs(examples), examples, strict=True)]
    prepared = [p for p in prepared if p.candidates]
    if not any(p.gold for p in prepared):
        raise GoldError("no claims to train on: the gold rows have none")
    held_out = _held_out(prepared)
    confidence, metrics = _confidence(prepared, held_out)
    line, trees = fit_spans(prepared)
    for model, path in ((line, LINE), (trees, TREES)):
        classifier.save(model.estimator, directory / path, name=model.name, version=VERSION, features=model.features)
    classifier.save(confidence, directory / CONFIDENCE, name="claims-confidence", version=VERSION, features=["score"])
    status = fit_status(prepared)
    classifier.save(status, directory / STATUS, name="claims-status", version=VERSION, features=STATUS_FEATURES)
    _write_card(directory / "claims", prepared, metrics)
    return metrics


def fit_spans(prepared: Sequence[Prepared]) -> tuple[classifier.Model, classifier.Model]:
    """The two models that score a clause: a line and trees."""
    matrix = np.vstack([p.matrix for p in prepared])
    overlaps = np.concatenate([p.overlaps for p in prepared])
    columns = np.flatnonzero((matrix != 0).sum(axis=0) >= min(MIN_COUNT, len(matrix) // 20 + 1))
    names = tuple(FEATURES[c] for c in columns)
    rows = (overlaps > 0) | (np.random.default_rng(0).random(len(overlaps)) < KEPT_NEGATIVES)
    weights = np.where(overlaps > 0, 1.0, 1.0 / KEPT_NEGATIVES)[rows]
    # what overlaps little is no claim, what overlaps by four fifths is as good as exact
    wanted = np.clip((overlaps - 0.35) / 0.45, 0.0, 1.0)[rows]
    seen = matrix[rows][:, columns]
    line = make_pipeline(MaxAbsScaler(), Ridge(alpha=60.0)).fit(seen, wanted, ridge__sample_weight=weights)
    trees = _trees().fit(seen, wanted, sample_weight=weights)
    return (
        classifier.Model(line, "claims-line", VERSION, names),
        classifier.Model(trees, "claims-trees", VERSION, names),
    )


def _trees() -> VotingRegressor:
    """Two runs of boosting, averaged: which features a tree sees is chance, and one run alone swings by a point."""
    return VotingRegressor([
        (f"run{seed}", HistGradientBoostingRegressor(
            max_iter=120, learning_rate=0.08, max_leaf_nodes=15, min_samples_leaf=30, l2_regularization=30.0,
            max_features=0.2, random_state=seed,
        )) for seed in (0, 1)
    ])  # fmt: skip


def _held_out(prepared: Sequence[Prepared]) -> dict[str, Scores]:
    """Scores of each statement's candidates by a model that did not see its series."""
    out: dict[str, Scores] = {}
    groups = {p.statement.series or p.statement.id for p in prepared}
    if len(groups) < 2:
        models = fit_spans(prepared)
        return {p.statement.id: score(p.matrix, *models) for p in prepared}
    for fold in folds([p.statement for p in prepared], min(INNER_FOLDS, len(groups))):
        rest = [p for p in prepared if p.statement.id not in fold]
        if not rest or not any(p.gold for p in rest):
            continue
        models = fit_spans(rest)
        out |= {p.statement.id: score(p.matrix, *models) for p in prepared if p.statement.id in fold}
    return out


def _confidence(
    prepared: Sequence[Prepared], held_out: Mapping[str, Scores]
) -> tuple[LogisticRegression, dict[str, float]]:
    """How sure a score makes a claim, and what was right on the held-out statements."""
    values: list[float] = []
    right: list[bool] = []
    gold = 0
    for p in prepared:
        if p.statement.id not in held_out:
            continue
        scores = held_out[p.statement.id]
        chosen = select(p.spans, scores, THRESHOLD, COST)
        pairs = match(
            [g for g, _ in p.gold], [p.spans[k] for k in chosen], lambda a, b: v if (v := iou(a, b)) >= 0.5 else 0.0
        )
        hit = {j for _, j in pairs}
        values += [float(scores[k]) for k in chosen]
        right += [j in hit for j in range(len(chosen))]
        gold += len(p.gold)
    if len(set(right)) < 2:  # too little to calibrate on: the score itself, as steep as on the whole corpus
        values, right = [0.2, 0.8, 0.2, 0.8], [False, True, False, True]
    model = LogisticRegression(C=100.0).fit(np.array(values).reshape(-1, 1), right)
    found, hits = len(values), sum(right)
    return model, {
        "claims precision (held-out series, gold entities)": round(hits / max(found, 1), 4),
        "claims recall (held-out series, gold entities)": round(hits / max(gold, 1), 4),
        "claims f1 (held-out series, gold entities)": round(2 * hits / max(found + gold, 1), 4),
    }


def status_rows(p: Prepared) -> Iterator[tuple[npt.NDArray[np.float32], ClaimStatus]]:
    """Cues and status of each gold claim, told from the candidate that fits it best."""
    previous: tuple[int, ClaimStatus] | None = None
    for span, status in p.gold:
        best = max(range(len(p.spans)), key=lambda k: iou(p.spans[k], span))
        if iou(p.spans[best], span) < 0.5:
            continue
        clause = p.candidates[best]
        sentence = sentence_around(p.doc[clause.start : clause.end]).start
        before = previous[1] if previous and previous[0] == sentence else None
        yield status_features(p.doc, clause, sources(p.doc, clause), before), status
        previous = sentence, status


def fit_status(prepared: Sequence[Prepared]) -> LogisticRegression:
    """Status of a claim from its cues; the classes are numbers of `STATUSES`."""
    rows = [row for p in prepared for row in status_rows(p)]
    labels = [STATUSES.index(status) for _, status in rows]
    cues = [cue for cue, _ in rows]
    for number in set(range(len(STATUSES))) - set(labels):  # a corpus without one of them still gives a whole model
        labels.append(number)
        cues.append(np.zeros(len(STATUS_FEATURES), dtype=np.float32))
    return LogisticRegression(C=1.0, max_iter=3000).fit(np.array(cues), labels)


def _write_card(directory: Path, prepared: Sequence[Prepared], metrics: Mapping[str, float]) -> None:
    classifier.write_card(directory, "Claims", {
        "what": "which clauses are claims, how sure that is, and their status",
        "model": "boosted trees (weight .65), ridge regression (.35); logistic regressions for confidence and status",
        "data": f"{len(prepared)} statements, {sum(len(p.gold) for p in prepared)} claims, "
                f"{sum(len(p.candidates) for p in prepared)} candidate clauses",
        "command": "statement-nlp train corpus corpus/gold.jsonl --layer claims",
        "date": date.today().isoformat(),
        **metrics,
    })  # fmt: skip
