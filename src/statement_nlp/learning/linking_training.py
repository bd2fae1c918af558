"""Link models from gold: records and links of people in, coefficients as JSON out; cross-validated by series.

Only statements that were read for links (`links_read`) count. Pairs come from the same blocking as in use, out of a
database of the gold records.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from statement_nlp.extraction.classifier import write_card
from statement_nlp.extraction.dates import find_dates
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import Register
from statement_nlp.learning.folds import folds
from statement_nlp.learning.scoring import score_links, span_of
from statement_nlp.reading.sources import read_corpus
from statement_nlp.records import (
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    Place,
    PlaceMention,
    Statement,
)
from statement_nlp.store import Database, Run
from statement_nlp.tracking import link_records
from statement_nlp.tracking.link_features import comparable
from statement_nlp.tracking.link_model import LinkModel
from statement_nlp.tracking.link_records import DemandEnd, FigureEnd
from statement_nlp.tracking.link_words import words
from statement_nlp.tracking.linking import (
    DEMAND_NAMES,
    FIGURE_NAMES,
    Found,
    choose,
    compare_demands,
    compare_figures,
)

VERSION = "1"
STRENGTH = {"figures": 0.1, "demands": 0.1}
"""Inverse of the regularisation of each model, chosen by cross-validation."""
THRESHOLDS = tuple(round(0.06 + 0.02 * n, 2) for n in range(38))
SLACK = {"updates": 0.02, "same_demand": 0.04, "repeats": 0.1, "conflicts": 0.1}
"""F1 that a lower threshold may cost: extracted records score lower than the gold ones that models are fitted to.

More for the rare kinds, of which few may be missed.
"""
Example = tuple[Statement, Mapping[str, Any]]
Row = Mapping[str, Any]
KINDS = {"figures": ("repeats", "updates", "conflicts"), "demands": ("same_demand",)}
NAMES = {"figures": FIGURE_NAMES, "demands": DEMAND_NAMES}


def gold_database(examples: Iterable[Example], path: Path | str = ":memory:") -> Database:
    """A database of gold records: places resolved by name and country, dates counted from the words of the text."""
    gazetteer, register = Gazetteer.open(), Register.load()
    db = Database(path, lookup=gazetteer.get)
    run = Run("gold")
    for statement, gold in examples:
        db.save(_extraction(statement, gold, gazetteer, register), run)
    return db


def _extraction(statement: Statement, gold: Row, gazetteer: Gazetteer, register: Register) -> Extraction:
    text = statement.text

    def span(item: Row) -> tuple[int, int, str]:
        start, end = span_of(item, text)
        return start, end, text[start:end]

    def place(item: Row) -> Place | None:
        return next((p for p in gazetteer.candidates(item["name"]) if p.country == item["country"]), None)

    def party(item: Row) -> Party:
        return register.lookup(item["name"]) or Party(item["name"], item["kind"])

    return Extraction(
        statement,
        places=tuple(PlaceMention(*span(x), x["name"], x["country"], place(x)) for x in gold["places"]),
        parties=tuple(PartyMention(*span(x), party(x)) for x in gold["parties"]),
        figures=tuple(_figure(span(x), x, statement.published) for x in gold["figures"]),
        demands=tuple(
            Demand(*span(x), tuple(x["addressees"]), tuple(x["actions"]), tuple(x["themes"]), tuple(x["places"]))
            for x in gold["demands"]
        ),
    )


def _figure(span: tuple[int, int, str], item: Row, published: str | None) -> Figure:
    found = next(iter(find_dates(item["date"] or "", published)), None)
    since, until = (found.since, found.until) if found else (None, None)
    return Figure(
        *span, item["low"], item["high"], item["qualifier"], item["unit"], item["condition"], tuple(item["places"]),
        item["date"], since, until,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of a layer that blocking gives, between statements read for links, with the gold kind or None."""

    layer: str
    ends: Mapping[int, FigureEnd] | Mapping[int, DemandEnd]
    pairs: tuple[tuple[int, int], ...]
    kinds: tuple[str | None, ...]


def pairs_of(db: Database, links: Sequence[Row], layer: str) -> Pairs:
    """The pairs of a layer that the blocking of use gives, each with its gold kind.

    Args:
        db: gold records (`gold_database`).
        links: rows of links.jsonl.
        layer: "figures" or "demands".
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
    else:
        ends = dict(link_records.demand_ends(connection, ids))
        for end in ends.values():
            near = [other for other in link_records.near_demands(connection, end) if other in ends]
            found |= {_key(end.id, other) for other in near if comparable(end, ends[other])}
    gold = {pair: row["kind"] for row in links if row["kind"] in KINDS[layer] for pair in _ends_of(row, ends)}
    listed = tuple(sorted(found))
    return Pairs(layer, ends, listed, tuple(gold.get(pair) for pair in listed))


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
    """Fit the model of a layer on some of its pairs (positions in `pairs.pairs`)."""
    names = NAMES[pairs.layer]
    blank = LinkModel(f"links-{pairs.layer}", VERSION, 0.0, dict.fromkeys(names, 0.0), {}, idf)
    rows = [score(pairs, n, blank).features for n in chosen]
    matrix = np.array([[row[name] for name in names] for row in rows])
    same = np.array([pairs.kinds[n] is not None for n in chosen])
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
    assert isinstance(a, DemandEnd)
    assert isinstance(b, DemandEnd)
    return compare_demands(a, b, model)


def weights_of(pairs: Pairs) -> dict[str, float]:
    """Weights of the words in the sentences of a layer's records."""
    return weights(e.sentence if isinstance(e, FigureEnd) else e.quote for e in pairs.ends.values())


def held_out(pairs: Pairs, fold_of: Mapping[str, int]) -> list[Found]:
    """Every pair as a model scores it that was trained without the fold of its first statement."""
    fold = [fold_of[pairs.ends[a].statement_id] for a, _ in pairs.pairs]
    found: dict[int, Found] = {}
    for k in sorted(set(fold)):
        # the words' weights too come from the other folds
        kept = [end for end in pairs.ends.values() if fold_of[end.statement_id] != k]
        idf = weights(e.sentence if isinstance(e, FigureEnd) else e.quote for e in kept)
        model = fit(pairs, [n for n, other in enumerate(fold) if other != k], idf)
        found |= {n: score(pairs, n, model) for n, own in enumerate(fold) if own == k}
    return [found[n] for n in range(len(pairs.pairs))]


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
        best[kind] = min(threshold for threshold, f1 in tried.items() if f1 >= max(tried.values()) - SLACK[kind])
    return best


def cross_validate(
    statements: Sequence[Statement], db: Database, links: Sequence[Row], k: int = 5
) -> dict[str, list[dict[str, Any]]]:
    """Links that models find in folds (by series) that they have not seen, with the thresholds of the other folds too.

    Returns:
        Rows of links.jsonl by layer.
    """
    fold_of = {i: n for n, ids in enumerate(folds(statements, k)) for i in ids}
    predicted: dict[str, list[dict[str, Any]]] = {}
    for layer in KINDS:
        found = held_out(pairs_of(db, links, layer), fold_of)
        predicted[layer] = []
        for n in range(k):
            own = [f for f in found if fold_of[f.a.statement_id] == n]
            others = [f for f in found if fold_of[f.a.statement_id] != n]
            rest = [row for row in links if fold_of[row["a"][0]] != n]
            predicted[layer] += rows_of(choose(own, best_thresholds(others, rest, layer)))
    return predicted


def bootstrap(
    links: Sequence[Row], predicted: Sequence[Row], kind: str, *, samples: int = 1000, seed: int = 1
) -> tuple[tuple[float, float], tuple[float, float]]:
    """95% intervals of F1 and of recall of a kind, drawing pairs of statements with replacement.

    Returns:
        (low, high) of F1 and (low, high) of recall.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    gold_by, predicted_by = _by_statements(links, kind), _by_statements(predicted, kind)
    for key in sorted(set(gold_by) | set(predicted_by)):
        got = score_links(gold_by[key], predicted_by[key])[f"links {kind}"]
        counts[key] = [got.correct, got.gold, got.predicted]
    table = np.array(list(counts.values()))
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


def train(statements: Sequence[Statement], db: Database, links: Sequence[Row], directory: Path) -> dict[str, float]:
    """Fit both models on all pairs, thresholds by cross-validation, and write them with their card.

    Args:
        statements: those of the gold, for their series.
        db: gold records (`gold_database`).
        links: rows of links.jsonl.
        directory: `figures.json`, `demands.json` and `card.md` are written into it.

    Returns:
        Cross-validated precision, recall and F1 by kind.
    """
    fold_of = {i: n for n, ids in enumerate(folds(statements)) for i in ids}
    for layer in KINDS:
        pairs = pairs_of(db, links, layer)
        thresholds = best_thresholds(held_out(pairs, fold_of), links, layer)
        model = fit(pairs, range(len(pairs.pairs)), weights_of(pairs))
        replace(model, thresholds=thresholds).write(directory / f"{layer}.json")
    predicted = [row for rows in cross_validate(statements, db, links).values() for row in rows]
    scores = score_links(links, predicted)
    facts: dict[str, object] = {
        "data": f"{len(links)} links of corpus/links.jsonl, over gold records of statements read for links",
        "date": date.today().isoformat(),
        "command": "python -m statement_nlp.learning.linking_training corpus models/links",
    }
    for kind in (kind for kinds in KINDS.values() for kind in kinds):
        got, (f1, recall) = scores[f"links {kind}"], bootstrap(links, predicted, kind)
        facts[f"{kind}, cross-validated by series"] = (
            f"precision {got.precision:.2f}, recall {got.recall:.2f} ({recall[0]:.2f}-{recall[1]:.2f}), "
            f"F1 {got.f1:.2f} ({f1[0]:.2f}-{f1[1]:.2f}; 95% bootstrap)"
        )
    write_card(directory, "Links between figures and between demands", facts)
    return {f"{kind} F1": scores[f"links {kind}"].f1 for kinds in KINDS.values() for kind in kinds}


def baselines(db: Database, links: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """What plain rules link: the same place and condition; demands whose words have a cosine (TF-IDF) of at least .2.

    The kind of a figure link is told by the value alone: equal repeats, all else updates.
    """
    figures, demands = pairs_of(db, links, "figures"), pairs_of(db, links, "demands")
    plain = LinkModel("plain", "1", 0.0, dict.fromkeys(FIGURE_NAMES, 0.0), {}, weights_of(figures))
    every = [score(figures, n, plain) for n in range(len(figures.pairs))]
    same = [
        replace(f, kind="repeats" if f.features["equal_value"] else "updates")
        for f in every
        if f.features["same_place"]
    ]
    cosine = LinkModel("cosine", "1", 0.0, dict.fromkeys(DEMAND_NAMES, 0.0), {}, weights_of(demands))
    alike = [score(demands, n, cosine) for n in range(len(demands.pairs))]
    return {"figures": rows_of(same), "demands": rows_of(f for f in alike if f.features["quote_words"] >= 0.2)}


def main(folder: str, directory: str) -> None:
    """Train on a folder with statements, gold.jsonl and links.jsonl; print what the card holds and the baselines."""
    corpus = Path(folder)
    statements = read_corpus(corpus)
    gold = {row["id"]: row for row in _lines(corpus / "gold.jsonl")}
    links = _lines(corpus / "links.jsonl")
    with gold_database([(s, gold[s.id]) for s in statements if s.id in gold]) as db:
        train(statements, db, links, Path(directory))
        sys.stdout.write((Path(directory) / "card.md").read_text(encoding="utf8"))
        plain = [row for rows in baselines(db, links).values() for row in rows]
        for name, got in score_links(links, plain).items():
            sys.stdout.write(f"baseline {name}: {got.precision:.2f} {got.recall:.2f} {got.f1:.2f}\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]


if __name__ == "__main__":
    main(*sys.argv[1:3])
