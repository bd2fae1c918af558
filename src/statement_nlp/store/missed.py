"""Records that the machine missed, added by people: a judgement of words in which it found nothing of the kind.

An added record is kept as any judgement is (judging.py) and stands by a person's word alone: nothing came before it. A
later extraction that finds it too changes nothing of what the person said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from statement_nlp.errors import CorrectionError, ReviewError
from statement_nlp.records import THEMES, Claim, Demand, Figure, Party, PartyMention, Place, PlaceMention
from statement_nlp.store import corrections, filing, gazetted, judging, loading, reattaching
from statement_nlp.store.filing import Record, Records
from statement_nlp.store.reattaching import Anchor

Span = tuple[int, int, str]
METHOD = "a person"
"""What an added record says that found it."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A record as a person gives it: which words of which statement, and its fields as typed.

    `nth` tells which of several places is meant where the words stand more than once, from 1.
    """

    statement_id: str
    layer: str
    quote: str
    reviewer: str
    values: Mapping[str, str] = field(default_factory=dict)
    nth: int | None = None
    note: str | None = None


BLANK: Mapping[str, Callable[[Span], Record]] = {
    "places": lambda at: PlaceMention(*at, at[2], None, None, confidence=1.0, method=METHOD),
    "parties": lambda at: PartyMention(*at, Party(at[2], "other"), 1.0, METHOD),
    "figures": lambda at: Figure(*at, None, None, "exact", "", "", confidence=1.0, method=METHOD),
    "claims": lambda at: Claim(*at, "asserted", confidence=1.0, method=METHOD),
    "demands": lambda at: Demand(*at, confidence=1.0, method=METHOD),
}
"""The record of each layer that can be added, before anything is said of it."""
WANTED: Mapping[str, tuple[str, ...]] = {"figures": ("unit", "condition"), "demands": ("themes",)}
"""Fields that nobody can guess."""
USUAL: Mapping[str, str] = {"status": "asserted", "strength": "demand"}
"""Codes that hold unless a person says otherwise."""


def suggest(connection: sqlite3.Connection, statement_id: str, layer: str, start: int, end: int) -> dict[str, str]:
    """Fields of a record that its words tell already, as typed: a form begins with them.

    A place or party is called as in the text; what is told of something holds for the places named in its words.
    """
    text = loading.load_statement(connection, statement_id).text
    words = " ".join(text[start:end].split())
    if layer in ("places", "parties"):
        return {"place" if layer == "places" else "party": words}
    found = [m for _, m in loading.load_layer(connection, statement_id, "places") if start <= m.start and m.end <= end]
    named = dict.fromkeys(_named(m.place) for m in found if isinstance(m, PlaceMention) and m.place)
    return {"places": "; ".join(named)} if named else {}


def _named(place: Place) -> str:
    return f"{place.name}, {place.country}" if place.country else place.id


def add(
    connection: sqlite3.Connection,
    missed: Missed,
    *,
    known: corrections.Known,
    lookup: gazetted.Lookup | None = None,
) -> int:
    """Add a record that the machine missed.

    Args:
        connection: within a transaction.
        missed: what is added, by whom.
        known: places and parties.
        lookup: from a place's id to the place, for the places around those of the record.

    Returns:
        The id of the record.

    Raises:
        UnknownStatementError: no such statement is stored.
        CorrectionError: the words do not stand in it, or a value cannot be.
        ReviewError: the record is there already, or nobody signs.
    """
    if not missed.reviewer.strip():
        raise ReviewError("a judgement needs a name: who decides?")
    if missed.layer not in BLANK:
        raise CorrectionError(f"{missed.layer} cannot be added: {', '.join(BLANK)} can")
    statement = loading.load_statement(connection, missed.statement_id)
    start, end = corrections.locate(statement.text, missed.quote, missed.nth)
    machine, places = judging.machine_of(connection, statement.id, lookup)
    reviews = reattaching.of_statement(connection, statement.id)
    shown = reattaching.apply(machine, reviews)
    _refuse_known(missed.layer, (start, end), shown, machine)
    blank = BLANK[missed.layer]((start, end, statement.text[start:end]))
    if isinstance(blank, Claim):
        inside = (f.record.start for f in shown["figures"] if start <= f.record.start and f.record.end <= end)
        blank = replace(blank, figures=tuple(inside))
    values = suggest(connection, statement.id, missed.layer, start, end) | dict(missed.values)
    around = judging.surroundings(statement, machine)
    made = corrections.correct(missed.layer, blank, _complete(missed.layer, values), around, known)
    if filing.machine_records(connection, statement.id) is None:
        filing.keep_machine(connection, statement.id, machine, places)
    numbering = filing.Numbering(connection, statement.id, statement.text)
    numbering.pass_over(machine)
    subject = judging.Subject(
        missed.layer, numbering.give(missed.layer, made.record.start, made.record.end), (statement.id,)
    )
    nothing = judging.Standing(subject, None, None, None, Anchor.at(statement.text, start, end))
    decision = judging.Decision("add", missed.reviewer, missed.note)
    judged = {"record": filing.to_plain(made.record), **made.as_plain()}
    judging.keep(
        connection, nothing, decision, "added", (statement.id, None), nothing.anchor, filing.values(made.record), judged
    )  # fmt: skip
    judging.rewrite(connection, statement.id, lookup)
    return subject.record_id


def _refuse_known(layer: str, span: tuple[int, int], shown: Records, machine: Records) -> None:
    """Refuse what is there already, or as good as: a later extraction could not tell the two apart."""
    for filed in shown[layer]:
        if reattaching.overlap(span, (filed.record.start, filed.record.end)) >= reattaching.LIKE:
            raise ReviewError(
                f"record {filed.id} of the same kind has these words, or most of them, already: correct that one"
            )
    for filed in machine[layer]:
        if span == (filed.record.start, filed.record.end) and filed.id not in {f.id for f in shown[layer]}:
            raise ReviewError(f"record {filed.id} has these words and was rejected: correct it, or undo its rejection")


def _complete(layer: str, values: dict[str, str]) -> dict[str, str]:
    """The fields as `correct` takes them: a code left open is not given; one bound alone is an exact number."""
    given = {n: v for n, v in values.items() if v.strip() or n not in (*corrections.CHOICES, *corrections.NUMBERS)}
    for name in WANTED.get(layer, ()):
        if not given.get(name, "").strip():
            choices = corrections.CHOICES.get(name, THEMES if name == "themes" else ())
            listed = f": {', '.join(choices)}" if choices else ", what is counted: people, families, US dollars"
            raise CorrectionError(f"{layer} need a {name.removesuffix('s')}{listed}")
    if layer == "figures" and "qualifier" not in given:
        bounds = [given[name] for name in corrections.NUMBERS if name in given]
        if len(bounds) == 1:
            given |= dict.fromkeys(corrections.NUMBERS, bounds[0])
        numbers = {corrections.number(bound) for bound in bounds}
        given["qualifier"] = "exact" if len(numbers) < 2 else "range"
    return given
