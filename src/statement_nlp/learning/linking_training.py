"""Link models from gold: records and links of people in, coefficients as JSON out.

Only statements that were read for links (`links_read`) count. Pairs come from the same blocking as in use, out of a
database of the gold records. How good the links are: linking_evaluation.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from statement_nlp.errors import GoldError
from statement_nlp.extraction.classifier import write_card
from statement_nlp.learning.folds import folds
from statement_nlp.learning.linking_gold import Example, Row, gold_database
from statement_nlp.learning.linking_reviews import JudgedLinks
from statement_nlp.learning.scoring import score_links
from statement_nlp.records import Statement
from statement_nlp.store import Database
from statement_nlp.tracking import claim_links, link_records
from statement_nlp.tracking.claim_links import ClaimEnd
from statement_nlp.tracking.link_features import comparable
from statement_nlp.tracking.link_model import LinkModel
from statement_nlp.tracking.link_records import DemandEnd, FigureEnd
from statement_nlp.tracking.link_words import words
from statement_nlp.tracking.linking import (
    CLAIM_NAMES,
    DEMAND_NAMES,
    FIGURE_NAMES,
    End,
    Found,
    choose,
    compare_claims,
    compare_demands,
    compare_figures,
)

VERSION = "1"
STRENGTH = {"figures": 0.1, "demands": 0.1, "claims": 0.1}
"""Inverse of the regularisation of each model, chosen by cross-validation."""
THRESHOLDS = tuple(round(0.06 + 0.02 * n, 2) for n in range(38))
SLACK = {"updates": 0.02, "same_demand": 0.04, "repeats": 0.1, "conflicts": 0.1}
"""F1 that a lower threshold may cost: extracted records score lower than the gold ones that models are fitted to.

More for the rare kinds, of which few may be missed; not for claims, of which very many are compared.
"""
CLAIMS_SLACK = 0.05
KINDS = {"figures": ("repeats", "updates", "conflicts"), "demands": ("same_demand",), "claims": ("repeats",)}
NAMES = {"figures": FIGURE_NAMES, "demands": DEMAND_NAMES, "claims": CLAIM_NAMES}


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of a layer that blocking gives, between statements read for links, with the gold kind or None."""

    layer: str
    ends: Mapping[int, End]
    pairs: tuple[tuple[int, int], ...]
    kinds: tuple[str | None, ...]


def pairs_of(db: Database, links: Sequence[Row], layer: str) -> Pairs:
    """The pairs of a layer that the blocking of use gives, each with its gold kind.

    Args:
        db: gold records (`gold_database`).
        links: rows of links.jsonl.
        layer: "figures", "demands" or "claims".
    """
    connection = db.connection
    query = f"SELECT x.id FROM {layer} x JOIN statements s ON s.id = x.statement_id WHERE s.links_read ORDER BY x.id"
    ids = [row[0] for row in connection.execute(query)]
    found: set[tuple[int, int]] = set()
    ends: dict[int, Any]
    if layer == "figures":
        ends = dict(link_records.figure_ends(connection, ids))
        for end in ends.values():
            found |= {_key(end.id, other) for other in link_records.near_figures(connection, end) if other in ends}
    elif layer == "claims":
        ends = dict(claim_links.claim_ends(connection, ids))
        compared, _ = claim_links.pairs_near(connection, ends)
        found = {_key(a, b) for a, others in compared.items() for b in others if b in ends}
    else:
        ends = dict(link_records.demand_ends(connection, ids))
        for end in ends.values():
            near = [other for other in link_records.near_demands(connection, end) if other in ends]
            found |= {_key(end.id, other) for other in near if comparable(end, ends[other])}
    wanted = [row for row in links if row["kind"] in KINDS[layer]]
    gold = {pair: row["kind"] for row in wanted for pair in _ends_of(row, ends)}
    listed = tuple(sorted(found))
    return Pairs(layer, ends, listed, tuple(gold.get(pair) for pair in listed))


def with_judged(pairs: Pairs, judged: JudgedLinks) -> Pairs:
    """The pairs of a layer with those that people judged: each counts as they say, and joins where it is new."""
    ends = dict(pairs.ends)
    kinds = dict(zip(pairs.pairs, pairs.kinds, strict=True))
    for link in judged.links:
        if link.layer == pairs.layer:
            ends = {link.a.id: link.a, link.b.id: link.b} | ends
            kinds[_key(link.a.id, link.b.id)] = link.kind
    listed = tuple(sorted(kinds))
    return Pairs(pairs.layer, ends, listed, tuple(kinds[pair] for pair in listed))


def _key(a: int, b: int) -> tuple[int, int]:
    return min(a, b), max(a, b)


def _ends_of(row: Row, ends: Mapping[int, Any]) -> list[tuple[int, int]]:
    def named(statement: str, quote: str) -> list[int]:
        own = [e for e in ends.values() if e.statement_id == statement and (e.quote in quote or quote in e.quote)]
        exact = [e for e in own if e.quote == quote]
        return [e.id for e in exact or own]

    return [_key(a, b) for a in named(*row["a"]) for b in named(*row["b"])]


def weights(texts: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of stems over texts; those of fewer than three texts are left out."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(words(text))
        total += 1
    return {word: math.log((1 + total) / (1 + n)) + 1 for word, n in counts.items() if n >= 3}


def fit(pairs: Pairs, chosen: Sequence[int], idf: Mapping[str, float]) -> LinkModel:
    """Fit the model of a layer on some of its pairs (positions in `pairs.pairs`).

    Raises:
        GoldError: all of them are linked, or none is.
    """
    names = NAMES[pairs.layer]
    blank = LinkModel(f"links-{pairs.layer}", VERSION, 0.0, dict.fromkeys(names, 0.0), {}, idf)
    rows = [score(pairs, n, blank).features for n in chosen]
    matrix = np.array([[row[name] for name in names] for row in rows])
    same = np.array([pairs.kinds[n] is not None for n in chosen])
    if same.all() or not same.any():
        raise GoldError(f"too few links between {pairs.layer} to learn from: pairs that are linked and that are not")
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH[pairs.layer], max_iter=2000))
    pipeline.fit(matrix, same)
    scaler, regression = pipeline[0], pipeline[1]
    slopes = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - slopes @ scaler.mean_)
    return replace(blank, intercept=intercept, coefficients=dict(zip(names, map(float, slopes), strict=True)))


def score(pairs: Pairs, n: int, model: LinkModel) -> Found:
    """The pair at a position, compared by a model."""
    a, b = (pairs.ends[i] for i in pairs.pairs[n])
    if isinstance(a, FigureEnd) and isinstance(b, FigureEnd):
        return compare_figures(a, b, model)
    if isinstance(a, ClaimEnd) and isinstance(b, ClaimEnd):
        return compare_claims(a, b, model)
    assert isinstance(a, DemandEnd)
    assert isinstance(b, DemandEnd)
    return compare_demands(a, b, model)


def weights_of(pairs: Pairs) -> dict[str, float]:
    """Weights of the words in the sentences of a layer's records."""
    return weights(_text(e) for e in pairs.ends.values())


def _text(end: End) -> str:
    return end.sentence if isinstance(end, FigureEnd) else end.quote


def held_out(pairs: Pairs, fold_of: Mapping[str, int]) -> list[Found]:
    """Every pair as a model scores it that was trained without the fold of its first statement."""
    fold = folds_of(pairs, fold_of)
    models = {k: fit_without(pairs, fold_of, k) for k in sorted(set(fold))}
    return [score(pairs, n, models[k]) for n, k in enumerate(fold)]


def folds_of(pairs: Pairs, fold_of: Mapping[str, int]) -> list[int]:
    """The fold of each pair: that of its first statement."""
    return [fold_of[pairs.ends[a].statement_id] for a, _ in pairs.pairs]


def fit_without(pairs: Pairs, fold_of: Mapping[str, int], fold: int) -> LinkModel:
    """A model that has seen nothing of a fold; the weights of its words too come from the others."""
    idf = weights(_text(end) for end in pairs.ends.values() if fold_of[end.statement_id] != fold)
    return fit(pairs, [n for n, other in enumerate(folds_of(pairs, fold_of)) if other != fold], idf)


def rows_of(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Links as rows of links.jsonl."""
    return [{"a": [f.a.statement_id, f.a.quote], "b": [f.b.statement_id, f.b.quote], "kind": f.kind} for f in found]


def best_thresholds(found: Sequence[Found], links: Sequence[Row], layer: str) -> dict[str, float]:
    """The lowest threshold of each kind whose F1 against gold links is as good as the best, give or take `SLACK`."""
    best: dict[str, float] = {}
    for kind in KINDS[layer]:
        tried: dict[float, float] = {}
        for threshold in THRESHOLDS:
            chosen = choose(found, dict.fromkeys(KINDS[layer], threshold))
            tried[threshold] = score_links(links, rows_of(chosen))[f"links {kind}"].f1
        slack = CLAIMS_SLACK if layer == "claims" else SLACK[kind]
        best[kind] = min(threshold for threshold, f1 in tried.items() if f1 >= max(tried.values()) - slack)
    return best


def deal(statements: Sequence[Statement], links: Iterable[Row], k: int = 5) -> dict[str, int]:
    """The fold of each statement by its id; series that a link joins stay together too."""
    series = {s.id: s.series or s.id for s in statements}
    joined = {name: name for name in series.values()}

    def first(name: str) -> str:
        while joined[name] != name:
            name = joined[name]
        return name

    for row in links:
        ends = [first(series[row[end][0]]) for end in ("a", "b") if row[end][0] in series]
        joined[max(ends)] = min(ends)
    grouped = [replace(s, series=first(series[s.id])) for s in statements]
    return {i: n for n, ids in enumerate(folds(grouped, k)) for i in ids}


def of_layer(pairs: Pairs, links: Iterable[Row]) -> list[Row]:
    """The gold links that are a layer's own to find: a repeat between two figures is theirs, any other the claims'."""
    wanted = [row for row in links if row["kind"] in KINDS[pairs.layer]]
    return [row for row in wanted if _ends_of(row, pairs.ends)] if pairs.layer == "figures" else wanted


def train(
    examples: Iterable[Example], directory: Path, links: Sequence[Row], judged: JudgedLinks | None = None
) -> dict[str, float]:
    """Fit the models of all layers on all pairs, thresholds by cross-validation, and write them with their card.

    Args:
        examples: statements with their gold rows.
        directory: `links/` in it takes a file for each layer and `card.md`.
        links: rows of links.jsonl.
        judged: links that people judged, of these statements or others.

    Returns:
        The number of links that were to be learnt, by layer.

    Raises:
        GoldError: there are no links to learn from, or no statement was read for links.
    """
    judged = judged or JudgedLinks()
    examples = [(s, gold) for s, gold in examples if s.links_read]
    read = {s.id for s, _ in examples}
    links = [row for row in links if row["a"][0] in read and row["b"][0] in read]
    if not links:
        raise GoldError("no links to learn from: links.jsonl beside the gold, and statements with `Links read: yes`")
    links = judged.over(links)
    fold_of = deal([s for s, _ in examples] + [s for s in judged.statements if s.id not in read], links)
    learnt: dict[str, float] = {}
    with gold_database(examples) as db:
        repeats = of_layer(with_judged(pairs_of(db, links, "figures"), judged), links)
        for layer in KINDS:
            own = [row for row in links if layer != "claims" or row not in repeats]
            pairs = with_judged(pairs_of(db, own, layer), judged)
            thresholds = best_thresholds(held_out(pairs, fold_of), of_layer(pairs, own), layer)
            model = fit(pairs, range(len(pairs.pairs)), weights_of(pairs))
            replace(model, thresholds=thresholds).write(directory / "links" / f"{layer}.json")
            learnt[layer] = float(sum(kind is not None for kind in pairs.kinds))
    facts = {
        "data": f"{len(links)} links, over gold records of {len(examples)} statements read for links",
        "judged by people": f"{len(judged.links)} pairs beside links.jsonl or in place of its own",
        "date": date.today().isoformat(),
        "command": "statement-nlp train corpus",
        "gold pairs that were candidates": ", ".join(f"{layer} {n:.0f}" for layer, n in learnt.items()),
        "accuracy": "cross-validated in docs/linking.md; `statement-nlp evaluate corpus --links` prints it",
    }
    write_card(directory / "links", "Links between figures, between demands and between claims", facts)
    return learnt
