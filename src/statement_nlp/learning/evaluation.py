"""How good the extraction is: the guide's scores of a set of statements with gold, beside the plain baseline's.

A set is a folder (or a pair of files) of statements and gold. Statements that the models were trained on are scored by
cross-validation: in each fold the models are trained anew on the other folds.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from typing import Any

from statement_nlp.errors import GoldError, SourceError
from statement_nlp.extraction.classifier import PACKAGE, models_dir
from statement_nlp.extraction.pipeline import extract_many, load
from statement_nlp.learning import baseline, training, ways
from statement_nlp.learning.folds import folds
from statement_nlp.learning.scoring import (
    Names,
    Points,
    Row,
    Score,
    Scorer,
    iou,
    match,
    overlap,
    read_points,
    same_values,
    score_signatories,
    span_of,
)
from statement_nlp.reading.given import Given, read_given
from statement_nlp.reading.sources import read_corpus
from statement_nlp.reading.text import normalise
from statement_nlp.records import Statement
from statement_nlp.store.export import annotation

Report = Callable[[str], None]
BOTH = "both"
"""The way of finding of the pipeline as it ships: rules and models together."""


@dataclass(frozen=True)
class AnnotatedSet:
    """Statements with their gold; rows are the guide's format, by statement id."""

    name: str
    given: tuple[Given, ...]
    gold: Mapping[str, Row]
    signatories: Mapping[str, Row] = field(default_factory=dict)
    links: Sequence[Row] = ()
    names: Names = field(default_factory=Names)
    points: Points = field(default_factory=dict)

    @property
    def statements(self) -> list[Statement]:
        """The statements that have gold, with normalised texts."""
        return [g.statement for g in self.given if g.statement.id in self.gold]

    @property
    def texts(self) -> dict[str, str]:
        """The texts as given, in which the gold's offsets and quotes count."""
        return {g.statement.id: g.text for g in self.given}

    @property
    def examples(self) -> list[training.Example]:
        """Statements with gold, as training takes them."""
        return [(s, self.gold[s.id]) for s in self.statements]


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file.

    Raises:
        GoldError: a line is no JSON object.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise GoldError(f"{path}, line {number}: no JSON ({error.msg}); one object a line is wanted") from error
    return found


def _by_id(path: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows(path) if row.get("id")} if path.is_file() else {}


def _reference(folder: Path, name: str) -> Path | None:
    """names.json and places.csv: beside the gold, else those of the package or the clone."""
    for where in (folder, PACKAGE / "gold", PACKAGE.parents[1] / "corpus"):
        if (where / name).is_file():
            return where / name
    return None


def read_set(statements: Path, gold: Path | None = None) -> AnnotatedSet:
    """Read a folder with statements and gold.jsonl, or a file of statements and a file of gold.

    Raises:
        GoldError: there is no gold, or it names a statement that is not there.
    """
    folder = statements if statements.is_dir() else statements.parent
    gold = gold or folder / "gold.jsonl"
    if not gold.is_file():
        raise GoldError(f"{gold} is missing: an evaluation needs gold; its format is in docs/annotation.md")
    texts = _given(statements)
    golds = _by_id(gold)
    unknown = sorted(golds.keys() - {g.statement.id for g in texts})
    if unknown:
        raise GoldError(f"{gold} has gold for {unknown[0]!r}, which is not among the statements of {statements}")
    names, points = _reference(gold.parent, "names.json"), _reference(gold.parent, "places.csv")
    links = gold.parent / "links.jsonl"
    return AnnotatedSet(
        name=str(statements),
        given=texts,
        gold=golds,
        signatories=_by_id(gold.parent / "signatories.jsonl"),
        links=rows(links) if links.is_file() else [],
        names=Names.read(names) if names else Names(),
        points=read_points(points) if points else {},
    )


def _given(path: Path) -> tuple[Given, ...]:
    """The statements of a file of JSON lines, or of a folder with statements.jsonl or text files."""
    lines = path / "statements.jsonl" if path.is_dir() else path
    if not lines.is_file():
        return tuple(Given(s, s.text, normalise(s.text)) for s in read_corpus(path))
    found = []
    for item in read_given(lines.read_text(encoding="utf8").splitlines(), str(lines)):
        if isinstance(item, SourceError):
            raise item
        found.append(item)
    return tuple(found)


def predict(given: Iterable[Given], models: Path | None = None) -> dict[str, dict[str, Any]]:
    """Rows of the guide's format by statement id, by the models of a folder (None: the package's)."""
    given = list(given)
    extractions = extract_many((g.statement for g in given), nlp=load(models))
    return {g.statement.id: annotation(e, g.text, g.to_given) for g, e in zip(given, extractions, strict=True)}


def cross_predict(
    data: AnnotatedSet, *, k: int = 5, compare: bool = False, workers: int = 1, report: Report = lambda line: None
) -> dict[str, dict[str, Any]]:
    """Rows by way of finding and statement id, each by models that have not seen its series.

    The ways are `BOTH`, and with `compare` those of `ways`. `workers` processes share the folds.
    """
    predicted: dict[str, dict[str, Any]] = {}
    dealt = folds(data.statements, k)
    done = (
        (_fold(data, held_out, compare) for held_out in dealt)
        if workers == 1
        else _in_processes(data, dealt, compare, workers)
    )
    for number, (found, seconds) in enumerate(done, 1):
        report(f"fold {number} of {k}: {seconds:.0f} s")
        for way, rows_of_way in found.items():
            predicted.setdefault(way, {}).update(rows_of_way)
    return predicted


def _fold(data: AnnotatedSet, held_out: Sequence[str], compare: bool) -> tuple[dict[str, dict[str, Any]], float]:
    """What models trained on the rest find in the statements held out, by way of finding; and the seconds it took."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="statement-nlp-fold-") as directory:
        rest = [(s, row) for s, row in data.examples if s.id not in held_out]
        training.train(rest, Path(directory))
        unseen = [g for g in data.given if g.statement.id in held_out]
        found = {BOTH: predict(unseen, Path(directory))}
        if compare:
            found |= ways.predict(unseen, load(Path(directory)), rest, data.gold)
        load.cache_clear()
    return found, time.monotonic() - started


def _in_processes(
    data: AnnotatedSet, dealt: Sequence[Sequence[str]], compare: bool, workers: int
) -> Iterator[tuple[dict[str, dict[str, Any]], float]]:
    # spawn: a fork of a process that has loaded numpy's threads may hang
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_fold, repeat(data), dealt, repeat(compare))


@dataclass(frozen=True)
class Evaluation:
    """Scores of a set: ours, the baseline's, and how they were had."""

    name: str
    how: str
    scores: Mapping[str, Score]
    baseline: Mapping[str, Score]
    predicted: Mapping[str, Row]
    ways: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    """Scores of other ways of finding by their names, where they were asked for."""
    ways_predicted: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    """What those ways found."""


def _all_scores(data: AnnotatedSet, predicted: Mapping[str, Row]) -> dict[str, Score]:
    scorer = Scorer(data.names, data.points)
    scores = scorer.score(data.texts, data.gold, predicted)
    return scores | (score_signatories(data.signatories, predicted) if data.signatories else {})


def evaluate(
    data: AnnotatedSet,
    *,
    models: Path | None = None,
    cross_validate: bool | None = None,
    k: int = 5,
    workers: int = 1,
    compare: bool = False,
    examples: Sequence[training.Example] = (),
    report: Report = lambda line: None,
) -> Evaluation:
    """Score a set.

    Args:
        data: the set.
        models: folder of the models; None for the package's.
        cross_validate: None decides by whether the models have seen any of the statements.
        k: folds.
        workers: processes that share the folds.
        compare: score rules alone and a model alone as well.
        examples: what the plain classifiers of that comparison learn from; in a cross-validation, the other folds.
        report: takes a line of progress.
    """
    seen = training.trained_on(models or models_dir()) & set(data.gold)
    if cross_validate is None:
        cross_validate = bool(seen)
    if cross_validate:
        found = cross_predict(data, k=k, compare=compare, workers=workers, report=report)
        how = f"cross-validated, {k} folds by crisis series"
    else:
        scored = [g for g in data.given if g.statement.id in data.gold]
        found = {BOTH: predict(scored, models)}
        if compare:
            found |= ways.predict(scored, load(models), examples, data.gold)
        how = f"models have seen {len(seen)} of the statements: no measure of accuracy" if seen else "unseen texts"
    plain = {
        row["id"]: row
        for row in baseline.predict(
            replace(g.statement, text=g.text) for g in data.given if g.statement.id in data.gold
        )
    }
    predicted = found.pop(BOTH)
    others = {way: _all_scores(data, rows_of_way) for way, rows_of_way in found.items()}
    return Evaluation(data.name, how, _all_scores(data, predicted), _all_scores(data, plain), predicted, others, found)


def wrong_country(data: AnnotatedSet, predicted: Mapping[str, Row]) -> tuple[int, int]:
    """How many of the gold's places were resolved to another country, and how many were resolved at all."""
    wrong = resolved = 0
    for statement_id, row in data.gold.items():
        text = data.texts[statement_id]
        golds = [dict(x, span=span_of(x, text)) for x in row.get("places", [])]
        answers = [dict(x, span=span_of(x, text)) for x in predicted.get(statement_id, {}).get("places", [])]
        for i, j in match(golds, answers, lambda g, p: overlap(g["span"], p["span"])):
            if answers[j].get("country"):
                resolved += 1
                wrong += answers[j]["country"] != golds[i].get("country")
    return wrong, resolved


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of the reliability diagram: predictions of about this confidence, and how many of them were right."""

    low: float
    count: int
    confidence: float
    right: float


def reliability(data: AnnotatedSet, predicted: Mapping[str, Row], layer: str, bins: int = 10) -> list[Bin]:
    """Reliability diagram of a layer's confidences: equal-width bins, the empty ones left out."""
    pairs = list(_judged(data, predicted, layer))
    diagram = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        here = [(c, ok) for c, ok in pairs if low <= c < high or (number == bins - 1 and c >= high)]
        if here:
            mean = sum(c for c, _ in here) / len(here)
            diagram.append(Bin(low, len(here), mean, sum(ok for _, ok in here) / len(here)))
    return diagram


def calibration_error(diagram: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of confidence and accuracy, weighted by count (Naeini et al. 2015)."""
    total = sum(b.count for b in diagram)
    return sum(b.count * abs(b.confidence - b.right) for b in diagram) / total if total else 0.0


def _is_right(layer: str, gold: Row, predicted: Row) -> bool:
    if layer in ("places", "parties"):
        return bool(gold["span"] == predicted["span"]) and (
            layer == "parties" or gold.get("country") == predicted.get("country")
        )
    if iou(gold["span"], predicted["span"]) < 0.5:
        return False
    return layer != "figures" or same_values(gold, predicted)


def _judged(data: AnnotatedSet, predicted: Mapping[str, Row], layer: str) -> Iterator[tuple[float, bool]]:
    texts = data.texts
    for statement_id, row in data.gold.items():
        golds = [dict(x, span=span_of(x, texts[statement_id])) for x in row.get(layer, [])]
        for item in predicted.get(statement_id, {}).get(layer, []):
            answer = dict(item, span=span_of(item, texts[statement_id]))
            yield item["confidence"], any(_is_right(layer, g, answer) for g in golds)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something missed or made up, with the text around it."""

    layer: str
    kind: str
    statement: str
    quote: str
    context: str


def mistakes(data: AnnotatedSet, predicted: Mapping[str, Row]) -> Iterator[Mistake]:
    """What was missed, and what was found that is not there, statement by statement, for a reader of errors."""
    texts = data.texts
    for statement_id, row in data.gold.items():
        text = texts[statement_id]
        for layer in ("places", "parties", "figures", "demands", "claims"):
            golds = [dict(x, span=span_of(x, text)) for x in row.get(layer, [])]
            answers = [dict(x, span=span_of(x, text)) for x in predicted.get(statement_id, {}).get(layer, [])]
            for kind, items, others in (("missed", golds, answers), ("made up", answers, golds)):
                for item in items:
                    right = any(
                        _is_right(layer, *((item, other) if kind == "missed" else (other, item))) for other in others
                    )
                    if not right:
                        start, end = item["span"]
                        around = " ".join(text[max(0, start - 60) : end + 60].split())
                        touched = any(o["span"][0] < end and start < o["span"][1] for o in others)
                        detail = f"{kind}, another stands there" if touched else kind
                        yield Mistake(layer, detail, statement_id, text[start:end], around)
