"""A database of records as people marked them, or as any rows in the guide's format give them, to find links in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from statement_nlp.extraction.dates import find_dates
from statement_nlp.knowledge.gazetteer import Gazetteer
from statement_nlp.knowledge.parties import Register
from statement_nlp.learning.scoring import span_of
from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    Place,
    PlaceMention,
    Statement,
)
from statement_nlp.store import Database, Run

Example = tuple[Statement, Mapping[str, Any]]
Row = Mapping[str, Any]


def gold_database(examples: Iterable[Example], path: Path | str = ":memory:") -> Database:
    """A database of gold records: places resolved by name and country, dates counted from the words of the text."""
    gazetteer, register = Gazetteer.open(), Register.load()
    db = Database(path, lookup=gazetteer.get)
    run = Run("gold")
    for statement, gold in examples:
        db.save(_extraction(statement, gold, gazetteer, register), run)
    return db


def _extraction(statement: Statement, gold: Row, gazetteer: Gazetteer, register: Register) -> Extraction:
    text = statement.text

    def span(item: Row) -> tuple[int, int, str]:
        start, end = span_of(item, text)
        return start, end, text[start:end]

    def place(item: Row) -> Place | None:
        return next((p for p in gazetteer.candidates(item["name"]) if p.country == item["country"]), None)

    def party(item: Row) -> Party:
        return register.lookup(item["name"]) or Party(item["name"], item["kind"])

    figures = tuple(_figure(span(x), x, statement.published) for x in gold["figures"])
    return Extraction(
        statement,
        places=tuple(PlaceMention(*span(x), x["name"], x["country"], place(x)) for x in gold["places"]),
        parties=tuple(PartyMention(*span(x), party(x)) for x in gold["parties"]),
        figures=figures,
        demands=tuple(
            Demand(*span(x), tuple(x["addressees"]), tuple(x["actions"]), tuple(x["themes"]), tuple(x["places"]))
            for x in gold["demands"]
        ),
        claims=tuple(_claim(span(x), x, statement.published, figures) for x in gold["claims"]),
    )


def _figure(span: tuple[int, int, str], item: Row, published: str | None) -> Figure:
    found = next(iter(find_dates(item["date"] or "", published)), None)
    since, until = (found.since, found.until) if found else (None, None)
    return Figure(
        *span, item["low"], item["high"], item["qualifier"], item["unit"], item["condition"], tuple(item["places"]),
        item["date"], since, until,
    )  # fmt: skip


def _claim(span: tuple[int, int, str], item: Row, published: str | None, figures: Sequence[Figure]) -> Claim:
    found = next((d for d in find_dates(span[2], published) if d.since), None)
    inside = tuple(f.start for f in figures if span[0] <= f.start and f.end <= span[1])
    date, since, until = (found.text, found.since, found.until) if found else (None, None, None)
    return Claim(
        *span, item["status"], item["attribution"], tuple(item["places"]), date, since, until, inside
    )  # fmt: skip
