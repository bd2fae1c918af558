"""Decides which candidate stretches of a text are mentions of a place or a party.

A logistic regression over named features (`entities_features`) gives each stretch its chances; of stretches that
overlap those are kept that together are most likely (weighted interval scheduling).
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statement_nlp.extraction.classifier import Model, load
from statement_nlp.extraction.entities_candidates import Stretch
from statement_nlp.extraction.entities_cues import in_words
from statement_nlp.extraction.entities_ner import PLACE, folder

NONE, PARTY = "NONE", "PARTY"
CLASSES = (NONE, PARTY, PLACE)
"""In the order in which scikit-learn sorts them."""
MOST_CUES = 4
SURE = 0.6
"""Least chance at which a stretch tells the same name elsewhere in its statement what it is."""
GAIN = 1.5
"""What that adds to the other's log odds; both chosen on the real statements."""
ORGANISED = tuple(f"party=exact:{kind}" for kind in ("armed_group", "intergovernmental", "ngo", "person"))
"""Features of a name that the register has for somebody who is no place and no description."""
KNOWN_GAIN = 1.5
"""What the register adds to the log odds of such a name: the statements that we learn from were written with invented
organisations, so that the model has seen few real names and trusts the register too little.
Chosen on real statements."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch that is a place or a party, its chance, and the features that spoke most for it."""

    start: int
    end: int
    label: str
    confidence: float
    cues: tuple[str, ...]
    features: tuple[int, ...]


class Linear:
    """A multinomial logistic regression over features that are there or not, read for fast scoring."""

    def __init__(self, model: Model) -> None:
        self.method = model.method
        self.names = model.features
        self.index: Mapping[str, int] = {name: i for i, name in enumerate(model.features)}
        self.classes: tuple[str, ...] = tuple(str(c) for c in model.estimator.classes_)
        weights = model.estimator.coef_.T
        self.weights: NDArray[np.float64] = np.vstack((weights, np.zeros((1, weights.shape[1]))))
        self.bias: NDArray[np.float64] = np.asarray(model.estimator.intercept_)
        self.by_class: dict[str, list[float]] = {c: self.weights[:, at].tolist() for at, c in enumerate(self.classes)}

    def known(self, features: Iterable[str]) -> list[int]:
        """Indexes of the features; one that the model does not know has the index behind the last and no weight."""
        return list(map(self.index.get, features, repeat(len(self.names))))

    def chances(self, rows: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Chances of each class, one line a row of feature indexes."""
        sizes = np.fromiter((len(row) for row in rows), dtype=np.intp, count=len(rows))
        flat = np.array(list(chain.from_iterable(rows)), dtype=np.intp)
        sums = np.vstack((np.zeros(len(self.classes)), self.weights[flat].cumsum(axis=0)))
        ends = sizes.cumsum()
        scores = sums[ends] - sums[ends - sizes] + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        chances: NDArray[np.float64] = scores / scores.sum(axis=1, keepdims=True)
        return chances

    def cues(self, row: Sequence[int], label: str) -> tuple[str, ...]:
        """The features of a row that speak most for a class, strongest first, in words."""
        weights = self.by_class[label]
        told: dict[str, None] = {}
        for _, i in sorted(((weights[i], i) for i in row if weights[i] > 0), reverse=True):
            told |= dict.fromkeys(in_words(self.names[i]))
            if len(told) >= MOST_CUES:
                break
        return tuple(islice(told, MOST_CUES))


@lru_cache(maxsize=16)
def linear(path: Path, _changed: float) -> Linear:
    """A model file of ours, read once as long as it does not change."""
    return Linear(load(path))


def read_linear(models: str | Path | None, name: str) -> Linear:
    """The model `name` of this layer below `models` (None: the package's).

    Raises:
        ModelError: it is missing.
    """
    path = folder(models) / f"{name}.skops"
    return linear(path, path.stat().st_mtime if path.exists() else 0.0)


def choose(stretches: Sequence[Stretch], chances: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Which stretches to keep so that none overlap and their log odds against "no mention" are greatest in sum.

    Args:
        stretches: (start, end) of each.
        chances: their chances in the order of `CLASSES`.

    Returns:
        (index of the stretch, index of its class), in order of the text.
    """
    options = []
    for n, (start, end) in enumerate(stretches):
        label = 1 if chances[n, 1] >= chances[n, 2] else 2
        gain = math.log(chances[n, label] + 1e-9) - math.log(chances[n, 0] + 1e-9)
        if gain > 0:
            options.append((end, start, gain, n, label))
    options.sort()
    ends = [o[0] for o in options]
    best, taken = [0.0], []
    for i, (_, start, gain, _, _) in enumerate(options):
        before = bisect.bisect_right(ends, start, 0, i)
        take = best[before] + gain > best[i]
        taken.append(before if take else -1)
        best.append(best[before] + gain if take else best[i])
    out = []
    i = len(options)
    while i > 0:
        if taken[i - 1] >= 0:
            out.append((options[i - 1][3], options[i - 1][4]))
            i = taken[i - 1]
        else:
            i -= 1
    return out[::-1]


def agreed(names: Sequence[str | None], chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances after each name has heard what the same name is elsewhere in the statement.

    Where a name is likely (`SURE`) a party somewhere and nowhere a place, or the other way round, its other stretches
    gain `GAIN` in log odds for it.

    Args:
        names: the text of each stretch; None where it means now this, now that (a state, a description).
        chances: theirs, in the order of `CLASSES`.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for n, name in enumerate(names):
        if name is not None:
            places[name].append(n)
    out = chances.copy()
    for group in (np.array(g) for g in places.values() if len(g) > 1):
        own = chances[group]
        second, most = np.sort(own, axis=0)[-2:]
        rest = np.where(own == most, second, most)  # the greatest chance among the others
        for label, other in ((1, 2), (2, 1)):
            heard = group[(rest[:, label] > SURE) & (rest[:, other] < 0.5)]
            out[heard, label] *= math.exp(GAIN)
    agreed_chances: NDArray[np.float64] = out / out.sum(axis=1, keepdims=True)
    return agreed_chances


def known(names: Sequence[str | None], rows: Sequence[Sequence[int]], model: Linear) -> NDArray[np.bool_]:
    """Which stretches are names of organisations and persons that the register has."""
    indexes = {model.index[name] for name in ORGANISED if name in model.index}
    pairs = zip(names, rows, strict=True)
    return np.array([name is not None and not indexes.isdisjoint(row) for name, row in pairs])


def mentions(
    stretches: Sequence[Stretch], rows: Sequence[Sequence[int]], model: Linear, names: Sequence[str | None] = ()
) -> list[Mention]:
    """The mentions among candidate stretches, in order of the text.

    Args:
        stretches: (start, end) of each in tokens.
        rows: their features as `model.known` gives them.
        model: the classifier of mentions.
        names: as `agreed` takes them; empty where each stretch is to be judged alone.
    """
    if not stretches:
        return []
    chances = model.chances(rows)
    if names:
        chances[known(names, rows, model), CLASSES.index(PARTY)] *= math.exp(KNOWN_GAIN)
        chances /= chances.sum(axis=1, keepdims=True)
        chances = agreed(names, chances)
    out = []
    for n, label in choose(stretches, chances):
        name = CLASSES[label]
        out.append(Mention(*stretches[n], name, float(chances[n, label]), model.cues(rows[n], name), tuple(rows[n])))
    return out
