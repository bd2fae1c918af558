"""Trains what gives a place name its gazetteer entry: which candidate of a name lies where the gold says.

The gold names a country for each place, not an entry; an entry is right when it is the best known one of the name in
that country. Names are learned a second time with the right entries taken away: what is left must stay unresolved, as
for a place that no gazetteer knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from statement_nlp.extraction.classifier import save
from statement_nlp.extraction.entities_ner import VERSION
from statement_nlp.extraction.entities_resolve import (
    FEATURES,
    Context,
    Name,
    Resolver,
    context_of,
    countries_in,
    describe,
    look_up,
)
from statement_nlp.knowledge.gazetteer import fold
from statement_nlp.records import Place, Statement

WEIGHT_OF_UNKNOWN = 0.3
"""How much a name without its right entries counts against one with them."""
ROUNDS = 2
"""The second learns from what the first resolves nearby."""


@dataclass(frozen=True, slots=True)
class PlaceGold:
    """The gold's places of a statement: (name, country), with the words and parties that are their context."""

    statement: Statement
    names: Sequence[tuple[Name, str | None]]
    tokens: Sequence[str]
    parties: Sequence[str]

    def context(self) -> Context:
        """The evidence for countries."""
        statement = self.statement
        states = countries_in(self.tokens, self.parties, statement.title)
        return context_of([n for n, _ in self.names], statement.countries, states, statement.title)


def _curated(place: Place) -> bool:
    return place.id.startswith(("extra:", "user:"))


def _rows(gold: PlaceGold, resolver: Resolver | None, without: str) -> list[tuple[list[float], bool, float]]:
    """(features, right, weight) of each candidate. `without`: "", "right" or "curated" entries are taken away."""
    context = gold.context()
    title = gold.statement.title
    near = []
    if resolver is not None:
        senses = resolver.resolve([n for n, _ in gold.names], context, title)
        near = [s.place for s in senses.values() if s.place and s.place.feature != "country" and s.confidence >= 0.8]
    out = []
    for name, country in {n.key: (n, c) for n, c in reversed(gold.names)}.values():
        found = [p for p in look_up(name) if not (without == "curated" and _curated(p))]
        if without == "right":
            if found and found[0].feature == "country":
                continue
            found = [p for p in found if p.country != country]
        around = [p for p in near if p not in found]
        rows = describe(name, found, context, around, f" {fold(title or '')} ")
        weight = WEIGHT_OF_UNKNOWN if without == "right" else 1.0
        out += [(row, p.country == country, weight) for p, row in zip(found, rows, strict=True)]
    return out


def train_places(golds: Sequence[PlaceGold], path: Path) -> dict[str, float]:
    """Fit and save the classifier of gazetteer entries; gives the number of entries that it learned from."""
    resolver: Resolver | None = None
    for _ in range(ROUNDS):
        rows = [row for gold in golds for way in ("", "right", "curated") for row in _rows(gold, resolver, way)]
        x, y, weights = (np.array(column) for column in zip(*rows, strict=True))
        model = LogisticRegression(C=1.0, max_iter=2000).fit(x, y, sample_weight=weights)
        resolver = Resolver(tuple(float(w) for w in model.coef_[0]), float(model.intercept_[0]))
    save(model, path / "places.skops", name="entities-places", version=VERSION, features=FEATURES)
    return {"gazetteer entries": len(rows)}
