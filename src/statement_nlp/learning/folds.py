"""Folds of a cross-validation: by statement, and statements of one crisis series stay together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from statement_nlp.records import Statement


def folds(statements: Iterable[Statement], k: int = 5) -> list[list[str]]:
    """Deal statements out into `k` folds of about equal text, whole series at a time, the largest first.

    Args:
        statements: a statement without a series is a series of its own.
        k: number of folds, at least 2.

    Returns:
        `k` lists of statement ids; always the same for the same statements, in whatever order they come.
    """
    if k < 2:
        raise ValueError(f"a cross-validation needs at least 2 folds, not {k}")
    series: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        series[statement.series or statement.id].append(statement)
    sizes = {name: sum(len(s.text) for s in members) for name, members in series.items()}
    dealt: list[list[str]] = [[] for _ in range(k)]
    weights = [0] * k
    for name in sorted(series, key=lambda n: (-sizes[n], n)):
        lightest = weights.index(min(weights))
        dealt[lightest] += sorted(s.id for s in series[name])
        weights[lightest] += sizes[name]
    return dealt
