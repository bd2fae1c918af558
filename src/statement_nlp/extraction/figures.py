"""Figures: counts and amounts that say something about the situation, with bounds, unit, condition, place and date."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

import statement_nlp.extraction  # noqa: F401  registers the extensions
from statement_nlp.records import Figure


class FigureFinder:
    """Sets `doc._.figures`."""

    def __init__(self, models: str | None = None) -> None:
        self.models = models

    def __call__(self, doc: Doc) -> Doc:
        """Add the figures of a Doc."""
        doc._.figures = tuple(figures(doc))
        return doc


@Language.factory("statement_figures", assigns=["doc._.figures"], requires=[], default_config={"models": None})
def make_figures(nlp: Language, name: str, models: str | None) -> FigureFinder:
    """The component `statement_figures`."""
    return FigureFinder(models)


def figures(doc: Doc) -> Iterator[Figure]:
    """Figures of a Doc in the order of the text."""
    yield from ()
