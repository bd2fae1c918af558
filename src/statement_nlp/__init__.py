"""Facts, figures, places, parties and demands out of humanitarian statements."""

from importlib.metadata import version

__version__ = version("statement-nlp")
