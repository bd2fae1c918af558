"""Linear models over named features: an example is a mapping of names to numbers, words or truth values.

A fitted scikit-learn logistic regression is read once into a weight for each name; scoring one example is then a sum
over its features, some hundred times faster than a vectoriser and an estimator for a single row.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from statement_nlp.extraction.classifier import Model, load, save

FeatureValue = float | str | bool
Part = tuple[Callable[..., Mapping[str, float]], tuple[Hashable, ...]]
"""Some features of an example: a function that names them, and all that it has to know. No two parts of an example name
the same feature, so that what a part weighs can be remembered and added up."""
MOST_PARTS = 200_000
"""Parts whose weight is remembered (about 60 MB) before all are forgotten."""


def said(parts: Iterable[Part]) -> dict[str, float]:
    """The features that parts name."""
    found: dict[str, float] = {}
    for describe, asked in parts:
        found |= describe(*asked)
    return found


def flat(features: Mapping[str, FeatureValue]) -> dict[str, float]:
    """Features as numbers: a word becomes "name=word": 1."""
    return {
        (f"{name}={value}" if isinstance(value, str) else name): (1.0 if isinstance(value, str) else float(value))
        for name, value in features.items()
    }


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted linear model: classes, an intercept for each score, a weight vector for each feature name."""

    model: Model
    classes: tuple[object, ...]
    intercept: NDArray[np.float64]
    weights: Mapping[str, NDArray[np.float64]]
    first: Mapping[str, float]
    """The weights of the first score alone, as plain numbers."""
    known: dict[Part, float] = field(default_factory=dict, repr=False, compare=False)
    """The scores of parts that were asked for before."""
    groups: dict[tuple[str, ...], dict[str, NDArray[np.float64]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What `grouped` was asked for before."""

    def probabilities(self, features: Mapping[str, FeatureValue]) -> NDArray[np.float64]:
        """Probability of each class, in the order of `classes`."""
        scores = self.intercept.copy()
        for name, value in flat(features).items():
            weight = self.weights.get(name)
            if weight is not None:
                scores += weight * value
        if len(scores) == 1:
            positive = 1.0 / (1.0 + math.exp(-float(np.clip(scores[0], -500, 500))))
            return np.array([1.0 - positive, positive])
        exponents = np.exp(scores - scores.max())
        normal: NDArray[np.float64] = exponents / exponents.sum()
        return normal

    def score(self, features: Mapping[str, float]) -> float:
        """Sum of the weights of the second of two classes, without the intercept."""
        first = self.first
        total = 0.0
        for name, value in features.items():
            weight = first.get(name)
            if weight is not None:
                total += weight * value
        return total

    def worth(self, parts: Iterable[Part]) -> float:
        """The `score` of the features of parts together."""
        known, total = self.known, 0.0
        for part in parts:
            value = known.get(part)
            if value is None:
                if len(known) >= MOST_PARTS:
                    known.clear()
                value = known[part] = self.score(part[0](*part[1]))
            total += value
        return total

    def grouped(self, groups: tuple[str, ...]) -> Mapping[str, NDArray[np.float64]]:
        """Of the features "GROUP: NAME", by name: the weights for each of the groups, 0 where there is none."""
        known = self.groups.get(groups)
        if known is None:
            known = self.groups[groups] = {}
            place = {group: at for at, group in enumerate(groups)}
            for feature, weight in self.first.items():
                group, _, name = feature.partition(": ")
                if name and group in place:
                    known.setdefault(name, np.zeros(len(groups)))[place[group]] = weight
        return known

    def probability(self, features: Mapping[str, FeatureValue]) -> float:
        """Probability of the second of two classes."""
        if len(self.intercept) > 1:
            return float(self.probabilities(features)[1])
        score = float(self.intercept[0])
        for name, value in flat(features).items():
            weight = self.first.get(name)
            if weight is not None:
                score += weight * value
        return 1.0 / (1.0 + math.exp(-min(500.0, max(-500.0, score))))

    def decide(self, features: Mapping[str, FeatureValue]) -> tuple[object, float]:
        """The likeliest class and its probability."""
        found = self.probabilities(features)
        best = int(found.argmax())
        return self.classes[best], float(found[best])

    def reasons(self, features: Mapping[str, FeatureValue], limit: int = 3) -> list[str]:
        """Names of the features that speak most for the second of two classes, the strongest first."""
        weighed = [(float(self.weights[n][-1]) * v, n) for n, v in flat(features).items() if n in self.weights]
        return [name for weight, name in sorted(weighed, reverse=True)[:limit] if weight > 0]


_READ: dict[int, Linear] = {}


def linear(path: Path) -> Linear:
    """The linear model of a .skops file.

    Raises:
        ModelError: the file is missing.
    """
    model = load(path)
    known = _READ.get(id(model))
    if known is None or known.model is not model:
        known = _READ[id(model)] = as_linear(model)
    return known


def as_linear(model: Model) -> Linear:
    """A fitted linear model with a weight for each name."""
    estimator = model.estimator
    weights = {name: np.ascontiguousarray(estimator.coef_[:, at]) for at, name in enumerate(model.features)}
    first = dict(zip(model.features, map(float, estimator.coef_[0]), strict=True))
    return Linear(model, tuple(estimator.classes_.tolist()), np.asarray(estimator.intercept_), weights, first)


def fit(
    rows: Sequence[Mapping[str, FeatureValue]], labels: Sequence[object], *, strength: float, least: int = 2
) -> tuple[LogisticRegression, list[str]]:
    """Fit a logistic regression.

    Args:
        rows: named features of the examples.
        labels: their classes.
        strength: inverse of the regularisation (scikit-learn's C).
        least: examples that a feature must be in to be kept.

    Returns:
        The fitted model, and the names of its features in order.
    """
    numbers = [flat(row) for row in rows]
    counts = Counter(name for row in numbers for name in row)
    names = sorted(name for name, count in counts.items() if count >= least)
    model = LogisticRegression(C=strength, max_iter=3000)
    model.fit(matrix(numbers, names), list(labels))
    return model, names


def fit_choice(
    rows: Sequence[Mapping[str, FeatureValue]],
    labels: Sequence[bool],
    groups: Sequence[int],
    *,
    strength: float,
    least: int = 3,
) -> tuple[LogisticRegression, list[str]]:
    """Fit a conditional logit: in each group of alternatives, some of which are right, how likely is each.

    Args:
        rows: named features of the alternatives.
        labels: whether each is right; the right ones of a group share its weight.
        groups: the group of each alternative, ascending; a group without a right one is left out.
        strength: inverse of the regularisation, as scikit-learn's C.
        least: alternatives that a feature must be in to be kept.

    Returns:
        The weights in a LogisticRegression without intercept, and the names of the features in order.
    """
    numbers = [flat(row) for row in rows]
    counts = Counter(name for row in numbers for name in row)
    names = sorted(name for name, count in counts.items() if count >= least)
    x = matrix(numbers, names)
    group = np.asarray(groups)
    y = np.asarray(labels, dtype=np.float64)
    right = np.bincount(group, weights=y)
    kept = right[group] > 0
    x, group, y = x[kept], np.unique(group[kept], return_inverse=True)[1], y[kept]
    y = y / np.bincount(group, weights=y)[group]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = x @ weights
        tops = np.full(group.max() + 1, -np.inf)
        np.maximum.at(tops, group, scores)
        exponents = np.exp(scores - tops[group])
        sums = np.bincount(group, weights=exponents)
        shares = exponents / sums[group]
        value = -float(y @ (scores - tops[group] - np.log(sums)[group])) * strength + 0.5 * float(weights @ weights)
        return value, strength * (x.T @ (shares - y)) + weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    model = LogisticRegression()
    model.classes_ = np.array([False, True])
    model.coef_ = found.x.reshape(1, -1)
    model.intercept_ = np.zeros(1)
    return model, names


def matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> csr_matrix:
    """Rows of named numbers as a sparse matrix with the columns `names`."""
    column = {name: at for at, name in enumerate(names)}
    data, columns, ends = [], [], [0]
    for row in rows:
        for name, value in row.items():
            at = column.get(name)
            if at is not None:
                data.append(value)
                columns.append(at)
        ends.append(len(data))
    return csr_matrix((data, columns, ends), shape=(len(rows), len(names)), dtype=np.float64)


def store(estimator: LogisticRegression, names: Sequence[str], path: Path, *, version: str) -> None:
    """Write a fitted model to `path`."""
    save(estimator, path, name=path.stem, version=version, features=names)
