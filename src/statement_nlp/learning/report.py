"""Evaluations as text: a table for the terminal, and docs/accuracy.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from statement_nlp.learning import ways
from statement_nlp.learning.evaluation import (
    BOTH,
    AnnotatedSet,
    Evaluation,
    Mistake,
    calibration_error,
    mistakes,
    reliability,
    wrong_country,
)

CALIBRATED = ("places", "parties", "figures", "demands", "claims")
SHOWN_MISTAKES = 12


def as_table(evaluation: Evaluation) -> str:
    """Precision, recall and F1 of each layer, and the baseline's F1, in fixed columns."""
    lines = [
        f"{evaluation.name}: {evaluation.how}",
        f"{'layer':<28} {'P':>6} {'R':>6} {'F1':>6} {'gold':>6} {'found':>6}   {'baseline F1':>11}",
    ]
    for layer, score in evaluation.scores.items():
        plain = evaluation.baseline.get(layer)
        numbers = f"{score.precision:6.3f} {score.recall:6.3f} {score.f1:6.3f} {score.gold:6d} {score.predicted:6d}"
        lines.append(f"{layer:<28} {numbers}   {f'{plain.f1:11.3f}' if plain else '          -'}")
    return "\n".join(lines)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The same as plain data: layer -> precision, recall, f1, gold, predicted, baseline_f1."""
    return {
        layer: {
            "precision": score.precision,
            "recall": score.recall,
            "f1": score.f1,
            "gold": score.gold,
            "predicted": score.predicted,
            "baseline_f1": evaluation.baseline[layer].f1 if layer in evaluation.baseline else None,
        }
        for layer, score in evaluation.scores.items()
    }


def scores_markdown(evaluations: Sequence[tuple[str, Evaluation]]) -> str:
    """One table: a row for each layer, for each evaluation P, R, F1 and the baseline's F1."""
    head = "| layer | " + " | ".join(f"{title} P | R | F1 | baseline F1" for title, _ in evaluations) + " |"
    lines = [head, "| --- |" + " ---: |" * (4 * len(evaluations))]
    layers = dict.fromkeys(layer for _, e in evaluations for layer in e.scores)
    for layer in layers:
        cells = []
        for _, evaluation in evaluations:
            score, plain = evaluation.scores.get(layer), evaluation.baseline.get(layer)
            if score is None or not (score.gold or score.predicted):
                cells += ["", "", "", ""]
            else:
                cells += [f"{score.precision:.3f}", f"{score.recall:.3f}", f"**{score.f1:.3f}**"]
                cells.append(f"{plain.f1:.3f}" if plain else "")
        lines.append(f"| {layer} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ways_markdown(evaluation: Evaluation) -> str:
    """One table: for each layer that is found in more than one way, F1 by rules alone, a model alone, and both."""
    alone = {way: evaluation.ways[way] for way in (ways.RULES, ways.MODEL)}
    lines = [f"| F1 | {' | '.join((*alone, BOTH))} |", "| --- |" + " ---: |" * (len(alone) + 1)]
    for layer in ways.COMPARED:
        found = [scores.get(layer) for scores in alone.values()]
        cells = [f"{score.f1:.3f}" if score and score.predicted else "" for score in found]
        lines.append(f"| {layer} | " + " | ".join(cells) + f" | **{evaluation.scores[layer].f1:.3f}** |")
    return "\n".join(lines)


def resolution_markdown(data: AnnotatedSet, evaluation: Evaluation) -> str:
    """How well names of places are resolved: of the gold's, end to end and on the gold's spans; wrong countries."""
    lines = ["| names of places | end to end | on the gold's spans |", "| --- | ---: | ---: |"]
    both = (evaluation.scores, evaluation.ways[ways.GOLD_SPANS])
    for name, layer in (
        ("resolved, recall", "places resolved"),
        ("right country, recall", "places in the right country"),
    ):
        lines.append(f"| {name} | " + " | ".join(f"{s[layer].recall:.3f}" if layer in s else "" for s in both) + " |")
    shares = [wrong_country(data, rows) for rows in (evaluation.predicted, evaluation.ways_predicted[ways.GOLD_SPANS])]
    told = (f"{wrong / max(resolved, 1):.3f} ({wrong} of {resolved})" for wrong, resolved in shares)
    lines.append(f"| wrong country, of the resolved | {' | '.join(told)} |")
    return "\n".join(lines)


def reliability_markdown(data: AnnotatedSet, evaluation: Evaluation) -> str:
    """Reliability diagram of each layer as a table: said and seen share of right records by bin, and the error."""
    lines = ["| layer | " + " | ".join(f".{n}" for n in range(10)) + " | expected calibration error |"]
    lines.append("| --- |" + " --- |" * 10 + " ---: |")
    for layer in CALIBRATED:
        diagram = reliability(data, evaluation.predicted, layer)
        bins = {round(b.low * 10): b for b in diagram}
        cells = [f"{bins[n].right:.2f} ({bins[n].count})" if n in bins else "" for n in range(10)]
        lines.append(f"| {layer} | " + " | ".join(cells) + f" | {calibration_error(diagram):.3f} |")
    return "\n".join(lines)


def mistakes_text(found: Iterable[Mistake], most: int = SHOWN_MISTAKES) -> str:
    """Mistakes by layer and kind: how many, and the first few with the words around them."""
    groups: Mapping[tuple[str, str], list[Mistake]] = _grouped(found)
    lines = []
    for (layer, kind), members in sorted(groups.items()):
        lines.append(f"### {layer}, {kind}: {len(members)}")
        common = Counter(m.quote for m in members).most_common(most)
        for quote, count in common:
            example = next(m for m in members if m.quote == quote)
            times = f" ({count} times)" if count > 1 else ""
            lines.append(f"- “{' '.join(quote.split())[:160]}”{times} in {example.statement}")
        lines.append("")
    return "\n".join(lines)


def _grouped(found: Iterable[Mistake]) -> dict[tuple[str, str], list[Mistake]]:
    groups: dict[tuple[str, str], list[Mistake]] = defaultdict(list)
    for mistake in found:
        groups[mistake.layer, mistake.kind].append(mistake)
    return groups


def _compared(data: AnnotatedSet, evaluation: Evaluation) -> list[str]:
    if not evaluation.ways:
        return []
    tables = ways_markdown(evaluation), resolution_markdown(data, evaluation)
    return ["## Rules, models, both", tables[0], "## From name to place", tables[1]]


def accuracy_markdown(data: AnnotatedSet, evaluation: Evaluation, most: int = SHOWN_MISTAKES) -> str:
    """What docs/accuracy.md holds of one evaluation: scores, reliability, mistakes by kind."""
    return "\n\n".join(
        [
            f"## Scores: {evaluation.how}",
            scores_markdown([(evaluation.name, evaluation)]),
            *_compared(data, evaluation),
            "## Reliability of the confidences",
            "Share of right records (and their number) by confidence, in bins of a tenth.",
            reliability_markdown(data, evaluation),
            "## Mistakes by kind",
            mistakes_text(mistakes(data, evaluation.predicted), most),
        ]
    )
