"""Facts, figures, places, parties and demands out of humanitarian statements.

>>> import statement_nlp
>>> statement_nlp.extract("Some 40,000 people are trapped in Madaya.").figures[0].low
40000.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from statement_nlp.extraction.pipeline import extract, extract_many
    from statement_nlp.reading.sources import read
    from statement_nlp.store.database import Database

__all__ = ["Database", "__version__", "extract", "extract_many", "read"]

# Looked up when asked for, so that who opens a database does not wait for the models.
_HOMES = {
    "extract": "statement_nlp.extraction.pipeline",
    "extract_many": "statement_nlp.extraction.pipeline",
    "read": "statement_nlp.reading.sources",
    "Database": "statement_nlp.store.database",
}


def __getattr__(name: str) -> Any:
    """Import what is public here from where it lives."""
    if name == "__version__":
        return import_module("importlib.metadata").version("statement-nlp")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
