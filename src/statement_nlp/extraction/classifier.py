"""scikit-learn models as files that run no code when they are read (skops), each beside a description of its features.

`save` writes `NAME.skops` and `NAME.json`; `load` refuses a file whose features are not the caller's.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skops import io as skops_io

from statement_nlp import digests
from statement_nlp.errors import ModelError

PACKAGE = Path(__file__).parents[1]
TRUSTED_PACKAGES = ("sklearn.", "numpy.", "scipy.")


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted estimator with its name, version and the feature names that it was trained on, in order."""

    estimator: Any
    name: str
    version: str
    features: tuple[str, ...]

    @property
    def method(self) -> str:
        """What a record says that found it: "model:NAME@VERSION"."""
        return f"model:{self.name}@{self.version}"


@cache
def models_dir() -> Path:
    """The folder of the trained models: inside an installed package, else `models/` of the clone."""
    for folder in (PACKAGE / "models", PACKAGE.parents[1] / "models"):
        if folder.is_dir():
            return folder
    raise ModelError(
        f"no trained models beside {PACKAGE}: install the package again, or run `statement-nlp train` in a clone"
    )


def save(estimator: Any, path: Path, *, name: str, version: str, features: Sequence[str]) -> None:
    """Write an estimator to `path` (ending in .skops) and its description to the same name ending in .json."""
    path.parent.mkdir(parents=True, exist_ok=True)
    skops_io.dump(estimator, path)
    description = {"name": name, "version": version, "features": list(features)}
    path.with_suffix(".json").write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


def verify(*paths: Path) -> None:
    """Refuse files of a model that are missing, or not as they were trained.

    Raises:
        ModelError: the message names the file and the way out.
    """
    for path in paths:
        if not path.is_file():
            raise ModelError(f"no model at {path}: run `statement-nlp train`, or install the package again")
        if wrong := digests.fault(path):
            way = "install the package again, or run `statement-nlp train`"
            raise ModelError(f"{path} is damaged or was exchanged ({wrong}): {way}")


@lru_cache(maxsize=64)
def _read(path: Path, changed: float) -> Model:
    verify(path, path.with_suffix(".json"))
    try:
        return _unpack(path)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        words = f"{type(error).__name__}: {error}"
        raise ModelError(f"{path} is damaged ({words}): install the package again, or train it again") from error


def _unpack(path: Path) -> Model:
    untrusted = skops_io.get_untrusted_types(file=path)
    foreign = [t for t in untrusted if not t.startswith(TRUSTED_PACKAGES)]
    if foreign:
        raise ModelError(f"{path} holds types that are not scikit-learn's ({', '.join(foreign)}): it is not loaded")
    described: Mapping[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf8"))
    estimator = skops_io.load(path, trusted=untrusted)
    return Model(estimator, described["name"], described["version"], tuple(described["features"]))


def load(path: Path, *, features: Sequence[str] | None = None) -> Model:
    """Read a model that `save` wrote.

    Args:
        path: the .skops file.
        features: the names that the caller will give, in order; None where the model names its own.

    Raises:
        ModelError: the file is missing or was trained on other features.
    """
    try:
        changed = path.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelError(f"no model at {path}: run `statement-nlp train`") from error
    model = _read(path, changed)
    if features is not None and tuple(features) != model.features:
        differing = sorted(set(features) ^ set(model.features)) or ["their order"]
        raise ModelError(
            f"{path} was trained on other features ({', '.join(differing[:5])}): run `statement-nlp train` again"
        )
    return model


def chances(model: Model, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance of the second of two classes, by a logistic regression: what its `predict_proba` says, without its checks.

    Args:
        model: a fitted binary LogisticRegression.
        rows: shape (rows, features), the features in the order of the model.

    Returns:
        Chances from 0 to 1, shape (rows,).
    """
    scores: NDArray[np.float64] = rows @ model.estimator.coef_[0] + model.estimator.intercept_[0]
    found: NDArray[np.float64] = 0.5 * (1.0 + np.tanh(0.5 * scores))  # the logistic function, which never overflows
    return found


def write_card(directory: Path, title: str, facts: Mapping[str, object]) -> None:
    """Write `card.md`: what the model is, its data, command, date and metrics, a line each."""
    lines = [f"# {title}", "", *(f"- **{key}**: {value}" for key, value in facts.items()), ""]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "card.md").write_text("\n".join(lines), encoding="utf8")
