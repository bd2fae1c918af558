"""How good the links are: by kind, cross-validated, with intervals, beside plain baselines.

On the records that people marked, which tells how good the linking is, and on extracted ones, which tells what a user
gets: what was not extracted cannot be linked. The link models are always those of the other folds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statement_nlp.learning.linking_gold import Example, Row, gold_database
from statement_nlp.learning.linking_training import (
    KINDS,
    Pairs,
    best_thresholds,
    deal,
    fit_without,
    folds_of,
    held_out,
    of_layer,
    pairs_of,
    rows_of,
    score,
    weights_of,
)
from statement_nlp.learning.scoring import LINK_KINDS, Score, score_links
from statement_nlp.store import Database
from statement_nlp.tracking.link_model import LinkModel
from statement_nlp.tracking.linking import CLAIM_NAMES, DEMAND_NAMES, FIGURE_NAMES, Found, choose

COSINE = {"demands": ("quote_words", 0.2), "claims": ("claim_likeness", 0.4)}
"""From which cosine of TF-IDF on the baseline takes two texts for the same: where its own F1 is best."""
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class KindScore:
    """Links of one kind: ours, with 95% bootstrap intervals of F1 and recall, and the baseline's."""

    kind: str
    ours: Score
    f1: Interval
    recall: Interval
    baseline: Score


@dataclass(frozen=True, slots=True)
class LinkEvaluation:
    """Scores by kind on the records of people, and on extracted ones where they were given."""

    statements: int
    pairs: int
    gold: tuple[KindScore, ...]
    extracted: tuple[KindScore, ...]


def evaluate_links(
    examples: Iterable[Example], links: Sequence[Row], predicted: Mapping[str, Row] | None = None, *, k: int = 5
) -> LinkEvaluation:
    """Score links by kind.

    Args:
        examples: statements with their gold rows; those that were not read for links are left out.
        links: rows of links.jsonl.
        predicted: extracted rows in the guide's format by statement id; None for gold records alone.
        k: folds, by series.
    """
    examples = [(s, row) for s, row in examples if s.links_read]
    fold_of = deal([s for s, _ in examples], links, k)
    links = [row for row in links if row["a"][0] in fold_of and row["b"][0] in fold_of]
    with gold_database(examples) as db:
        models = _models(db, links, fold_of)
        found = _apply(db, models, fold_of)
        gold = _scores(links, found, baselines(db))
    if predicted is None:
        return LinkEvaluation(len(examples), len(links), gold, ())
    with gold_database([(s, predicted[s.id]) for s, _ in examples]) as db:
        extracted = _scores(links, _apply(db, models, fold_of), baselines(db))
    return LinkEvaluation(len(examples), len(links), gold, extracted)


def _models(db: Database, links: Sequence[Row], fold_of: Mapping[str, int]) -> dict[str, dict[int, LinkModel]]:
    """Models with their thresholds by layer and fold, each of which has seen nothing of its fold."""
    models: dict[str, dict[int, LinkModel]] = {}
    repeats = of_layer(pairs_of(db, links, "figures"), links)
    for layer in KINDS:
        pairs = pairs_of(db, [row for row in links if layer != "claims" or row not in repeats], layer)
        found, fold = held_out(pairs, fold_of), folds_of(pairs, fold_of)
        own = of_layer(pairs, [row for row in links if layer != "claims" or row not in repeats])
        models[layer] = {}
        for n in sorted(set(fold_of.values())):
            others = [f for f, other in zip(found, fold, strict=True) if other != n]
            rest = [row for row in own if fold_of[row["a"][0]] != n]
            model = fit_without(pairs, fold_of, n)
            models[layer][n] = replace(model, thresholds=best_thresholds(others, rest, layer))
    return models


def _apply(
    db: Database, models: Mapping[str, Mapping[int, LinkModel]], fold_of: Mapping[str, int]
) -> list[dict[str, Any]]:
    """What the models link in a database, each in its own fold."""
    rows: list[dict[str, Any]] = []
    for layer, by_fold in models.items():
        pairs = pairs_of(db, [], layer)
        fold = folds_of(pairs, fold_of)
        for n, model in by_fold.items():
            own = [score(pairs, i, model) for i, k in enumerate(fold) if k == n]
            rows += rows_of(choose(own, model.thresholds))
    return rows


def baselines(db: Database) -> list[dict[str, Any]]:
    """What plain rules link: figures of the same place and condition; demands and claims with words much alike.

    The kind of a figure link is told by the value alone: equal ones repeat, all others update.
    """
    figures = pairs_of(db, [], "figures")
    every = _plain(figures, FIGURE_NAMES)
    same = [f for f in every if f.features["same_place"]]
    found = [replace(f, kind="repeats" if f.features["equal_value"] else "updates") for f in same]
    for layer, names in (("demands", DEMAND_NAMES), ("claims", CLAIM_NAMES)):
        feature, least = COSINE[layer]
        found += [f for f in _plain(pairs_of(db, [], layer), names) if f.features[feature] >= least]
    return rows_of(found)


def _plain(pairs: Pairs, names: Sequence[str]) -> list[Found]:
    blank = LinkModel("plain", "1", 0.0, dict.fromkeys(names, 0.0), {}, weights_of(pairs))
    return [score(pairs, n, blank) for n in range(len(pairs.pairs))]


def _scores(links: Sequence[Row], found: Sequence[Row], plain: Sequence[Row]) -> tuple[KindScore, ...]:
    ours, theirs = score_links(links, found), score_links(links, plain)
    return tuple(
        KindScore(kind, ours[f"links {kind}"], *bootstrap(links, found, kind), theirs[f"links {kind}"])
        for kind in LINK_KINDS
    )


def bootstrap(
    links: Sequence[Row], predicted: Sequence[Row], kind: str, *, samples: int = 1000, seed: int = 1
) -> tuple[Interval, Interval]:
    """95% intervals of F1 and of recall of a kind, drawing pairs of statements with replacement.

    Returns:
        (low, high) of F1 and (low, high) of recall; all 0 where there is nothing to count.
    """
    gold_by, predicted_by = _by_statements(links, kind), _by_statements(predicted, kind)
    counts = []
    for key in sorted(set(gold_by) | set(predicted_by)):
        got = score_links(gold_by[key], predicted_by[key])[f"links {kind}"]
        counts.append([got.correct, got.gold, got.predicted])
    if not counts:
        return (0.0, 0.0), (0.0, 0.0)
    table = np.array(counts)
    drawn = table[np.random.default_rng(seed).integers(0, len(table), (samples, len(table)))].sum(axis=1)
    f1 = 2 * drawn[:, 0] / np.maximum(drawn[:, 1] + drawn[:, 2], 1)
    recall = drawn[:, 0] / np.maximum(drawn[:, 1], 1)
    low, high = np.percentile(f1, [2.5, 97.5])
    low_recall, high_recall = np.percentile(recall, [2.5, 97.5])
    return (float(low), float(high)), (float(low_recall), float(high_recall))


def _by_statements(rows: Iterable[Row], kind: str) -> defaultdict[tuple[str, str], list[Row]]:
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == kind:
            first, second = sorted((row["a"][0], row["b"][0]))
            found[first, second].append(row)
    return found


def as_markdown(result: LinkEvaluation, how: str) -> str:
    """The scores as tables for the docs.

    Args:
        result: what `evaluate_links` gave.
        how: how the extracted records were had, for the heading of theirs.
    """
    parts = [f"{result.pairs} gold links between {result.statements} statements that were read for links."]
    for title, scores in (("Records of people", result.gold), (f"Extracted records ({how})", result.extracted)):
        if scores:
            parts += [f"### {title}", "\n".join(_table(scores))]
    return "\n\n".join(parts)


def _table(scores: Sequence[KindScore]) -> list[str]:
    lines = [
        "| kind | gold | found | precision | recall | F1 | baseline P / R / F1 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for s in scores:
        plain = f"{s.baseline.precision:.2f} / {s.baseline.recall:.2f} / {s.baseline.f1:.2f}"
        lines.append(
            f"| {s.kind} | {s.ours.gold} | {s.ours.predicted} | {s.ours.precision:.2f} "
            f"| {_with(s.ours.recall, s.recall)} | {_with(s.ours.f1, s.f1)} | {plain} |"
        )
    return lines


def _with(value: float, interval: Interval) -> str:
    return f"{value:.2f} ({interval[0]:.2f}-{interval[1]:.2f})"


def as_json(result: LinkEvaluation) -> dict[str, Any]:
    """The same as plain data: records -> kind -> numbers."""
    return {
        name: {
            s.kind: {
                "precision": s.ours.precision, "recall": s.ours.recall, "f1": s.ours.f1, "gold": s.ours.gold,
                "predicted": s.ours.predicted, "f1_interval": list(s.f1), "recall_interval": list(s.recall),
                "baseline_precision": s.baseline.precision, "baseline_recall": s.baseline.recall,
                "baseline_f1": s.baseline.f1,
            }
            for s in scores
        }
        for name, scores in (("gold", result.gold), ("extracted", result.extracted))
    }  # fmt: skip
