"""Figures: counts and amounts that say something about the situation, with bounds, unit, condition, places and date.

Rules say what a number is worth (`values.py`) and what is never a figure (`figure_filter.py`); a model decides on the
rest, another one on the condition (`figure_conditions.py`); `attachment.py` finds the places, `dates.py` the date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from statement_nlp.extraction import figure_conditions, figure_filter, text_of
from statement_nlp.extraction.attachment import places_for
from statement_nlp.extraction.attachment_history import History
from statement_nlp.extraction.classifier import models_dir
from statement_nlp.extraction.dates import date_for, dates_of
from statement_nlp.extraction.figure_cues import CueIndex
from statement_nlp.extraction.figure_filter import Candidate
from statement_nlp.extraction.figure_models import Linear, linear
from statement_nlp.extraction.figure_units import COUNTED_ADJECTIVES, Tokens, unit_at, values_of
from statement_nlp.records import Figure

LAYER = "figures"
IS_FIGURE, CONDITION = "is_figure.skops", "condition.skops"
THRESHOLD = 0.5
PART = re.compile(r"^\s*(?:more\s+)?(?:,\s+)?of\s+(?:them|whom|which|these|those|us)\b", re.IGNORECASE)
PART_BEFORE = re.compile(
    r"(?:\bof\s(?:whom|which|these|them)|\bamong\s(?:them|whom|these)|\bincluding)[\s,:]*(?:the\s)?$", re.IGNORECASE
)
DEFAULT_UNIT = "people"


@dataclass(frozen=True)
class FigureModels:
    """The trained models of this layer in a folder of models; read when they are first used."""

    directory: Path

    @cached_property
    def is_figure(self) -> Linear:
        """Decides whether a number is a figure."""
        return linear(self.directory / LAYER / IS_FIGURE)

    @cached_property
    def condition(self) -> Linear:
        """Tells the condition of a figure."""
        return linear(self.directory / LAYER / CONDITION)


class FigureFinder:
    """Sets `doc._.figures`."""

    def __init__(self, models: Path) -> None:
        self.models = FigureModels(models)

    def __call__(self, doc: Doc) -> Doc:
        """Add the figures of a Doc."""
        doc._.figures = tuple(figures(doc, models=self.models))
        return doc


@Language.factory("statement_figures", assigns=["doc._.figures"], requires=[], default_config={"models": None})
def make_figures(nlp: Language, name: str, models: str | None) -> FigureFinder:
    """The component `statement_figures`.

    Args:
        nlp: the pipeline.
        name: of the component.
        models: folder of the trained models; None for those of the package.
    """
    return FigureFinder(Path(models) if models else models_dir())


def candidates(doc: Doc) -> list[Candidate]:
    """Numbers of a Doc that no rule excludes, in the order of the text; those of a signatory list are left out."""
    tokens = Tokens(doc)
    dates = dates_of(doc)
    lists = [zone for zone in doc._.zones if zone.kind == "signatories"]
    found: list[Candidate] = []
    for value in values_of(doc):
        if any(zone.start < value.end and value.start < zone.end for zone in lists):
            continue
        first, last = tokens.holding(value.start), tokens.holding(max(value.start, value.end - 1))
        candidate = Candidate(value, unit_at(doc, value), first, last)
        if figure_filter.excluded_by(doc, candidate, dates) is None:
            found.append(candidate)
    return found


def figures(doc: Doc, *, models: FigureModels | None = None) -> Iterator[Figure]:
    """Figures of a Doc in the order of the text.

    Args:
        doc: tokenised; better with tags, a parse and `_.places`.
        models: None for those of the package.

    Raises:
        ModelError: a model is missing.
    """
    models = models or FigureModels(models_dir())
    numbers = candidates(doc)
    if not numbers:
        return
    sure = [models.is_figure.probability(figure_filter.features(doc, c)) for c in numbers]
    chosen = [(c, p) for c, p in zip(numbers, sure, strict=True) if p >= THRESHOLD]
    index = CueIndex(doc)
    conditions: list[str] = []
    units: list[str] = []
    history = History()
    for at, (candidate, probability) in enumerate(chosen):
        earlier = (chosen[at - 1][0], conditions[-1]) if at and is_near(doc, chosen[at - 1][0], candidate) else None
        condition = figure_conditions.decide(index, candidate, earlier, models.condition)
        unit = _unit(candidate, units[-1] if units else None)
        conditions.append(condition)
        units.append(unit)
        places = places_for(doc, candidate.start, candidate.end, models=models.directory, history=history)
        before = [c for c, _ in chosen[:at]]
        yield _figure(doc, index, candidate, probability, condition, unit, places, before, models)


def is_near(doc: Doc, earlier: Candidate, candidate: Candidate) -> bool:
    """Whether two figures stand in the same paragraph."""
    return "\n" not in text_of(doc)[earlier.end : candidate.start]


def _unit(candidate: Candidate, earlier: str | None) -> str:
    """The unit that stands at the number, else the one before, else people."""
    share = candidate.value.kind in ("share", "ratio")
    if not candidate.unit.bare:
        return candidate.unit.text
    whole = DEFAULT_UNIT if earlier is None or earlier.casefold() in COUNTED_ADJECTIVES else earlier
    if share:
        return whole if whole.startswith("share of ") else f"share of {DEFAULT_UNIT if whole.isupper() else whole}"
    return DEFAULT_UNIT if whole.isupper() else whole.removeprefix("share of ")


def _figure(
    doc: Doc,
    index: CueIndex,
    c: Candidate,
    probability: float,
    condition: str,
    unit: str,
    places: tuple[str, ...],
    before: Sequence[Candidate],
    models: FigureModels,
) -> Figure:
    start, end = c.start, c.end
    date = date_for(doc, start, end)
    return Figure(
        start=start,
        end=end,
        quote=text_of(doc)[start:end],
        low=c.value.low,
        high=c.value.high,
        qualifier=c.value.qualifier,
        unit=unit,
        condition=condition,
        places=places,
        date=date.text if date else None,
        since=date.since if date else None,
        until=date.until if date else None,
        part_of=_part_of(doc, c, before),
        confidence=round(probability, 4),
        method=models.is_figure.model.method,
        cues=_cues(doc, index, c, condition),
    )


def _part_of(doc: Doc, c: Candidate, before: Sequence[Candidate]) -> int | None:
    """Start of the figure of the same paragraph that this one is a part of: the nearest that is not smaller."""
    prior = text_of(doc)[max(0, c.start - 25) : c.start]
    if not (PART.match(text_of(doc)[c.value.end : c.value.end + 20]) or PART_BEFORE.search(prior)):
        return None
    share = c.value.kind in ("share", "ratio")
    size = c.value.low or c.value.high or 0.0
    for other in reversed(before):
        if not is_near(doc, other, c):
            return None
        whole = other.value.high or other.value.low or 0.0
        if other.value.kind in ("count", "vague") and (share or whole >= size):
            return other.start
    return None


def _cues(doc: Doc, index: CueIndex, c: Candidate, condition: str) -> tuple[str, ...]:
    """The number as written, and the words around it that speak of the condition, the strongest first."""
    spoken = [
        by_condition[condition]
        for by_condition in figure_conditions.strengths(index, c).values()
        if condition in by_condition
    ]
    words = [cue.words for _, cue in sorted(spoken, key=lambda pair: -pair[0])]
    return tuple(dict.fromkeys((text_of(doc)[c.value.start : c.value.end], *words)))
