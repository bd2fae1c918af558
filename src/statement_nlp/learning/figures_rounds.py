"""Examples of what one figure takes over from the one before: its condition, its place.

While it works, a model has only its own guesses on the figures before. Trained on their gold, it would trust them too
much. So it is trained in two rounds: models of a first round guess for statements that they have not seen, and those
guesses stand before each figure in the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from statement_nlp.extraction import attachment, figure_conditions
from statement_nlp.extraction.attachment_context import PlaceContext, Span
from statement_nlp.extraction.attachment_features import NOWHERE
from statement_nlp.extraction.attachment_history import History, Settled, add_history
from statement_nlp.extraction.classifier import Model
from statement_nlp.extraction.figure_cues import CueIndex
from statement_nlp.extraction.figure_filter import Candidate
from statement_nlp.extraction.figure_models import Linear, Part, as_linear, fit_choice, said
from statement_nlp.extraction.figures import is_near

ROUND_FOLDS = 3


@dataclass(slots=True)
class Choices:
    """Alternatives among which a model chooses, group by group."""

    features: list[Mapping[str, Any]] = field(default_factory=list)
    labels: list[bool] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def add(self, alternatives: Mapping[str, Mapping[str, Any]], right: set[str]) -> None:
        """One more choice among named alternatives."""
        group = self.groups[-1] + 1 if self.groups else 0
        for name, features in alternatives.items():
            self.features.append(features)
            self.labels.append(name in right)
            self.groups.append(group)

    def fit(self, strength: float) -> Linear:
        """A conditional logit of these choices."""
        estimator, names = fit_choice(self.features, self.labels, self.groups, strength=strength)
        return as_linear(Model(estimator, "choices", "", tuple(names)))


@dataclass(slots=True)
class PlaceSpan:
    """A figure or claim of the gold, its places, and what speaks for each place but for the spans before."""

    span: Span
    right: tuple[str, ...]
    parts: Mapping[str, Sequence[Part]]

    def own_parts(self) -> dict[str, list[Part]]:
        """A copy of the parts, to which more may be added."""
        return {name: list(found) for name, found in self.parts.items()}


@dataclass(slots=True)
class PlaceText:
    """The figures and claims of a statement."""

    context: PlaceContext
    spans: list[PlaceSpan]

    def rows(self, choices: Choices, known: Mapping[Span, tuple[str, ...]]) -> None:
        """Add the choice of each span's place, after spans that hold where `known` says, else where the gold says."""
        figures = self._figures(known)
        for kind in ("figure", "claim"):
            history = History(figures if kind == "claim" else ())
            for item in self._of(kind):
                parts = item.own_parts()
                add_history(parts, self.context, item.span, history)
                history.add(item.span, known.get(item.span, item.right))
                features = {name: said(found) for name, found in parts.items()}
                choices.add(features, set(item.right or (NOWHERE,)))

    def guess(self, weights: Linear) -> dict[Span, tuple[str, ...]]:
        """Where the spans hold by a model, one after the other."""
        found: dict[Span, tuple[str, ...]] = {}
        for kind in ("figure", "claim"):
            history = History(self._figures(found) if kind == "claim" else ())
            for item in self._of(kind):
                names = attachment.choose(self.context, item.span, item.own_parts(), weights, history)
                history.add(item.span, names)
                found[item.span] = names
        return found

    def _of(self, kind: str) -> list[PlaceSpan]:
        return [item for item in self.spans if item.span.kind == kind]

    def _figures(self, known: Mapping[Span, tuple[str, ...]]) -> list[Settled]:
        return [Settled(i.span.start, i.span.end, known.get(i.span, i.right)) for i in self._of("figure")]


@dataclass(slots=True)
class ConditionText:
    """The figures of a statement with their conditions."""

    index: CueIndex
    figures: list[tuple[Candidate, str]]

    def rows(self, choices: Choices, known: Mapping[int, str]) -> None:
        """Add the choice of each figure's condition, after figures of the conditions in `known`, else the gold's."""
        earlier: tuple[Candidate, str] | None = None
        for candidate, right in self.figures:
            before = earlier if earlier and is_near(self.index.doc, earlier[0], candidate) else None
            choices.add(figure_conditions.features(self.index, candidate, before), {right})
            earlier = candidate, known.get(candidate.start, right)

    def guess(self, weights: Linear) -> dict[int, str]:
        """The conditions by a model, by where the figures start, one after the other."""
        found: dict[int, str] = {}
        earlier: tuple[Candidate, str] | None = None
        for candidate, _ in self.figures:
            before = earlier if earlier and is_near(self.index.doc, earlier[0], candidate) else None
            condition = figure_conditions.decide(self.index, candidate, before, weights)
            found[candidate.start] = condition
            earlier = candidate, condition
        return found


def in_rounds(texts: Sequence[PlaceText | ConditionText], folds: Sequence[int], strength: float) -> Choices:
    """The choices of the second round.

    Args:
        texts: of the statements.
        folds: the part of the first round in which each is held out, 0 to `ROUND_FOLDS` - 1.
        strength: inverse of the regularisation.
    """
    guesses: list[Mapping[Any, Any]] = [{} for _ in texts]
    for fold in range(ROUND_FOLDS):
        first = Choices()
        for text, held in zip(texts, folds, strict=True):
            if held != fold:
                text.rows(first, {})
        if any(first.labels):
            weights = first.fit(strength)
            for at, (text, held) in enumerate(zip(texts, folds, strict=True)):
                if held == fold:
                    guesses[at] = text.guess(weights)
    second = Choices()
    for text, known in zip(texts, guesses, strict=True):
        text.rows(second, known)
    return second
