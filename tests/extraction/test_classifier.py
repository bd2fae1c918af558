"""A model evaluated by its formula says what scikit-learn says."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from statement_nlp.extraction.classifier import Model, chances


@pytest.mark.parametrize("columns", [1, 7])
def test_chances_are_those_of_predict_proba(columns: int) -> None:
    random = np.random.default_rng(columns)
    seen = random.normal(size=(200, columns))
    estimator = LogisticRegression(C=10.0).fit(seen, seen[:, 0] + random.normal(size=200) > 0)
    model = Model(estimator, "test", "1", tuple(f"x{i}" for i in range(columns)))
    rows = np.vstack((random.normal(size=(500, columns)), np.full((2, columns), 1e4) * [[1.0], [-1.0]]))
    assert chances(model, rows) == pytest.approx(estimator.predict_proba(rows)[:, 1], abs=1e-12)
