"""The models that tell whether two records are of the same thing: logistic regressions as plain JSON.

`models/links/figures.json` and `demands.json` hold an intercept, a coefficient a feature, the least probability of a
link of each kind and the weights of words. Nothing but arithmetic is needed to apply them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from statement_nlp import digests
from statement_nlp.errors import ModelError

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, eq=False)
class LinkModel:
    """A logistic regression over named features.

    `thresholds` are the least probabilities of a link by kind; `weights` are inverse document frequencies of stems.
    """

    name: str
    version: str
    intercept: float
    coefficients: Mapping[str, float]
    thresholds: Mapping[str, float]
    weights: Mapping[str, float]

    @property
    def method(self) -> str:
        """What a link says that found it: "model:NAME@VERSION"."""
        return f"model:{self.name}@{self.version}"

    def probability(self, features: Mapping[str, float]) -> float:
        """That the two records are of the same thing, from 0 to 1."""
        margin = self.intercept + sum(self.coefficients[name] * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(min(margin, 30.0), -30.0)))

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        described = {
            "name": self.name,
            "version": self.version,
            "thresholds": dict(self.thresholds),
            "intercept": round(self.intercept, 4),
            "coefficients": {name: round(value, 4) for name, value in self.coefficients.items()},
            "weights": {word: round(value, 2) for word, value in sorted(self.weights.items())},
        }
        path.write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


def links_dir() -> Path:
    """The folder of the link models: inside an installed package, else in `models/` of the clone.

    Raises:
        ModelError: there is none.
    """
    for folder in (PACKAGE / "models" / "links", PACKAGE.parents[1] / "models" / "links"):
        if folder.is_dir():
            return folder
    raise ModelError(f"no link models beside {PACKAGE}: install the package again")


def load(layer: str, features: Sequence[str], directory: Path | None = None) -> LinkModel:
    """The model of a layer.

    Args:
        layer: "figures" or "demands".
        features: the names that it will be given.
        directory: where it lies; None for the package's.

    Raises:
        ModelError: it is missing, damaged or was trained on other features.
    """
    path = (directory or links_dir()) / f"{layer}.json"
    if not path.is_file():
        raise ModelError(f"no model at {path}: install the package again")
    model = _read(path, path.stat().st_mtime)
    if changed := set(features) ^ set(model.coefficients):
        raise ModelError(f"{path} was trained on other features ({', '.join(sorted(changed)[:5])}): train it again")
    return model


@lru_cache(maxsize=16)
def _read(path: Path, changed: float) -> LinkModel:
    if wrong := digests.fault(path):
        raise ModelError(f"{path} is damaged or was exchanged ({wrong}): install the package again, or train it again")
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
        return LinkModel(**given)
    except (ValueError, TypeError) as error:
        raise ModelError(f"{path} is no link model: {error}") from error
