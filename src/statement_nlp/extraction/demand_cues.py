"""Cues of a demand in a parsed sentence: calls, modals, duties, necessities, imperatives and list items.

A cue is a construction, not a word: "call" asks only with "on" or "for", "must" only over somebody who can act or
over a passive. Each cue knows its subject, who is asked and the verbs asked for, and carries marks (past, reported,
epistemic ...) that a classifier weighs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statement_nlp.extraction.demand_calls import calls, stressed, wanted
from statement_nlp.extraction.demand_context import Context
from statement_nlp.extraction.demand_duties import duties, modals, necessities
from statement_nlp.extraction.demand_forms import forms, pleas, questions
from statement_nlp.extraction.demand_syntax import Cue
from statement_nlp.extraction.demand_units import Unit


def cues(unit: Unit, context: Context) -> Iterator[Cue]:
    """Yield the cues of a unit in the order of its words, those of a list item's form last."""
    for cue in _cues(unit, context):
        at = cue.token.idx
        yield replace(cue, quoted=context.quoted(at, at + len(cue.token)))


def _cues(unit: Unit, context: Context) -> Iterator[Cue]:
    for at in context.triggers(unit.span.start, unit.span.end):
        token = context.doc[at]
        yield from modals(token, context)
        yield from calls(token, unit, context)
        yield from stressed(token, unit, context)
        yield from duties(token, context)
        yield from necessities(token, context)
        yield from wanted(token, context)
        yield from questions(token, unit, context)
        yield from pleas(token, unit)
    yield from forms(unit, context)
