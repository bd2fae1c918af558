"""Judgements of people as gold, beside the annotated statements: only what is known to be right.

A statement that somebody read in full (`review finish`) is an example as a whole: its judged records, and nothing else
in it. In a statement that has gold already, each judgement changes its own record alone. Judgements of other statements
teach nothing of records: what was not judged there is unknown, and to take silence for an answer would teach the models
their own omissions. A judged link, in whatever statements, teaches its own pair (linking_reviews.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from statement_nlp.learning.linking_reviews import JudgedLinks, judged_links
from statement_nlp.learning.scoring import span_of
from statement_nlp.learning.training import Example
from statement_nlp.records import Extraction
from statement_nlp.store import Database, filing, full_reviews
from statement_nlp.store.export import annotation
from statement_nlp.store.loading import load_layer
from statement_nlp.store.reattaching import LIKE, SAME, overlap

LAYERS = ("places", "parties", "figures", "demands", "claims")
"""What records are learnt from; signatories are found by rules."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Examples with what people judged, and how much of it was taken.

    `whole` statements were read in full; in `changed` statements with gold, `judgements` changed records; judgements of
    `left` statements teach nothing. `links` are those that people judged.
    """

    examples: list[Example]
    whole: int = 0
    changed: int = 0
    judgements: int = 0
    left: int = 0
    links: JudgedLinks = field(default_factory=JudgedLinks)

    def in_words(self) -> str:
        """One line for a person."""
        return (
            f"Reviews: {self.whole} statements read in full are learnt from; {self.judgements} judgements change the "
            f"gold of {self.changed} statements; judgements of {self.left} other statements teach nothing until "
            f"`review finish` says that they were read in full. {self.links.in_words()}"
        )


def with_reviews(examples: Sequence[Example], database: Database) -> Learnt:
    """Examples together with what people judged in a database.

    Args:
        examples: statements with their gold rows.
        database: one with judgements.
    """
    by_text = {statement.text: n for n, (statement, _) in enumerate(examples)}
    made = list(examples)
    whole, changed, judgements, left = 0, 0, 0, 0
    finished = set(full_reviews.finished(database.connection))
    query = """SELECT DISTINCT statement_id FROM reviews WHERE attached = 1 AND layer NOT IN ('links', 'signatories')
    UNION SELECT statement_id FROM reviewed_statements ORDER BY 1"""
    for (statement_id,) in database.execute(query).fetchall():
        if not database.execute("SELECT 1 FROM statements WHERE id = ?", (statement_id,)).fetchone():
            continue
        statement = database.statement(statement_id)
        known = by_text.get(statement.text)
        if known is not None:
            gold, count = _changed(made[known][1], database, statement_id)
            made[known] = (made[known][0], gold)
            changed, judgements = changed + bool(count), judgements + count
        elif statement_id in finished:
            made.append((statement, gold_of(database, statement_id)))
            whole += 1
        else:
            left += 1
    return Learnt(made, whole, changed, judgements, left, judged_links(database))


def gold_of(database: Database, statement_id: str) -> dict[str, Any]:
    """The gold row of a statement that was read in full: its judged records."""
    found = {}
    for layer in LAYERS:
        query = f"SELECT id FROM {filing.TABLES[layer]} WHERE statement_id = ? AND judgement IS NOT NULL"
        judged = {row[0] for row in database.execute(query, (statement_id,))}
        found[layer] = tuple(r for i, r in load_layer(database.connection, statement_id, layer) if i in judged)
    extraction = replace(Extraction(database.statement(statement_id)), **found)  # type: ignore[arg-type]
    return _bare(annotation(extraction))


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    """A row of gold says nothing of how it was found."""
    for layer in LAYERS:
        for item in row[layer]:
            del item["confidence"], item["method"]
    return row


def _changed(gold: Mapping[str, Any], database: Database, statement_id: str) -> tuple[dict[str, Any], int]:
    """A row of gold with each judgement in the place of what it is about, and how many judgements changed it."""
    made = {**gold, **{layer: list(gold.get(layer, ())) for layer in LAYERS}}
    text = database.statement(statement_id).text
    count = 0
    query = "SELECT * FROM reviews WHERE statement_id = ? AND attached = 1 ORDER BY id"
    for review in database.execute(query, (statement_id,)).fetchall():
        layer = review["layer"]
        if layer not in LAYERS:
            continue
        before = list(made[layer])
        if review["verdict"] == "rejected":
            # a rejection is about these very words: gold of other words nearby stays
            span, alike = (review["start"], review["end"]), SAME
            item = None
        else:
            item = _item(database, statement_id, layer, json.loads(review["judged"])["record"])
            span, alike = (item["start"], item["end"]), LIKE
        rest = [g for g in before if overlap(span_of(g, text), span) < alike]
        same = next((g for g in before if item and _says_the_same(g, item, text)), None)
        made[layer] = before if same else rest + ([item] if item else [])
        count += made[layer] != before
    return made, count


def _item(database: Database, statement_id: str, layer: str, data: Mapping[str, Any]) -> dict[str, Any]:
    record = filing.from_plain(layer, data)
    extraction = replace(Extraction(database.statement(statement_id)), **{layer: (record,)})  # type: ignore[arg-type]
    item: dict[str, Any] = _bare(annotation(extraction))[layer][0]
    return item


def _says_the_same(gold: Mapping[str, Any], item: Mapping[str, Any], text: str) -> bool:
    """Whether gold says already what a person says."""
    if span_of(gold, text) != (item["start"], item["end"]):
        return False
    return all(item.get(name) == value for name, value in gold.items() if name not in ("quote", "occurrence"))
